"""The health of everyone at once, and what became of it since the day before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import pairwise
from operator import add
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from tenure.strategy.health import Component, Health, ScoreSet
from tenure.warehouse.rules import compiled

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame


def scored(
    features: Frame, health: Health, *, learned: Mapping[str, Sequence[float]] | None = None
) -> Frame:
    """Score every live term by the first set whose rule holds for it.

    Args:
        features: rows of the table `features`.
        health: the sets; a part that is not known is left out and the others weigh more.
        learned: set → weights that renewals taught, in the order of its parts; the others use
            their own.
    Returns:
        `term_id`, `subscription_id`, `account_id`, `score` (0 to 100, rounded to millionths; null
        where nothing is known), `coverage` (share of the weight that is known, 0 to 1), `place`
        (of the set, from 0) and `parts` (JSON, rounded to hundredths).
    """
    sets = health.sets
    last = len(sets) - 1
    placed = nw.lit(last)
    for place in reversed(range(last)):
        holds = compiled(sets[place].applies, row="term_id")
        placed = nw.when(holds).then(nw.lit(place)).otherwise(placed)
    parts = features.select(
        *_KEYS,
        place=placed,
        **{_column(one): part(one) for each in sets for one in each.components},
    )
    told = parts.with_columns(
        **{
            f"{name}_{place}": made
            for place, each in enumerate(sets)
            for name, made in _of_set(each, (learned or {}).get(each.id)).items()
        }
    )
    return told.select(
        *_KEYS, "place", **{name: _chosen(name, last) for name in ("score", "coverage", "parts")}
    )


_KEYS = ("term_id", "subscription_id", "account_id")


def _column(component: Component) -> str:
    return f"part_{component.id}"


def _of_set(one: ScoreSet, learned: Sequence[float] | None) -> dict[str, nw.Expr]:
    """The score of one set for everybody, how much of it is known, and its parts."""
    weights = learned or [part.weight for part in one.components]
    columns = [nw.col(_column(part)) for part in one.components]
    pairs = list(zip(columns, weights, strict=True))
    weighted = reduce(add, (column.fill_null(0.0) * weight for column, weight in pairs))
    known = reduce(add, ((~column.is_null()).cast(nw.Float64) * weight for column, weight in pairs))
    return {
        "score": nw.when(known > 0).then(weighted / known).round(6),
        "coverage": known / float(sum(weights)),
        "parts": _as_json(one.components),
    }


def _chosen(name: str, last: int) -> nw.Expr:
    """The column of the set that a term is scored by."""
    chosen = nw.col(f"{name}_{last}")
    for place in reversed(range(last)):
        chosen = nw.when(nw.col("place") == place).then(nw.col(f"{name}_{place}")).otherwise(chosen)
    return chosen


def part(component: Component) -> nw.Expr:
    """One feature on the straight lines of a component, 0 to 100; null where it is null."""
    value = nw.col(component.feature).cast(nw.Float64)
    mapped = nw.lit(component.points[-1][1])
    for (left, low), (right, high) in reversed(list(pairwise(component.points))):
        between = low + (high - low) * (value - left) / (right - left)
        mapped = nw.when(value <= right).then(between).otherwise(mapped)
    first_value, first_score = component.points[0]
    mapped = nw.when(value <= first_value).then(nw.lit(first_score)).otherwise(mapped)
    return nw.when(~value.is_null()).then(mapped)


def with_state(scores: Frame, before: Frame, *, day: int, health: Health) -> Frame:
    """Say since when each score is low: below the threshold, until it is back at `recover`.

    Args:
        scores: `scored(…)`.
        before: rows of the table `health` of the last filled day; matched by subscription.
        day: the day of `scores`, in days since 1970.
    Returns:
        The same rows plus `below_since_day` (null where it is not low), `below_before` (the same,
        as it stood) and `seen_before` (0 where it was not there). What is not known leaves the
        state as it was.
    """
    previous = before.group_by("subscription_id").agg(
        below_before=nw.col("below_since_day").min(), seen_before=nw.len()
    )
    joined = scores.join(previous, on="subscription_id", how="left")
    score, since = nw.col("score"), nw.col("below_before")
    low = score < health.threshold
    still = ~since.is_null() & (score.is_null() | (score < health.recover))
    begun = nw.when(low).then(nw.lit(day))
    return joined.with_columns(
        below_since_day=nw.when(still).then(since).otherwise(begun).cast(nw.Int32),
        seen_before=nw.col("seen_before").fill_null(0),
    )


def found_low(before: Frame, scores: Frame, *, day: int, health: Health) -> Frame:
    """The last filled day as a changed rule would have seen it.

    Args:
        before: rows of the table `health` of that day.
        scores: `scored(…)` of that day by the new rule.
        day: that day, in days since 1970.
    Returns:
        `subscription_id` and `below_since_day`: as it stood, else the day where the new rule finds
        it low.
    """
    renewed = scores.group_by("subscription_id").agg(now=nw.col("score").min())
    stood = before.group_by("subscription_id").agg(since=nw.col("below_since_day").min())
    joined = stood.join(renewed, on="subscription_id", how="left")
    low = nw.when(nw.col("now") < health.threshold).then(nw.lit(day))
    kept = nw.when(~nw.col("since").is_null()).then(nw.col("since")).otherwise(low)
    return joined.select("subscription_id", below_since_day=kept.cast(nw.Int32))


def _as_json(components: Sequence[Component]) -> nw.Expr:
    pieces: list[nw.Expr] = []
    for place, one in enumerate(components):
        opening = "{" if place == 0 else ","
        value = nw.col(f"part_{one.id}").round(2).cast(nw.String).fill_null("null")
        pieces += [nw.lit(f'{opening}"{one.id}":'), value]
    return nw.concat_str([*pieces, nw.lit("}")])
