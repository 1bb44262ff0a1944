"""R-A-035, R-A-081 to R-A-083: leaving as a person meets it, on a telephone, in both languages."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import OpenPage
from tests.surfaces.portal.fairness import dark_patterns, drawn_patterns
from tests.surfaces.portal.serving import Portal

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
TELEPHONE = {"width": 390, "height": 844}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def reader(open_page: OpenPage, language: str = "en", theme: str = "light") -> Page:
    return open_page(locale=LANGUAGES[language], color_scheme=theme, viewport=TELEPHONE)


def speak(page: Page, portal: Portal, language: str) -> None:
    """The link speaks the language in which the customer is written to; the reader's goes first."""
    name = "en" if language == "en" else "zh-hans"
    page.context.add_cookies([{"name": "django_language", "value": name, "url": portal.address}])


def looked_at(page: Page, screenshots: Path, name: str) -> list[str]:
    """Keep the picture of a page; what is wrong with it."""
    page.screenshot(path=screenshots / f"leaving-{name}.png", full_page=True)
    wrong: list[str] = []
    wrong += dark_patterns(page, meanwhile=lambda: wrong.extend(serious(page)))
    if page.evaluate(OVERFLOW):
        wrong.append("scrolls sideways")
    return [f"{name}: {fault}" for fault in wrong]


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"axe {one['id']} {[node['html'][:90] for node in one['nodes']]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_leaving_is_fair_and_readable(
    portal: Portal, open_page: OpenPage, screenshots: Path, language: str
) -> None:
    """The reason, the offer, the details: drawn, linted, looked through by axe."""
    page = reader(open_page, language)
    speak(page, portal, language)
    wrong = []
    page.goto(portal.link("cancel"))
    wrong += looked_at(page, screenshots, f"1-reason.{language}")
    page.locator("[data-other]").click()
    expect(page.locator("#h-o")).to_be_visible()
    wrong += looked_at(page, screenshots, f"2-offer.{language}")
    page.goto(page.url + "?details")
    wrong += looked_at(page, screenshots, f"3-confirm.{language}")
    page.locator("[data-cancel]").first.click()
    expect(page.locator(".tn-p__done")).to_be_visible()
    page.screenshot(path=screenshots / f"leaving-4-done.{language}.png", full_page=True)

    assert wrong == []
    assert serious(page) == []
    assert page.evaluate(OVERFLOW) == 0


def test_two_clicks_from_the_account_page_with_the_offer_declined(
    portal: Portal, open_page: OpenPage
) -> None:
    """R-A-081; that renewing takes no fewer is measured in `test_in_browser`."""
    page = reader(open_page)
    speak(page, portal, "en")
    page.goto(portal.link("renew"))
    page.goto(f"{portal.address}/my")
    clicks = 0

    page.locator("[data-cancel]").click()
    clicks += 1
    expect(page.locator("#h-o")).to_be_visible()
    page.locator("[data-cancel]").click()
    clicks += 1

    expect(page.locator(".tn-p__done")).to_be_visible()
    assert clicks == 2


@pytest.mark.parametrize(("language", "undo", "left"), [
    ("zh", "撤销", "到期"), ("en", "Undo", "left"),
])  # fmt: skip
def test_undone_in_one_click(
    portal: Portal, open_page: OpenPage, language: str, undo: str, left: str
) -> None:
    page = reader(open_page, language)
    speak(page, portal, language)
    page.goto(portal.link("cancel"))
    page.locator("[data-cancel]").click()
    expect(page.locator(".tn-p__done")).to_be_visible()

    page.get_by_role("button", name=undo).click()

    expect(page.locator("#h-plan")).to_contain_text(left)


def test_the_keyboard_reaches_cancel_before_the_offer(portal: Portal, open_page: OpenPage) -> None:
    """R-A-035: first in tab order, in the same group."""
    page = reader(open_page)
    speak(page, portal, "en")
    page.goto(portal.link("renew"))
    page.goto(f"{portal.address}/my")
    page.locator("[data-cancel]").click()
    expect(page.locator("#h-o")).to_be_visible()
    page.locator("#main").focus()

    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.hasAttribute('data-cancel')")
    page.keyboard.press("Tab")
    second = page.evaluate("document.activeElement.hasAttribute('data-other')")

    assert (first, second) == (True, True)


@pytest.mark.parametrize("path", ["/kuendigen?lang=de", "/withdraw?lang=en"])
def test_the_public_pages_are_fair_and_readable(
    portal: Portal, open_page: OpenPage, screenshots: Path, path: str
) -> None:
    page = reader(open_page)
    page.goto(f"{portal.address}{path}")

    assert looked_at(page, screenshots, path[1:5]) == []


def test_a_german_declaration_is_received_without_a_login(
    portal: Portal, open_page: OpenPage, screenshots: Path
) -> None:
    page = reader(open_page)
    page.goto(f"{portal.address}/kuendigen?lang=de")
    page.fill("#name", "Erika Mustermann")
    page.fill("#contract", "K-1")
    page.fill("#address", "erika@example.com")

    page.locator("[data-cancel]").click()

    expect(page.locator("h1")).to_have_text("Ihre Erklärung ist eingegangen")
    page.screenshot(path=screenshots / "leaving-de-received.png", full_page=True)
    assert serious(page) == []


FAIR = """<main><p>You can cancel now.</p>
<button data-cancel style="width:200px;height:48px">Cancel</button>
<button data-other style="width:200px;height:48px">Stay</button></main>"""


# What is put for what on the fair page, and what the lint says of it.
UNFAIR = [
    ("<p>", "<input type=radio checked value=a><p>", "chosen beforehand: a"),
    ("data-cancel", "", "no control that cancels"),
    ('data-cancel style="', 'data-cancel style="visibility:hidden;', "is hidden"),
    ('data-cancel style="', 'data-cancel style="color:#999;', "less contrast"),
    ('data-cancel style="width:200px', 'data-cancel style="width:90px', "it is smaller"),
    ("data-cancel", "data-cancel disabled", "is disabled"),
    ("<p>", "<div style='height:2000px'></div><p>", "out of sight"),
    ('data-other style="', 'data-other style="background:#0b5c7f;', "looks different"),
    ("You can", "Are you sure? You can", "shaming: are you sure"),
    ("<p>", "<p role=timer>", "a timer"),
    ("data-cancel", "data-cancel tabindex=2", "the tab order is forced"),
]


def test_the_lint_finds_each_pattern(open_page: OpenPage) -> None:
    page = open_page(viewport=TELEPHONE)
    missed = []
    for old, new, fault in UNFAIR:
        page.set_content(FAIR)
        assert drawn_patterns(page) == []

        page.set_content(FAIR.replace(old, new, 1))
        if not any(fault in one for one in drawn_patterns(page)):
            missed.append(fault)

    assert missed == []


def test_the_lint_finds_what_counts_down_and_nothing_on_a_fair_page(open_page: OpenPage) -> None:
    page = open_page(viewport=TELEPHONE)
    page.set_content(FAIR)
    assert dark_patterns(page) == []

    later = "setTimeout(() => { document.querySelector('p').textContent = '9 minutes'; }, 300)"
    faults = dark_patterns(page, meanwhile=lambda: page.evaluate(later))

    assert faults == ["something counts down"]


def test_the_lint_finds_an_offer_that_comes_first(open_page: OpenPage) -> None:
    page = open_page(viewport=TELEPHONE)
    page.set_content(
        FAIR.replace("data-cancel", "x")
        .replace("data-other", "data-cancel")
        .replace(" x ", " data-other ")
    )

    assert "it comes after the other in the tab order" in drawn_patterns(page)
