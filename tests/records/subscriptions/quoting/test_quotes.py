"""Quotes from records: what renewing, changing, growing and joining would cost."""

from datetime import date
from pathlib import Path

import pytest

from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.basket import LineKind
from tenure.records.catalog.models import PlanVersion
from tenure.records.catalog.rules import NoPrice, UnknownPlan
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply
from tenure.records.subscriptions.actions import renew
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.quoting.queries import (
    quote_co_term,
    quote_plan_change,
    quote_renewal,
    quote_seats,
    renewal_options,
    upgrade_quotes,
)
from tenure.records.subscriptions.quoting.values import (
    EndsLater,
    NoSeats,
    NotRunning,
    RenewalChoice,
    SamePlan,
)
from tenure.records.subscriptions.states import TermState
from tenure.strategy.loading import PRESETS
from tests.builders import AS_OF, AT, a_discount, a_plan, a_plan_version, a_term, day


def a_higher_plan(*, prices: dict[int, int], **entitlements: int | None) -> PlanVersion:
    plan = a_plan(code="gigabit", tier_rank=3, name_zh="千兆", name_en="Gigabit")
    return a_plan_version(plan=plan, prices=prices, entitlements=entitlements)


def test_renewing_costs_the_list_price_of_the_days_that_follow(either_database: str) -> None:
    term = a_term(days_left=30)

    quote = quote_renewal(term.pk, on=AS_OF)

    line = quote.bill.lines[0]
    assert quote.bill.total == Money(106_920, "CNY")
    assert (line.kind, line.ref) == (LineKind.RENEWAL, f"term:{term.pk}")
    assert line.said.en == "Broadband 300M, 12 months"
    assert line.period == Period(term.ends_on, term.ends_on.replace(year=2027))


def test_what_was_quoted_is_what_renewing_charges(either_database: str) -> None:
    """Preview = charge: seats, a coupon and free days included."""
    term = a_term(days_left=30)
    choice = RenewalChoice(
        24, quantity=3, discounts=(a_discount("c", minor=7_000), a_discount("f", days=30))
    )

    quote = quote_renewal(term.pk, choice, on=AS_OF)
    new = renew(quote.purchase(), at=AT, by="customer")

    line = quote.bill.lines[0]
    assert quote.bill.total == Money(3 * 190_080 - 7_000, "CNY")
    assert (new.price_minor, new.list_price_minor) == (563_240, 570_240)
    assert Period(new.starts_on, new.ends_on) == line.period == quote.comes.period
    assert (line.free_days, line.period.days) == (30, 731 + 30)
    assert Subscription.objects.get().quantity == 3


@pytest.mark.parametrize(("late", "gap"), [(-1, 0), (0, 0), (1, 1), (9, 9)])
def test_who_asked_to_stop_and_comes_back_is_quoted_the_days_that_are_sold(
    either_database: str, late: int, gap: int
) -> None:
    """No night has closed the term yet: after its end a new one begins with the payment."""
    term = a_term(ends_on=AS_OF, state=TermState.CANCELLING, cancel_asked_on=day(-20))

    quote = quote_renewal(term.pk, on=day(late))
    new = renew(quote.purchase(), at=AT, by="customer")

    assert new.starts_on == quote.bill.lines[0].period.starts_on == day(gap)
    assert new.ends_on == quote.bill.lines[0].period.ends_on


def test_every_cycle_on_sale_is_an_option_with_its_ladder_price(
    either_database: str, tmp_path: Path
) -> None:
    """BIL-01, BIL-02, OFR-01: the own cycle first; monthly +10 %, two years 20 % off."""
    apply(PRESETS / "broadband", by="test", at=AT)
    version = PlanVersion.objects.get(plan__code="home_300")
    term = a_term(plan_version=version, days_left=30)

    options = renewal_options(term.pk, on=AS_OF)

    found = {one.cycle_months: one.bill.total.amount_minor for one in options}
    assert options[0].cycle_months == 12
    assert found[1] == 7_590  # 69.00 + 10 %
    assert found[12] == 74_520  # 12 × 69.00 − 10 %
    assert found[24] == 132_480  # 24 × 69.00 − 20 %
    assert options[0].cycle.en == "One year"


def test_a_decided_offer_and_the_ladder_are_not_added_up(either_database: str) -> None:
    """STD-05: the better of both counts, so nobody is worse off for having been offered less."""
    apply(PRESETS / "broadband", by="test", at=AT)
    version = PlanVersion.objects.get(plan__code="home_300")
    term = a_term(plan_version=version, days_left=30)

    worse = RenewalChoice(12, discounts=(a_discount("offer", percent=5, group="term"),))
    better = RenewalChoice(12, discounts=(a_discount("offer", percent=30, group="term"),))

    assert quote_renewal(term.pk, worse, on=AS_OF).bill.total == Money(74_520, "CNY")
    assert quote_renewal(term.pk, better, on=AS_OF).bill.total == Money(57_960, "CNY")


