"""What moved a score between two days, part by part, in points that add up to the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenure.kernel.failures import Sentence
from tenure.strategy.health import ScoreSet


@dataclass(frozen=True, slots=True)
class Move:
    """One part: how many points of the score it brought or took."""

    id: str
    name: Sentence
    before: float | None
    now: float | None
    points: float


def moves(
    one: ScoreSet,
    *,
    before: Mapping[str, float | None],
    now: Mapping[str, float | None],
    weights: Sequence[float] | None = None,
) -> tuple[Move, ...]:
    """What each part did to the weighted mean, the strongest first.

    A part that became known, or is known no more, changes the weight of the others too; its points
    are its own share after less its own share before, so that all points together are the change.
    Nothing is told where one of the days knew nothing.

    Args:
        weights: in the order of the parts; those of the set when not given.
    """
    used = list(weights or [float(part.weight) for part in one.components])
    shares = [_shares(one, used, parts) for parts in (before, now)]
    if not all(shares):
        return ()
    then, today = shares
    found = [
        Move(
            id=part.id,
            name=part.name,
            before=before.get(part.id),
            now=now.get(part.id),
            points=today[part.id] - then[part.id],
        )
        for part in one.components
    ]
    moved = [move for move in found if abs(move.points) >= 0.05]
    return tuple(sorted(moved, key=lambda move: -abs(move.points)))


def _shares(
    one: ScoreSet, weights: Sequence[float], parts: Mapping[str, float | None]
) -> dict[str, float]:
    """What each part adds to the weighted mean; empty where nothing is known."""
    known = {
        part.id: (weight, value)
        for part, weight in zip(one.components, weights, strict=True)
        if (value := parts.get(part.id)) is not None
    }
    total = sum(weight for weight, _ in known.values())
    if not total:
        return {}
    return {
        part.id: known[part.id][0] * known[part.id][1] / total if part.id in known else 0.0
        for part in one.components
    }
