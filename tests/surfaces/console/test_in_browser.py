"""The console as a person meets it: drawn, reachable by keys, readable, without a foreign byte.

Every page is opened by `open_page`, which fails the test when a page breaks the content security
policy, loads anything from elsewhere, or throws an error in a script.
"""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import OpenPage
from tests.surfaces.console.serving import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
THEMES = ("light", "dark")
WIDTHS = (1440, 390)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# How much of the navigation hangs over its column, whichever folded group is open.
HANGS_OVER = """[...document.querySelectorAll(".tn-nav__f")].map((one) => {
  one.open = true;
  const side = document.querySelector(".tn-side__in");
  return side.scrollHeight - side.clientHeight;
})"""

# The lists that stand as cards on a phone, and yet are wider than their own region.
CARDS = """[...document.querySelectorAll(".tn-cards")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""

# What reaches out of the screen, outside the regions that may scroll.
HOLDOUT = "/experiments/holdout/treated"
TOO_WIDE = """[...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .filter((one) => one.checkVisibility() && !one.closest(".tn-scroll, nav, details:not([open])"))
  .map((one) => one.outerHTML.slice(0, 120))"""


def reader(open_page: OpenPage, language: str = "en", theme: str = "light", **more: Any) -> Page:
    return open_page(locale=LANGUAGES[language], color_scheme=theme, **more)


def paths_of(served: Served) -> dict[str, str]:
    return {"today": "/", "customer": served.customer_path}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_both_pages_are_drawn_in_every_language_theme_and_width(
    served: Served, open_page: OpenPage, screenshots: Path, language: str, theme: str, width: int
) -> None:
    """STD-09: the pictures are kept for whoever wants to look."""
    page = reader(open_page, language, theme, viewport={"width": width, "height": 900})
    served.sign_in_by_form(page)
    sideways = {}
    for name, path in paths_of(served).items():
        page.goto(f"{served.address}{path}")
        expect(page.locator("[data-chart] canvas").first).to_be_visible()
        picture = screenshots / f"{name}.{language}.{theme}.{width}.png"
        page.screenshot(path=picture, full_page=True)
        sideways[name] = page.evaluate(OVERFLOW)
        assert picture.stat().st_size > 20_000
    if width > 1000:
        assert set(page.evaluate(HANGS_OVER)) == {0}

    assert sideways == {"today": 0, "customer": 0}
    assert page.locator("html").get_attribute("lang") == ("zh-Hans" if language == "zh" else "en")
    assert page.locator("html").get_attribute("data-bs-theme") == theme


@pytest.mark.parametrize(
    "path",
    [
        *("/", "customer", "/customers", "/todos", "/outbox", "/journal", "/figures"),
        *("/experiments", HOLDOUT, "/decisions"),
    ],
)
def test_no_page_scrolls_sideways_on_the_smallest_screen(
    served: Served, open_page: OpenPage, path: str
) -> None:
    """R-U-022: reflow at 320 px."""
    page = reader(open_page, viewport={"width": 320, "height": 700})
    served.sign_in(page, path=served.customer_path if path == "customer" else path)

    assert page.evaluate(OVERFLOW) == 0, page.evaluate(TOO_WIDE)
    assert page.evaluate(CARDS) == []
    if path in ("/", "/customers", "/todos"):
        assert page.locator(".tn-cards").count() == (2 if path == "/" else 1)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_serious(
    served: Served, open_page: OpenPage, language: str, theme: str
) -> None:
    """R-U-020: every page, in both languages and both themes."""
    page = reader(open_page, language, theme)
    page.goto(f"{served.address}/login")
    found = {"login": serious(page)}
    served.sign_in(page)
    renewal = page.request.get(f"{served.address}{served.customer_path}").text()
    term = renewal.partition("renewal?term=")[2].partition('"')[0]
    paths = {
        **paths_of(served),
        "customers": "/customers",
        "todos": "/todos",
        "outbox": "/outbox",
        "journal": "/journal",
        "decisions": "/decisions",
        "experiments": "/experiments",
        "experiment": HOLDOUT,
        "metrics": "/figures",
        "metric": "/figures/mrr_churn",
        "renewal": f"{served.customer_path}/renewal?term={term}",
        "nothing": "/nothing-here",
    }
    for name, path in paths.items():
        page.goto(f"{served.address}{path}")
        found[name] = serious(page)

    assert {name: faults for name, faults in found.items() if faults} == {}


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical, with the first place of each."""
    response = Axe().run(page).response
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in response["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


def test_keys_lead_everywhere_and_never_act_inside_a_field(
    served: Served, open_page: OpenPage
) -> None:
    page = reader(open_page)
    served.sign_in(page)

    page.keyboard.press("/")
    expect(page.locator("input[name=q]")).to_be_focused()
    page.keyboard.type("g c ?")
    expect(page.locator("input[name=q]")).to_have_value("g c ?")
    expect(page.locator("dialog#shortcuts")).to_be_hidden()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("dialog#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#shortcuts")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url(f"{served.address}/customers")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url(f"{served.address}/")


def test_single_keys_can_be_switched_off(served: Served, open_page: OpenPage) -> None:
    page = reader(open_page)
    served.sign_in(page)

    page.click("[data-action=shortcuts]")
    page.click("dialog button[name=shortcuts]")
    page.locator("h1").click()
    page.keyboard.press("?")

    expect(page.locator("dialog#shortcuts")).to_be_hidden()
    expect(page.locator("body")).to_have_attribute("data-shortcuts", "off")


def test_the_theme_changes_at_once_and_stays(served: Served, open_page: OpenPage) -> None:
    page = reader(open_page)
    served.sign_in(page)

    page.click("[data-action=theme]")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.wait_for_function("document.cookie.includes('tenure_theme=dark')")
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_language_changes_where_one_stands(served: Served, open_page: OpenPage) -> None:
    page = reader(open_page)
    served.sign_in(page, path="/customers")

    page.get_by_role("button", name="中文").click()

    expect(page.locator("h1")).to_have_text("客户")
    assert page.url == f"{served.address}/customers"


def test_a_definition_opens_beside_its_figure_and_gives_the_focus_back(
    served: Served, open_page: OpenPage
) -> None:
    """TOP-19: name, definition, formula and n, at every number of the row."""
    page = reader(open_page)
    served.sign_in(page)
    mark = page.get_by_label("What “Monthly churn” means")

    mark.focus()
    page.keyboard.press("Enter")
    box = page.locator("details.tn-def[open] .tn-pop__b")
    expect(box).to_contain_text("lost ÷ customers at the start")
    expect(box).to_contain_text("logo_churn v1 · G04")
    page.keyboard.press("Escape")

    expect(box).to_be_hidden()
    expect(mark).to_be_focused()


def test_a_chart_has_its_figures_in_a_table(served: Served, open_page: OpenPage) -> None:
    page = reader(open_page)
    served.sign_in(page)

    page.locator("section:has(#h-fc) summary").click()

    assert page.locator("section:has(#h-fc) tbody tr").count() >= 12
    assert page.locator("[data-chart=forecast]").get_attribute("aria-label")


def test_the_metrics_are_drawn_sliced_and_explained(served: Served, open_page: OpenPage) -> None:
    """TOP-19, STD-01, STD-02: from the overview to a slice, a definition, and one metric."""
    page = reader(open_page)
    served.sign_in(page)
    page.keyboard.press("g")
    page.keyboard.press("m")

    expect(page.locator("[data-chart=moves] canvas").first).to_be_visible()
    assert page.locator(".tn-heat tbody tr").count() > 2
    page.get_by_label("What “Monthly recurring revenue” means").click()
    box = page.locator("details.tn-def[open] .tn-pop__b")
    expect(box).to_contain_text("999.00 a year = 83.25 a month")
    page.keyboard.press("Escape")
    page.select_option("select[name=slice]", index=1)
    page.get_by_role("button", name="Show", exact=True).click()
    page.locator("section:has(#h-mrr) summary").click()
    expect(page.get_by_role("columnheader", name="Moved here")).to_be_visible()
    page.get_by_role("link", name="Revenue", exact=True).click()
    page.locator("tbody").get_by_role("link", name="Churned MRR").click()
    expect(page.locator("[data-chart=line] canvas").first).to_be_visible()


def test_the_timeline_grows_in_place(served: Served, open_page: OpenPage) -> None:
    page = reader(open_page)
    served.sign_in(page, path="/customers")
    address = page.locator("tbody th a").last.get_attribute("href")
    page.goto(f"{served.address}{address}?show=")
    shown = page.locator(".tn-tl__e").count()
    more = page.get_by_text("Show what was earlier")

    if more.count():
        more.click()
        expect(page.locator(".tn-tl__e").nth(shown)).to_be_visible()

    assert page.url.endswith("?show=")
    assert page.locator(".tn-tl__e").count() >= shown > 0


def test_a_deed_tells_its_result(served: Served, open_page: OpenPage) -> None:
    page = reader(open_page)
    served.sign_in(page, path=served.customer_path)

    page.get_by_role("button", name="Put a call on the list").click()

    expect(page.get_by_role("status")).to_contain_text("list")
    page.get_by_text("Note a consent").click()
    expect(page.locator("#evidence")).to_be_visible()