def test_an_upgrade_counts_from_today_and_says_what_it_brings(either_database: str) -> None:
    """CAT-04, R-Y-067: the old rest is given back, the new rest charged, gains are listed."""
    old = a_plan_version(entitlements={"download": 300, "repair": None, "disk": 20})
    a_higher_plan(prices={12: 240_000}, download=1_000, repair=None, disk=10, mesh=None)
    term = a_term(
        plan_version=old, starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1), price_minor=100_000
    )

    quote = quote_plan_change(term.pk, "gigabit", on=AS_OF)

    # 2026-06-15 leaves 200 of 365 days: 1000.00 × 200 ÷ 365 back, 2400.00 × 200 ÷ 365 charged.
    assert quote.is_upgrade
    assert quote.effective_on == AS_OF
    assert quote.bill is not None
    assert [one.amount.amount_minor for one in quote.bill.lines] == [-54_795, 131_507]
    assert quote.bill.total == Money(76_712, "CNY")
    assert [(one.code, one.before, one.after) for one in quote.gained] == [
        ("download", 300, 1_000),
        ("mesh", None, None),
    ]
    assert [(one.code, one.before, one.after) for one in quote.lost] == [("disk", 20, 10)]
    assert quote.renewal.total == Money(240_000, "CNY")


def test_a_downgrade_waits_for_the_end_and_costs_nothing_now(either_database: str) -> None:
    """BIL-06, R-Y-067."""
    lower = a_plan_version(plan=a_plan(code="basic", tier_rank=1), prices={12: 60_000})
    term = a_term(days_left=30)

    quote = quote_plan_change(term.pk, "basic", on=AS_OF)

    assert not quote.is_upgrade
    assert (quote.effective_on, quote.bill) == (term.ends_on, None)
    assert quote.renewal.total == Money(60_000, "CNY")
    assert quote.plan_version_id == lower.pk


def test_upgrades_are_the_higher_plans_of_the_product_nearest_first(either_database: str) -> None:
    """CAT-04."""
    term = a_term(days_left=30)
    for code, rank, product in (("b", 4, "broadband"), ("a", 3, "broadband"), ("c", 5, "phone")):
        a_plan_version(plan=a_plan(code=code, tier_rank=rank, product_code=product))

    assert [one.plan_version_id for one in upgrade_quotes(term.pk, on=AS_OF)] == [
        PlanVersion.objects.get(plan__code=code).pk for code in ("a", "b")
    ]


def test_more_seats_cost_the_rest_of_the_term(either_database: str) -> None:
    """BIL-04: 200 of 365 days of 1069.20 for two seats."""
    term = a_term(starts_on=date(2026, 1, 1), ends_on=date(2027, 1, 1))

    bill = quote_seats(term.pk, 2, on=AS_OF)

    assert bill.total == Money(117_173, "CNY")
    assert bill.lines[0].quantity == 2
    with pytest.raises(NoSeats):
        quote_seats(term.pk, 0, on=AS_OF)


def test_terms_are_brought_to_one_date_by_the_day(either_database: str) -> None:
    """TOP-17, R-Y-062, G02: own arithmetic. 1069.20 × 184 ÷ 365 and × 153 ÷ 365, one line each."""
    first = a_term(ends_on=date(2026, 7, 1))
    second = a_term(ends_on=date(2026, 8, 1))
    there = a_term(ends_on=date(2027, 1, 1))

    quote = quote_co_term([there.pk, second.pk, first.pk], until=date(2027, 1, 1), on=AS_OF)

    assert quote.term_ids == (first.pk, second.pk)
    assert [one.amount.amount_minor for one in quote.bill.lines] == [53_899, 44_819]
    assert [one.period.ends_on for one in quote.bill.lines] == [date(2027, 1, 1)] * 2


def test_a_far_common_date_holds_whole_cycles(either_database: str) -> None:
    """A year, and 31 of the 366 days to 2028-07-01: 1069.20 × (1 + 31 ÷ 366)."""
    term = a_term(ends_on=date(2026, 7, 1))

    quote = quote_co_term([term.pk], until=date(2027, 8, 1), on=AS_OF)

    assert quote.bill.total == Money(106_920 + 9_056, "CNY")


def test_what_cannot_be_sold_is_refused_and_nothing_is_written(either_database: str) -> None:
    term, over = a_term(days_left=30), a_term(days_left=-1, number=1)
    before = Term.objects.count(), Entry.objects.count()

    with pytest.raises(NoPrice):
        quote_renewal(term.pk, RenewalChoice(36), on=AS_OF)
    with pytest.raises(UnknownPlan):
        quote_plan_change(term.pk, "fibr", on=AS_OF)
    with pytest.raises(SamePlan):
        quote_plan_change(term.pk, term.plan_version.plan.code, on=AS_OF)
    with pytest.raises(NotRunning):
        quote_seats(over.pk, 1, on=AS_OF)
    with pytest.raises(EndsLater):
        quote_co_term([term.pk], until=day(29), on=AS_OF)

    assert (Term.objects.count(), Entry.objects.count()) == before
