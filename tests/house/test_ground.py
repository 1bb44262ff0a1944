"""What the tests stand on works: the run's own home, PostgreSQL, Chromium."""

import os
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import Page

from tests.browser import OpenPage

POLICY = "default-src 'none'; style-src 'self'"
DIRTY = '<body><p style="color: red">red</p></body>'


def test_the_run_has_a_home_of_its_own() -> None:
    root = Path(os.environ["TENURE_TEST_ROOT"]).resolve()
    worker = os.environ.get("PYTEST_XDIST_WORKER", "home")

    assert Path(settings.TENURE_HOME) == root / worker
    assert os.environ["OMP_NUM_THREADS"] == "1"


@pytest.mark.postgres
def test_postgresql_gives_each_test_an_empty_database(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        tables = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
        version = connection.info.server_version

    assert tables == (0,)
    assert version >= 150000


@pytest.mark.browser
def test_a_page_has_the_reader_of_the_defaults(page: Page) -> None:
    page.set_content("<p>续航</p>")

    assert page.locator("p").inner_text() == "续航"
    assert page.evaluate("navigator.language") == "zh-CN"


@pytest.mark.browser
def test_pages_differ_by_their_options(open_page: OpenPage) -> None:
    page = open_page(locale="en", color_scheme="dark", viewport={"width": 320, "height": 640})

    assert page.evaluate("navigator.language") == "en"
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is True
    assert page.viewport_size == {"width": 320, "height": 640}
