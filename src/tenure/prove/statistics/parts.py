"""Who is changed more than others: looked for on one half of the customers, judged on the other.

A part that was picked because its effect looked large keeps, on the customers it was picked by,
an estimate that is too large. The other half knows nothing of that choice (honest splitting).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import erfc, sqrt
from statistics import NormalDist
from typing import Final

from tenure.prove.statistics.groups import ALPHA, Difference, Group, difference
from tenure.prove.statistics.many import holm

# Parts with fewer customers in an arm of a half are not looked at.
LEAST_IN_ARM: Final = 30
# At most so many parts are taken over to the other half: each costs the others certainty.
MOST_FOUND: Final = 3
# A part is worth a second look where it differs by this many standard errors on the first half.
FOUND_Z: Final = 1.0
_NORMAL: Final = NormalDist()

type Pair = tuple[Group, Group]  # treated, control


@dataclass(frozen=True, slots=True)
class Looked:
    """One level of a segment: treated and control on the half that looks, and on the other."""

    segment: str
    level: str
    looking: Pair
    judging: Pair


@dataclass(frozen=True, slots=True)
class HonestPart:
    """A part found on one half, estimated on the other.

    `effect` is the effect in the part, with an interval that holds for all parts shown together;
    `beyond` is how much it differs from everybody else of the segment, and `adjusted_p` says
    whether that is more than chance, adjusted for the parts that were taken over.
    """

    segment: str
    level: str
    customers: int
    effect: Difference
    beyond: Difference
    adjusted_p: float

    def is_shown(self, alpha: float = ALPHA) -> bool:
        """Whether the part is really changed more, or less, than the others."""
        return self.adjusted_p < alpha


def honest_parts(levels: Sequence[Looked], *, alpha: float = ALPHA) -> tuple[HonestPart, ...]:
    """The parts that differ most on the looking half, as the judging half sees them.

    Args:
        levels: every level of every segment; the levels of one segment divide everybody.
        alpha: the chance that any part is shown where none differs.
    Returns:
        Nothing where no part looks different; the surest first.
    References:
        Athey and Imbens (2016), Recursive partitioning for heterogeneous causal effects;
        docs/algorithms/experiments.md.
    """
    found = _found(levels)
    if not found:
        return ()
    each = [_judged(one, levels, alpha=alpha / len(found)) for one in found]
    adjusted = holm([one.adjusted_p for one in each])
    told = [replace(one, adjusted_p=p) for one, p in zip(each, adjusted, strict=True)]
    return tuple(sorted(told, key=lambda one: one.adjusted_p))


def _found(levels: Sequence[Looked]) -> list[Looked]:
    seen: dict[str, list[tuple[float, Looked]]] = {}
    for one in levels:
        rest = _others(one, levels, is_judging=False)
        if rest is None or not _is_enough(one, rest):
            continue
        gap = _gap(one.looking, rest)
        z = abs(gap.effect) / gap.deviation if gap.deviation > 0 else 0.0
        if z >= FOUND_Z:
            seen.setdefault(one.segment, []).append((z, one))
    picked = [pair for pairs in seen.values() for pair in _once(pairs, levels)]
    return [one for _, one in sorted(picked, key=lambda pair: -pair[0])[:MOST_FOUND]]


def _once(
    pairs: list[tuple[float, Looked]], levels: Sequence[Looked]
) -> list[tuple[float, Looked]]:
    """Two levels are each other's others: the same question is asked once."""
    count = sum(one.segment == pairs[0][1].segment for one in levels)
    return [max(pairs, key=lambda pair: pair[0])] if count == 2 else pairs


def _is_enough(one: Looked, rest: Pair) -> bool:
    groups = (*one.looking, *one.judging, *rest)
    return min(group.accounts for group in groups) >= LEAST_IN_ARM


def _others(one: Looked, levels: Sequence[Looked], *, is_judging: bool) -> Pair | None:
    others = [each for each in levels if each.segment == one.segment and each.level != one.level]
    if not others:
        return None
    pairs = [each.judging if is_judging else each.looking for each in others]
    return together(pair[0] for pair in pairs), together(pair[1] for pair in pairs)


def together(groups: Iterable[Group]) -> Group:
    """Customers of several groups as one."""
    return reduce(_plus, groups)


def _plus(one: Group, other: Group) -> Group:
    return Group(
        one.accounts + other.accounts,
        one.terms + other.terms,
        one.total + other.total,
        one.squares + other.squares,
        one.products + other.products,
        one.term_squares + other.term_squares,
    )


def _gap(here: Pair, rest: Pair, *, alpha: float = ALPHA) -> Difference:
    """How much larger the effect is here than among the others."""
    one, other = difference(*here), difference(*rest)
    deviation = sqrt(one.deviation**2 + other.deviation**2)
    effect, half = one.effect - other.effect, _NORMAL.inv_cdf(1 - alpha / 2) * deviation
    return Difference(effect, deviation, effect - half, effect + half)


def _judged(one: Looked, levels: Sequence[Looked], *, alpha: float) -> HonestPart:
    rest = _others(one, levels, is_judging=True)
    assert rest is not None, "a part that was found has others"
    beyond = _gap(one.judging, rest, alpha=alpha)
    z = abs(beyond.effect) / beyond.deviation if beyond.deviation > 0 else 0.0
    return HonestPart(
        segment=one.segment,
        level=one.level,
        customers=one.judging[0].accounts + one.judging[1].accounts,
        effect=difference(*one.judging, alpha=alpha),
        beyond=beyond,
        adjusted_p=erfc(z / sqrt(2)),
    )
