"""OFR-04, OFR-11, WIN-01: what the calendar of a customer takes off the next term."""

from datetime import date, timedelta

import pytest

from tenure.kernel.money import Money
from tenure.kernel.periods import add_months
from tenure.records.catalog.models import PlanVersion
from tenure.records.strategies.actions import apply
from tenure.records.subscriptions.actions import renew
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.queries import quote_renewal, renewal_options
from tenure.records.subscriptions.quoting.values import RenewalChoice
from tenure.records.subscriptions.states import SubscriptionState, TermState
from tenure.strategy.loading import PRESETS
from tests.builders import (
    AS_OF,
    AT,
    a_contact_point,
    a_subscription,
    a_term,
    an_account,
    day,
    primary_person,
)

LIST_YEAR = 82_800  # 12 × 69.00


@pytest.fixture
def version(either_database: str) -> PlanVersion:
    apply(PRESETS / "broadband", by="test", at=AT)
    return PlanVersion.objects.get(plan__code="home_300")


def a_chain(version: PlanVersion, *, years: int, gap_days: int = 0, end_kind: str = "") -> Term:
    """Yearly terms of which the last ends in 30 days; before it lies a gap, if one is asked for."""
    ends_on = day(30)
    starts = [add_months(ends_on, -12 * (years - n)) for n in range(years)]
    subscription = a_subscription(
        plan_version=version, started_on=starts[0] - timedelta(days=gap_days), anchor_on=starts[0]
    )
    for number, starts_on in enumerate(starts, start=1):
        is_last, is_before = number == years, number == years - 1
        moved = timedelta(days=0 if is_last else gap_days)
        state = TermState.RUNNING if is_last else TermState.RENEWED
        if is_before and gap_days:
            state = TermState.LAPSED
        term = a_term(
            subscription=subscription,
            number=number,
            starts_on=starts_on - moved,
            ends_on=add_months(starts_on, 12) - moved,
            state=state,
            end_kind=end_kind if is_before else "",
        )
    return term


@pytest.mark.parametrize(
    ("years", "total"),
    [(1, 74_520), (2, 74_520), (3, 41_400), (4, 74_520), (6, 74_520), (7, 41_400)],
)
def test_the_fourth_year_in_a_row_costs_half(version: PlanVersion, years: int, total: int) -> None:
    """OFR-11: 828.00 less 10 % is 745.20; after three years, and after three more, 414.00."""
    term = a_chain(version, years=years)

    bill = quote_renewal(term.pk, on=AS_OF).bill

    assert bill.total == Money(total, "CNY")
    assert bill.lines[0].list_price == Money(LIST_YEAR, "CNY")


def test_two_years_of_which_one_is_the_rewarded_one_are_a_quarter_less(
    version: PlanVersion,
) -> None:
    """OFR-11: after two years, 24 months hold the third and the fourth: 50 % × 12 ÷ 24 = 25 %."""
    term = a_chain(version, years=2)

    bill = quote_renewal(term.pk, RenewalChoice(24), on=AS_OF).bill

    assert bill.total == Money(
        124_200, "CNY"
    )  # 24 × 69.00 less 25 %, better than the ladder's 20 %
    assert [one.said.en for one in bill.lines[0].taken] == [
        "Three years together: the fourth at half price"
    ]


def test_a_lapse_begins_the_count_anew(version: PlanVersion) -> None:
    """OFR-11."""
    term = a_chain(version, years=3, gap_days=40)

    assert quote_renewal(term.pk, on=AS_OF).bill.total == Money(74_520, "CNY")


@pytest.mark.parametrize(("gap", "total"), [(1, 41_400), (30, 41_400), (31, 74_520)])
def test_a_short_gap_after_a_failed_payment_is_forgiven(
    version: PlanVersion, gap: int, total: int
) -> None:
    """OFR-11."""
    term = a_chain(version, years=3, gap_days=gap, end_kind="involuntary")

    assert quote_renewal(term.pk, on=AS_OF).bill.total == Money(total, "CNY")


def test_what_was_quoted_for_the_rewarded_year_is_what_renewing_charges(
    version: PlanVersion,
) -> None:
    """OFR-11: preview = charge."""
    term = a_chain(version, years=3)

    new = renew(quote_renewal(term.pk, on=AS_OF).purchase(), at=AT, by="customer")

    assert (new.price_minor, new.list_price_minor) == (41_400, LIST_YEAR)


