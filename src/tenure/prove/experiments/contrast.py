"""One arm against the control in one metric, as drawn or adjusted by what was known before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

import numpy as np

from tenure.prove.experiments.past import Past
from tenure.prove.experiments.plan import Plan
from tenure.prove.experiments.refusals import NegativeParts
from tenure.prove.experiments.strata import Strata, strata_of
from tenure.prove.experiments.table import Flags, Floats, Units
from tenure.prove.statistics.groups import (
    Difference,
    Group,
    Students,
    difference,
    relative_difference,
    students,
)
from tenure.prove.statistics.strata import Stratified, groups_of

type Pair = tuple[Group, Group]


class By(StrEnum):
    """What a comparison was adjusted by."""

    PAST = "past"
    STRATA = "strata"


@dataclass(frozen=True, slots=True)
class Contrast:
    """A comparison ready to be judged: however it was adjusted, it is told in the same way.

    `treated` are those whom a guardrail protects; `relative` is None where the control is at zero.
    """

    one: Difference
    test: Students
    relative: Difference | None
    accounts: int
    treated: Group


def as_drawn(pair: Pair, *, alpha: float) -> Contrast:
    """Two arms as they are."""
    treated, control = pair
    one = difference(treated, control, alpha=alpha)
    return Contrast(
        one=one,
        test=students(treated, control, one=one, alpha=alpha),
        relative=relative_difference(treated, control) if control.mean > 0 else None,
        accounts=treated.accounts + control.accounts,
        treated=treated,
    )


def weighed(pairs: Sequence[Pair], *, treated: Group, alpha: float) -> Contrast:
    """Two arms compared within each stratum, and weighed by how many of both are in it."""
    found = Stratified.of(pairs)
    return Contrast(
        one=found.difference(alpha=alpha),
        test=found.students(alpha=alpha),
        relative=found.relative() if found.control.mean > 0 else None,
        accounts=found.accounts,
        treated=treated,
    )


@dataclass(frozen=True, slots=True)
class Outcomes:
    """One metric: its columns, of whom it is known, and each arm as drawn, the control first."""

    metric: str
    kind: str
    parts: Sequence[Floats]
    known: Flags
    arms: Mapping[str, Group]

    @property
    def is_plain(self) -> bool:
        """Whether it is one number for each unit."""
        return self.kind in ("share", "mean")


@dataclass(frozen=True, slots=True)
class Contrasts:
    """Arm → how it compares, by what it was adjusted, and the share of the variance left by it."""

    of_arms: Mapping[str, Contrast]
    by: tuple[By, ...] = ()
    left: float | None = None


@dataclass(frozen=True, slots=True)
class Adjusting:
    """What was known of the units before anybody was assigned."""

    units: Units
    alpha: float
    past: Past | None
    strata: Strata | None

    @classmethod
    def of(cls, units: Units, plan: Plan) -> Self:
        """By the columns that a plan names."""
        strata = strata_of(units, plan)
        return cls(units, plan.alpha, Past.of(units, plan, strata=strata), strata)

    def contrasts(self, outcomes: Outcomes) -> Contrasts:
        """Each arm against the control, with as little of the noise as what was known leaves.

        Raises:
            StratumWithoutArm, SmallStratum, NegativeParts: a stratum cannot be compared.
        """
        control, *others = outcomes.arms.values()
        arms = list(outcomes.arms)[1:]
        plain = {
            arm: as_drawn((group, control), alpha=self.alpha)
            for arm, group in zip(arms, others, strict=True)
        }
        past = self.past if outcomes.is_plain else None
        if self.strata is not None:
            self.strata.check(outcomes.metric, outcomes.known, units=self.units)
            pairs, _ = past.adjusted(outcomes.metric, outcomes.known) if past else (
                self._pairs(outcomes), None)  # fmt: skip
            found = {
                arm: weighed(pairs[arm], treated=outcomes.arms[arm], alpha=self.alpha)
                for arm in arms
            }
            by = (By.PAST, By.STRATA) if past else (By.STRATA,)
            return Contrasts(found, by, _left(plain, found))
        if past is None:
            return Contrasts(plain)
        pairs, left = past.adjusted(outcomes.metric, outcomes.known)
        narrow = {arm: as_drawn(pairs[arm][0], alpha=self.alpha) for arm in arms}
        return Contrasts(narrow, (By.PAST,), left)

    def _pairs(self, outcomes: Outcomes) -> Mapping[str, Sequence[Pair]]:
        """Arm → its units and those of the control, stratum by stratum."""
        assert self.strata is not None
        known, count = outcomes.known, len(self.strata.names)
        places = self.strata.cells(self.units.arms)[known]
        over = outcomes.parts[0][known]
        below = outcomes.parts[1][known] if len(outcomes.parts) == 2 else np.ones(len(over))
        groups = groups_of(over, below, places=places, count=count * len(self.units.names))
        sides = [groups[start : start + count] for start in range(0, len(groups), count)]
        for side in sides:
            total = sum(one.terms for one in side)
            if min(one.terms for one in side) <= 0:
                raise NegativeParts(metric=outcomes.metric, total=f"{total:g}")
        return {
            arm: list(zip(side, sides[0], strict=True))
            for arm, side in zip(self.units.names[1:], sides[1:], strict=True)
        }


def _left(plain: Mapping[str, Contrast], found: Mapping[str, Contrast]) -> float:
    """The variance of the adjusted differences as a share of what it was, mean of all arms."""
    ratios = [
        (one.one.deviation / plain[arm].one.deviation) ** 2 if plain[arm].one.deviation else 1.0
        for arm, one in found.items()
    ]
    return float(np.mean(ratios))
