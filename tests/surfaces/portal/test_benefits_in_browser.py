"""Benefits, gifts and the way back on a telephone, in both languages (R-U-020)."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import OpenPage
from tests.surfaces.portal.test_in_browser import DONE, LOCALES, PHONE, Shop, look, shop

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["shop"]


@pytest.fixture
def left(shop: Shop) -> Shop:
    """The customer of the shop, who left two months ago."""
    from tenure.records.subscriptions.models import Subscription, Term

    ended_on = shop.term.ends_on - timedelta(days=22 + 75)
    Term.objects.update(
        starts_on=ended_on - timedelta(days=365), ends_on=ended_on, state="lapsed",
        closed_on=ended_on + timedelta(days=15),
    )  # fmt: skip
    Subscription.objects.update(
        state="ended", ended_on=ended_on + timedelta(days=15),
        started_on=ended_on - timedelta(days=365),
    )  # fmt: skip
    return shop


@pytest.mark.parametrize("shop", ["zh-Hans", "en"], indirect=True)
def test_who_left_comes_back_and_pays(left: Shop, open_page: OpenPage, screenshots: Path) -> None:
    """WIN-01, WIN-02: from the first page to the payment; the old contract goes on."""
    from tenure.records.subscriptions.models import Term
    from tenure.records.subscriptions.states import TermState

    language = "en" if _is_english(left) else "zh-Hans"
    page = open_page(locale=LOCALES[language], **PHONE)
    left.sign_in(page)
    page.goto(left.path("/my"))
    page.locator("a[href*='/my/return']").click()
    faults = look(page, f"return.{language}", folder=screenshots)

    page.locator("a[href*='/my/renew']").click()
    faults += look(page, f"return-renew.{language}", folder=screenshots)
    page.locator("button[form=renew]").click()
    page.wait_for_url("**/orders/**")
    left.pay()
    expect(page.get_by_text(DONE[language])).to_be_visible(timeout=15_000)

    new = Term.objects.get(number=2)
    assert (new.state, new.price_minor) == (TermState.RUNNING, 57_960)
    assert faults == []


@pytest.mark.parametrize("shop", ["zh-Hans", "en"], indirect=True)
def test_benefits_gifts_and_trials_by_touch(
    shop: Shop, open_page: OpenPage, screenshots: Path, tmp_path: Path
) -> None:
    """OFR-17, OFR-18, WIN-02: try something, choose a present, bring a table along."""
    from tenure.records.brought.models import BroughtFile
    from tenure.records.subscriptions.benefits.models import Benefit
    from tests.surfaces.portal.test_benefits import a_gift

    gift = a_gift(shop.term, "video_month", "router")
    language = "en" if _is_english(shop) else "zh-Hans"
    page = open_page(locale=LOCALES[language], **PHONE)
    shop.sign_in(page)

    page.goto(shop.path("/my"))
    expect(page.locator("a[href*='/my/gifts/']")).to_be_visible()
    page.goto(shop.path("/my/renew"))
    expect(page.locator("#choice .tn-list")).to_be_visible()
    page.goto(shop.path("/my/benefits"))
    page.locator("button[value=game_lane]").click()
    expect(page.locator("button[value=game_lane]")).to_have_count(0)
    faults = look(page, f"benefits.{language}", folder=screenshots)
    page.goto(shop.path(f"/my/gifts/{gift.public_id}"))
    faults += look(page, f"gift.{language}", folder=screenshots)
    page.locator("label[for=g-video_month]").click()
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_text("VIDEO-1")).to_be_visible()

    table = tmp_path / "old.csv"
    table.write_text("month,traffic\n2026-01-01,12\nsoon,4\n", encoding="utf-8")
    page.goto(shop.path("/my/return/bring"))
    page.locator("label[for=d-usage]").click()
    page.locator("#file").set_input_files(table)
    page.locator("main form button[type=submit]").click()
    faults += look(page, f"bring.{language}", folder=screenshots)
    page.locator("label[for=leave_out]").click()
    page.locator("button[name=confirm]").click()
    page.wait_for_url("**/my/return/bring")

    assert Benefit.objects.get().rule_id == "game_lane"
    assert BroughtFile.objects.get().count == 1
    assert faults == []


def _is_english(shop: Shop) -> bool:
    from tests.builders import primary_person

    return primary_person(shop.term.account).language == "en"
