"""What each budget of a day or of a month would have brought, from the stored alternatives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.decide.decisions.budget import budget_of
from tenure.decide.decisions.evaluation import SPEAKS, ordered_offers
from tenure.decide.decisions.models import Choosing, Decision
from tenure.decide.decisions.reviewing import Day, Row
from tenure.decide.decisions.rules import NOT_PROVEN, NOT_WORTH_IT
from tenure.decide.optimiser.frontier import Frontier, frontier
from tenure.decide.optimiser.menu import Menu
from tenure.kernel.buckets import bucket
from tenure.strategy.offers import Offer
from tenure.strategy.sections import Strategy

STEPS: Final = 10
_MOST_STEPS: Final = 24
_TICKETS: Final = 2**40


@dataclass(frozen=True, slots=True)
class Worth:
    """What each budget of a day or a month would have brought, over the terms chosen for by plan.

    `left_out` are terms without what the computation needs: nobody scored them. Amounts are minor
    units; `grid` are the evenly spaced budgets, as they are drawn.
    """

    frontier: Frontier
    grid: tuple[float, ...]
    needed: float
    terms: int
    left_out: int
    explored_minor: int

    @property
    def has_room(self) -> bool:
        """Whether less than what is allowed is worth spending."""
        return self.needed < self.frontier.allowed


def worth_of(day: Day) -> Worth | None:
    """The frontier of a day from its stored alternatives; None where no term can be weighed.

    Those whom chance chose for are not part of it: what they cost is taken off the budget before.
    """
    return _worth(_Choices(day.rows, day.strategy, day.capacities), budget=_allowed(day))


def worth_of_month(
    rows: Sequence[Row], chosen: Sequence[Choosing], *, strategy: Strategy, budget_minor: int
) -> Worth | None:
    """The frontier of the choices of some days under the budget of their month.

    Each term counts once, as it stood at its last choice. People's capacities are those of all
    days together, a stock what it was on the first. None where no term can be weighed.

    Args:
        rows: the choices, the oldest first.
        chosen: every choosing of the same days.
    """
    last = {row["term_id"]: row for row in rows}
    before = [row for row in rows if row["explored"] and last[row["term_id"]] is not row]
    capacities = _of_all_days([one.capacities for one in chosen], offers=strategy.offers)
    choices = _Choices([*last.values(), *before], strategy, capacities)
    return _worth(choices, budget=budget_minor)


@dataclass(frozen=True, slots=True)
class _Choices:
    """Stored choices, the strategy that they are read by, and how often each action could be."""

    rows: Sequence[Row]
    strategy: Strategy
    capacities: Mapping[str, float]


def _of_all_days(
    days: Sequence[Mapping[str, float]], *, offers: Mapping[str, Offer]
) -> dict[str, float]:
    """What people manage adds up over the days; what lies in stock does not."""
    found: dict[str, float] = {}
    for one in days:
        for action, left in one.items():
            offer = offers.get(action)
            is_stock = offer is not None and offer.handed is not None and offer.handed.stock
            found[action] = (
                max(found.get(action, 0), left) if is_stock else (found.get(action, 0) + left)
            )
    return found


def _worth(choices: _Choices, *, budget: int) -> Worth | None:
    planned = [row for row in choices.rows if not row["explored"]]
    weighed = [row for row in planned if _is_weighed(row, choices.strategy)]
    if not weighed:
        return None
    explored = sum(_cost(row) for row in choices.rows if row["explored"])
    allowed = max(0, budget - explored)
    menu = _menu(weighed, choices, allowed=allowed)
    ceiling = float(menu.use[0].max(axis=0).sum())
    needed = frontier(menu, budgets=[ceiling]).points[-1].spent
    grid = _grid(needed, allowed)
    return Worth(
        frontier=frontier(menu, budgets=grid),
        grid=grid,
        needed=needed,
        terms=len(weighed),
        left_out=len(planned) - len(weighed),
        explored_minor=explored,
    )


def _is_weighed(row: Row, strategy: Strategy) -> bool:
    """Whether every action that could be chosen has its numbers, in the business's currency."""
    if row["p_without"] is None or row["currency"] != strategy.business.currency:
        return False
    return all(
        one.get("action") in strategy.offers
        and one.get("margin_minor") is not None
        and one.get("cost_minor") is not None
        for one in row["alternatives"]
        if one.get("eligible")
    ) and bool(row["alternatives"])


def _cost(row: Row) -> int:
    """What a choice takes from the budget."""
    is_counted = row["outcome"] == Decision.Outcome.CHOSEN and row["kind"] not in SPEAKS
    return max(0, int(row["cost_minor"])) if is_counted else 0


def _allowed(day: Day) -> int:
    """What the day's choices were allowed to cost: its budget before they were made."""
    currency = day.strategy.business.currency
    committed = sum(_cost(row) for row in day.rows if row["currency"] == currency)
    return budget_of(day.as_of, day.strategy.guardrails).before(committed).today_minor


def _menu(rows: Sequence[Row], choices: _Choices, *, allowed: int) -> Menu:
    """The knapsack of these terms: the budget first, then each limited capacity."""
    offers = ordered_offers(choices.strategy)
    place = {one.id: number for number, one in enumerate(offers)}
    scarce = [
        number
        for number, one in enumerate(offers)
        if one.capacity_per_day is not None or one.id in choices.capacities
    ]
    value = np.full((len(offers), len(rows)), -np.inf)
    use = np.zeros((1 + len(scarce), *value.shape))
    for column, row in enumerate(rows):
        for one in _worthwhile(row["alternatives"]):
            number = place[one["action"]]
            value[number, column] = one["margin_minor"]
            if offers[number].kind not in SPEAKS:
                use[0, number, column] = max(0, one["cost_minor"])
    for limit, number in enumerate(scarce, start=1):
        use[limit, number] = 1.0
    value[0], use[:, 0] = 0.0, 0.0
    limits = np.array(
        [allowed, *_capacities([offers[one] for one in scarce], choices)], dtype=float
    )
    order = [bucket("frontier", str(row["pk"]), buckets=_TICKETS) for row in rows]
    return Menu(value, use, limits, np.array(order, dtype=np.uint64))


def _worthwhile(alternatives: Iterable[Row]) -> list[Row]:
    """What nothing refused, what is expected to pay and, where it gives, surely enough."""
    return [
        one
        for one in alternatives
        if one["eligible"]
        and one["margin_minor"] > 0
        and one["refused_by"] not in {NOT_PROVEN, NOT_WORTH_IT}
    ]


def _capacities(offers: Sequence[Offer], choices: _Choices) -> list[int]:
    """What those whom chance chose for leave of each capacity and each stock."""
    used = Counter(row["action"] for row in choices.rows if row["explored"])
    most = [int(choices.capacities.get(one.id, one.capacity_per_day or 0)) for one in offers]
    return [max(0, least - used[one.id]) for one, least in zip(offers, most, strict=True)]


def _grid(needed: float, allowed: int) -> tuple[float, ...]:
    """Evenly spaced budgets up to what is needed, with what is allowed among them if less."""
    if needed <= 0:
        return (0.0,)
    if not 0 < allowed < needed:
        return tuple(needed * step / STEPS for step in range(STEPS + 1))
    parts = max(1, int(STEPS * allowed / needed))
    steps = min(_MOST_STEPS, -int(-needed * parts // allowed))
    return tuple(allowed * step / parts for step in range(steps + 1))
