"""A call by a person for whoever is likely to go and worth much (PRD-04)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.act.care.rules import due_on
from tenure.decide.decisions.models import Decision
from tenure.decide.proposals.whom import fields_of
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.records.stores.queries import of_stores
from tenure.records.strategies.queries import business_day, current
from tenure.records.subscriptions.models import Term
from tenure.records.success.models import ToDo
from tenure.strategy.journeys import ToDoKind
from tenure.strategy.offers import OfferKind
from tenure.strategy.sections import Strategy
from tenure.understand.entitlements.reading import held
from tenure.understand.segments.population import NothingFilled

_KEY = "routing:"
_MOST_TAUGHT = 3
# Of those worth most, so many are looked at on one day.
_MOST_READ = 5_000
_WHY = Sentence(
    zh="高风险且高价值：不续费概率 {percent}%，年价 {value}",
    en="high risk and high value: {percent} % not to renew, {value} a year",
)
_TEACH = Sentence(
    zh="{why}；建议培训（套餐含有、30 天没有用过）：{names}",
    en="{why}; train them in what their plan has and 30 days saw no use of: {names}",
)


def route_due(*, as_of: date, at: datetime, by: str = "loop") -> dict[str, int]:
    """Open a call for each term in which risk and value are both high; a second run opens none.

    Whoever is called anyway, was called for this term, or is held out is left alone.

    Returns:
        `calls`: how many were opened.
    """
    strategy = current().at(as_of)
    routing = strategy.routing
    fields = None if routing is None else fields_of(as_of, routing=routing)
    if routing is None or fields is None:
        return {"calls": 0}
    on = business_day(at)
    opened = ToDo.objects.filter(
        once_key__startswith=_KEY,
        due_on=due_on(ToDoKind.CALL, opened_on=on, hours=strategy.business.hours()),
    )
    room = routing.calls_per_day - opened.count()
    rows = fields.for_people.slice(0, _MOST_READ).to_pylist()
    free = _free([row["term_id"] for row in rows], strategy=strategy)
    chosen = [row for row in rows if row["term_id"] in free][: max(room, 0)]
    wanted = _taught(list(_wanted(chosen, strategy=strategy)), strategy=strategy, as_of=as_of)
    return {"calls": open_todos(wanted, desk=Desk(strategy.at(on), on, at, by))}


def _free(term_ids: Collection[int], *, strategy: Strategy) -> set[int]:
    """The running terms whom nobody holds out, and nobody calls or called for this term."""
    calls = ToDo.objects.filter(term=OuterRef("pk"), kind=ToDoKind.CALL)
    decided = Decision.objects.filter(term=OuterRef("pk"), kind=OfferKind.CALL)
    terms = Term.objects.filter(
        ~Exists(calls),
        ~Exists(decided),
        pk__in=term_ids,
        state="running",
        account__holdout_bucket__gte=strategy.experiments.holdout_below,
    )
    free = set(terms.values_list("pk", flat=True))
    return free - of_stores(free)


def _wanted(rows: Sequence[Mapping[str, Any]], *, strategy: Strategy) -> Iterator[Wanted]:
    currency = strategy.business.currency
    for row in rows:
        value = Money(int(row["value_minor"]), currency)
        yield Wanted(
            ToDoKind.CALL,
            account_id=row["account_id"],
            term_id=row["term_id"],
            once_key=f"{_KEY}{row['term_id']}",
            why=_WHY.fill(percent=f"{row['p_lapse'] * 100:.0f}", value=value),
        )


def _taught(wanted: Sequence[Wanted], *, strategy: Strategy, as_of: date) -> list[Wanted]:
    """The same, with what each should be trained in: what the plan has and they do not use."""
    if not wanted:
        return []
    try:
        read = held(strategy=strategy, as_of=as_of, terms={one.term_id for one in wanted})
    except NothingFilled:
        return list(wanted)
    idle: dict[int, list[Sentence]] = {}
    for row in read.table.to_pylist():
        if row["code"] in read.measured and row["uses"] == 0:
            name = read.by_plan[row["plan_code"], row["code"]]
            idle.setdefault(row["term_id"], []).append(name)
    return [_with_training(one, idle.get(one.term_id, [])) for one in wanted]


def _with_training(one: Wanted, names: Sequence[Sentence]) -> Wanted:
    if not names or one.why is None:
        return one
    return replace(one, why=_TEACH.fill(why=one.why, names=list(names[:_MOST_TAUGHT])))
