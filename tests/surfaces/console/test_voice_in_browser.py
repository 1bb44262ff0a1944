"""The voice of the customer as a person meets it, and the page of a survey on a telephone."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import OpenPage
from tests.surfaces.console.serving import Served, run_command, serve
from tests.surfaces.console.test_in_browser import LANGUAGES, OVERFLOW, serious

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = ("/voice", "/voice/why", "/voice/surveys", "/voice/intent")
# Ask one customer in a round, and tell the link of the message.
ASK = """
import django
django.setup()
from tenure.act.messages.tokens import token_of
from tenure.act.surveys.actions import invite_due
from tenure.kernel.clock import now, today
from tenure.records.feedback.asking import open_wave
from tenure.records.feedback.models import Invitation
at = now()
open_wave("nps", days=14, on=today("Asia/Shanghai", at), at=at, by="test")
invite_due(at=at)
print(token_of(Invitation.objects.order_by("pk")[0].message_id, purpose="survey"))
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("voice")


@pytest.fixture(scope="module")
def business(home: Path) -> Iterator[Served]:
    """A server of its own, in whose business a survey is asked."""
    with serve(home) as found:
        yield found


def faults_of(page: Page) -> tuple[list[str], int]:
    return serious(page), page.evaluate(OVERFLOW)


def test_the_desk_and_a_customers_page_are_readable_everywhere(
    business: Served, home: Path, open_page: OpenPage, screenshots: Path
) -> None:
    """SUR-01, FBK-01: both languages, light and dark, 1440 and 390 px; axe finds nothing."""
    found = {}
    for language, theme, width in (("zh", "light", 1440), ("en", "dark", 390)):
        page = open_page(
            locale=LANGUAGES[language],
            color_scheme=theme,
            viewport={"width": width, "height": 900},
        )
        business.sign_in(page)
        for path in PAGES:
            page.goto(f"{business.address}{path}")
            found[path, language] = faults_of(page)
            name = path.strip("/").replace("/", "-")
            page.screenshot(path=screenshots / f"{name}.{language}.{theme}.png", full_page=True)
    asked = run_command(
        [sys.executable, "-W", "ignore", "-c", ASK], {**os.environ, "TENURE_HOME": str(home)}
    )
    token = asked.split()[-1]
    page = open_page(locale="en-US", viewport={"width": 390, "height": 800})
    page.goto(f"{business.address}/survey/{token}?lang=en")
    found["survey", "en"] = faults_of(page)
    page.goto(f"{business.address}/survey/{token}?lang=en&score=9")
    expect(page.get_by_role("status")).to_contain_text("Thank you")
    page.screenshot(path=screenshots / "survey.en.png", full_page=True)

    assert {place: told for place, told in found.items() if told != ([], 0)} == {}
