"""Health scores: sets of parts from 0 to 100, their weights, and the two lines.

A customer is scored by the first set whose rule holds, else by the main one. Sets `beside` are for
everybody and start nothing: they say of what the score is made (MET-13).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.features import OBSERVED
from tenure.strategy.reading import Reader
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rules import ALWAYS, Rule, written

MAIN: Final = "main"
MOST_SETS: Final = 8


class Basis(StrEnum):
    """Whose weights count: those written here, or those that renewals taught."""

    EXPERT = "expert"
    LEARNED = "learned"


@dataclass(frozen=True, slots=True)
class Component:
    """One feature mapped to 0 to 100 by straight lines between points, flat outside them."""

    id: str
    name: Sentence
    feature: str
    weight: int
    points: tuple[tuple[float, float], ...]

    def score(self, value: float | None) -> float | None:
        """0 to 100 for a value of the feature; None where the value is not known."""
        if value is None:
            return None
        if value <= self.points[0][0]:
            return self.points[0][1]
        for (left, low), (right, high) in pairwise(self.points):
            if value <= right:
                return low + (high - low) * (value - left) / (right - left)
        return self.points[-1][1]


@dataclass(frozen=True, slots=True)
class ScoreSet:
    """A named score of its own: its parts, for whom, and whose weights count."""

    id: str
    name: Sentence
    applies: Rule
    basis: Basis
    components: tuple[Component, ...]

    @property
    def version(self) -> str:
        """First 16 hex digits of a digest of what the set says, names excepted (H4)."""
        parts = [f"{one.id};{one.feature};{one.weight};{one.points!r}" for one in self.components]
        said = "|".join([self.id, written(self.applies), self.basis, *parts])
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Costs:
    """What decides from which chance of leaving on it pays to act (H3)."""

    contact: Money
    offer: Money
    value: Money
    taken: Decimal


_MAIN_NAME = Sentence(zh="健康分", en="health score")


@dataclass(frozen=True, slots=True)
class Health:
    """Below `threshold` we intervene, once, until the score is back at `recover` or above.

    `components` and `basis` are those of the main set.
    """

    threshold: float
    recover: float
    components: tuple[Component, ...]
    basis: Basis = Basis.EXPERT
    others: tuple[ScoreSet, ...] = ()
    beside: tuple[ScoreSet, ...] = ()
    costs: Costs | None = None

    @property
    def sets(self) -> tuple[ScoreSet, ...]:
        """The sets that decide, in the order in which they are asked; the last is for everybody."""
        main = ScoreSet(MAIN, _MAIN_NAME, ALWAYS, self.basis, self.components)
        return (*self.others, main)

    @property
    def version(self) -> str:
        """First 16 hex digits of a digest of all that decides who is low."""
        said = "|".join([str(self.threshold), str(self.recover), *(s.version for s in self.sets)])
        return hashlib.sha256(said.encode()).hexdigest()[:16]

    def set_of(self, components: Mapping[str, object]) -> ScoreSet:
        """The set that has these parts; parts have one id in all sets."""
        for one in self.sets:
            if any(part.id in components for part in one.components):
                return one
        return self.sets[-1]

    def parts(self, row: Mapping[str, float | None]) -> dict[str, float | None]:
        """Each component's score for one customer."""
        return {one.id: one.score(row[one.feature]) for one in self.components}

    def total(self, parts: Mapping[str, float | None]) -> float | None:
        """The weighted mean of what is known, 0 to 100; None when nothing is known."""
        known = [(one.weight, parts[one.id]) for one in self.components]
        scored = [(weight, part) for weight, part in known if part is not None]
        if not scored:
            return None
        return sum(weight * part for weight, part in scored) / sum(weight for weight, _ in scored)


_NO_GAP = Sentence(
    zh="恢复线 {recover} 低于介入线 {threshold}，状态会来回跳动",
    en="recover {recover} is below threshold {threshold}, so the state would flap",
)
_BAD_POINTS = Sentence(
    zh="应为两个以上 [值, 分] 点，值递增，分在 0 到 100 之间",
    en="needs two or more points [value, score], values rising, scores from 0 to 100",
)
_NO_PARTS = Sentence(zh="没有任何组成部分", en="there is no component")


