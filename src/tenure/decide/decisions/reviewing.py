"""One day's choices looked at together: which rule refused what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Q

from tenure.decide.decisions.models import Choosing, Decision
from tenure.decide.decisions.reasons import lines_of, sentence_of_reason, shown
from tenure.kernel.failures import Sentence
from tenure.records.strategies.queries import by_hash
from tenure.strategy.guard_lines import lines
from tenure.strategy.sections import Strategy

# A day with more choices is told by its sums only: a page must not read them one by one.
MOST_ROWS: Final = 20_000
READ: Final = (
    "pk", "account_id", "account__name", "term_id", "action", "kind", "outcome", "reason",
    "explored", "propensity", "p_without", "as_of", "currency", "margin_minor", "cost_minor",
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
class Day:
    """The choices of one day, and the strategy that made the last of them.

    `capacities` are how often each limited action could be chosen when the day's choosing began:
    by what people manage in a day, and by what was in stock.
    """

    rows: Sequence[Row]
    strategy: Strategy
    as_of: date
    capacities: Mapping[str, float] = field(default_factory=dict)


def rows_of(days: Q) -> list[Row]:
    """The choices of some days in one query, the oldest first; at most one more than is read."""
    found = Decision.objects.filter(days).order_by("as_of", "pk").values(*READ)
    return list(found[: MOST_ROWS + 1])


def day_of(
    as_of: date,
    *,
    chosen: Sequence[Choosing],
    strategy: Strategy,
    rows: Sequence[Row] | None = None,
) -> Day | None:
    """The choices of a day; None where they are too many to read one by one.

    Args:
        rows: those of the day, where they were read already.
    """
    rows = rows_of(Q(as_of=as_of)) if rows is None else rows
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
