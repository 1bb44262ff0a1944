"""G21, G22: points follow the money through the loop, once, and none is lost on the way."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db.models import Sum
from hypothesis import given
from hypothesis import strategies as st

from tenure.act.payments.actions import (
    Case,
    approve_refund,
    charge_back,
    decide_charge_back,
    open_attempt,
    refund_due,
    request_refund,
    take_notice,
)
from tenure.act.rewards.points import earn_points, take_points_back
from tenure.kernel.money import Money
from tenure.loop.reactions import react
from tenure.records.billing.models import Payment
from tenure.records.billing.refunds.rules import NewRefund
from tenure.records.billing.refunds.states import RefundReason
from tenure.records.journal.models import Entry
from tenure.records.loyalty.models import PointsLine, PointsLot, PointsMove
from tenure.records.loyalty.queries import balance_of
from tenure.records.strategies.queries import business_day
from tenure.strategy.loyalty import Earning, read
from tenure.strategy.reading import Reader, StrategyError
from tests.act.payments.memory import MemoryProvider
from tests.act.payments.orders import an_order
from tests.builders import AT

LATER = AT + timedelta(hours=1)


def a_paid_renewal(provider: MemoryProvider) -> Payment:
    payment = open_attempt(an_order(), "wechat_native", at=AT, by="customer").payment
    letter = provider.pay(str(payment.number), at=AT)
    take_notice("wechat", letter.headers, body=letter.body, at=AT)
    payment.refresh_from_db()
    return payment


def give_back(payment: Payment, amount_minor: int | None, *, key: str) -> None:
    amount = None if amount_minor is None else Money(amount_minor, "CNY")
    asked = NewRefund(payment.pk, RefundReason.GOODWILL, amount=amount, once_key=key)
    refund = request_refund(asked, at=LATER, by="user:1")
    if refund.needs_second:
        approve_refund(refund.pk, at=LATER, by="user:2")
    refund_due(at=LATER)


def points_of(payment: Payment) -> int:
    return balance_of(payment.account_id, on=business_day(LATER)).points


@pytest.mark.django_db
@pytest.mark.usefixtures("strategy")
def test_a_renewal_earns_points_once_and_its_refunds_take_them_back(wechat: MemoryProvider) -> None:
    """G21, G22, LOY-01, R-L-004, R-Y-007, R-Y-014: 1,069.20 paid earns 1,069 points."""
    payment = a_paid_renewal(wechat)
    react(at=AT)
    lot = PointsLot.objects.get()
    assert (lot.earned, lot.sale_minor, points_of(payment)) == (1_069, 106_920, 1_069)
    assert lot.expires_on == date(lot.earned_on.year + 2, lot.earned_on.month, lot.earned_on.day)

    # 100.00 went back: 1,069 × 10,000 ÷ 106,920 is 99.98, and what is taken is rounded up.
    give_back(payment, 10_000, key="part")
    react(at=LATER)
    assert points_of(payment) == 969
    give_back(payment, None, key="rest")
    for _ in range(2):
        react(at=LATER)

    assert points_of(payment) == 0
    due = list(Entry.objects.filter(kind="points.due"))
    gone = list(Entry.objects.filter(kind="points.reversal_due"))
    assert (len(due), len(gone)) == (1, 2)
    earn_points(due, at=LATER)
    assert take_points_back(gone, at=LATER) == 0
    moves = PointsMove.objects.order_by("pk").values_list("kind", "points")
    assert list(moves) == [("earn", 1_069), ("reverse", 100), ("reverse", 969)]
    sums = PointsLine.objects.values("move").annotate(total=Sum("points"))
    assert {row["total"] for row in sums} == {0}


@pytest.mark.django_db
@pytest.mark.usefixtures("strategy")
@pytest.mark.parametrize("taken", [None, 50_00])
def test_a_lost_charge_back_takes_the_points_of_its_money_and_a_won_one_none(
    wechat: MemoryProvider, taken: int | None
) -> None:
    """G22: money that the payer's bank took for good earned nothing."""
    payment = a_paid_renewal(wechat)
    react(at=LATER)
    earned = points_of(payment)
    amount = None if taken is None else Money(taken, "CNY")
    charge_back(payment.pk, Case("cb-1", amount), at=LATER, by="user:1")
    react(at=LATER)
    assert points_of(payment) == earned

    for _ in range(2):
        decide_charge_back(payment.pk, Case("cb-1"), is_won=False, at=LATER, by="user:1")
        react(at=LATER)

    share = 1 if taken is None else taken / payment.amount_minor
    assert earned > 0
    assert abs(points_of(payment) - earned * (1 - share)) < 1


@pytest.mark.django_db
@pytest.mark.usefixtures("strategy")
def test_a_charge_back_that_is_won_leaves_the_points(wechat: MemoryProvider) -> None:
    payment = a_paid_renewal(wechat)
    react(at=LATER)
    earned = points_of(payment)
    charge_back(payment.pk, Case("cb-1"), at=LATER, by="user:1")

    decide_charge_back(payment.pk, Case("cb-1"), is_won=True, at=LATER, by="user:1")
    react(at=LATER)

    assert points_of(payment) == earned > 0


@pytest.mark.django_db
@pytest.mark.usefixtures("strategy")
def test_what_went_back_before_points_were_given_earns_none(wechat: MemoryProvider) -> None:
    """G22: told in either order, the lot ends with what the part that was kept earns."""
    whole, part = a_paid_renewal(wechat), a_paid_renewal(wechat)
    give_back(whole, None, key="all")
    give_back(part, 53_460, key="half")

    react(at=LATER)

    assert points_of(whole) == 0
    # Half of 1,069 goes, rounded up: 535 of them.
    assert points_of(part) == 534
    assert PointsLot.objects.count() == 1


@given(
    amount=st.integers(0, 10**9),
    other=st.integers(0, 10**9),
    rate=st.integers(1, 1_000),
    currency=st.sampled_from(["CNY", "USD", "JPY"]),
)
def test_points_never_outgrow_the_money(amount: int, other: int, rate: int, currency: str) -> None:
    """Law: paid in two parts never earns more than paid at once, and less by no more than one."""
    earning = Earning(rate, 12)

    apart = sum(earning.points_of(Money(one, currency)) for one in (amount, other))
    together = earning.points_of(Money(amount + other, currency))

    assert together - 1 <= apart <= together


def test_a_business_may_do_without_points(tmp_path: Path) -> None:
    assert read(Reader({}, file="loyalty.toml")).earning is None
    half = {"earning": {"points_per_unit": 0, "valid_months": 12}}
    with pytest.raises(StrategyError, match="points_per_unit"):
        read(Reader(half, file="loyalty.toml"))
