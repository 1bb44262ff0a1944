"""Plan one step for everybody for whom it is due: sorted in the database, written as a set."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.db import connection, transaction

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.act.care.rules import step_key
from tenure.act.journeys.due import Due
from tenure.act.journeys.forks import Draw, draw, record
from tenure.act.journeys.sorting import (
    SORTED,
    Opening,
    Sorting,
    ground_of,
    speaks_of_renewing,
    values_of,
)
from tenure.act.journeys.versions import Version
from tenure.act.journeys.webhooks import tell_due
from tenure.kernel.clock import today
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_selected, run_statement, select_rows
from tenure.records.stores.queries import of_stores
from tenure.strategy.journeys import Step, ToDoKind

_SQL = Path(__file__).parent / "sql"


@dataclass(slots=True)
class Planned:
    """What planning did.

    Everybody due is a message, a call, told to other programs, or excluded with a reason.
    """

    messages: int = 0
    calls: int = 0
    webhooks: int = 0
    todos: int = 0
    withdrawn: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)

    @property
    def due(self) -> int:
        """How many (term, step) pairs were due."""
        return self.steps.total()


@dataclass(frozen=True, slots=True)
class Occasion:
    """The day that is planned, the moment, and by whom."""

    as_of: date
    at: datetime
    by: str


@transaction.atomic
def plan_step(
    version: Version, step: Step, *, opening: Opening, occasion: Occasion, done: Planned
) -> None:
    """Write what follows for each term whose step is due and was not planned yet."""
    journey, strategy = version.journey, version.strategy
    on = today(strategy.business.zone, occasion.at)
    drawn = sort_due(version, step, opening=opening, on=on)
    named: dict[str, object] = {
        "journey": journey.id,
        "step": step.id,
        "version": journey.version,
        "at": occasion.at,
        "entry": opening.entry,
        "key": f"{journey.id}:{step.id}:",
    }
    run_statement(_SQL / "enrol.sql", {**named, "strategy_hash": strategy.hash})
    if drawn is not None:
        record(journey, drawn, at=occasion.at)
    expiries = json.dumps(_adapted(opening.expires))
    planned = run_statement(_SQL / "plan_messages.sql", {**named, "expiries": expiries})
    desk = Desk(strategy, on, occasion.at, occasion.by)
    calls = open_todos(_calls(version, step), desk=desk)
    beside = open_todos(_beside(version, step, due=opening.due), desk=desk)
    told = tell_due(journey, step, on=occasion.as_of, at=occasion.at, by=occasion.by)
    _count(step, done=done)
    done.messages += planned
    done.webhooks += told
    done.calls += calls
    done.todos += calls + beside
    if planned + calls + beside + told:
        content = {"journey": journey.id, "step": step.id, "messages": planned, "calls": calls}
        content["todos"] = calls + beside
        if told:
            content["webhooks"] = told
        fact = Fact("journey.planned", on=occasion.as_of, content=content)
        append(fact, at=occasion.at, by=occasion.by)


def sort_due(version: Version, step: Step, *, opening: Opening, on: date) -> Draw | None:
    """Say of each term what would become of it, in a table of this connection alone.

    Nothing that anybody else reads is written. Where a lot parts the ways, what it said is
    returned.
    """
    run_statement(_SQL / "create_due.sql", {})
    run_statement(_SQL / "empty_due.sql", {})
    drawn = draw(version.journey, step, terms=opening.due.terms)
    one = Sorting(version, step, opening, on, drawn)
    insert_selected(SORTED, values_of(one, ground=ground_of([one])), into="act_due")
    return drawn


def _adapted(expires: Mapping[date, datetime]) -> list[dict[str, str]]:
    adapt = connection.ops.adapt_datetimefield_value
    return [
        {"ends_on": ends_on.isoformat(), "expires_at": str(adapt(expires_at))}
        for ends_on, expires_at in expires.items()
    ]


def _calls(version: Version, step: Step) -> Iterator[Wanted]:
    """The terms whose step is told by telephone."""
    for row in select_rows(_SQL / "calls_due.sql", {}):
        yield _wanted(row, ToDoKind.CALL, version=version, step=step)


def _beside(version: Version, step: Step, *, due: Due) -> Iterator[Wanted]:
    """The work that the step opens for a person beside its message (JRN-02)."""
    if step.todo is None or not due.with_todo:
        return
    terms = due.with_todo
    if speaks_of_renewing(version.journey, step) and (sold := of_stores(terms)):
        terms = tuple(one for one in terms if one not in sold)
    for row in select_rows(_SQL / "todos_due.sql", {"terms": json.dumps(terms)}):
        yield _wanted(row, step.todo, version=version, step=step)


def _wanted(row: Sequence[object], kind: ToDoKind, *, version: Version, step: Step) -> Wanted:
    term_id, account_id, template, decision_id, owner_name = row
    assert isinstance(term_id, int), "the rows come from one query"
    assert isinstance(account_id, int), "the rows come from one query"
    return Wanted(
        kind,
        account_id=account_id,
        term_id=term_id,
        once_key=step_key(kind, journey=version.journey.id, step=step.id, term_id=term_id),
        owner_name=str(owner_name),
        template=str(template) if kind is ToDoKind.CALL and template else step.message,
        decision_id=decision_id if isinstance(decision_id, int) else None,
    )


def _count(step: Step, *, done: Planned) -> None:
    for outcome, reason, number in sorted_counts():
        done.steps[step.id] += number
        if outcome == "excluded":
            done.excluded[reason] += number


def sorted_counts() -> list[tuple[str, str, int]]:
    """Outcome (message, call, excluded), reason and number of terms of what was sorted last."""
    return [
        (str(outcome), str(reason), int(number))
        for outcome, reason, number in select_rows(_SQL / "count_due.sql", {})
    ]
