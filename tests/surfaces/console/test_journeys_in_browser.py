"""The editor of a journey as a person meets it: checked, refused, saved, tried and taken back."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import OpenPage
from tests.surfaces.console.serving import Served
from tests.surfaces.console.test_in_browser import LANGUAGES, OVERFLOW, TOO_WIDE, serious

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE_MS = 30_000
DAYS = 'input[name="step-1-days"]'


def pressed(page: Page, do: str) -> None:
    """A button of the form, by keyboard."""
    page.locator(f'button[name="do"][value="{do}"]').press("Enter")


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("zh", "light", 1440), ("en", "dark", 390)]
)
def test_a_journey_is_edited_by_keyboard_refused_saved_tried_and_taken_back(
    served: Served, open_page: OpenPage, screenshots: Path, language: str, theme: str, width: int
) -> None:
    """JRN-01, R-U-020, R-U-022: axe finds nothing serious, and nothing scrolls sideways."""
    page = open_page(
        locale=LANGUAGES[language], color_scheme=theme, viewport={"width": width, "height": 900}
    )
    found: dict[str, tuple[list[str], int]] = {}

    def looked_at(name: str) -> None:
        picture = screenshots / f"journey-{name}.{language}.{theme}.{width}.png"
        page.screenshot(path=picture, full_page=True)
        found[name] = (serious(page), page.evaluate(OVERFLOW))

    served.sign_in(page, path="/journeys")
    looked_at("list")
    page.goto(f"{served.address}/journeys/annual_renewal/edit")
    before = page.locator(DAYS).input_value()
    page.locator(DAYS).fill("soon")
    pressed(page, "check")
    expect(page.locator("p[role=alert]")).to_contain_text("soon", timeout=PATIENCE_MS)
    looked_at("refused")
    page.locator(DAYS).fill(str(int(before) + 1))
    pressed(page, "check")
    expect(page.locator("p[role=status].tn-note--good")).to_be_visible(timeout=PATIENCE_MS)
    looked_at("checked")
    pressed(page, "save")
    page.wait_for_url("**/journeys/annual_renewal", timeout=PATIENCE_MS)
    expect(page.locator(".tn-dry table").first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#h-steps")).to_be_visible()
    assert page.get_by_text(f"T−{int(before) + 1}", exact=False).count() > 0
    looked_at("saved")

    page.goto(f"{served.address}/journeys/annual_renewal/edit")
    page.locator(DAYS).fill(before)
    pressed(page, "save")
    page.wait_for_url("**/journeys/annual_renewal", timeout=PATIENCE_MS)
    assert page.get_by_text(f"T−{int(before) + 1}", exact=False).count() == 0
    assert found == dict.fromkeys(found, ([], 0)), page.evaluate(TOO_WIDE)
