"""G19: money taken in advance is earned by the day, and every schedule adds up to the price."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.money import Money, rounded
from tenure.kernel.periods import Period
from tenure.records.billing.revenue.rules import (
    Earning,
    Extension,
    billed,
    current_portion,
    deferred,
    recognised,
    schedule,
)

# Pay three years, get two months free: 3600.00 net of tax.
Z1 = Earning(360_000, Period(date(2027, 1, 15), date(2030, 3, 15)), sold_on=date(2027, 1, 15))


def test_a_prepayment_of_three_years_is_earned_by_month() -> None:
    """G19 (R-M-016): the months shown there, the first four and the last two."""
    months = list(schedule(Z1))

    assert Z1.period.days == 1155
    assert [one.minor for one in months[:4]] == [5_299, 8_727, 9_662, 9_351]
    assert [one.minor for one in months[-2:]] == [8_727, 4_364]
    assert len(months) == 39
    assert sum(one.minor for one in months) == 360_000


def test_a_prepayment_of_three_years_is_earned_by_year() -> None:
    """G19: by year, what is deferred at the ends of years, and the split at twelve months."""
    ends = [date(year, 12, 31) for year in range(2026, 2031)]
    sums = [recognised(Z1, one) for one in ends]

    years = [later - earlier for earlier, later in pairwise(sums)]

    assert years == [109_403, 114_078, 113_766, 22_753]
    assert [deferred(Z1, one) for one in ends[1:3]] == [250_597, 136_519]
    assert current_portion(Z1, ends[2]) == 113_766
    assert deferred(Z1, ends[2]) - current_portion(Z1, ends[2]) == 22_753


def test_revenue_a_month_spreads_over_the_free_months_too() -> None:
    """G19: 3600.00 ÷ 38 months, and what is unused on 2028-07-15 is what is deferred then."""
    assert Money(360_000, "CNY").allocate([1] * 38)[0] == Money(9_474, "CNY")
    assert deferred(Z1, date(2028, 7, 14)) == 189_506


def test_nothing_is_earned_while_a_subscription_rests() -> None:
    """Ten days of service with a rest of five in their middle: a tenth a day of service."""
    rest = Period(date(2027, 1, 6), date(2027, 1, 11))
    one = Earning(
        1_000, Period(date(2027, 1, 1), date(2027, 1, 16)), date(2027, 1, 1), pauses=(rest,)
    )

    found = [recognised(one, date(2027, 1, day)) for day in (1, 5, 8, 10, 11, 15)]

    assert found == [100, 500, 500, 500, 600, 1_000]


def test_an_extension_spreads_what_is_left_over_more_days() -> None:
    """Half of ten days is earned; the other half then takes ten days instead of five."""
    one = Earning(
        1_000,
        Period(date(2027, 1, 1), date(2027, 1, 16)),
        date(2027, 1, 1),
        extensions=(Extension(date(2027, 1, 6), 5),),
    )

    found = [recognised(one, date(2027, 1, day)) for day in (5, 6, 10, 15)]

    assert found == [500, 550, 750, 1_000]


def test_what_is_not_given_back_is_earned_on_the_day_of_closing() -> None:
    one = Earning(
        1_000,
        Period(date(2027, 1, 1), date(2027, 1, 11)),
        date(2026, 12, 1),
        closed_on=date(2027, 1, 6),
        given_back_minor=450,
    )

    assert [recognised(one, date(2027, 1, day)) for day in (5, 6, 30)] == [500, 550, 550]
    assert [deferred(one, date(2027, 1, day)) for day in (5, 6, 30)] == [500, 0, 0]
    assert deferred(one, date(2026, 11, 30)) == 0
    assert deferred(one, date(2026, 12, 1)) == 1_000


DAYS = st.integers(0, 800).map(lambda days: date(2027, 1, 1) + timedelta(days=days))


@st.composite
def earnings(draw: st.DrawFn) -> Earning:
    """A line with rests and extensions that lie in its days, perhaps closed in its middle."""
    start, base = date(2027, 1, 1), draw(st.integers(1, 400))
    pauses: list[Period] = []
    end = start + timedelta(days=base)
    for _ in range(draw(st.integers(0, 2))):
        after = pauses[-1].ends_on if pauses else start
        if after >= end:
            break
        begins = after + timedelta(days=draw(st.integers(0, (end - after).days - 1)))
        days = draw(st.integers(1, 60))
        pauses.append(Period(begins, begins + timedelta(days=days)))
        end += timedelta(days=days)
    extensions = []
    if draw(st.booleans()):
        on = start + timedelta(days=draw(st.integers(0, (end - start).days - 1)))
        extensions.append(Extension(on, draw(st.integers(1, 40))))
        end += timedelta(days=extensions[0].days)
    net = draw(st.integers(0, 10**7))
    line = Earning(net, Period(start, end), start, tuple(pauses), tuple(extensions))
    if not draw(st.booleans()):
        return line
    closed_on = start + timedelta(days=draw(st.integers(0, (end - start).days - 1)))
    left = deferred(line, closed_on - timedelta(days=1)) if closed_on > start else net
    back = draw(st.integers(0, left))
    return Earning(
        net, line.period, start, line.pauses, line.extensions, closed_on, given_back_minor=back
    )


@given(line=earnings(), through=DAYS)
def test_each_day_earned_and_deferred_are_what_was_billed(line: Earning, through: date) -> None:
    before = through - timedelta(days=1)

    assert recognised(line, through) + deferred(line, through) == billed(line, through)
    assert deferred(line, through) >= 0
    assert recognised(line, through) >= recognised(line, before)
    assert recognised(line, date(2099, 1, 1)) == billed(line, date(2099, 1, 1))


@given(line=earnings())
def test_a_schedule_adds_up_to_the_price(line: Earning) -> None:
    assert sum(one.minor for one in schedule(line)) == line.net_minor - line.given_back_minor


@given(net=st.integers(0, 10**9), days=st.integers(1, 1_200), served=st.integers(0, 1_200))
def test_without_any_event_it_is_a_plain_share(net: int, days: int, served: int) -> None:
    start = date(2027, 1, 1)
    line = Earning(net, Period(start, start + timedelta(days=days)), start)
    served = min(served, days)

    found = recognised(line, start + timedelta(days=served - 1)) if served else 0

    assert found == rounded(Fraction(net * served, days))
