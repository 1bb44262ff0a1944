"""One action for each row under limits, by a price for each scarce thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tenure.decide.optimiser.exact import EXACT_ROWS, exact_choice
from tenure.decide.optimiser.menu import Menu
from tenure.decide.optimiser.pricing import is_within, picks, priced
from tenure.decide.optimiser.repair import repaired

Floats = npt.NDArray[np.float64]
Choice = npt.NDArray[np.int64]

# Below this gap the plan is as good as proven and exact search would only cost time.
_PROVEN: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Plan:
    """What was chosen, what it is worth, and what no plan could exceed.

    `choice` holds one action per row; `shadow_price` is what one more unit of each limit would
    bring; `gap` is the share by which the best plan could at most be better.
    """

    choice: Choice
    value: float
    spent: Floats
    shadow_price: Floats
    bound: float
    gap: float


def best_plan(menu: Menu) -> Plan:
    """Choose one action per row so that no limit is exceeded and the sum of values is greatest.

    Args:
        menu: what may be chosen, what it is worth and what it uses.
    Returns:
        A plan within every limit. It is optimal for a handful of rows; beyond that it lies
        within `gap` of the optimum, mostly a few hundredths of a percent. The same rows give
        the same plan in any order.
    References:
        Sinha and Zoltners (1979), The multiple-choice knapsack problem.
    """
    price = np.zeros(len(menu.limits))
    trial = picks(menu, price)
    if not is_within(menu, trial):
        price, trial = priced(menu, price)
    choice = repaired(menu, trial.choice, price=price)
    if menu.rows <= EXACT_ROWS and _gap(menu.worth(choice), trial.bound) > _PROVEN:
        choice = exact_choice(menu, choice, price=price)
        return _plan(menu, choice, price=price, bound=menu.worth(choice))
    return _plan(menu, choice, price=price, bound=trial.bound)


def _plan(menu: Menu, choice: Choice, *, price: Floats, bound: float) -> Plan:
    value = menu.worth(choice)
    return Plan(
        choice=choice,
        value=value,
        spent=menu.spent(choice),
        shadow_price=price,
        bound=max(bound, value),
        gap=_gap(value, bound),
    )


def _gap(value: float, bound: float) -> float:
    return max(0.0, (bound - value) / abs(bound)) if bound else 0.0
