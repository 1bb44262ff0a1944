"""Comparisons between offers: who is in one, and which offers it keeps from whom."""

from __future__ import annotations

import numpy as np

from tenure.decide.decisions.points import Points
from tenure.decide.offers.prices import Ints
from tenure.decide.offpolicy.rules import Flags
from tenure.records.experiments.queries import endings
from tenure.records.experiments.rules import is_over
from tenure.strategy.experiments import Comparison
from tenure.strategy.offers import Offer
from tenure.strategy.sections import Strategy


def other_arms(points: Points, offers: tuple[Offer, ...], *, strategy: Strategy) -> Ints:
    """Where a comparison between offers gives a customer another one of its arms, (A, N).

    One binds from its first day on, as it draws from then on. One that a person stopped gives
    nobody an arm any more; of one that was rolled out everybody who could have been drawn gets the
    same.
    """
    other = np.zeros((len(offers), len(points)), dtype=np.int64)
    place = {one.id: row for row, one in enumerate(offers)}
    between = [
        one
        for one in strategy.experiments.between.values()
        if strategy.as_of is None or one.starts_on <= strategy.as_of
    ]
    ended = endings() if between else {}
    for one in between:
        over = ended.get(one.id)
        given = over.rolled_out if over and is_over(over, on=strategy.as_of) else None
        if given == "":
            continue
        rows = [place[arm] for arm in one.arms if arm in place]
        inside = between_members(points, one, strategy=strategy)
        if not inside.any():
            continue
        accounts = points.listed("account_id")
        arms = np.array(
            [given or one.arm_of(str(account)).id for account in accounts], dtype=object
        )
        for row in rows:
            other[row] |= (inside & (arms != offers[row].id)).astype(np.int64)
    return other


def between_members(points: Points, one: Comparison, *, strategy: Strategy) -> Flags:
    """Who is in a comparison between offers: whoever meets the condition of every arm.

    Where an arm is no offer any more, nobody is.
    """
    if not one.arms.keys() <= strategy.offers.keys():
        return np.zeros(len(points), dtype=np.bool_)
    fits = [points.whole(f"eligible__{arm}") == 1 for arm in one.arms]
    persuaded = (points.whole("held_out") == 0) & (points.whole("is_personalised") == 1)
    inside: Flags = np.logical_and.reduce([*fits, persuaded])
    return inside
