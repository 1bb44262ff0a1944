"""Customers who are equal in what is published are not offered prices far apart.

Within a group of equals every price that is offered lies within one window of depths. Which
window, a group decides together: the one in which its members are worth most at the prices of
what is scarce. Offers that leave the price alone, and leaving alone itself, are always open.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tenure.decide.optimiser.floors import Kept, plan_with_floors
from tenure.decide.optimiser.menu import Flags, Floats, Menu

Ints = npt.NDArray[np.int64]

_ROUNDS = 3
# Depths are shares of a price; nearer than this they are the same depth.
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Equals:
    """Who is equal to whom, and how far apart their prices may be.

    `group` is (N,), the number of each row's group, from 0 without gaps; `depth` is (A, N), the
    share of the price that an action takes off, 0 where it leaves the price alone; `apart` is
    the most by which two depths in a group may differ.
    """

    group: Ints
    depth: Floats
    apart: float


@dataclass(frozen=True, slots=True)
class Fair:
    """The plan among equals, what it was chosen from, and what fairness costs in value."""

    kept: Kept
    menu: Menu
    cost: float


def fair_plan(menu: Menu, equals: Equals) -> Fair:
    """The best plan found in which no two equals are offered prices too far apart.

    Returns:
        A plan of the menu that is left. Its bound and gap are those of the menu without
        fairness, so that the gap counts what fairness costs.
    """
    free = plan_with_floors(menu)
    if not breaches(free.plan.choice, equals).any():
        return Fair(free, menu, 0.0)
    best, price = None, free.plan.shadow_price
    for _ in range(_ROUNDS):
        allowed = _allowed(menu, equals, price=price)
        closed = np.where(allowed, menu.value, -np.inf)
        narrowed = replace(menu, value=closed)
        kept = plan_with_floors(narrowed)
        if best is None or kept.plan.value > best[0].plan.value:
            best = kept, narrowed
        price = kept.plan.shadow_price
    assert best is not None, "there is at least one round"
    kept, narrowed = best
    bound = free.plan.bound
    gap = max(0.0, (bound - kept.plan.value) / abs(bound)) if bound else 0.0
    plan = replace(kept.plan, bound=bound, gap=gap)
    cost = max(0.0, free.plan.value - plan.value)
    return Fair(replace(kept, plan=plan), narrowed, cost)


def breaches(choice: Ints, equals: Equals) -> Flags:
    """For each group whether two of its members would be offered prices too far apart."""
    depth = equals.depth[choice, np.arange(len(choice))]
    groups = int(equals.group.max(initial=-1)) + 1
    low, high = np.full(groups, np.inf), np.full(groups, -np.inf)
    offered = depth > 0
    np.minimum.at(low, equals.group[offered], depth[offered])
    np.maximum.at(high, equals.group[offered], depth[offered])
    wide: Flags = high - low > equals.apart + _SAME
    return wide


def _allowed(menu: Menu, equals: Equals, *, price: Floats) -> Flags:
    """Which actions stay open for whom: each group's best window, (A, N)."""
    groups = int(equals.group.max(initial=-1)) + 1
    net = menu.value - np.tensordot(price, menu.use, axes=1)
    lows = np.unique(np.round(equals.depth[equals.depth > 0], 9))
    best = np.full(groups, -np.inf)
    chosen = np.zeros(groups)
    for low in lows.tolist():
        worth = np.where(_within(equals, low), net, -np.inf).max(axis=0)
        total = np.bincount(equals.group, weights=worth, minlength=groups)
        better = total > best + _SAME
        best, chosen = np.where(better, total, best), np.where(better, low, chosen)
    return _within(equals, chosen[equals.group])


def _within(equals: Equals, low: float | Floats) -> Flags:
    inside: Flags = (equals.depth >= low - _SAME) & (equals.depth <= low + equals.apart + _SAME)
    inside |= equals.depth == 0
    return inside
