"""The page of a campaign as a person meets it, on a desk and on a telephone (CMP-02 … CMP-06)."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.surfaces.console.serving import Served
from tests.surfaces.console.test_in_browser import LANGUAGES, OVERFLOW, TOO_WIDE, serious

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("zh", "light", 1440), ("en", "dark", 390)]
)
def test_the_campaign_of_the_demo_is_read(
    served: Served, open_page: OpenPage, screenshots: Path, language: str, theme: str, width: int
) -> None:
    """R-U-020, R-U-022: axe finds nothing serious, and nothing scrolls sideways."""
    page = open_page(
        locale=LANGUAGES[language], color_scheme=theme, viewport={"width": width, "height": 900}
    )
    served.sign_in(page, path="/campaigns")
    found = {"list": (serious(page), page.evaluate(OVERFLOW))}

    page.goto(f"{served.address}/campaigns/renewal-month")
    expect(page.locator(".tn-gantt__b").first).to_be_visible()
    found["campaign"] = (serious(page), page.evaluate(OVERFLOW))
    page.screenshot(path=screenshots / f"campaign.{language}.{theme}.{width}.png", full_page=True)
    page.goto(f"{served.address}/campaigns/renewal-month/rehearsal")
    found["rehearsal"] = (serious(page), page.evaluate(OVERFLOW))
    page.screenshot(path=screenshots / f"rehearsal.{language}.{theme}.{width}.png", full_page=True)

    assert found == dict.fromkeys(found, ([], 0)), page.evaluate(TOO_WIDE)
