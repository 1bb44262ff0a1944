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


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_line_took_away_and_why_one_customer_is_out(
    served: Served, open_page: OpenPage, screenshots: Path, language: str
) -> None:
    """R-U-033: counts of each line, the snapshot beside them, and one customer's own values."""
    said = {"zh": ("在内", "不在", "将进入"), "en": ("in", "out", "would come in")}[language]
    page = open_page(locale=LANGUAGES[language])
    served.sign_in(page, path="/segments/high_value")
    expect(page.locator("[data-removed]").first).to_be_visible()
    sample = page.locator("section[aria-labelledby=h-sam] .sub.num").first

    page.locator("#who").fill(sample.inner_text())
    page.locator("#who").press("Tab")
    expect(page.locator("#why-one .tn-tag")).to_have_text(said[0], timeout=PATIENCE_MS)
    page.locator("#v-0").fill("1")
    page.locator("#v-0").press("Tab")

    expect(page.locator("#snapshot + p")).to_contain_text(said[2], timeout=PATIENCE_MS)
    expect(page.locator("#why-one .tn-tag")).to_have_text(said[1])
    assert (serious(page), page.evaluate(OVERFLOW)) == ([], 0), page.evaluate(TOO_WIDE)
    page.screenshot(path=screenshots / f"segment-why.{language}.png", full_page=True)
