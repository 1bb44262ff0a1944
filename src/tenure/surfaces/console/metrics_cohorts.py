"""The cohorts by quarter, as the heat map shows them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

from tenure.understand.metrics.models import CohortMonth

MONTHS: Final = 3
STEPS: Final = 10
# Below this share every cell has the lightest shade.
DARKEST, LIGHTEST = 100, 40


@dataclass(frozen=True, slots=True)
class Share:
    """One cell: what is left of a quarter's customers or revenue, in whole percent."""

    customers: int | None
    revenue: int | None
    is_partial: bool
    lost: tuple[int, int, int]

    @property
    def shade(self) -> int:
        """0 the lightest to 9 the darkest."""
        return shade_of(self.customers)

    @property
    def revenue_shade(self) -> int:
        return shade_of(self.revenue)


@dataclass(frozen=True, slots=True)
class Quarter:
    """The customers who first paid in one quarter."""

    year: int
    number: int
    customers: int
    cells: tuple[Share | None, ...]
    newest: Share | None  # how it stands now


@dataclass(frozen=True, slots=True)
class Quarters:
    """The rows of the map, oldest first, and how many columns they have."""

    rows: tuple[Quarter, ...]
    columns: range

    @classmethod
    def of(cls, months: Iterable[CohortMonth]) -> Self:
        """Pool the months of each quarter: numerators and denominators, never percentages."""
        grouped: dict[tuple[int, int], list[CohortMonth]] = defaultdict(list)
        for one in months:
            grouped[one.cohort.year, (one.cohort.month - 1) // MONTHS + 1].append(one)
        most = max((one.since for cells in grouped.values() for one in cells), default=0) // MONTHS
        columns = range(1, most + 1)
        rows = tuple(
            _quarter(place, cells, columns=columns) for place, cells in sorted(grouped.items())
        )
        return cls(rows, columns)


def _quarter(place: tuple[int, int], cells: Sequence[CohortMonth], *, columns: range) -> Quarter:
    starts = [one for one in cells if one.since == 0]
    oldest = {one.cohort: one.since for one in sorted(cells, key=lambda one: one.since)}
    return Quarter(
        place[0],
        place[1],
        sum(one.customers for one in starts),
        tuple(
            _share([one for one in cells if one.since == column * MONTHS], months=len(starts))
            for column in columns
        ),
        _share([one for one in cells if one.since == oldest[one.cohort]], months=len(starts)),
    )


def _share(reached: Sequence[CohortMonth], *, months: int) -> Share | None:
    if not reached:
        return None
    lost = [(one.lost_voluntary, one.lost_involuntary, one.lost_lapse) for one in reached]
    return Share(
        _percent(sum(one.kept for one in reached), sum(one.customers for one in reached)),
        _percent(sum(one.revenue for one in reached), sum(one.revenue_at_start for one in reached)),
        len(reached) < months,
        (sum(one[0] for one in lost), sum(one[1] for one in lost), sum(one[2] for one in lost)),
    )


def _percent(part: int, whole: int) -> int | None:
    return (200 * part + whole) // (2 * whole) if whole else None


def shade_of(percent: int | None) -> int:
    """The step of the scale for a percentage."""
    if percent is None:
        return 0
    inside = min(max(percent, LIGHTEST), DARKEST) - LIGHTEST
    return min(STEPS - 1, inside * STEPS // (DARKEST - LIGHTEST))
