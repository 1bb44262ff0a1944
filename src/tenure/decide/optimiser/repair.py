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
# Beyond so many rows only so many, whose pick was the closest, are touched.
_MANY: Final = 100_000
_MARGIN: Final = 20_000


def repaired(menu: Menu, choice: Choice, *, price: Floats) -> Choice:
    """A plan within every limit, made from picks that may exceed some or leave some unspent.

    Where a limit is exceeded, rows give up what costs the least value per unit freed; where a
    floor is not reached, rows take what costs the least per unit of it; then what is left is
    spent on the changes that gain the most per unit priced. Ties go by `menu.order`. Among many
    rows only those are touched whose pick was the closest: the others stay with it.
    """
    if menu.rows > _MANY:
        near = _closest(menu, choice, price=price)
        kept = choice.copy()
        kept[near] = 0
        rest = menu.spent(kept)
        if np.all(rest <= menu.limits):
            margin = menu.of(
                near, limits=menu.limits - rest, least=np.maximum(menu.least - rest, 0)
            )
            kept[near] = repaired(margin, choice[near], price=price)
            return kept
    fitting = choice.copy()
    for scarce in range(len(menu.limits)):
        fitting = _within(menu, fitting, scarce=scarce)
    for floor in np.flatnonzero(menu.least).tolist():
        fitting = _lifted(menu, fitting, scarce=floor)
    for _ in range(_ROUNDS):
        filled = _filled(menu, fitting, price=price)
        if np.array_equal(filled, fitting):
            break
        fitting = filled
    return fitting


def _closest(menu: Menu, choice: Choice, *, price: Floats) -> npt.NDArray[np.int64]:
    """The rows whose next best pick is worth the least less, in the order in which they stand."""
    best, second = np.full(menu.rows, -np.inf), np.full(menu.rows, -np.inf)
    for action in range(menu.actions):
        net = menu.value[action]
        for scarce in np.flatnonzero(menu.asks[:, action] & (price != 0)):
            net = net - price[scarce] * menu.use[scarce, action]
        second = np.maximum(second, np.minimum(best, net))
        best = np.maximum(best, net)
    with np.errstate(invalid="ignore"):
        lead = best - second
    return np.sort(np.lexsort((menu.order, lead))[:_MARGIN])


def _within(menu: Menu, choice: Choice, *, scarce: int) -> Choice:
    """Give up the cheapest changes until one limit holds; no other limit is used more.

    Floors are kept where that is possible; a limit goes before them.
    """
    for keeps_floors in (True, False):
        for _ in range(menu.actions):
            over = float(menu.spent(choice)[scarce] - menu.limits[scarce])
            if over <= _SLACK * max(1.0, menu.limits[scarce]):
                return choice
            loss, freed, to = _cheapest_change(menu, choice, scarce=scarce, floors=keeps_floors)
            movers = np.flatnonzero(freed > 0)
            ranked = movers[np.lexsort((menu.order[movers], loss[movers] / freed[movers]))]
            enough = int(np.searchsorted(np.cumsum(freed[ranked]), over)) + 1
            choice = choice.copy()
            choice[ranked[:enough]] = to[ranked[:enough]]
    return choice


def _cheapest_change(
    menu: Menu, choice: Choice, *, scarce: int, floors: bool
) -> tuple[Floats, Floats, Choice]:
    """For each row the change that frees one scarce thing at the least value lost per unit."""
    every = np.arange(menu.rows)
    value, use = menu.value[choice, every], menu.use[:, choice, every]
    kept = [one for one in np.flatnonzero(menu.least) if floors and one != scarce]
    best = np.full(menu.rows, np.inf)
    loss, freed = np.zeros(menu.rows), np.zeros(menu.rows)
    to = choice.copy()
    for action in range(menu.actions):
        saved = use[scarce] - menu.use[scarce, action]
        allowed = (saved > 0) & np.isfinite(menu.value[action])
        allowed &= np.all(menu.use[:, action] <= use, axis=0)
        allowed &= np.all(menu.use[kept, action] >= use[kept], axis=0)
        lost = value - menu.value[action]
        rate = np.where(allowed, lost / np.where(allowed, saved, 1.0), np.inf)
        better = rate < best
        best = np.where(better, rate, best)
        loss, freed = np.where(better, lost, loss), np.where(better, saved, freed)
        to = np.where(better, action, to)
    return loss, freed, to


