"""The health of everyone at once, and what became of it since the day before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from operator import add
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from tenure.strategy.health import Component, Health

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame


def scored(features: Frame, health: Health) -> Frame:
    """Score every live term.

    Args:
        features: rows of the table `features`.
        health: the components; a part that is not known is left out and the others weigh more.
    Returns:
        `term_id`, `subscription_id`, `account_id`, `score` (0 to 100, rounded to millionths; null
        where nothing is known), `coverage` (share of the weight that is known, 0 to 1) and
        `parts` (JSON, rounded to hundredths).
    """
    parts = features.select(
        "term_id",
        "subscription_id",
        "account_id",
        **{f"part_{one.id}": part(one) for one in health.components},
    )
    columns = [(one, nw.col(f"part_{one.id}")) for one in health.components]
    weighted = reduce(add, (column.fill_null(0.0) * one.weight for one, column in columns))
    known = reduce(
        add, ((~column.is_null()).cast(nw.Int64) * one.weight for one, column in columns)
    )
    total = sum(one.weight for one in health.components)
    return parts.select(
        "term_id",
        "subscription_id",
        "account_id",
        score=nw.when(known > 0).then(weighted / known).round(6),
        coverage=known / total,
        parts=_as_json(health.components),
    )


def _is_known(column: nw.Expr) -> nw.Expr:
    return (~column.is_null()).cast(nw.Int64)


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


def _as_json(components: Sequence[Component]) -> nw.Expr:
    pieces: list[nw.Expr] = []
    for place, one in enumerate(components):
        opening = "{" if place == 0 else ","
        value = nw.col(f"part_{one.id}").round(2).cast(nw.String).fill_null("null")
        pieces += [nw.lit(f'{opening}"{one.id}":'), value]
    return nw.concat_str([*pieces, nw.lit("}")])
