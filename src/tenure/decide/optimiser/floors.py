"""Floors beside limits: keep those that can be kept, and name what stands against the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tenure.decide.optimiser.menu import Floats, Menu
from tenure.decide.optimiser.rules import Plan, best_plan

_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Conflict:
    """A floor that no plan reaches: how far the best one comes, and what stands against it.

    `scarce` is the place of the floor. `against` are the places of those limits each of which,
    lifted alone, would let it be reached; empty: only all of them together, or too few rows may
    be chosen for at all, in which case `is_for_want_of_rows`.
    """

    scarce: int
    least: float
    reachable: float
    against: tuple[int, ...]
    is_for_want_of_rows: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """The best plan with every floor that can be kept, and a conflict for each that cannot.

    `cost` is (R,): what keeping each floor costs in value, 0 where there is none.
    """

    plan: Plan
    conflicts: tuple[Conflict, ...]
    cost: Floats


def plan_with_floors(menu: Menu) -> Kept:
    """The best plan within every limit that reaches every floor which can be reached.

    Floors are kept in their order: one that cannot be kept beside the limits and the floors
    before it binds nothing, so that nobody is chosen for only to come nearer to it.
    """
    free = replace(menu, least=np.zeros(len(menu.limits)))
    kept, conflicts = free, []
    for scarce in np.flatnonzero(menu.least).tolist():
        conflict = _conflict(kept, scarce=scarce, least=float(menu.least[scarce]))
        if conflict is None:
            kept = _with_floor(kept, scarce, float(menu.least[scarce]))
        else:
            conflicts.append(conflict)
    plan = best_plan(kept)
    while len(short := np.flatnonzero(plan.spent < kept.least * (1 - _SLACK) - _SLACK)):
        last = int(short[-1])
        conflicts.append(
            Conflict(last, float(kept.least[last]), float(plan.spent[last]), (), False)
        )
        kept = _with_floor(kept, last, 0.0)
        plan = best_plan(kept)
    return Kept(plan, tuple(conflicts), _cost(kept, plan))


def _with_floor(menu: Menu, scarce: int, least: float) -> Menu:
    floors = menu.least.copy()
    floors[scarce] = least
    return replace(menu, least=floors)


def _conflict(menu: Menu, *, scarce: int, least: float) -> Conflict | None:
    """Why one floor cannot be reached beside the others, None where it can."""
    slack = _SLACK * max(1.0, least)
    reached = _reach(menu, scarce=scarce)
    if reached >= least - slack:
        return None
    against = []
    for other in range(len(menu.limits)):
        limits = menu.limits.copy()
        limits[other] = float(menu.use[other].max(axis=0).sum())
        if limits[other] > menu.limits[other]:
            wider = replace(menu, limits=limits)
            if _reach(wider, scarce=scarce) >= least - slack:
                against.append(other)
    everybody = float(np.where(np.isfinite(menu.value), menu.use[scarce], 0).max(axis=0).sum())
    return Conflict(scarce, least, reached, tuple(against), everybody < least - slack)


def _reach(menu: Menu, *, scarce: int) -> float:
    """The most of one scarce thing that a plan can use."""
    value = np.where(np.isfinite(menu.value), menu.use[scarce], -np.inf)
    return float(best_plan(replace(menu, value=value)).value)


def _cost(menu: Menu, plan: Plan) -> Floats:
    """What each kept floor costs: the value of the best plan without it, less this one's."""
    cost = np.zeros(len(menu.limits))
    for scarce in np.flatnonzero(menu.least).tolist():
        if plan.shadow_price[scarce] < 0:
            without = best_plan(_with_floor(menu, scarce, 0.0))
            cost[scarce] = max(0.0, without.value - plan.value)
    return cost
