"""Who faces a choice, and what is known of them on that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tenure.strategy.journeys import Journey, Step
from tenure.strategy.rules import AllOf, AnyOf, Leaf, Op, Rule
from tenure.warehouse.beside import beside
from tenure.warehouse.flags import flags_of
from tenure.warehouse.rules import compiled

if TYPE_CHECKING:
    import pyarrow as pa

    from tenure.warehouse.engines import Frame


@dataclass(frozen=True, slots=True)
class DecidingStep:
    """A step at which something is decided, with the journey that it belongs to."""

    journey: Journey
    step: Step


def deciding_steps(journeys: Mapping[str, Journey]) -> tuple[DecidingStep, ...]:
    """The deciding steps of every journey, in the order of the strategy."""
    return tuple(
        DecidingStep(journey, step)
        for journey in journeys.values()
        for step in journey.steps
        if step.decides
    )


def near(features: Frame, steps: Iterable[DecidingStep]) -> Frame:
    """Only terms that lie in the window of some step, whatever its conditions say.

    Args:
        features: one row per live term; needs `days_left`.
        steps: deciding steps; without any, nobody is near.
    """
    windows = [_window(one.step) for one in steps]
    return features.filter(compiled(AnyOf(tuple(windows)), row="term_id"))


def _window(step: Step) -> Rule:
    return AllOf(
        (
            Leaf("days_left", Op.AT_MOST, step.days_before),
            Leaf("days_left", Op.ABOVE, step.days_before - step.valid_days),
        )
    )


def due_rule(one: DecidingStep) -> Rule:
    """For whom a step is due: its window is open and its conditions hold."""
    return AllOf((_window(one.step), one.journey.applies, one.step.condition))


def with_scores(features: Frame, *, risks: Frame, health: Frame) -> Frame:
    """Add probability, band, reasons and health; null for who was not scored.

    Args:
        features: one row per live term.
        risks: one row per live term that was scored.
        health: one row per live term that has a health score.
    Returns:
        The same rows plus `p_lapse`, `band`, `reason_1` to `reason_3`, `estimator_id`, `health`.
    """
    scored = risks.select(
        "term_id", "p_lapse", "band", "reason_1", "reason_2", "reason_3", "estimator_id"
    )
    rated = health.select("term_id", "score").rename({"score": "health"})
    return features.join(scored, on="term_id", how="left").join(rated, on="term_id", how="left")


def with_contract(points: Frame, *, terms: Frame) -> Frame:
    """Add what each term was sold for and where it stands.

    Args:
        points: one row per choice; needs `term_id`.
        terms: one row per term that ever was.
    Returns:
        The same rows plus `list_price_minor`, `cost_minor_per_month`, `currency`, `state`,
        `extended_days`, `node_id`.
    """
    contract = terms.select(
        "term_id",
        "list_price_minor",
        "cost_minor_per_month",
        "currency",
        "state",
        "extended_days",
        "node_id",
    )
    return beside(points, contract, on="term_id")


def with_rules(points: pa.Table, rules: Mapping[str, Rule]) -> pa.Table:
    """Add one flag (0 or 1) for each rule, under the name that it is given.

    Args:
        points: one row per term, with every feature that the rules look at.
        rules: name of the column → rule.
    """
    for name, held in flags_of(rules, points):
        points = points.append_column(name, [held.astype(np.int64)])
    return points


def with_most_used(points: Frame, *, uses: Frame) -> Frame:
    """Add the module that an account uses most, and its part of all use (OFR-13).

    Args:
        points: one row per choice; needs `account_id`.
        uses: one row per account and module: `account_id`, `code`, `uses`.
    Returns:
        The same rows plus `most_used` (of two used alike the first by name) and `most_used_share`,
        null where nothing was used.
    """
    import narwhals.stable.v2 as nw

    per_module = uses.filter(nw.col("uses") > 0)
    per_account = per_module.group_by("account_id").agg(
        most=nw.col("uses").max(), total=nw.col("uses").sum()
    )
    most_used = (
        per_module.join(per_account, on="account_id", how="inner")
        .filter(nw.col("uses") == nw.col("most"))
        .group_by("account_id", "most", "total")
        .agg(most_used=nw.col("code").min())
        .select("account_id", "most_used", most_used_share=nw.col("most") / nw.col("total"))
    )
    return beside(points, most_used, on="account_id")


def with_past(points: Frame, past: Frame) -> Frame:
    """Add when an account was last given something, and the best discount a term still holds.

    Args:
        points: one row per choice; needs `account_id` and `term_id`.
        past: one row per earlier choice: `account_id`, `term_id`, `action`, `gives` (0 or 1),
            `days_ago`, `held_minor` (0 where the offer is over) and `holds` (0 or 1).
    Returns:
        The same rows plus `days_since_offer` (null if never), `held_minor` (0 if none) and
        `holds_offer` (0 or 1: something given for the term still stands).
    """
    import narwhals.stable.v2 as nw

    per_account = (
        past.filter(nw.col("gives") == 1)
        .group_by("account_id")
        .agg(days_since_offer=nw.col("days_ago").min())
    )
    per_term = past.group_by("term_id").agg(
        nw.col("held_minor").max(), holds_offer=nw.col("holds").max()
    )
    joined = beside(beside(points, per_account, on="account_id"), per_term, on="term_id")
    return joined.with_columns(
        nw.col("held_minor").fill_null(0), nw.col("holds_offer").fill_null(0)
    )


def with_uses_left(cases: Frame, *, past: Frame, year_days: int = 365) -> Frame:
    """Add how often an action may still be used for a term.

    Args:
        cases: one row per term and action: `account_id`, `term_id`, `action`, and the limits
            `uses_per_term` and `uses_per_year`, null where there is none.
        past: one row per earlier choice, as for `with_past`.
        year_days: how far back a use counts for the year.
    Returns:
        The same rows plus `uses_left` (int64, 0 or less: used up; null without limits).
    """
    import narwhals.stable.v2 as nw

    per_term = past.group_by("term_id", "action").agg(used_in_term=nw.len())
    per_year = (
        past.filter(nw.col("days_ago") < year_days)
        .group_by("account_id", "action")
        .agg(used_in_year=nw.len())
    )
    joined = beside(
        beside(cases, per_term, on=("term_id", "action")), per_year, on=("account_id", "action")
    )
    return joined.with_columns(
        uses_left=nw.min_horizontal(
            nw.col("uses_per_term") - nw.col("used_in_term").fill_null(0),
            nw.col("uses_per_year") - nw.col("used_in_year").fill_null(0),
        )
    ).drop("used_in_term", "used_in_year")
