"""What may be chosen for each row, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Menu:
    """A actions for N rows under R limits. Action 0 is nothing: worth 0, uses nothing.

    `value` is (A, N), minus infinity where an action is refused; `use` is (R, A, N), 0 or more;
    `limits` is (R,); `order` is (N,), a hash of each row that breaks ties, so that the order in
    which rows arrive never matters. `least` is (R,): what must be used of each at least, 0 where
    there is no floor; empty: no floors. `asks` is (R, A), whether an action uses a scarce thing
    for anybody.
    """

    value: Floats
    use: Floats
    limits: Floats
    order: npt.NDArray[np.uint64]
    least: Floats = field(default_factory=lambda: np.zeros(0))
    asks: Flags = field(init=False)

    def __post_init__(self) -> None:
        scarce, actions, rows = self.use.shape
        if not len(self.least):
            object.__setattr__(self, "least", np.zeros(scarce))
        assert self.value.shape == (actions, rows), "values and uses are of the same choices"
        assert self.limits.shape == (scarce,), "each scarce thing has a limit"
        assert self.least.shape == (scarce,), "each scarce thing has a floor, which may be 0"
        assert self.order.shape == (rows,), "each row has its place in a tie"
        assert not self.value[0].any(), "nothing is worth nothing"
        assert not self.use[:, 0].any(), "nothing uses nothing"
        assert rows == 0 or self.use.min(initial=0.0) >= 0, "no action gives a scarce thing back"
        assert np.all(self.limits >= 0), "a limit is not negative"
        assert np.all(self.least >= 0), "a floor is not negative"
        object.__setattr__(self, "asks", self.use.any(axis=2))

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
        share = rows / self.rows
        return self.of(chosen, limits=self.limits * share, least=self.least * share)

    def of(self, rows: npt.NDArray[np.int64], *, limits: Floats, least: Floats) -> Menu:
        """Some rows under limits of their own."""
        return Menu(
            value=self.value[:, rows],
            use=self.use[:, :, rows],
            limits=limits,
            order=self.order[rows],
            least=least,
        )

    def dearest(self, scarce: int) -> float:
        """A price of one scarce thing above which nobody asks for it."""
        return self._most(scarce, of=self.value)

    def most_paid(self, scarce: int) -> float:
        """A bounty on one scarce thing with which everybody takes the most of it."""
        best = np.where(np.isfinite(self.value), self.value, 0.0).max(axis=0)
        return self._most(scarce, of=np.where(np.isfinite(self.value), best - self.value, 0.0))

    def _most(self, scarce: int, *, of: Floats) -> float:
        """The greatest of some values per unit used of one scarce thing."""
        found = 0.0
        for action in np.flatnonzero(self.asks[scarce]):
            use, value = self.use[scarce, action], of[action]
            asked = (use > 0) & (value > 0)
            found = max(found, float((value[asked] / use[asked]).max(initial=0.0)))
        return found * (1 + 1e-9)
