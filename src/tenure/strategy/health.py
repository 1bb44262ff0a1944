"""The health score: components from 0 to 100, their weights, and the two lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from tenure.kernel.failures import Sentence
from tenure.strategy.features import OBSERVED
from tenure.strategy.reading import Reader


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
class Health:
    """Below `threshold` we intervene, once, until the score is back at `recover` or above."""

    threshold: float
    recover: float
    components: tuple[Component, ...]

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


def read(reader: Reader) -> Health:
    """Read health.toml."""
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
    threshold, recover = reader.number("threshold", 70.0), reader.number("recover", 75.0)
    if recover < threshold:
        reader.refuse("recover", _NO_GAP.fill(recover=recover, threshold=threshold))
    return Health(threshold=threshold, recover=recover, components=components)


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
