"""What may be chosen for each row, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Menu:
    """A actions for N rows under R limits. Action 0 is nothing: worth 0, uses nothing.

    `value` is (A, N), minus infinity where an action is refused; `use` is (R, A, N), 0 or more;
    `limits` is (R,); `order` is (N,), a hash of each row that breaks ties, so that the order in
    which rows arrive never matters.
    """

    value: Floats
    use: Floats
    limits: Floats
    order: npt.NDArray[np.uint64]

    def __post_init__(self) -> None:
        scarce, actions, rows = self.use.shape
        assert self.value.shape == (actions, rows), "values and uses are of the same choices"
        assert self.limits.shape == (scarce,), "each scarce thing has a limit"
        assert self.order.shape == (rows,), "each row has its place in a tie"
        assert not self.value[0].any(), "nothing is worth nothing"
        assert not self.use[:, 0].any(), "nothing uses nothing"
        assert np.all(self.use >= 0), "no action gives a scarce thing back"
        assert np.all(self.limits >= 0), "a limit is not negative"

    @property
    def actions(self) -> int:
        return int(self.value.shape[0])

    @property
    def rows(self) -> int:
        return int(self.value.shape[1])

    def worth(self, choice: npt.NDArray[np.int64]) -> float:
        """The sum of values of one action per row."""
        return float(self.value[choice, np.arange(self.rows)].sum())

    def spent(self, choice: npt.NDArray[np.int64]) -> Floats:
        """How much of each limit one action per row uses."""
        place = choice * self.rows + np.arange(self.rows)
        return np.array([np.take(use.ravel(), place).sum() for use in self.use])

    def sample(self, rows: int) -> Menu:
        """The same market with the first rows by hash, its limits in proportion."""
        chosen = np.argsort(self.order, kind="stable")[:rows]
        return Menu(
            value=self.value[:, chosen],
            use=self.use[:, :, chosen],
            limits=self.limits * (rows / self.rows),
            order=self.order[chosen],
        )

    def dearest(self, scarce: int) -> float:
        """A price of one scarce thing above which nobody asks for it."""
        use = self.use[scarce]
        asked = (use > 0) & (self.value > 0)
        if not asked.any():
            return 0.0
        return float((self.value[asked] / use[asked]).max() * (1 + 1e-9))
