"""From the picks at given prices to a plan that fits, and that leaves little unspent."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from tenure.decide.optimiser.menu import Floats, Menu

Choice = npt.NDArray[np.int64]

_ROUNDS: Final = 60
# Sums of floats may pass a limit by their rounding; a plan may not pass it by more.
_SLACK: Final = 1e-9


def repaired(menu: Menu, choice: Choice, *, price: Floats) -> Choice:
    """A plan within every limit, made from picks that may exceed some or leave some unspent.

    Where a limit is exceeded, rows give up what costs the least value per unit freed; then what
    is left is spent on the changes that gain the most per unit priced. Ties go by `menu.order`.
    """
    fitting = choice.copy()
    for scarce in range(len(menu.limits)):
        fitting = _within(menu, fitting, scarce=scarce)
    for _ in range(_ROUNDS):
        filled = _filled(menu, fitting, price=price)
        if np.array_equal(filled, fitting):
            break
        fitting = filled
    return fitting


def _within(menu: Menu, choice: Choice, *, scarce: int) -> Choice:
    """Give up the cheapest changes until one limit holds; no other limit is used more."""
    for _ in range(menu.actions):
        over = float(menu.spent(choice)[scarce] - menu.limits[scarce])
        if over <= _SLACK * max(1.0, menu.limits[scarce]):
            break
        loss, freed, to = _cheapest_change(menu, choice, scarce=scarce)
        movers = np.flatnonzero(freed > 0)
        ranked = movers[np.lexsort((menu.order[movers], loss[movers] / freed[movers]))]
        enough = int(np.searchsorted(np.cumsum(freed[ranked]), over)) + 1
        choice = choice.copy()
        choice[ranked[:enough]] = to[ranked[:enough]]
    return choice


def _cheapest_change(menu: Menu, choice: Choice, *, scarce: int) -> tuple[Floats, Floats, Choice]:
    """For each row the change that frees one scarce thing at the least value lost per unit."""
    every = np.arange(menu.rows)
    value, use = menu.value[choice, every], menu.use[:, choice, every]
    best = np.full(menu.rows, np.inf)
    loss, freed = np.zeros(menu.rows), np.zeros(menu.rows)
    to = choice.copy()
    for action in range(menu.actions):
        saved = use[scarce] - menu.use[scarce, action]
        allowed = (saved > 0) & np.isfinite(menu.value[action])
        allowed &= np.all(menu.use[:, action] <= use, axis=0)
        lost = value - menu.value[action]
        rate = np.where(allowed, lost / np.where(allowed, saved, 1.0), np.inf)
        better = rate < best
        best = np.where(better, rate, best)
        loss, freed = np.where(better, lost, loss), np.where(better, saved, freed)
        to = np.where(better, action, to)
    return loss, freed, to


def _filled(menu: Menu, choice: Choice, *, price: Floats) -> Choice:
    """Spend what is left on the best changes that fit together, in the order of their worth."""
    left = menu.limits - menu.spent(choice)
    gain, more, to = _best_gain(menu, choice, left=left, price=price)
    movers = np.flatnonzero(gain > 0)
    if not len(movers):
        return choice
    priced = price @ np.maximum(more[:, movers], 0)
    rate = gain[movers] / np.maximum(priced, 1e-300)
    ranked = movers[np.lexsort((menu.order[movers], -gain[movers], -rate))]
    running = np.cumsum(more[:, ranked], axis=1)
    fits = np.all(running <= (left + _SLACK * np.maximum(1.0, menu.limits))[:, None], axis=0)
    taken = ranked[: len(ranked) if fits.all() else int(np.argmin(fits))]
    filled = choice.copy()
    filled[taken] = to[taken]
    return filled


def _best_gain(
    menu: Menu, choice: Choice, *, left: Floats, price: Floats
) -> tuple[Floats, Floats, Choice]:
    """For each row the change that gains most after paying the prices and that fits alone."""
    every = np.arange(menu.rows)
    value, use = menu.value[choice, every], menu.use[:, choice, every]
    best = np.full(menu.rows, -np.inf)
    gain, more = np.zeros(menu.rows), np.zeros(use.shape)
    to = choice.copy()
    for action in range(menu.actions):
        extra = menu.use[:, action] - use
        won = menu.value[action] - value
        net = np.where(
            (won > 0) & np.all(extra <= left[:, None], axis=0), won - price @ extra, -np.inf
        )
        better = net > best
        best = np.where(better, net, best)
        gain = np.where(better, won, gain)
        more = np.where(better, extra, more)
        to = np.where(better, action, to)
    return gain, more, to
