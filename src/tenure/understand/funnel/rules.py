"""How many go on from one step to the next, and how long it takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final

STAGES: Final = ("lead", "contract", "invoice", "payment", "renewal")
_Z95: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the funnel.

    `reached` came to it at all. Of the `came_from` who had been at the step before, `went_on` came
    to this one on that day or later, after `median_days`; the shares are None where nobody did the
    step before, or where this one is never told.
    """

    stage: str
    before: str
    reached: int
    came_from: int
    went_on: int
    median_days: float | None

    @property
    def share(self) -> float | None:
        return self.went_on / self.came_from if self.before and self.came_from else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the share, 95 % by Wilson."""
        if self.share is None:
            return None
        n, z2 = self.came_from, _Z95 * _Z95
        centre = (self.share + z2 / (2 * n)) / (1 + z2 / n)
        spread = self.share * (1 - self.share) / n + z2 / (4 * n * n)
        half = _Z95 * spread**0.5 / (1 + z2 / n)
        return max(0.0, centre - half), min(1.0, centre + half)


def steps(histories: Sequence[Mapping[str, date]]) -> list[Step]:
    """The funnel of some customers and leads.

    A step that nobody's system tells of is passed over: the next one is held against the one
    before it.

    Args:
        histories: of each, the first day of every stage that it reached.
    """
    told = [stage for stage in STAGES if any(stage in one for one in histories)]
    found = []
    for stage in STAGES:
        reached = sum(stage in one for one in histories)
        place = told.index(stage) if stage in told else 0
        before = told[place - 1] if place else ""
        came = [one for one in histories if before in one]
        days = [
            (one[stage] - one[before]).days
            for one in came
            if stage in one and one[stage] >= one[before]
        ]
        found.append(
            Step(stage, before, reached, len(came), len(days), median(days) if days else None)
        )
    return found
