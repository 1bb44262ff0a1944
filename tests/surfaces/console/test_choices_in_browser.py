"""Decisions, Experiment and Campaign: rules of reading that no other walk of them proves."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.surfaces.console.serving import Served
from tests.surfaces.console.test_in_browser import LANGUAGES, TOO_WIDE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDE = 1440
AS_OF_IN = {"zh": "数据截至", "en": "Data as of"}
# A sentence of some length in a cell so narrow that it stands on its end.
STANDING = """[...document.querySelectorAll("main td, main th")]
  .filter((one) => one.checkVisibility() && one.innerText.trim().length > 12)
  .map((one) => [one.innerText.trim().slice(0, 40), one.getBoundingClientRect()])
  .filter(([_, box]) => box.height > 4 * box.width)
  .map(([text, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${text}`)"""
DECIDING = {
    "decisions": "/decisions",
    "experiment": "/experiments/holdout/treated",
    "campaign": "/campaigns/renewal-month",
}
# Targets of a finger: 24 by 24 pixels, or words within a sentence, or far enough from the next.
TOO_SMALL = """[...document.querySelectorAll("main button, main summary, main a.btn, main select,"
    + "main input:not([type=hidden]):not([type=checkbox]):not([type=radio])")]
  .filter((one) => one.checkVisibility())
  .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
  .filter(([_, box]) => box.width < 24 || box.height < 24)
  .map(([text, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${text}`)"""
# What is coloured as good or bad and says nothing besides.
COLOUR_ALONE = """[...document.querySelectorAll("main .good, main .bad, main .warn")]
  .filter((one) => one.checkVisibility() && !one.innerText.trim()).map((one) => one.outerHTML)"""
WITHOUT_TABLE = """[...document.querySelectorAll("main [data-chart]")]
  .filter((one) => !one.getAttribute("aria-label")
    || !(one.parentElement.querySelector("details.tn-alt table, table")))
  .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("zh", "light", 390), ("en", "dark", WIDE), ("zh", "dark", WIDE), ("en", "light", 390)],
)
def test_pages_of_choices_keep_the_rules_of_reading(
    served: Served, open_page: OpenPage, screenshots: Path, language: str, theme: str, width: int
) -> None:
    """R-U-021 (targets), R-U-022 (charts have a table), R-U-006 (words beside colour), R-U-040
    (the day of the data), and no sentence stands as a column of single characters; pictures of
    each are kept.
    """
    page = open_page(
        locale=LANGUAGES[language], color_scheme=theme, viewport={"width": width, "height": 900}
    )
    served.sign_in(page)
    broken: dict[str, object] = {}
    for name, path in DECIDING.items():
        page.goto(f"{served.address}{path}")
        expect(page.locator("h1")).to_be_visible()
        page.screenshot(path=screenshots / f"{name}.{language}.{theme}.{width}.png", full_page=True)
        if width == WIDE:
            expect(page.locator(".tn-fresh:has(.tn-dot)")).to_contain_text(AS_OF_IN[language])
        found = {
            rule: page.evaluate(script)
            for rule, script in (
                ("small", TOO_SMALL),
                ("colour", COLOUR_ALONE),
                ("charts", WITHOUT_TABLE),
                ("sideways", TOO_WIDE),
                ("columns", STANDING),
            )
        }
        broken |= {f"{name}: {rule}": what for rule, what in found.items() if what}

    assert not broken