_TWICE = Sentence(
    zh="编号“{name}”在另一个评分里已用过；每个组成部分在全部评分里只用一个编号",
    en="the id “{name}” stands in another score; a part has one id in all of them",
)
_TOO_MANY = Sentence(zh="最多 {most} 套评分", en="there can be at most {most} scores")
_NOBODY = Sentence(
    zh="这套评分没有写明给谁用；请写 applies，或写 beside = true",
    en="this score is for nobody in particular; give `applies`, or `beside = true`",
)


def read(reader: Reader) -> Health:
    """Read health.toml."""
    components = _components(reader)
    others, beside = _sets(reader, taken={one.id for one in components})
    threshold, recover = reader.number("threshold", 70.0), reader.number("recover", 75.0)
    if recover < threshold:
        reader.refuse("recover", _NO_GAP.fill(recover=recover, threshold=threshold))
    return Health(
        threshold=threshold,
        recover=recover,
        components=components,
        basis=reader.choice("weights", Basis, default=Basis.EXPERT),
        others=others,
        beside=beside,
        costs=_costs(reader.below("costs")) if reader.has("costs") else None,
    )


def _components(reader: Reader) -> tuple[Component, ...]:
    components = tuple(
        Component(
            id=one.name("id"),
            name=one.sentence("name"),
            feature=one.known("feature", OBSERVED),
            weight=one.whole("weight", least=1, most=1000),
            points=_points(one),
        )
        for one in reader.each("component", unique="id")
    )
    if not components:
        reader.refuse("component", _NO_PARTS)
    return components


def _sets(reader: Reader, *, taken: set[str]) -> tuple[tuple[ScoreSet, ...], tuple[ScoreSet, ...]]:
    """The sets that decide for some, and those beside; a part has one id in all that decide."""
    others: list[ScoreSet] = []
    beside: list[ScoreSet] = []
    for one in reader.each("set", unique="id"):
        is_beside = one.flag("beside", False)
        made = ScoreSet(
            id=one.name("id"),
            name=one.sentence("name"),
            applies=rule_at(one, "applies", features=OBSERVED, optional=True),
            basis=one.choice("weights", Basis, default=Basis.EXPERT),
            components=_components(one),
        )
        if is_beside:
            beside.append(made)
            continue
        if made.applies == ALWAYS:
            one.refuse("applies", _NOBODY)
        if twice := sorted({part.id for part in made.components} & taken):
            one.refuse("component", _TWICE.fill(name=twice[0]))
        taken |= {part.id for part in made.components}
        others.append(made)
    if len(others) + len(beside) > MOST_SETS:
        reader.refuse("set", _TOO_MANY.fill(most=MOST_SETS))
    return tuple(others), tuple(beside)


def _costs(reader: Reader) -> Costs:
    found = Costs(
        contact=reader.money("contact"),
        offer=reader.money("offer"),
        value=reader.money("value"),
        taken=reader.share("taken"),
    )
    if found.taken <= 0 or found.value.amount_minor <= 0:
        reader.refuse("taken", _NO_GAIN)
    reader.done()
    return found


_NO_GAIN = Sentence(
    zh="taken 与 value 都要大于 0，否则干预永远不划算",
    en="taken and value must be above 0, or acting never pays",
)


def _points(reader: Reader) -> tuple[tuple[float, float], ...]:
    points = [_point(reader, found) for found in reader.values("points")]
    if len(points) < 2 or any(left[0] >= right[0] for left, right in pairwise(points)):
        reader.refuse("points", _BAD_POINTS)
    return tuple(points)


def _point(reader: Reader, found: object) -> tuple[float, float]:
    if not isinstance(found, list) or len(found) != 2:
        reader.refuse("points", _BAD_POINTS)
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in found):
        reader.refuse("points", _BAD_POINTS)
    value, score = (float(one) for one in found)
    if not 0 <= score <= 100:
        reader.refuse("points", _BAD_POINTS)
    return value, score
