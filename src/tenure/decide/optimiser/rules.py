"""One action for each row under limits, by a price for each scarce thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tenure.decide.optimiser.exact import EXACT_ROWS, exact_choice
from tenure.decide.optimiser.menu import Menu
from tenure.decide.optimiser.repair import repaired

Floats = npt.NDArray[np.float64]
Choice = npt.NDArray[np.int64]

_ROUNDS: Final = 12
_TRIALS: Final = 60
# Prices are searched until the dearest feasible one leaves less than this share unspent.
_NEAR: Final = 2e-5
# A bound that improves by less than this share in a whole round is as good as it gets.
_SETTLED: Final = 1e-6
# Beyond so many rows, a sample finds the neighbourhood of the prices first.
_SAMPLE: Final = 8_000
# How far from a good guess a price is looked for first, as a share of it.
_NEIGHBOURHOOD: Final = 0.02
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


@dataclass(frozen=True, slots=True)
class _Trial:
    """What every row picks at one set of prices."""

    choice: Choice
    spent: Floats
    bound: float


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
    trial = _pass(menu, price)
    if not np.all(trial.spent <= menu.limits):
        price, trial = _priced(menu, price)
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
    return max(0.0, (bound - value) / bound) if bound > 0 else 0.0


def _pass(menu: Menu, price: Floats) -> _Trial:
    """Each row takes what is worth most after paying the prices; the first action wins a tie."""
    best = menu.value[0].copy()
    choice = np.zeros(menu.rows, dtype=np.int64)
    for action in range(1, menu.actions):
        net = menu.value[action].copy()
        for scarce in np.flatnonzero(price):
            net -= price[scarce] * menu.use[scarce, action]
        np.copyto(choice, action, where=net > best)
        np.maximum(best, net, out=best)
    bound = float(best.sum() + price @ menu.limits)
    return _Trial(choice=choice, spent=menu.spent(choice), bound=bound)


def _priced(menu: Menu, price: Floats) -> tuple[Floats, _Trial]:
    """Lower the bound one price at a time until a whole round changes nothing."""
    if menu.rows > 2 * _SAMPLE:
        price, _ = _priced(menu.sample(_SAMPLE), price)
    best_price, best = price, _pass(menu, price)
    for _ in range(_ROUNDS):
        before = best.bound
        for scarce in range(len(menu.limits)):
            trial_price, trial = _one_price(menu, best_price, scarce=scarce)
            if trial.bound <= best.bound:
                best_price, best = trial_price, trial
        if len(menu.limits) == 1 or before - best.bound <= _SETTLED * abs(before):
            break
    return best_price, best


@dataclass(slots=True)
class _Bracket:
    """Two prices of one scarce thing: at the low one too much is asked, at the high one it fits."""

    low: float
    asked_low: float
    high: float
    asked_high: float

    def between(self, limit: float, *, halve: bool) -> float:
        """A price inside: where a straight line meets the limit, or the middle."""
        above, below = self.asked_low - limit, limit - self.asked_high
        share = 0.5 if halve else min(max(above / (above + below), 0.02), 0.98)
        return self.low + (self.high - self.low) * share


def _one_price(menu: Menu, price: Floats, *, scarce: int) -> tuple[Floats, _Trial]:
    """The lowest price of one scarce thing at which what is asked of it fits its limit.

    What is asked falls as the price rises, in steps; the search interpolates, halves every
    other time, and returns the end of the bracket that fits.
    """
    limit = float(menu.limits[scarce])
    line = _Line(menu, price=price, scarce=scarce)
    free = line.at(0.0)
    if free.spent[scarce] <= limit:
        return line.prices(0.0), free
    bracket, fitting = _first_bracket(line, free, guess=float(price[scarce]))
    for trial_number in range(_TRIALS):
        if limit - bracket.asked_high <= _NEAR * limit:
            break
        if bracket.high - bracket.low <= 1e-13 * bracket.high:
            break
        level = bracket.between(limit, halve=trial_number % 2 == 1)
        trial = line.at(level)
        asked = float(trial.spent[scarce])
        if asked > limit:
            bracket.low, bracket.asked_low = level, asked
        else:
            bracket.high, bracket.asked_high, fitting = level, asked, trial
    return line.prices(bracket.high), fitting


@dataclass(frozen=True, slots=True)
class _Line:
    """All prices but one held still."""

    menu: Menu
    price: Floats
    scarce: int

    def prices(self, level: float) -> Floats:
        moved = self.price.copy()
        moved[self.scarce] = level
        return moved

    def at(self, level: float) -> _Trial:
        return _pass(self.menu, self.prices(level))


def _first_bracket(line: _Line, free: _Trial, *, guess: float) -> tuple[_Bracket, _Trial]:
    """Close in on a guess from both sides, as far as it was a good one."""
    limit = float(line.menu.limits[line.scarce])
    bracket = _Bracket(0.0, float(free.spent[line.scarce]), line.menu.dearest(line.scarce), 0.0)
    fitting = line.at(bracket.high)
    bracket.asked_high = float(fitting.spent[line.scarce])
    for level in (guess * (1 - _NEIGHBOURHOOD), guess * (1 + _NEIGHBOURHOOD)):
        if not bracket.low < level < bracket.high:
            continue
        trial = line.at(level)
        asked = float(trial.spent[line.scarce])
        if asked > limit:
            bracket.low, bracket.asked_low = level, asked
        else:
            bracket.high, bracket.asked_high, fitting = level, asked, trial
    return bracket, fitting
