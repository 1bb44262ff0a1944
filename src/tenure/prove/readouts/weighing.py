"""The outcomes of a comparison whose arms were drawn in strata, weighed by them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from tenure.prove.readouts.queries import NO_OUTCOME, Outcome
from tenure.prove.statistics.groups import Group, difference
from tenure.prove.statistics.strata import Pair, Stratified, large_enough
from tenure.prove.telling.measures import Kind

# Fewer customers of an arm hardly say how far such customers differ; they are weighed together.
LEAST_PER_ARM: Final = 10


@dataclass(frozen=True, slots=True)
class Weighing:
    """Two arms in at least two strata: name → what became of the treated and of the control."""

    by: tuple[str, ...]
    strata: Mapping[str, tuple[Outcome, Outcome]]

    @classmethod
    def of(
        cls,
        found: Mapping[str, Mapping[str, Outcome]],
        *,
        pair: tuple[str, str],
        by: tuple[str, ...],
    ) -> Self | None:
        """None where the strata leave nothing to weigh: all small ones together are one.

        Args:
            found: stratum → arm → what became of it.
            pair: the arm that is compared, and its control.
        """
        arms = {
            name: (of_arms.get(pair[0], NO_OUTCOME), of_arms.get(pair[1], NO_OUTCOME))
            for name, of_arms in found.items()
        }
        renewals = {name: (one.renewals, other.renewals) for name, (one, other) in arms.items()}
        kept = large_enough(renewals, least=LEAST_PER_ARM)
        if len(kept) < 2 or min(map(_size, kept.values())) < LEAST_PER_ARM:
            return None
        rest = [one for name, one in arms.items() if name not in kept]
        strata = {name: arms[name] for name in kept if name in arms}
        if rest:
            treated, control = zip(*rest, strict=True)
            strata |= {name: (_sum(treated), _sum(control)) for name in kept if name not in arms}
        return cls(by, strata)

    def stratified(self, kind: Kind) -> Stratified:
        """Both arms in one thing that is measured of a term."""
        return Stratified.of(
            [(group(one, kind), group(other, kind)) for one, other in self.strata.values()]
        )

    def kept(self, kind: Kind, *, arms: tuple[str, str]) -> dict[str, Any]:
        """What a readout keeps of it: the sums of each stratum, and the variance that is left."""
        found = self.stratified(kind)
        levels = {}
        for (name, pair), share in zip(self.strata.items(), found.shares.tolist(), strict=True):
            groups = [group(one, kind) for one in pair]
            counts = {arm: _counted(one) for arm, one in zip(arms, groups, strict=True)}
            levels[name] = {"share": share, "arms": counts}
        treated, control = zip(*self.strata.values(), strict=True)
        plain = difference(*(group(_sum(side), kind) for side in (treated, control))).deviation
        left = (found.difference().deviation / plain) ** 2 if plain else 1.0
        return {"by": list(self.by), "left": left, "levels": levels}


def group(outcome: Outcome, kind: Kind) -> Group:
    """What is measured of a term, of all that became of an arm."""
    if kind is Kind.RENEWAL:
        return outcome.renewals
    return outcome.revenue if kind is Kind.REVENUE else outcome.margin


def _counted(one: Group) -> dict[str, Any]:
    return {"accounts": one.accounts, "terms": int(one.terms), "mean": one.mean}


def _size(pair: Pair) -> int:
    return min(one.accounts for one in pair)


def _sum(outcomes: Iterable[Outcome]) -> Outcome:
    return sum(outcomes, NO_OUTCOME)
