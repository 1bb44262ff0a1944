"""One day's choices looked at together: which rule refused what, and what each budget brings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np

from tenure.decide.decisions.budget import budget_of
from tenure.decide.decisions.evaluation import SPEAKS, ordered_offers
from tenure.decide.decisions.models import Choosing, Decision
from tenure.decide.decisions.reasons import lines_of, sentence_of_reason, shown
from tenure.decide.decisions.rules import NOT_PROVEN, NOT_WORTH_IT
from tenure.decide.optimiser.frontier import Frontier, frontier
from tenure.decide.optimiser.menu import Menu
from tenure.kernel.buckets import bucket
from tenure.kernel.failures import Sentence
from tenure.records.strategies.queries import by_hash
from tenure.strategy.guard_lines import lines
from tenure.strategy.offers import Offer
from tenure.strategy.sections import Strategy

# A day with more choices is told by its sums only: a page must not read them one by one.
MOST_ROWS: Final = 20_000
STEPS: Final = 10
_MOST_STEPS: Final = 24
_TICKETS: Final = 2**40
_READ: Final = (
    "pk", "account_id", "account__name", "term_id", "action", "kind", "outcome", "reason",
    "explored", "propensity", "p_without", "currency", "margin_minor", "cost_minor",
    "alternatives", "strategy_hash",
)  # fmt: skip

type Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bite:
    """One line and what it refused: offers, the terms they were for, and those left alone by it.

    `example` is the sentence of the first refusal with its values, None where nothing was
    refused; `limit` is where the line stands, None where it has no number.
    """

    code: str
    is_guardrail: bool
    limit: Sentence | None
    example: Sentence | None
    offers: int
    terms: int
    left_alone: int
    actions: tuple[tuple[Sentence, int], ...]


@dataclass(frozen=True, slots=True)
class Worth:
    """What each budget of a day would have brought, over the terms that the plan chose for.

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


@dataclass(frozen=True, slots=True)
class Day:
    """The choices of one day, and the strategy that made the last of them.

    `capacities` are how often each limited action could be chosen when the day's choosing began:
    by what people manage in a day, and by what was in stock.
    """

    rows: Sequence[Row]
    strategy: Strategy
    as_of: date
    capacities: Mapping[str, float] = field(default_factory=dict)


def day_of(as_of: date, *, chosen: Sequence[Choosing], strategy: Strategy) -> Day | None:
    """The choices of a day in one query; None where they are too many to read one by one."""
    found = Decision.objects.filter(as_of=as_of).order_by("pk").values(*_READ)
    rows = list(found[: MOST_ROWS + 1])
    if len(rows) > MOST_ROWS:
        return None
    decided = by_hash(rows[-1]["strategy_hash"]).at(as_of) if rows else strategy
    return Day(rows, decided, as_of, chosen[0].capacities if chosen else {})


@dataclass(slots=True)
class _Tally:
    """What one line refused so far."""

    actions: Counter[str] = field(default_factory=Counter)
    terms: set[int] = field(default_factory=set)
    left_alone: int = 0
    example: Sentence | None = None


def bites(day: Day) -> list[Bite]:
    """Every guardrail, and every other line that refused something, the most active first."""
    tallies: dict[str, _Tally] = {}
    for row in day.rows:
        strategy = by_hash(row["strategy_hash"]).at(day.as_of)
        for one in row["alternatives"]:
            if one.get("eligible", True) or not one.get("refused_by"):
                continue
            tally = tallies.setdefault(one["refused_by"], _Tally())
            tally.actions[one["action"]] += 1
            tally.terms.add(row["term_id"])
            tally.example = tally.example or sentence_of_reason(
                one["refused_by"],
                strategy=strategy,
                action=one["action"],
                value=one.get("refused_value"),
            )
        if row["outcome"] == Decision.Outcome.WITHHELD and row["reason"] in tallies:
            tallies[row["reason"]].left_alone += 1
    guards = {line.code for line in lines(day.strategy.guardrails)}
    every = [_bite(code, tallies.get(code, _Tally()), day) for code in {*guards, *tallies}]
    return sorted(every, key=lambda one: (-one.offers, not one.is_guardrail, one.code))


def _bite(code: str, tally: _Tally, day: Day) -> Bite:
    known, offers = lines_of(day.strategy).get(code), day.strategy.offers
    currency, limit = day.strategy.business.currency, None
    if known is not None and known.limit is not None:
        limit = shown(known.limit, kind=known.kind, currency=currency)
    named = [
        (offers[action].name if action in offers else Sentence(zh=action, en=action), count)
        for action, count in tally.actions.most_common()
    ]
    return Bite(
        code=code,
        is_guardrail=code in {line.code for line in lines(day.strategy.guardrails)},
        limit=limit,
        example=tally.example,
        offers=tally.actions.total(),
        terms=len(tally.terms),
        left_alone=tally.left_alone,
        actions=tuple(named),
    )


def worth_of(day: Day) -> Worth | None:
    """The frontier of a day from its stored alternatives; None where no term can be weighed.

    Those whom chance chose for are not part of it: what they cost is taken off the budget before.
    """
    planned = [row for row in day.rows if not row["explored"]]
    weighed = [row for row in planned if _is_weighed(row, day.strategy)]
    if not weighed:
        return None
    explored = sum(_cost(row) for row in day.rows if row["explored"])
    allowed = max(0, _allowed(day) - explored)
    menu = _menu(weighed, day, allowed=allowed)
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


def _menu(rows: Sequence[Row], day: Day, *, allowed: int) -> Menu:
    """The knapsack of these terms: the budget first, then each limited capacity."""
    offers = ordered_offers(day.strategy)
    place = {one.id: number for number, one in enumerate(offers)}
    scarce = [
        number
        for number, one in enumerate(offers)
        if one.capacity_per_day is not None or one.id in day.capacities
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
    limits = np.array([allowed, *_capacities([offers[one] for one in scarce], day)], dtype=float)
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


def _capacities(offers: Sequence[Offer], day: Day) -> list[int]:
    """What those whom chance chose for leave of each capacity and each stock."""
    used = Counter(row["action"] for row in day.rows if row["explored"])
    most = [int(day.capacities.get(one.id, one.capacity_per_day or 0)) for one in offers]
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
