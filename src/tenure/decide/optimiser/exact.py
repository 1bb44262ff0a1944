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
        start: a plan that fits; it is returned where nothing better exists.
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
        self.best_value = menu.worth(start)
        self.rows = np.argsort(menu.order, kind="stable")
        net = (menu.value - np.tensordot(price, menu.use, axes=1)).max(axis=0)[self.rows]
        # What the rows from a depth on can add at most, before the worth of what is left.
        self.rest = np.append(np.cumsum(net[::-1])[::-1], 0.0)
        self.picked = np.zeros(menu.rows, dtype=np.int64)
        self.slack = _SLACK * np.maximum(1.0, menu.limits)

    def descend(self, depth: int, *, value: float, left: Floats) -> None:
        if depth == len(self.rows):
            if value > self.best_value + _SLACK * max(1.0, abs(self.best_value)):
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
            ahead = self.rest[depth + 1] + float(self.price @ np.maximum(still, 0))
            if reached + ahead <= self.best_value:
                continue
            self.picked[row] = action
            self.descend(depth + 1, value=reached, left=still)
