"""The builder of a segment as a person meets it: by keyboard, in both languages (SEG-05)."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.surfaces.console.serving import Served
from tests.surfaces.console.test_in_browser import LANGUAGES, OVERFLOW, TOO_WIDE, serious

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE_MS = 30_000


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("zh", "light", 1440), ("en", "dark", 390)]
)
def test_a_rule_is_narrowed_by_keyboard_and_the_count_follows(
    served: Served, open_page: OpenPage, screenshots: Path, language: str, theme: str, width: int
) -> None:
    """R-U-020, R-U-022: axe finds nothing serious, and nothing scrolls sideways."""
    page = open_page(
        locale=LANGUAGES[language], color_scheme=theme, viewport={"width": width, "height": 900}
    )
    served.sign_in(page, path="/segments")
    found = {"list": (serious(page), page.evaluate(OVERFLOW))}
    page.screenshot(path=screenshots / f"segments.{language}.{theme}.{width}.png", full_page=True)

    page.goto(f"{served.address}/segments/active")
    expect(page.locator("#meant")).to_be_visible()
    page.locator("#do-add").press("Enter")
    expect(page.locator("#v-1")).to_be_visible(timeout=PATIENCE_MS)
    page.locator("#v-1").fill("31")
    page.locator("#v-1").press("Tab")

    expect(page.locator("#meant")).to_have_text("0", timeout=PATIENCE_MS)
    found["builder"] = (serious(page), page.evaluate(OVERFLOW))
    page.screenshot(path=screenshots / f"segment.{language}.{theme}.{width}.png", full_page=True)
    name = f"busy_{language}"
    for field, text in {"#t-id": name, "#t-zh": "每天都来", "#t-en": "every day"}.items():
        page.locator(field).fill(text)
    page.locator("#save").press("Enter")
    page.wait_for_url(f"**/segments/{name}", timeout=PATIENCE_MS)
    expect(page.locator("p[role=status]")).to_be_visible()
    page.reload()  # what was swapped in a moment ago is still fading
    found["saved"] = (serious(page), page.evaluate(OVERFLOW))
    page.goto(f"{served.address}{served.customer_path}")
    expect(page.locator("#h-seg ~ * details, .tn-sec details").first).to_be_visible()
    assert found == dict.fromkeys(found, ([], 0)), page.evaluate(TOO_WIDE)
