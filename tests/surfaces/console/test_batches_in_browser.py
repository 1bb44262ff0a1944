"""A batch as a person makes it: on a wide and a small screen, in both languages (ENT-01)."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import OpenPage
from tests.surfaces.console.serving import Served, run_command, serve
from tests.surfaces.console.test_in_browser import LANGUAGES, OVERFLOW, TOO_WIDE, serious

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (1440, 390)
# The page asks again and again; a busy machine answers slowly.
PATIENCE_MS = 60_000
# A company with three contracts in the served business.
FOUND = """
import django
django.setup()
from tenure.kernel.clock import now, today
from datetime import timedelta
from tenure.records.catalog.models import Price
from tenure.records.customers.models import Account
from tests.builders.agreements import a_term
on = today("Asia/Shanghai", now())
price = Price.objects.filter(cycle_months=12, currency="CNY").order_by("pk")[0]
account = Account.objects.create(
    source="test", external_id="CO-1", name="澜江精密制造有限公司", kind="business", country="CN",
    currency="CNY", started_on=on, holdout_bucket=9999, recorded_at=now())
for number in (1, 2, 3):
    a_term(account=account, plan_version=price.plan_version, ends_on=on + timedelta(days=30),
           external_id=f"ZX-0093-0{number}")
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server of its own, in whose business there is a company."""
    home = tmp_path_factory.mktemp("company")
    with serve(home) as found:
        environment = {**os.environ, "TENURE_HOME": str(home)}
        run_command([sys.executable, "-W", "ignore", "-c", FOUND], environment)
        yield found


def bring(page: Page, served: Served, text: str) -> None:
    """Upload a list and wait until every row was checked."""
    page.goto(f"{served.address}/batches/new")
    page.fill("#customer", "CO-1")
    page.set_input_files(
        "#list", {"name": "lines.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/batches/bat_*", wait_until="load")
    expect(page.locator("#progress")).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.locator("table.tn-batch")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_bad_rows_are_corrected_and_the_rest_is_placed(
    company: Served, open_page: OpenPage, screenshots: Path, language: str, width: int
) -> None:
    """R-U-020, R-U-022: axe finds nothing serious, and nothing scrolls sideways."""
    page = open_page(
        locale=LANGUAGES[language], color_scheme="light", viewport={"width": width, "height": 900}
    )
    company.sign_in(page, path="/batches/new")
    found = {"new": (serious(page), page.evaluate(OVERFLOW))}
    note = f"{language}-{width}"
    bring(page, company, f"contract,cycle,note\nZX-0093-01,12,{note}\nZX-0093-O2,12,\n")
    page.screenshot(path=screenshots / f"batch-checked.{note}.png", full_page=True)
    found["checked"] = (serious(page), page.evaluate(OVERFLOW))
    expect(page.locator("tr.err p.bad")).to_have_count(1)

    with page.expect_navigation():
        page.locator('tr.err button[value="leave_out"]').click()
    expect(page.locator("#progress")).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.locator("tr.err")).to_have_count(0)
    page.locator("aside form button.btn-primary").click()
    expect(page.locator("#link")).to_be_visible(timeout=PATIENCE_MS)
    page.screenshot(path=screenshots / f"batch-placed.{note}.png", full_page=True)
    found["placed"] = (serious(page), page.evaluate(OVERFLOW))
    link = page.locator("#link").input_value()
    batch = page.url

    page.goto(link)
    expect(page.locator("table")).to_be_visible()
    page.screenshot(path=screenshots / f"batch-portal.{note}.png", full_page=True)
    found["portal"] = (serious(page), page.evaluate(OVERFLOW))

    page.goto(batch)
    page.locator('form[action$="/drop"] button').click()
    page.goto(f"{company.address}/batches")
    found["list"] = (serious(page), page.evaluate(OVERFLOW))
    assert found == dict.fromkeys(found, ([], 0)), page.evaluate(TOO_WIDE)
