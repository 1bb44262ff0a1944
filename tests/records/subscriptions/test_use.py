"""BIL-04, BIL-05, OFR-16: what is used is charged with a statement; commitments are locked."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.money import Money
from tenure.kernel.periods import Period, add_months
from tenure.records.billing.pricing.rules import NothingToPrice
from tenure.records.catalog.models import PlanVersion
from tenure.records.journal.models import Entry
from tenure.records.strategies.actions import apply
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.queries import project_growth, quote_usage
from tenure.records.subscriptions.reservations.actions import Reserve, release, reserve
from tenure.records.subscriptions.reservations.queries import utilisation
from tenure.records.subscriptions.reservations.rules import NotReservable
from tenure.records.subscriptions.usage.actions import Used, note_usage
from tenure.records.subscriptions.usage.models import UsageDay
from tenure.records.subscriptions.usage.rules import growth_per_month, projected
from tenure.strategy.loading import PRESETS
from tests.builders import AT, a_term

JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))
ON = date(2026, 7, 1)


@pytest.fixture
def term(either_database: str) -> Term:
    apply(PRESETS / "saas", by="test", at=AT)
    return a_term(
        plan_version=PlanVersion.objects.get(plan__code="basic"),
        starts_on=date(2026, 1, 1),
        ends_on=date(2027, 1, 1),
        currency="USD",
    )


def use(term: Term, *, meter: str = "api_calls", month: date = JUNE.starts_on, units: int) -> None:
    told = [Used(term.subscription_id, meter, month + timedelta(days=9), units)]
    note_usage(told, on=ON, at=AT, by="import:meters")


def test_a_month_of_use_is_charged_by_tier_beyond_what_the_plan_holds(term: Term) -> None:
    """10 GB are in the plan: 150 more are two packages. 250,000 calls: 150,000 at 0.40 a 1,000."""
    use(term, units=250_000)
    use(term, meter="storage", units=160)

    bill = quote_usage(term.subscription_id, JUNE, on=ON)

    assert [one.amount.amount_minor for one in bill.lines] == [1_000, 6_000]
    assert bill.total == Money(7_000, "USD")
    rows = [(one.units, one.amount.amount_minor) for one in bill.lines[1].statement]
    assert rows == [(100_000, 0), (150_000, 6_000)]
    assert bill.lines[1].said.en == "API calls, 250000 call used"


def test_a_day_told_again_takes_the_newer_number(term: Term) -> None:
    use(term, units=10)
    use(term, units=10)
    use(term, units=12)

    assert UsageDay.objects.get().units == 12
    assert Entry.objects.filter(kind="usage.noted").count() == 2


def test_nothing_used_is_nothing_to_pay(term: Term) -> None:
    with pytest.raises(NothingToPrice):
        quote_usage(term.subscription_id, JUNE, on=ON)


def test_a_reservation_locks_its_price_and_is_charged_whole(term: Term) -> None:
    """OFR-16: 500,000 calls a month for a year at 20 % off 0.40; what goes beyond is list price."""
    wanted = Reserve(term.subscription_id, "api_calls", 500_000, 12, date(2026, 4, 1), key="r1")

    made = reserve(wanted, at=AT, by="customer")
    again = reserve(wanted, at=AT, by="customer")
    use(term, units=700_000)
    bill = quote_usage(term.subscription_id, JUNE, on=ON)

    assert again.pk == made.pk
    assert (made.unit_minor, made.list_unit_minor, made.per) == (32, 40, 1_000)
    assert made.ends_on == date(2027, 4, 1)
    # 500 × 0.32 committed; 200,000 beyond it, of which 100,000 are free and 100 × 0.40 are paid.
    assert [one.amount.amount_minor for one in bill.lines] == [16_000, 4_000]
    with pytest.raises(NotReservable, match="offered are 12"):
        reserve(
            Reserve(term.subscription_id, "api_calls", 1, 7, ON, key="r2"), at=AT, by="customer"
        )


def test_the_report_shows_month_by_month_how_a_commitment_is_used(term: Term) -> None:
    """OFR-16."""
    made = reserve(
        Reserve(term.subscription_id, "api_calls", 500_000, 12, date(2026, 4, 1), key="r1"),
        at=AT,
        by="customer",
    )
    use(term, units=250_000, month=date(2026, 4, 1))
    use(term, units=700_000, month=date(2026, 5, 1))

    report = utilisation(made.pk, as_of=date(2026, 6, 15))

    assert [one.share for one in report.months] == [Decimal("0.5"), 1, 0]
    assert [one.beyond for one in report.months] == [0, 200_000, 0]
    assert report.months[0].paid == Money(16_000, "USD")
    assert report.months[0].saved == Money(4_000, "USD")
    assert report.share == Decimal("0.5")
    release(made.pk, on=date(2026, 5, 1), at=AT, by="customer")
    assert len(utilisation(made.pk, as_of=date(2026, 6, 15)).months) == 1


def test_growth_goes_on_as_it_did(term: Term) -> None:
    """BIL-04: 100,000 more each month; the seventh month has 800,000 calls, 700 × 0.40."""
    for month in range(1, 7):
        first = add_months(date(2025, 12, 1), month)
        use(term, units=100_000 * (month + 1), month=first)

    found = [one for one in project_growth(term.subscription_id, on=ON) if one.meter == "api_calls"]

    assert [one.units for one in found[:2]] == [800_000, 900_000]
    assert found[0].cost == Money(28_000, "USD")
    assert found[0].month.starts_on == date(2026, 7, 1)


@given(months=st.lists(st.integers(0, 10**6), max_size=8), ahead=st.integers(0, 12))
def test_a_projection_is_never_below_zero(months: list[int], ahead: int) -> None:
    found = projected(months, ahead=ahead)

    assert len(found) == ahead
    assert all(one >= 0 for one in found)


@given(start=st.integers(0, 1_000), step=st.integers(0, 1_000), n=st.integers(2, 8))
def test_a_straight_line_is_followed_exactly(start: int, step: int, n: int) -> None:
    months = [start + step * k for k in range(n)]

    assert growth_per_month(months) == step
    assert projected(months, ahead=3) == tuple(start + step * k for k in range(n, n + 3))
