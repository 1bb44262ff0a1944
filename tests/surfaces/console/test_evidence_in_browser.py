"""Pages of evidence, of work and of what was sent, as a person meets them."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.surfaces.console.serving import Served
from tests.surfaces.console.test_in_browser import LANGUAGES, OVERFLOW, TOO_WIDE, serious

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATHS = {
    "decisions": "/decisions",
    "guardrails": "/decisions/guardrails",
    "promises": "/promises",
    "experiments": "/experiments",
    "experiment": "/experiments/holdout/treated",
    "strategy": "/experiments/strategy",
    "rehearsals": "/experiments/rehearsals",
    "models": "/models",
    "forecast": "/forecast",
    "health": "/health",
    "topics": "/voice/topics",
    "journey": "/journeys/annual_renewal",
    "todos": "/todos",
    "outbox": "/outbox",
    "letters": "/letters",
    "points": "/points",
    "renewal-rate": "/figures/renewal_rate",
    "rows-behind": "/figures/mrr/rows",
    "rows-of-terms": "/figures/renewal_value_net/rows",
    "lost-and-won": "/figures?group=customers",
    "segments": "/segments",
    "own-metrics": "/figures/own",
    "what-if": "/figures/what-if",
}


@pytest.mark.parametrize(
    ("language", "theme", "width"), [("zh", "light", 1440), ("en", "dark", 390)]
)
def test_pages_are_read_on_a_desk_and_on_a_telephone(
    served: Served, open_page: OpenPage, screenshots: Path, language: str, theme: str, width: int
) -> None:
    """R-U-020, R-U-022: axe finds nothing serious, and nothing scrolls sideways."""
    page = open_page(
        locale=LANGUAGES[language], color_scheme=theme, viewport={"width": width, "height": 900}
    )
    served.sign_in(page)
    found = {}
    for name, path in PATHS.items():
        page.goto(f"{served.address}{path}")
        expect(page.locator("h1")).to_be_visible()
        found[name] = (serious(page), page.evaluate(OVERFLOW), page.evaluate(TOO_WIDE))
        page.screenshot(path=screenshots / f"{name}.{language}.{theme}.{width}.png", full_page=True)

    assert {name: one[:2] for name, one in found.items()} == dict.fromkeys(PATHS, ([], 0)), found
