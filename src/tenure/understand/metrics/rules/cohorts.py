"""How a cohort stays: golden examples G08 and G09."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tenure.understand.metrics.rules.rates import Rate


@dataclass(frozen=True, slots=True)
class Visitor:
    """When one customer signed up (day 0), and on which days they were active."""

    signed_up_on: date
    active_on: frozenset[date]


@dataclass(frozen=True, slots=True)
class DayRetention:
    """The three ways to count who is still there on day n."""

    exact: Rate
    unbounded: Rate
    bracket: Rate


def day_retention(visitors: Iterable[Visitor], *, day: int, as_of: date) -> DayRetention:
    """Active exactly on day n; on it or later; on any of days 1 to n (G08).

    Whoever's day n lies after `as_of` is in no denominator.
    """
    step = timedelta(days=day)
    reached = [one for one in visitors if one.signed_up_on + step <= as_of]
    seen = [
        [(active - one.signed_up_on).days for active in one.active_on if active <= as_of]
        for one in reached
    ]
    return DayRetention(
        exact=Rate(sum(day in days for days in seen), len(seen)),
        unbounded=Rate(sum(any(one >= day for one in days) for days in seen), len(seen)),
        bracket=Rate(sum(any(1 <= one <= day for one in days) for days in seen), len(seen)),
    )


def triangle(
    paid_months: Iterable[tuple[int, frozenset[int]]], *, as_of_month: int
) -> dict[int, dict[int, Rate]]:
    """Cohort → months since → paid share; months are counted from any fixed one (G09).

    Args:
        paid_months: the first paid month and every paid month of each customer.
    """
    cohorts: dict[int, list[frozenset[int]]] = {}
    for first, months in paid_months:
        cohorts.setdefault(first, []).append(months)
    return {
        first: {
            since: Rate(sum(first + since in months for months in customers), len(customers))
            for since in range(as_of_month - first + 1)
        }
        for first, customers in sorted(cohorts.items())
    }


def pooled(cells: Mapping[int, Mapping[int, Rate]]) -> dict[int, Rate]:
    """Each column over the cohorts that have reached it; not the mean of percentages (G09)."""
    found: dict[int, Rate] = {}
    for row in cells.values():
        for since, rate in row.items():
            sums = found.get(since, Rate(0, 0))
            found[since] = Rate(sums.num + rate.num, sums.den + rate.den)
    return dict(sorted(found.items()))
