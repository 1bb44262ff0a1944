"""A price for each scarce thing, found by lowering the bound on what any plan could reach.

A limit that is short has a price above zero; a floor that would not be reached by itself has one
below zero, a bounty on what it counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tenure.decide.optimiser.menu import Floats, Menu

Choice = npt.NDArray[np.int64]

_ROUNDS: Final = 12
_TRIALS: Final = 60
# Prices are searched until the dearest feasible one leaves less than this share unspent; among
# many rows the repair spends the rest, and a bound so near is as good.
_NEAR: Final = 2e-5
_NEAR_OF_MANY: Final = 1e-3
# A bound that improves by less than this share in a whole round is as good as it gets.
_SETTLED: Final = 1e-6
# Beyond so many rows, a sample finds the neighbourhood of the prices first.
_SAMPLE: Final = 8_000
_SHRINK: Final = 16
# How far from a good guess a price is looked for first, as a share of it.
_NEIGHBOURHOOD: Final = 0.005
_STEPS: Final = 4
_EDGE: Final = 0.05
_DOUBLINGS: Final = 40
# Rows are looked at in blocks that stay in the processor's nearest memory.
_BLOCK: Final = 1 << 14


@dataclass(frozen=True, slots=True)
class Trial:
    """What every row picks at one set of prices, and the bound that these prices prove."""

    choice: Choice
    spent: Floats
    bound: float


def picks(menu: Menu, price: Floats) -> Trial:
    """Each row takes what is worth most after paying the prices; the first action wins a tie."""
    choice = np.zeros(menu.rows, dtype=np.int64)
    total = 0.0
    priced = [
        [(scarce, price[scarce]) for scarce in np.flatnonzero(menu.asks[:, action] & (price != 0))]
        for action in range(menu.actions)
    ]
    for start in range(0, menu.rows, _BLOCK):
        block = slice(start, start + _BLOCK)
        best, taken = menu.value[0, block].copy(), choice[block]
        for action in range(1, menu.actions):
            net = menu.value[action, block]
            for scarce, level in priced[action]:
                net = net - level * menu.use[scarce, action, block]
            np.copyto(taken, action, where=net > best)
            np.maximum(best, net, out=best)
        total += float(best.sum())
    kept = np.where(price > 0, menu.limits, menu.least)
    bound = total + float(price @ np.where(price != 0, kept, 0.0))
    return Trial(choice=choice, spent=menu.spent(choice), bound=bound)


def is_within(menu: Menu, trial: Trial) -> bool:
    """Whether no limit is exceeded and every floor is reached."""
    return bool(np.all(trial.spent <= menu.limits) and np.all(trial.spent >= menu.least))


def priced(menu: Menu, price: Floats) -> tuple[Floats, Trial]:
    """Lower the bound one price at a time until a whole round changes nothing."""
    is_many = menu.rows > 2 * _SAMPLE
    if is_many:
        price, _ = priced(menu.sample(max(_SAMPLE, menu.rows // _SHRINK)), price)
    best_price, best = price, picks(menu, price)
    for _ in range(_ROUNDS):
        before = best.bound
        for scarce in range(len(menu.limits)):
            line = _Line(menu, price=best_price, scarce=scarce)
            trial_price, trial = _one_price(line, best)
            if trial.bound <= best.bound:
                best_price, best = trial_price, trial
        settled = _SETTLED * abs(before)
        if len(menu.limits) == 1 or before - best.bound <= settled:
            break
        if is_many and all(_is_met(menu, best, scarce) for scarce in range(len(menu.limits))):
            break
    return best_price, best


def _is_met(menu: Menu, trial: Trial, scarce: int) -> bool:
    asked, near = trial.spent[scarce], _near(menu)
    return bool(
        asked <= menu.limits[scarce] * (1 + near) and asked >= menu.least[scarce] * (1 - near)
    )


def _near(menu: Menu) -> float:
    return _NEAR_OF_MANY if menu.rows > 2 * _SAMPLE else _NEAR


@dataclass(frozen=True, slots=True)
class _Line:
    """All prices but one held still."""

    menu: Menu
    price: Floats
    scarce: int

    @property
    def guess(self) -> float:
        return float(self.price[self.scarce])

    def prices(self, level: float) -> Floats:
        moved = self.price.copy()
        moved[self.scarce] = level
        return moved

    def at(self, level: float) -> Trial:
        return picks(self.menu, self.prices(level))


@dataclass(slots=True)
class _Bracket:
    """Two prices of one scarce thing: at the inner one it does not fit, at the outer one it does.

    `sign` is 1 towards a limit, where less is asked the dearer it is, and −1 towards a floor.
    """

    target: float
    sign: float
    inner: float
    outer: float
    asked_inner: float
    asked_outer: float
    fitting: Trial | None = None

    def fits(self, asked: float) -> bool:
        return self.sign * (asked - self.target) <= 0

    def take(self, level: float, trial: Trial, *, asked: float) -> None:
        """Move the end that a trial stands for."""
        if self.fits(asked):
            self.outer, self.asked_outer, self.fitting = level, asked, trial
        else:
            self.inner, self.asked_inner = level, asked

    def try_(self, line: _Line, level: float) -> float:
        """Look at one price, and say what is asked at it."""
        trial = line.at(level)
        asked = float(trial.spent[line.scarce])
        self.take(level, trial, asked=asked)
        return asked

    def between(self, *, halve: bool) -> float:
        """A price inside: where a straight line meets the target, or the middle."""
        wide, narrow = abs(self.asked_inner - self.target), abs(self.target - self.asked_outer)
        share = 0.5 if halve else min(max(wide / max(wide + narrow, 1e-300), 0.02), 0.98)
        return self.inner + (self.outer - self.inner) * share


def _one_price(line: _Line, here: Trial) -> tuple[Floats, Trial]:
    """The price of one scarce thing nearest to zero at which what is asked fits.

    What is asked falls as the price rises, in steps; the search interpolates, halves every
    other time, and returns the end of the bracket that fits.
    """
    menu, scarce = line.menu, line.scarce
    limit, least = float(menu.limits[scarce]), float(menu.least[scarce])
    free = here if line.guess == 0 else None
    if free is None and not _is_at_its_edge(line, here):
        free = line.at(0.0)
    if free is not None and least <= free.spent[scarce] <= limit:
        return line.prices(0.0), free
    bracket = _bracket(line, free, here=here)
    for trial_number in range(_TRIALS):
        if abs(bracket.target - bracket.asked_outer) <= _near(menu) * bracket.target:
            break
        if abs(bracket.outer - bracket.inner) <= 1e-13 * abs(bracket.outer):
            break
        bracket.try_(line, bracket.between(halve=trial_number % 2 == 1))
    if bracket.fitting is None:
        bracket.fitting = line.at(bracket.outer)
    return line.prices(bracket.outer), bracket.fitting


def _is_at_its_edge(line: _Line, here: Trial) -> bool:
    """Whether a price is surely needed: among many rows, what is asked stands at its edge."""
    asked = float(here.spent[line.scarce])
    edge = line.menu.limits[line.scarce] if line.guess > 0 else line.menu.least[line.scarce]
    return bool(line.menu.rows > 2 * _SAMPLE and edge > 0 and abs(asked - edge) <= _EDGE * edge)


def _bracket(line: _Line, free: Trial | None, *, here: Trial) -> _Bracket:
    """Close in on the guess from both sides, as far as it was a good one."""
    menu, scarce = line.menu, line.scarce
    over = line.guess > 0 if free is None else free.spent[scarce] > menu.limits[scarce]
    sign = 1.0 if over else -1.0
    target = float(menu.limits[scarce] if over else menu.least[scarce])
    # Where nobody tried a price of zero, what is asked there is not known, only which side it is.
    unknown = 2 * target + 1 if over else 0.0
    asked_free = unknown if free is None else float(free.spent[scarce])
    bracket = _Bracket(target, sign, 0.0, 0.0, asked_free, 0.0)
    if line.guess * sign > 0:
        _walk(bracket, line, here=here)
    level = sign * (menu.dearest(scarce) if over else menu.most_paid(scarce))
    for _ in range(_DOUBLINGS):
        if bracket.fitting is not None:
            break
        bracket.try_(line, level)
        bracket.outer, level = level, 2 * level
    return bracket


def _walk(bracket: _Bracket, line: _Line, *, here: Trial) -> None:
    """From the guess towards the other side, in growing steps."""
    level, asked = line.guess, float(here.spent[line.scarce])
    bracket.take(level, here, asked=asked)
    outward = not bracket.fits(asked)
    step = _NEIGHBOURHOOD
    for _ in range(_STEPS):
        level *= 1 + step if outward else 1 - step
        asked = bracket.try_(line, level)
        if bracket.fits(asked) is outward:
            break
        step *= 4
