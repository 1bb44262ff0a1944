"""A customer over eight years: what is earned by staying, lost by leaving, and given to come back.

OFR-01, OFR-03, OFR-10, OFR-11, OFR-18, WIN-01: every price is ordered, paid and renewed by the
real verbs, and every night between is lived.
"""

from datetime import date, timedelta

import pytest

from tenure.act.payments.actions import open_attempt, order_renewal, run_effects
from tenure.loop.nightly import STAGES, Day
from tenure.loop.reactions import react
from tenure.loop.takings import look_after_money
from tenure.records.billing.orders.models import Order
from tenure.records.catalog.models import PlanVersion
from tenure.records.contacts.models import Message
from tenure.records.gifts.models import Gift
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions import close_overdue
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.entitlements.queries import in_force
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.queries import quote_renewal
from tests.act.conftest import strategy
from tests.act.payments.conftest import wechat
from tests.act.payments.memory import MemoryProvider
from tests.builders import a_term, at_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
__all__ = ["strategy", "wechat"]
YEAR, HALF, BACK = 74_520, 41_400, 57_960  # 828.00 less 10 %, half, less 30 %


def night(on: date) -> None:
    """What a night does about terms and what comes with them."""
    now = Day(on, at_on(on, 23), "loop", None)
    close_overdue(as_of=on, at=now.at)
    benefits = next(one for one in STAGES["observe"] if one.does.en == "benefits given and ended")
    benefits.call(now)
    react(at=now.at)


def last(term: Term) -> Term:
    return Term.objects.filter(subscription=term.subscription).latest("number")


def renewed(term: Term, provider: MemoryProvider, *, on: date) -> int:
    """Renew for a year on a day: preview, order and payment; what was paid, in minor units."""
    at = at_on(on)
    newest = last(term)
    preview = quote_renewal(newest.pk, on=on).bill
    order = order_renewal(newest.pk, seen=preview.digest, at=at, by="customer")
    payment = open_attempt(order, "wechat_native", at=at, by="customer").payment
    provider.pay(str(payment.number), at=at)
    look_after_money(at=at + timedelta(seconds=6), by="worker")
    run_effects(at=at + timedelta(seconds=6), by="worker")
    react(at=at + timedelta(seconds=7))
    assert Order.objects.latest("pk").total_minor == preview.total.amount_minor
    assert last(term).price_minor == preview.lines[0].amount.amount_minor
    return preview.total.amount_minor


def lived(start: date, end: date) -> None:
    """The nights on which something could happen: every tenth, and the last."""
    for on in (start + timedelta(days=n) for n in range(0, (end - start).days, 10)):
        night(on)
    night(end)


def test_years_together(wechat: MemoryProvider) -> None:
    version = PlanVersion.objects.get(plan__code="home_300")
    first_on = date(2026, 1, 10)
    term = a_term(plan_version=version, starts_on=first_on, cycle_months=12)

    # Early renewals: the first on the price ladder, joined to the old end, not a day lost (OFR-01).
    paid = [renewed(term, wechat, on=date(2026, 12, 20))]
    assert last(term).starts_on == date(2027, 1, 10)
    lived(date(2026, 12, 21), date(2027, 1, 20))

    # The anniversary: a month on top by itself, and one letter (OFR-10).
    assert last(term).ends_on == date(2028, 2, 10)
    assert Message.objects.filter(template="anniversary").count() == 1
    assert Benefit.objects.filter(kind="bundle").latest("pk").ends_on == date(2028, 2, 10)

    # Two more years at the ladder's price would be usual; after the third the fourth costs half.
    paid += [renewed(term, wechat, on=date(2028, 2, 1))]
    lived(date(2028, 2, 2), date(2028, 3, 1))
    paid += [renewed(term, wechat, on=date(2029, 2, 9))]
    assert paid == [YEAR, YEAR, HALF]
    assert Benefit.objects.get(kind="streak").worth_minor == HALF
    lived(date(2029, 2, 10), date(2029, 3, 1))

    # The year after that is the usual price again, and is not renewed: the count is lost.
    fourth = last(term)
    assert fourth.ends_on == date(2030, 2, 10)
    assert quote_renewal(fourth.pk, on=date(2030, 1, 30)).bill.total.amount_minor == YEAR
    lived(date(2030, 2, 10), date(2030, 3, 10))
    assert in_force(term.subscription_id, on=date(2030, 3, 10)) == ()
    assert not Benefit.objects.filter(ended_on=None).exists()
    given = Entry.objects.filter(kind="benefit.given").count()
    assert given == Entry.objects.filter(kind="benefit.ended").count()

    # The lapse was on 25 February: nobody comes back cheaper before 27 March (WIN-01).
    assert quote_renewal(fourth.pk, on=date(2030, 3, 20)).bill.total.amount_minor == YEAR
    assert renewed(term, wechat, on=date(2030, 4, 1)) == BACK
    back = last(term)
    assert (back.starts_on, back.ends_on) == (date(2030, 4, 1), date(2031, 4, 1))
    assert quote_renewal(back.pk, on=date(2031, 3, 1)).bill.total.amount_minor == YEAR

    # Three years count anew from the return.
    for year in (2031, 2032):
        assert renewed(term, wechat, on=date(year, 3, 20)) == YEAR
        lived(date(year, 3, 21), date(year, 4, 2))
    assert renewed(term, wechat, on=date(2033, 3, 20)) == HALF

    assert Benefit.objects.filter(kind="anniversary").count() == 1
    assert Gift.objects.count() == 0  # no codes were loaded, and a router needs two years
