"""Laws of the calendar: OFR-04, OFR-10, OFR-11, WIN-01."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import Period, add_months
from tenure.records.subscriptions.benefits.rules import (
    Gone,
    Renewing,
    Served,
    free_days,
    may_come_back,
    newcomer_share,
    rewarded_months,
    share_until,
    streak_share,
    unbroken_months,
)
from tenure.strategy.benefits import Comeback, Newcomers, Streak

NAME = Sentence(zh="名", en="name")
STREAK = Streak(NAME, 3, Decimal("0.5"), payment_grace_days=30, may_sell_below_cost=False)
BACK = Comeback(
    NAME, Decimal("0.3"), months=12, after_days=30, within_days=730, again_after_days=730,
    may_sell_below_cost=False,
)  # fmt: skip
FIRST = date(2020, 1, 31)
days = st.dates(min_value=date(2015, 1, 1), max_value=date(2035, 12, 31))
cycles = st.sampled_from([1, 3, 12, 24])


def a_chain(months: list[int], *, first: date = FIRST) -> tuple[list[Served], date]:
    found, so_far = [], 0
    for one in months:
        starts_on, ends_on = add_months(first, so_far), add_months(first, so_far + one)
        found.append(Served(starts_on, ends_on, one))
        so_far += one
    return found, add_months(first, so_far)


@given(st.lists(cycles, min_size=1, max_size=30))
def test_an_unbroken_chain_counts_every_month(months: list[int]) -> None:
    chain, ends_on = a_chain(months)

    assert unbroken_months(chain, ends_on, grace_days=0) == sum(months)


@given(st.lists(cycles, min_size=2, max_size=20), st.integers(1, 400), st.data())
def test_a_streak_broken_by_a_lapse_restarts(
    months: list[int], gap: int, data: st.DataObject
) -> None:
    """OFR-11: only what was paid after the gap counts, however much was before it."""
    broken_at = data.draw(st.integers(1, len(months) - 1))
    before, ends_on = a_chain(months[:broken_at])
    after, last = a_chain(months[broken_at:], first=ends_on + timedelta(days=gap))

    assert unbroken_months([*before, *after], last, grace_days=30) == sum(months[broken_at:])


@given(st.integers(0, 400), cycles)
def test_nobody_is_worse_off_and_no_month_is_rewarded_twice(position: int, cycle: int) -> None:
    """OFR-11: a term split into months is rewarded exactly as the whole term."""
    whole = rewarded_months(position, cycle, years=3)
    by_month = sum(rewarded_months(position + n, 1, years=3) for n in range(cycle))

    assert 0 <= streak_share(STREAK, position, cycle_months=cycle) <= STREAK.off
    assert whole == by_month


def test_every_fourth_year_is_rewarded_and_no_other() -> None:
    """OFR-11: exactly 12 of 48 months."""
    rewarded = [month for month in range(96) if rewarded_months(month, 1, years=3)]

    assert rewarded == [*range(36, 48), *range(84, 96)]


@given(days, days, st.booleans(), st.none() | days)
def test_a_current_customer_never_gets_the_return_offer(
    ended_on: date, on: date, is_customer: bool, before: date | None
) -> None:
    """WIN-01: by the true end of service, from 30 to 730 days after it, once in 730 days."""
    verdict = may_come_back(BACK, Gone(is_customer, ended_on, before), on=on)

    since = (on - ended_on).days
    again = before is not None and (on - before).days < 730
    assert verdict.is_given == (not is_customer and 30 <= since <= 730 and not again)
    assert verdict.reason.zh
    assert verdict.reason.en


@given(days, cycles, st.integers(0, 60))
def test_a_return_is_reduced_for_its_first_year_only(
    starts_on: date, cycle: int, later: int
) -> None:
    """WIN-01: each month that begins before the first year is over, and none after it."""
    until = add_months(starts_on, 12)
    begins = add_months(starts_on, later)
    period = Period(begins, add_months(begins, cycle))

    share = share_until(BACK.off, period, until=until, months=cycle)

    months = [add_months(begins, place) for place in range(cycle)]
    assert share == BACK.off * sum(one < until for one in months) / cycle
    # On a day that every month has, these are the months that are left of the year.
    if starts_on.day <= 28:
        assert share == BACK.off * max(min(12 - later, cycle), 0) / cycle


@given(days, cycles, st.integers(1, 40))
def test_steps_never_rise_and_end_with_the_first_year(
    started_on: date, cycle: int, renewal: int
) -> None:
    """OFR-04."""
    steps = (Decimal("0.3"), Decimal("0.2"), Decimal("0.1"))
    rules = Newcomers(NAME, date(2020, 1, 1), (1, 3), steps)
    one = Renewing(renewal, started_on, add_months(started_on, renewal * cycle), cycle)

    share = newcomer_share(rules, one)

    is_new = started_on >= date(2020, 1, 1) and renewal * cycle < 12 and cycle in (1, 3)
    assert share == (steps[renewal - 1] if is_new and renewal <= 3 else 0)


@given(days, st.integers(1, 40), st.integers(1, 3))
def test_free_months_end_on_a_due_date_of_the_anchor(
    anchor: date, so_far: int, months: int
) -> None:
    """OFR-10, G17: a term that ends on the last of a short month loses no day by it."""
    ends_on = add_months(anchor, so_far)

    moved = ends_on + timedelta(days=free_days(ends_on, anchor_on=anchor, months=months))

    assert moved == add_months(anchor, so_far + months)