@pytest.mark.parametrize(
    ("number", "starts_on", "minor"),
    [
        (1, date(2026, 11, 1), 6_452),  # 75.90 less 15 %, rounded half up
        (2, date(2026, 12, 1), 6_831),  # less 10 %
        (3, date(2027, 1, 1), 7_211),  # less 5 %
        (4, date(2027, 2, 1), 7_590),
    ],
)
def test_a_new_customer_pays_less_for_each_of_the_first_renewals(
    version: PlanVersion, number: int, starts_on: date, minor: int
) -> None:
    """OFR-04: stepped, first renewal first; 69.00 + 10 % a month."""
    subscription = a_subscription(
        plan_version=version, cycle_months=1, started_on=date(2026, 11, 1)
    )
    for past in range(1, number):
        begins = add_months(date(2026, 11, 1), past - 1)
        a_term(
            subscription=subscription,
            number=past,
            cycle_months=1,
            starts_on=begins,
            state=TermState.RENEWED,
        )
    term = a_term(subscription=subscription, number=number, cycle_months=1, starts_on=starts_on)

    assert quote_renewal(term.pk, on=starts_on).bill.total == Money(minor, "CNY")


def test_who_joined_before_the_steps_began_pays_the_list_price(version: PlanVersion) -> None:
    """OFR-04: for new customers."""
    term = a_term(plan_version=version, cycle_months=1, days_left=10)

    assert quote_renewal(term.pk, on=AS_OF).bill.total == Money(7_590, "CNY")


def a_leaver(version: PlanVersion, *, gone_days: int) -> Term:
    ends_on = day(-gone_days - 15)
    return a_term(
        plan_version=version,
        starts_on=add_months(ends_on, -12),
        ends_on=ends_on,
        state=TermState.LAPSED,
        closed_on=day(-gone_days),
    )


@pytest.mark.parametrize(
    ("gone_days", "year", "two_years"),
    [
        (29, 74_520, 132_480),
        (30, 57_960, 132_480),
        (1_095, 57_960, 132_480),
        (1_096, 74_520, 132_480),
    ],
)
def test_who_left_comes_back_for_less_by_the_true_end_of_service(
    version: PlanVersion, gone_days: int, year: int, two_years: int
) -> None:
    """WIN-01: 828.00 less 30 % from 30 days to three years after the lapse; two years keep 20 %,
    which is more than 30 % of the first of them.
    """
    term = a_leaver(version, gone_days=gone_days)

    found = {
        one.cycle_months: one.bill.total.amount_minor for one in renewal_options(term.pk, on=AS_OF)
    }

    assert (found[12], found[24]) == (year, two_years)


def test_by_the_month_each_of_the_first_twelve_costs_less(version: PlanVersion) -> None:
    """WIN-01: the first month at once; the later ones because the contract says until when."""
    term = a_leaver(version, gone_days=60)

    bill = quote_renewal(term.pk, RenewalChoice(1), on=AS_OF).bill

    assert bill.total == Money(5_313, "CNY")  # 75.90 less 30 %


def test_a_customer_never_gets_the_offer_for_those_who_left(version: PlanVersion) -> None:
    """WIN-01: neither with a second contract, nor under a second account of the same person."""
    left = a_leaver(version, gone_days=60)
    a_term(account=left.account, plan_version=version)
    other = a_leaver(version, gone_days=60)
    address = "wang@example.com"
    a_contact_point(person=primary_person(other.account), channel="email", address=address)
    again = an_account()
    a_contact_point(person=primary_person(again), channel="email", address=address)
    a_term(account=again, plan_version=version)

    totals = [quote_renewal(one.pk, on=AS_OF).bill.total for one in (left, other)]

    assert totals == [Money(74_520, "CNY")] * 2


def test_within_grace_a_late_renewal_is_no_return(version: PlanVersion) -> None:
    """WIN-01: nobody waits for the offer by paying late."""
    term = a_term(plan_version=version, days_left=-10, state=TermState.GRACE)

    assert quote_renewal(term.pk, on=AS_OF).bill.total == Money(74_520, "CNY")


def test_a_contract_that_ended_is_no_customer_any_more(version: PlanVersion) -> None:
    term = a_leaver(version, gone_days=60)
    term.subscription.state = SubscriptionState.ENDED
    term.subscription.ended_on = day(-60)
    term.subscription.save()

    new = renew(quote_renewal(term.pk, on=AS_OF).purchase(), at=AT, by="customer")

    assert (new.starts_on, new.price_minor) == (AS_OF, 57_960)
