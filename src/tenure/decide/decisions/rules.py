"""One action for each term: mostly the best under the budget, for a few at random, to learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from tenure.decide.offers.prices import Floats, Ints
from tenure.decide.optimiser.fairness import Equals, Fair, fair_plan
from tenure.decide.optimiser.floors import Conflict, plan_with_floors
from tenure.decide.optimiser.menu import Menu
from tenure.decide.optimiser.rules import Plan

Flags = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.uint64]

BEST: Final = "best_margin"
EXPLORED: Final = "explored"
NOT_SCORED: Final = "not_scored"
NOT_WORTH_IT: Final = "not_worth_it"
NOT_PROVEN: Final = "not_proven"
BUDGET: Final = "budget"
CAPACITY: Final = "capacity"
LOWER_MARGIN: Final = "lower_margin"
FAIRNESS: Final = "fairness"
FLOOR: Final = "floor"
APPROVED: Final = "approved"

# Leaving alone for one of these was itself the choice; for any other reason it was withheld.
DELIBERATE: Final = frozenset({EXPLORED, NOT_WORTH_IT, APPROVED})

# The most of one day's budget that choices at random may be expected to cost.
EXPLORING_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Shared:
    """How often some actions together may, and must, still be chosen for some terms today.

    `actions` is (A,), `who` is (N,); `at_most` may be infinite and `at_least` 0.
    """

    id: str
    actions: Flags
    who: Flags
    at_most: float
    at_least: float


@dataclass(frozen=True, slots=True)
class Actions:
    """The A actions, arrays of length A; action 0 is leaving alone.

    `gives` and `is_counted` are flags: what gives must be shown to pay, what is counted is paid
    from the budget. `capacity` is how often each may still be chosen today, infinite without a
    limit; `contact` is the cost of contact, and `reminds` says what goes out without a score.
    """

    gives: Flags
    is_counted: Flags
    reminds: Flags
    capacity: Floats
    contact: Floats


@dataclass(frozen=True, slots=True)
class Options:
    """What may be chosen for N terms: arrays (A, N). `refused` is −1 or the place of a line.

    The expected margin is `margin`; by our doubt it may reach `margin_high`, and it is at least
    `margin_surely` with the sureness that the guardrails ask of a gift. `shared` are limits over
    several actions or of a longer period; `equals` says who must be offered prices alike.
    """

    refused: Ints
    margin: Floats
    margin_surely: Floats
    margin_high: Floats
    cost: Floats
    shared: tuple[Shared, ...] = ()
    equals: Equals | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """Chance, from hashes of each term and step: arrays of length N.

    `share` of the terms explore; `ticket` says where the die falls, `order` breaks ties.
    """

    share: float
    explores: Flags
    ticket: Hashes
    order: Hashes


@dataclass(frozen=True, slots=True)
class Chosen:
    """One action per term with its reason; `propensity` is (A, N), 0 where never chosen.

    `plausible` is (A, N): what chance draws from. `held_back` is (A, N): why an action that
    nothing refuses was not chosen, empty elsewhere. `conflicts` are floors that could not be
    kept, by their place among the limits of the plan; `floor_cost` and `fairness_cost` are what
    the others cost in margin.
    """

    choice: Ints
    reason: npt.NDArray[np.object_]
    explored: Flags
    propensity: Floats
    plausible: Flags
    held_back: npt.NDArray[np.object_]
    plan: Plan
    conflicts: tuple[Conflict, ...] = ()
    floor_cost: Floats = field(default_factory=lambda: np.zeros(0))
    fairness_cost: float = 0.0


def choose(
    options: Options, actions: Actions, *, draw: Draw, budget: float, codes: Sequence[str]
) -> Chosen:
    """Choose for every term, and say why.

    Args:
        options: what each action is worth for each term, and what refuses it.
        actions: the actions themselves.
        draw: who is chosen for at random.
        budget: what today's choices may be expected to cost, in minor units.
        codes: the names of the lines that refuse.
    Returns:
        Every term has an action; nobody gets a refused one, and within the budget and the
        capacities the sum of expected margins is within the plan's gap of the greatest.
    """
    scored = ~np.isnan(options.margin[0])
    is_open = options.refused < 0
    worth = _worth(options, actions, is_open=is_open)
    explores = draw.explores & scored
    plausible = _plausible(options, actions, is_open=is_open, explores=explores, budget=budget)
    drawn = _drawn(plausible, ticket=draw.ticket)
    menu = _menu(options, actions, worth=worth, order=draw.order)
    bounds = _Bounds.of(options, actions, budget=budget)
    left = _without(menu, explores, drawn=drawn, bounds=bounds)
    found = _planned(left, options.equals)
    plan = found.kept.plan
    best = np.where(explores, _at_prices(menu, plan.shadow_price), plan.choice)
    choice = np.where(explores, drawn, best)
    choice = np.where(scored, choice, _reminder(actions, is_open))
    closed = np.isfinite(left.value) & ~np.isfinite(found.menu.value)
    reasons = _Reasons(options, actions, worth=worth, plan=plan, closed=closed)
    reason = np.where(choice > 0, BEST, reasons.withheld(codes))
    reason = np.where((choice > 0) & ~_takes(worth, choice), FLOOR, reason)
    reason = np.where(explores, EXPLORED, reason)
    share = np.where(scored, draw.share, 0.0)
    return Chosen(
        choice=choice,
        reason=np.where(scored | (choice == 0), reason, NOT_SCORED),
        explored=explores,
        propensity=_propensity(np.where(scored, best, choice), plausible, share=share),
        plausible=plausible,
        held_back=reasons.held_back(choice, explores=explores),
        plan=plan,
        conflicts=found.kept.conflicts,
        floor_cost=found.kept.cost,
        fairness_cost=found.cost,
    )


def _planned(menu: Menu, equals: Equals | None) -> Fair:
    if equals is None:
        return Fair(plan_with_floors(menu), menu, 0.0)
    return fair_plan(menu, equals)


def _takes(worth: Flags, choice: Ints) -> Flags:
    """Whether what was chosen for each term is worth choosing by itself."""
    found: Flags = worth[choice, np.arange(len(choice))]
    return found


def _worth(options: Options, actions: Actions, *, is_open: Flags) -> Flags:
    """Worth choosing: expected to pay and, where something is given, surely enough to pay."""
    with np.errstate(invalid="ignore"):
        pays = options.margin > 0
        surely = ~actions.gives[:, None] | (options.margin_surely > 0)
    return is_open & pays & surely


def _plausible(
    options: Options, actions: Actions, *, is_open: Flags, explores: Flags, budget: float
) -> Flags:
    """What chance may choose: open, and by our doubt perhaps worth it; leaving alone always.

    Where the explorers together could cost more than their part of the budget, or need more than
    a capacity, that action is left to the plan today.
    """
    with np.errstate(invalid="ignore"):
        plausible = is_open & (options.margin_high > 0)
    plausible[0] = True
    asked = (plausible & explores).sum(axis=1)
    plausible[asked > actions.capacity] = False
    for one in options.shared:
        touched = one.actions[:, None] & one.who & plausible
        if (touched & explores).any(axis=0).sum() > one.at_most:
            plausible &= ~touched
    counted = plausible & explores & actions.is_counted[:, None]
    dearest = np.where(counted, np.nan_to_num(options.cost), 0.0).max(axis=0)
    if dearest.sum() > EXPLORING_SHARE * budget:
        plausible[actions.is_counted] = False
    return plausible


def _drawn(plausible: Flags, *, ticket: Hashes) -> Ints:
    """The action that the die names among the plausible ones, each as likely as the other."""
    rank = (ticket % plausible.sum(axis=0).astype(np.uint64)).astype(np.int64)
    place: Ints = np.argmax(np.cumsum(plausible, axis=0) == rank + 1, axis=0)
    return place


@dataclass(frozen=True, slots=True)
class _Bounds:
    """The budget, then each limited capacity, then each shared limit: most and least, (R,)."""

    most: Floats
    least: Floats

    @classmethod
    def of(cls, options: Options, actions: Actions, *, budget: float) -> _Bounds:
        scarce = np.flatnonzero(np.isfinite(actions.capacity))
        own = np.concatenate([[max(budget, 0.0)], np.maximum(actions.capacity[scarce], 0.0)])
        # Without a limit the most is that everybody takes it.
        everybody = float(options.margin.shape[1])
        most = [min(max(one.at_most, 0.0), everybody) for one in options.shared]
        least = [max(one.at_least, 0.0) for one in options.shared]
        return cls(np.concatenate([own, most]), np.concatenate([np.zeros(len(own)), least]))


def _menu(options: Options, actions: Actions, *, worth: Flags, order: Hashes) -> Menu:
    """The knapsack of everybody, without its limits; what a floor asks for need not pay."""
    scarce = np.flatnonzero(np.isfinite(actions.capacity))
    asked = _asked(options)
    value = np.where(worth | asked, np.nan_to_num(options.margin), -np.inf)
    value[0] = 0.0
    use = np.zeros((1 + len(scarce) + len(options.shared), *value.shape))
    use[0] = np.where(actions.is_counted[:, None], np.nan_to_num(options.cost), 0.0)
    for place, action in enumerate(scarce, start=1):
        use[place, action] = 1.0
    for place, one in enumerate(options.shared, start=1 + len(scarce)):
        use[place] = one.actions[:, None] & one.who
    use[:, 0] = 0.0
    return Menu(value=value, use=np.maximum(use, 0.0), limits=np.zeros(len(use)), order=order)


def _asked(options: Options) -> Flags:
    """What some floor asks for, and nothing refuses to somebody whom a score weighs, (A, N)."""
    asked = np.zeros(options.margin.shape, dtype=bool)
    for one in options.shared:
        if one.at_least > 0:
            asked |= one.actions[:, None] & one.who
    return asked & (options.refused < 0) & ~np.isnan(options.margin)


def _without(menu: Menu, explores: Flags, *, drawn: Ints, bounds: _Bounds) -> Menu:
    """The knapsack of those who do not explore, with what the explorers leave of the limits."""
    spent = np.where(explores, menu.use[:, drawn, np.arange(menu.rows)], 0.0).sum(axis=1)
    value = menu.value.copy()
    value[1:, explores] = -np.inf
    most = np.maximum(bounds.most - spent, 0.0)
    least = np.maximum(bounds.least - spent, 0.0)
    return Menu(value, menu.use, most, menu.order, least)


def _at_prices(menu: Menu, price: Floats) -> Ints:
    """What the plan would choose for each term at the prices it found."""
    best: Ints = np.argmax(menu.value - np.tensordot(price, menu.use, axes=1), axis=0)
    return best


def _reminder(actions: Actions, is_open: Flags) -> Ints:
    """The cheapest open reminder of each term, or leaving alone."""
    cost = np.where(is_open & actions.reminds[:, None], actions.contact[:, None], np.inf)
    cheapest: Ints = np.where(np.isfinite(cost.min(axis=0)), np.argmin(cost, axis=0), 0)
    return cheapest


def _propensity(best: Ints, plausible: Flags, *, share: Floats) -> Floats:
    """The probability of each action: the best one, but for the share that draws evenly."""
    evenly = plausible / plausible.sum(axis=0)
    is_best = np.arange(len(plausible))[:, None] == best
    propensity: Floats = share * evenly + (1 - share) * is_best
    return propensity


class _Reasons:
    """Why each action was not chosen, and why a term was left alone."""

    def __init__(
        self,
        options: Options,
        actions: Actions,
        *,
        worth: Flags,
        plan: Plan,
        closed: Flags,
    ) -> None:
        self.closed = closed
        self.refused = options.refused
        self.margin = np.where(np.isnan(options.margin), -np.inf, options.margin)
        self.worth = worth
        scarce = np.flatnonzero(np.isfinite(actions.capacity))
        self.is_short = np.zeros(len(actions.capacity), dtype=bool)
        own = plan.shadow_price[1 : 1 + len(scarce)]
        self.is_short[scarce] = (own > 0) | (actions.capacity[scarce] < 1)
        for price, one in zip(plan.shadow_price[1 + len(scarce) :], options.shared, strict=True):
            self.is_short |= one.actions & ((price > 0) | (one.at_most < 1))

    def withheld(self, codes: Sequence[str]) -> npt.NDArray[np.object_]:
        """For each term the reason that stands between it and its best action."""
        named = np.array([*codes, ""], dtype=object)
        every = np.arange(self.margin.shape[1])
        top = np.argmax(self.margin[1:], axis=0) + 1
        refusing = named[self.refused[top, every]]
        all_refused = (self.refused[1:] >= 0).all(axis=0)
        is_gain = self.margin[top, every] > 0
        economic = np.where(is_gain, self._economic(top, every), NOT_WORTH_IT)
        is_refused = all_refused | (is_gain & (refusing != ""))
        return np.where(is_refused, refusing, economic)

    def held_back(self, choice: Ints, *, explores: Flags) -> npt.NDArray[np.object_]:
        """For each open action that was not chosen, why not."""
        actions, terms = self.margin.shape
        rows = np.repeat(np.arange(actions), terms).reshape(actions, terms)
        every = np.tile(np.arange(terms), actions).reshape(actions, terms)
        economic = self._economic(rows, every)
        beaten = self.margin[choice, np.arange(terms)] >= self.margin
        reason = np.where(self.worth & explores, EXPLORED, economic)
        reason = np.where(self.worth & beaten, LOWER_MARGIN, reason)
        reason = np.where((self.margin <= 0) & ~self.worth, NOT_WORTH_IT, reason)
        reason[(self.refused >= 0) | (rows == choice) | (rows == 0)] = ""
        return reason

    def _economic(self, action: Ints, term: Ints) -> npt.NDArray[np.object_]:
        scarcity = np.where(self.is_short[action], CAPACITY, BUDGET)
        scarcity = np.where(self.closed[action, term], FAIRNESS, scarcity)
        found: npt.NDArray[np.object_] = np.where(
            self.worth[action, term], scarcity, NOT_PROVEN
        ).astype(object)
        return found
