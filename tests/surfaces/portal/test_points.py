"""Points as their own customer reads them: how many, until when, and what earned each."""

from datetime import timedelta

from tenure.records.loyalty.actions import Earned, Moment, earn, redeem, reverse
from tenure.records.subscriptions.models import Term
from tests.builders import AT, a_term, day
from tests.surfaces.portal.customers import signed_in

ENGLISH, CHINESE = {"Accept-Language": "en"}, {"Accept-Language": "zh-CN"}
NOW = Moment(day(-3), AT, "loop")


def test_a_customer_sees_points_what_earned_them_and_when_they_end(term: Term) -> None:
    """R-L-003, R-U-031: 1,288 for a payment, 300 used; nobody else's are shown."""
    client = signed_in(term)
    before = client.get("/my/points", headers=ENGLISH).content.decode()
    earn(Earned(term.account_id, "payment:P-7", 1_288, day(300), 128_800), now=NOW)
    redeem(term.account_id, 300, ref="R-1", now=NOW)
    other = a_term().account_id
    earn(Earned(other, "payment:P-8", 77, day(300), 7_700), now=NOW)

    english = client.get("/my/points", headers=ENGLISH).content.decode()
    chinese = client.get("/my/points", headers=CHINESE).content.decode()

    assert "You have no points at the moment." in before
    assert '<span class="num">988</span> points' in english
    assert "payment P-7" in english
    assert "+1,288" in english
    assert "−300" in english
    assert "P-8" not in english
    assert "付款 P-7" in chinese
    assert "/my/points" in client.get("/my/account", headers=ENGLISH).content.decode()


def test_points_that_are_owed_are_said_plainly(term: Term) -> None:
    """R-L-004: what was used and then refunded is made up for by the next points."""
    earn(Earned(term.account_id, "payment:P-7", 100, day(300), 10_000), now=NOW)
    redeem(term.account_id, 100, ref="R-1", now=NOW)
    reverse("payment:P-7", None, key="a", now=NOW)

    page = signed_in(term).get("/my/points", headers=ENGLISH).content.decode()

    assert "100 points were used and their payment was refunded since" in page
    assert "Taken back after a refund" in page


def test_a_lot_that_has_ended_is_not_shown_as_usable(term: Term) -> None:
    early = Moment(day(-3) - timedelta(days=400), AT, "loop")
    earn(Earned(term.account_id, "payment:P-1", 50, day(-200), 5_000), now=early)

    page = signed_in(term).get("/my/points", headers=ENGLISH).content.decode()

    assert "good until before" not in page