def _lifted(menu: Menu, choice: Choice, *, scarce: int) -> Choice:
    """Take on the cheapest changes until one floor is reached, as far as the limits allow."""
    for _ in range(_ROUNDS):
        spent = menu.spent(choice)
        short = float(menu.least[scarce] - spent[scarce])
        if short <= _SLACK * max(1.0, menu.least[scarce]):
            break
        room = _Room(menu, spent)
        loss, more, to = _cheapest_lift(menu, choice, scarce=scarce, room=room)
        movers = np.flatnonzero(more[scarce] > 0)
        ranked = movers[np.lexsort((menu.order[movers], loss[movers] / more[scarce, movers]))]
        taken = room.first(more, ranked)
        enough = int(np.searchsorted(np.cumsum(more[scarce, taken]), short)) + 1
        taken = taken[:enough]
        if not len(taken):
            break
        choice = choice.copy()
        choice[taken] = to[taken]
    return choice


def _cheapest_lift(
    menu: Menu, choice: Choice, *, scarce: int, room: _Room
) -> tuple[Floats, Floats, Choice]:
    """For each row the change that adds to one scarce thing at the least value lost per unit."""
    every = np.arange(menu.rows)
    value, use = menu.value[choice, every], menu.use[:, choice, every]
    best = np.full(menu.rows, np.inf)
    loss, more, to = np.zeros(menu.rows), np.zeros(use.shape), choice.copy()
    for action in np.flatnonzero(menu.asks[scarce]):
        extra = menu.use[:, action] - use
        allowed = (extra[scarce] > 0) & np.isfinite(menu.value[action]) & room.for_one(extra)
        lost = value - menu.value[action]
        rate = np.where(allowed, lost / np.where(allowed, extra[scarce], 1.0), np.inf)
        better = rate < best
        best = np.where(better, rate, best)
        loss, more = np.where(better, lost, loss), np.where(better, extra, more)
        to = np.where(better, action, to)
    return loss, more, to


class _Room:
    """What may still be used of each limit, and given up above each floor."""

    def __init__(self, menu: Menu, spent: Floats) -> None:
        self.left = menu.limits - spent + _SLACK * np.maximum(1.0, menu.limits)
        # A floor that is not reached yet gives nothing up; without a floor all may be given up.
        above = np.maximum(spent - menu.least, 0.0)
        self.above = np.where(menu.least > 0, above, np.inf)

    def for_one(self, extra: Floats) -> npt.NDArray[np.bool_]:
        """Whether each change fits alone."""
        fits: npt.NDArray[np.bool_] = np.all(extra <= self.left[:, None], axis=0)
        return fits & np.all(-extra <= self.above[:, None], axis=0)

    def first(self, more: Floats, ranked: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """As many of the changes, in their order, as fit together."""
        extra = more[:, ranked]
        fits = np.all(np.cumsum(extra, axis=1) <= self.left[:, None], axis=0)
        given = np.cumsum(np.maximum(-extra, 0.0), axis=1)
        fits &= np.all(given <= self.above[:, None], axis=0)
        return ranked[: len(ranked) if fits.all() else int(np.argmin(fits))]


def _filled(menu: Menu, choice: Choice, *, price: Floats) -> Choice:
    """Spend what is left on the best changes that fit together, in the order of their worth."""
    room = _Room(menu, menu.spent(choice))
    gain, more, to = _best_gain(menu, choice, room=room, price=price)
    movers = np.flatnonzero(gain > 0)
    if not len(movers):
        return choice
    cost = np.maximum(price, 0) @ np.maximum(more[:, movers], 0)
    rate = gain[movers] / np.maximum(cost, 1e-300)
    ranked = movers[np.lexsort((menu.order[movers], -gain[movers], -rate))]
    taken = room.first(more, ranked)
    filled = choice.copy()
    filled[taken] = to[taken]
    return filled


def _best_gain(
    menu: Menu, choice: Choice, *, room: _Room, price: Floats
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
        net = np.where((won > 0) & room.for_one(extra), won - price @ extra, -np.inf)
        better = net > best
        best = np.where(better, net, best)
        gain = np.where(better, won, gain)
        more = np.where(better, extra, more)
        to = np.where(better, action, to)
    return gain, more, to
