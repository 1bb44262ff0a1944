"""CS-06, U-037: the queue of work is worked through from the keyboard alone, in narrow and dark."""

import pytest
from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.surfaces.console.serving import Served
from tests.surfaces.console.test_in_browser import OVERFLOW, TOO_WIDE, reader

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_call_is_opened_and_noted_by_keys_and_the_choice_of_work_stays(
    served: Served, open_page: OpenPage
) -> None:
    page = reader(open_page, "zh", "dark", viewport={"width": 390, "height": 844})
    served.sign_in(page, path="/todos?owner=")
    rows = page.locator("[data-row]")
    count = rows.count()
    assert count > 1

    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("o")
    expect(rows.nth(0).locator(".tn-script")).not_to_contain_text("现价话术")
    expect(rows.nth(0).locator("details[data-open]")).to_have_attribute("open", "")
    page.keyboard.press("4")
    expect(rows.nth(0).locator("[data-outcome]")).to_have_value("no_answer")
    expect(rows.nth(0).locator("form.tn-row button")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator(".tn-note, .tn-toast, [role=status]").first).to_be_visible()
    page.wait_for_url("**/todos?owner=")
    for path in ("/todos", "/outbox"):
        page.goto(f"{served.address}{path}")
        assert page.evaluate(OVERFLOW) == 0, page.evaluate(TOO_WIDE)
