"""REF-01: a referral pays after the refund window, and is reversed on refund."""

from datetime import timedelta

import pytest

from tenure.act.rewards.referrals import reward_referrals
from tenure.loop.reactions import react
from tenure.records.billing.models import Payment
from tenure.records.customers.models import Account
from tenure.records.journal.models import Entry
from tenure.records.loyalty.actions import Moment, redeem
from tenure.records.loyalty.models import PointsLot
from tenure.records.loyalty.queries import balance_of
from tenure.records.sharing.actions import attribute, share
from tenure.records.sharing.models import ShareJoin
from tenure.records.sharing.queries import token_of
from tenure.strategy.loyalty import Referral, read
from tenure.strategy.reading import Reader, StrategyError
from tests.act.payments.memory import MemoryProvider
from tests.act.rewards.test_points import LATER, a_paid_renewal, give_back
from tests.builders import AT, an_account, primary_person

WINDOW = 30  # days of the broadband operator's loyalty.toml


def brought(payment: Payment) -> Account:
    """Somebody brought the customer of a payment; who."""
    sharer, newcomer = an_account(), Account.objects.get(pk=payment.account_id)
    joined = payment.paid_on - timedelta(days=1)
    Account.objects.filter(pk=newcomer.pk).update(started_on=joined)
    link = share(primary_person(sharer).pk, on=joined, at=AT, by="customer")
    attribute(token_of(link), newcomer.pk, on=joined, at=AT, by="customer")
    return sharer


def night(payment: Payment, days: int) -> int:
    """The night so many days after the payment; how many newcomers were rewarded."""
    on = payment.paid_on + timedelta(days=days)
    return reward_referrals(as_of=on, at=AT + timedelta(days=days))


def referred(account: int) -> int:
    """Points of bringing or being brought that are left."""
    lots = PointsLot.objects.filter(account=account, ref__startswith="referral:")
    return sum(lots.values_list("left", flat=True))


@pytest.mark.django_db
@pytest.mark.usefixtures("strategy")
def test_a_referral_pays_after_the_refund_window_and_is_reversed_on_refund(
    wechat: MemoryProvider,
) -> None:
    payment = a_paid_renewal(wechat)
    sharer = brought(payment)

    early = [night(payment, days) for days in (0, 1, WINDOW - 1)]
    before = (referred(sharer.pk), referred(payment.account_id))
    paid = [night(payment, days) for days in (WINDOW, WINDOW, WINDOW + 1)]

    assert (early, before) == ([0, 0, 0], (0, 0))
    assert paid == [1, 0, 0]
    assert (referred(sharer.pk), referred(payment.account_id)) == (500, 300)
    assert Entry.objects.filter(kind="referral.rewarded").count() == 2
    spent = payment.paid_on + timedelta(days=WINDOW)
    redeem(sharer.pk, 400, ref="gift", now=Moment(spent, AT, "customer"))
    give_back(payment, None, key="all")
    for _ in range(2):
        react(at=LATER)
    assert (referred(sharer.pk), referred(payment.account_id)) == (0, 0)
    # What was spent meanwhile is owed, never a balance below zero.
    assert balance_of(sharer.pk, on=spent).debt == 400
    assert night(payment, WINDOW + 9) == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("strategy")
def test_what_went_back_within_the_window_is_never_rewarded(wechat: MemoryProvider) -> None:
    whole, half = a_paid_renewal(wechat), a_paid_renewal(wechat)
    sharers = brought(whole), brought(half)
    give_back(whole, None, key="all")
    give_back(half, half.amount_minor // 2, key="half")
    react(at=LATER)

    counted = [night(half, days) for days in (WINDOW, WINDOW + 60)]

    assert counted == [1, 0]
    assert [referred(one.pk) for one in sharers] == [0, 250]
    assert (referred(whole.account_id), referred(half.account_id)) == (0, 150)
    assert ShareJoin.objects.filter(rewarded_on__isnull=True).count() == 1


def test_a_business_may_do_without_rewards_and_says_all_of_one() -> None:
    given = {"sharer_points": 5, "newcomer_points": 3, "after_days": 14, "valid_months": 6}
    assert read(Reader({}, file="loyalty.toml")).referral is None
    found = read(Reader({"referral": given}, file="loyalty.toml")).referral
    assert found == Referral(5, 3, 14, 6)
    with pytest.raises(StrategyError, match="after_days"):
        read(Reader({"referral": {**given, "after_days": 0}}, file="loyalty.toml"))
