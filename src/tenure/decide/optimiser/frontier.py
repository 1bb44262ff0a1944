"""What each budget would bring, and the one beyond which another unit is not worth it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tenure.decide.optimiser.menu import Menu
from tenure.decide.optimiser.rules import Plan, best_plan


@dataclass(frozen=True, slots=True)
class Point:
    """One budget: what is spent of it, what that brings, and what one more unit would bring."""

    budget: float
    spent: float
    value: float
    next_unit: float
    treated: int


@dataclass(frozen=True, slots=True)
class Frontier:
    """Points by rising budget, and the spending that is advised out of what is allowed.

    `advised` is `allowed` where the last unit of it still pays.
    """

    points: tuple[Point, ...]
    allowed: float
    advised: float


def frontier(menu: Menu, *, budgets: Sequence[float]) -> Frontier:
    """The frontier of a menu's first limit, the others as they stand.

    Args:
        menu: values are net of costs, so that what brings nothing is not worth spending on.
        budgets: any; the one that the menu allows is looked at too.
    Returns:
        Value never falls as the budget grows. `advised` is what the best plan under the allowed
        budget really spends: 1.25 million of 1.8 million allowed, where more would only lose.
    """
    allowed = float(menu.limits[0])
    plans = {budget: _plan(menu, budget) for budget in sorted({*map(float, budgets), allowed})}
    points = tuple(
        Point(
            budget=budget,
            spent=float(plan.spent[0]),
            value=plan.value,
            next_unit=float(plan.shadow_price[0]),
            treated=int((plan.choice > 0).sum()),
        )
        for budget, plan in plans.items()
    )
    return Frontier(points, allowed, advised=float(plans[allowed].spent[0]))


def _plan(menu: Menu, budget: float) -> Plan:
    return best_plan(replace(menu, limits=np.concatenate([[budget], menu.limits[1:]])))
