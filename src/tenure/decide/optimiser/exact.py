"""The proven best plan for a handful of rows, where prices alone leave a gap."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tenure.decide.optimiser.menu import Floats, Menu

Choice = npt.NDArray[np.int64]

EXACT_ROWS: Final = 12
_SLACK: Final = 1e-9


def exact_choice(menu: Menu, start: Choice, *, price: Floats) -> Choice:
    """Search all plans, cutting every branch that the prices prove to be no better.

    Args:
        menu: at most EXACT_ROWS rows.
        start: a plan within the limits; it is returned where nothing better exists, or where no
            plan reaches the floors.
        price: any prices of the limits; good ones cut more.
    """
    assert menu.rows <= EXACT_ROWS, "the search grows with the power of the rows"
    search = _Search(menu, start=start, price=price)
    search.descend(0, value=0.0, left=menu.limits.astype(np.float64))
    return search.best


class _Search:
    """Depth first over rows in the order of their hash."""

    def __init__(self, menu: Menu, *, start: Choice, price: Floats) -> None:
        self.menu = menu
        self.price = price
        self.best = start.copy()
        reached = bool(np.all(menu.spent(start) >= menu.least - _SLACK))
        self.best_value = menu.worth(start) if reached else -np.inf
        self.rows = np.argsort(menu.order, kind="stable")
        net = (menu.value - np.tensordot(price, menu.use, axes=1)).max(axis=0)[self.rows]
        # What the rows from a depth on can add at most, before the worth of what is left.
        self.rest = np.append(np.cumsum(net[::-1])[::-1], 0.0)
        self.picked = np.zeros(menu.rows, dtype=np.int64)
        self.slack = _SLACK * np.maximum(1.0, menu.limits)

    def descend(self, depth: int, *, value: float, left: Floats) -> None:
        if depth == len(self.rows):
            slack = _SLACK * max(1.0, abs(value))
            used = self.menu.limits - left
            if value > self.best_value + slack and np.all(used >= self.menu.least - _SLACK):
                self.best, self.best_value = self.picked.copy(), value
            return
        row = self.rows[depth]
        worth = self.menu.value[:, row]
        for action in np.argsort(-worth, kind="stable"):
            use = self.menu.use[:, action, row]
            if not np.isfinite(worth[action]) or np.any(use > left + self.slack):
                continue
            reached = value + float(worth[action])
            still = left - use
            missing = self.menu.least - (self.menu.limits - still)
            worth_of_rest = np.where(self.price > 0, np.maximum(still, 0), missing)
            ahead = self.rest[depth + 1] + float(self.price @ worth_of_rest)
            if reached + ahead <= self.best_value:
                continue
            self.picked[row] = action
            self.descend(depth + 1, value=reached, left=still)
