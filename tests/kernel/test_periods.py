"""Calendar rules, with the golden examples G17 and G18 and the terms of R-Y-060 to R-Y-066."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.money import Money
from tenure.kernel.periods import (
    ChangeOutsidePeriod,
    Period,
    PeriodEndsBeforeItStarts,
    add_months,
    cycle,
    date_of,
    day_number,
    days_of,
    late_start,
    month_of,
    months_of,
    nth_due,
    prorate,
    prorate_by_second,
)

DAYS = st.dates(date(1990, 1, 1), date(2080, 1, 1))
PERIODS = st.builds(
    lambda start, days: Period(start, start + timedelta(days=days)), DAYS, st.integers(1, 900)
)
PRICES = st.builds(Money, st.integers(0, 10**9), st.just("CNY"))

# G18: old price, new price, start, end, change → days in all, days left, credit, charge, net.
G18 = {
    "X1": ((9000, 15000, "2027-04-01", "2027-05-01", "2027-04-16"), (30, 15, 4500, 7500, 3000)),
    "X2": ((9900, 19900, "2027-01-31", "2027-02-28", "2027-02-10"), (28, 18, 6364, 12793, 6429)),
    "X3": (
        (119900, 59900, "2027-01-01", "2028-01-01", "2027-10-01"),
        (365, 92, 30221, 15098, -15123),
    ),
    "X4": ((8800, 8800, "2027-06-01", "2027-07-01", "2027-06-01"), (30, 30, 8800, 8800, 0)),
    "X5": ((10000, 0, "2027-02-01", "2027-03-01", "2027-02-20"), (28, 9, 3214, 0, -3214)),
}


def test_due_dates_of_the_last_of_january_are_clamped_and_come_back() -> None:
    """G17: counted from the anchor, never from the date before."""
    anchor = date(2027, 1, 31)

    due = [nth_due(anchor, months_per_cycle=1, k=k) for k in range(1, 6)]

    assert due == [
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
        date(2027, 5, 31),
        date(2027, 6, 30),
    ]


def test_leap_day_comes_back_every_fourth_year() -> None:
    due = [nth_due(date(2024, 2, 29), months_per_cycle=12, k=k) for k in range(1, 5)]

    assert due == [date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29)]


@given(anchor=DAYS, months=st.integers(-600, 600))
def test_months_are_added_exactly_and_only_short_months_clamp(anchor: date, months: int) -> None:
    due = add_months(anchor, months)

    assert (due.year * 12 + due.month) - (anchor.year * 12 + anchor.month) == months
    assert due.day == anchor.day or (due + timedelta(days=1)).day == 1
    assert due.day <= anchor.day


@given(anchor=DAYS, months=st.sampled_from([1, 3, 6, 12, 24]), k=st.integers(0, 60))
def test_cycles_join_without_gap_or_overlap(anchor: date, months: int, k: int) -> None:
    here = cycle(anchor, months_per_cycle=months, k=k)
    after = cycle(anchor, months_per_cycle=months, k=k + 1)

    assert here.ends_on == after.starts_on
    assert not here.overlaps(after)
    assert cycle(anchor, months_per_cycle=months, k=0).starts_on == anchor


@given(day=DAYS)
def test_day_numbers_go_there_and_back(day: date) -> None:
    assert date_of(day_number(day)) == day
    assert day_number(day + timedelta(days=1)) == day_number(day) + 1


def test_day_zero_is_the_first_of_1970() -> None:
    assert day_number(date(1970, 1, 1)) == 0
    assert day_number(date(2026, 3, 12)) == 20_524


def test_period_is_half_open() -> None:
    june = Period(date(2026, 6, 1), date(2026, 7, 1))

    assert june.days == 30
    assert june.last_on == date(2026, 6, 30)
    assert date(2026, 6, 1) in june
    assert date(2026, 6, 30) in june
    assert date(2026, 7, 1) not in june
    assert june.overlap(Period(date(2026, 7, 1), date(2026, 8, 1))) is None
    assert june.overlap(Period(date(2026, 6, 20), date(2026, 8, 1))) == Period(
        date(2026, 6, 20), date(2026, 7, 1)
    )


@pytest.mark.parametrize("ends_on", [date(2026, 6, 1), date(2026, 5, 31)])
def test_period_without_a_day_is_refused(ends_on: date) -> None:
    with pytest.raises(PeriodEndsBeforeItStarts) as refused:
        Period(date(2026, 6, 1), ends_on)

    assert f"ends on {ends_on}" in str(refused.value)
    assert "结束日必须晚于开始日" in refused.value.sentence("zh")


@given(left=PERIODS, right=PERIODS)
def test_overlap_is_the_days_that_belong_to_both(left: Period, right: Period) -> None:
    both = set(days_of(left)) & set(days_of(right))

    shared = left.overlap(right)

    assert (shared is not None) == left.overlaps(right) == bool(both)
    assert set(days_of(shared) if shared else []) == both


@pytest.mark.parametrize(
    ("paid_on", "starts_on"),
    [
        (date(2026, 6, 9), date(2026, 6, 10)),
        (date(2026, 6, 10), date(2026, 6, 10)),
        (date(2026, 6, 11), date(2026, 6, 10)),
        (date(2026, 6, 25), date(2026, 6, 10)),
        (date(2026, 6, 26), date(2026, 6, 26)),
        (date(2026, 1, 2), date(2026, 6, 10)),
    ],
)
def test_next_term_joins_the_old_end_until_grace_is_over(paid_on: date, starts_on: date) -> None:
    """R-Y-061: the days −1, 0, +1, grace, grace + 1, and months early."""
    assert late_start(date(2026, 6, 10), paid_on) == starts_on


@given(old_end=DAYS, late_days=st.integers(-400, 400), grace_days=st.integers(0, 60))
def test_payment_neither_loses_nor_wins_days(
    old_end: date, late_days: int, grace_days: int
) -> None:
    paid_on = old_end + timedelta(days=late_days)

    starts_on = late_start(old_end, paid_on, grace_days=grace_days)

    assert starts_on == (old_end if late_days <= grace_days else paid_on)
    assert starts_on >= old_end


@pytest.mark.parametrize("row", G18.values(), ids=G18)
def test_proration_by_day_is_that_of_the_golden_rows(
    row: tuple[tuple[int, int, str, str, str], tuple[int, int, int, int, int]],
) -> None:
    """G18, method by day."""
    (old, new, start, end, change), (total, left, credit, charge, net) = row
    period = Period(date.fromisoformat(start), date.fromisoformat(end))

    made = prorate(
        Money(old, "CNY"), Money(new, "CNY"), period=period, change_on=date.fromisoformat(change)
    )

    assert (made.total, made.left) == (total, left)
    assert (made.credit, made.charge) == (Money(credit, "CNY"), Money(charge, "CNY"))
    assert made.net_due == Money(net, "CNY")


def test_proration_by_second_at_noon() -> None:
    """G18, X1_at_noon_by_second."""
    made = prorate_by_second(
        Money(9000, "CNY"),
        Money(15000, "CNY"),
        starts_at=datetime(2027, 4, 1, tzinfo=UTC),
        ends_at=datetime(2027, 5, 1, tzinfo=UTC),
        at=datetime(2027, 4, 16, 12, tzinfo=UTC),
    )

    assert (made.credit.amount_minor, made.charge.amount_minor) == (4350, 7250)
    assert made.net_due.amount_minor == 2900


@pytest.mark.parametrize("change_on", [date(2027, 3, 31), date(2027, 5, 1)])
def test_change_outside_the_period_is_refused(change_on: date) -> None:
    april = Period(date(2027, 4, 1), date(2027, 5, 1))

    with pytest.raises(ChangeOutsidePeriod, match=str(change_on)):
        prorate(Money(1, "CNY"), Money(2, "CNY"), period=april, change_on=change_on)


@given(old=PRICES, new=PRICES, period=PERIODS, share=st.fractions(0, Fraction(999, 1000)))
def test_proration_laws(old: Money, new: Money, period: Period, share: Fraction) -> None:
    change_on = period.starts_on + timedelta(days=int(period.days * share))

    made = prorate(old, new, period=period, change_on=change_on)
    back = prorate(new, old, period=period, change_on=change_on)

    assert Money.zero("CNY") <= made.credit <= old
    assert back.net_due == -made.net_due
    if change_on == period.starts_on:
        assert made.net_due == new - old


def test_months_of_a_period_are_whole_and_in_order() -> None:
    period = Period(date(2026, 1, 31), date(2026, 4, 1))

    assert [str(month.starts_on) for month in months_of(period)] == [
        "2026-01-01",
        "2026-02-01",
        "2026-03-01",
    ]
    assert month_of(date(2028, 2, 29)) == Period(date(2028, 2, 1), date(2028, 3, 1))


@given(period=PERIODS)
def test_every_day_lies_in_exactly_one_month(period: Period) -> None:
    months = list(months_of(period))

    assert months[0].contains(period.starts_on)
    assert months[-1].contains(period.last_on)
    assert all(left.ends_on == right.starts_on for left, right in pairwise(months))
