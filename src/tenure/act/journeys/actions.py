"""Plan what is due; withdraw what is no longer true."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import connection, transaction

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.act.care.rules import call_key_of_step, step_key
from tenure.act.journeys.due import Due, due_terms
from tenure.act.journeys.rules import ELDERLY_YEARS, ends_between, expiry, ways
from tenure.act.journeys.versions import Version, versions_in_use
from tenure.act.journeys.withdrawals import withdraw_moved, withdraw_over
from tenure.kernel.clock import today
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import run_statement, select_rows
from tenure.records.strategies.queries import current
from tenure.strategy.journeys import Journey, Step, ToDoKind
from tenure.strategy.sections import Strategy

_SQL = Path(__file__).parent / "sql"


@dataclass(slots=True)
class Planned:
    """What planning one day did. Everybody due is a message, a call, or excluded with a reason."""

    messages: int = 0
    calls: int = 0
    todos: int = 0
    withdrawn: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)

    @property
    def due(self) -> int:
        """How many (term, step) pairs were due."""
        return self.steps.total()

    def as_counts(self) -> Mapping[str, object]:
        """Plain numbers for a summary."""
        return {
            "due": self.due,
            "messages": self.messages,
            "calls": self.calls,
            "todos": self.todos,
            "withdrawn": self.withdrawn,
            "excluded": dict(sorted(self.excluded.items())),
        }


def plan_due(*, as_of: date, at: datetime, by: str = "loop") -> Planned:
    """Make a message or work for a person of every step that is due (JRN-01, TOP-02).

    Set at a time and repeatable: what the unique keys hold already is not planned again. A term
    in a journey keeps the version in which it began.
    """
    strategy = current().at(as_of)
    done = Planned()
    done.withdrawn = withdraw_moved(at=at, by=by) + withdraw_over(at=at, by=by)
    for version in versions_in_use(strategy):
        due = due_terms(version.journey, as_of=as_of)
        for step in version.journey.steps:
            if due[step.id].terms:
                _plan_step(version, step, due=due[step.id], run=_Run(as_of, at, by, done))
    return done


@dataclass(frozen=True, slots=True)
class _Run:
    as_of: date
    at: datetime
    by: str
    done: Planned


@transaction.atomic
def _plan_step(version: Version, step: Step, *, due: Due, run: _Run) -> None:
    """Sort the due terms of one step in the database, then write what follows for each."""
    journey, strategy = version.journey, version.strategy
    first, last = ends_between(step, as_of=run.as_of)
    on = today(strategy.business.zone, run.at)
    run_statement(_SQL / "create_due.sql", {})
    run_statement(_SQL / "empty_due.sql", {})
    found = ways(step, offers=strategy.offers, messages=strategy.messages)
    run_statement(
        _SQL / "sort_due.sql",
        {
            "terms": json.dumps(due.terms),
            "journey": journey.id,
            "step": step.id,
            "version": journey.version,
            "current_version": version.current,
            "ends_from": first,
            "ends_until": last,
            "key": f"{journey.id}:{step.id}:",
            "call_key": call_key_of_step(journey.id, step=step.id),
            "decides": step.decides,
            "ways": json.dumps([asdict(way) for way in found]),
            "elderly_born_until": on.year - ELDERLY_YEARS,
            "held_out_below": strategy.experiments.holdout_below,
        },
    )
    named = {"journey": journey.id, "step": step.id, "version": journey.version, "at": run.at}
    run_statement(_SQL / "enrol.sql", {**named, "strategy_hash": strategy.hash})
    expiries = json.dumps(_expiries(step, first=first, last=last, strategy=strategy))
    planned = run_statement(
        _SQL / "plan_messages.sql",
        {**named, "key": f"{journey.id}:{step.id}:", "expiries": expiries},
    )
    desk = Desk(strategy, on, run.at, run.by)
    calls = open_todos(_calls(journey, step), desk=desk)
    beside = open_todos(_beside(journey, step, due=due), desk=desk)
    _count(step, run=run, planned=planned, calls=calls, beside=beside)


def _expiries(step: Step, *, first: date, last: date, strategy: Strategy) -> list[dict[str, str]]:
    """For each end of a term inside the step's window, until when the message may be sent."""
    adapt = connection.ops.adapt_datetimefield_value
    ends = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return [
        {
            "ends_on": end.isoformat(),
            "expires_at": str(adapt(expiry(step, ends_on=end, zone=strategy.business.zone))),
        }
        for end in ends
    ]


def _calls(journey: Journey, step: Step) -> Iterator[Wanted]:
    """The terms whose step is told by telephone."""
    for term, account, template, decision, owner in select_rows(_SQL / "calls_due.sql", {}):
        yield Wanted(
            ToDoKind.CALL,
            account_id=account,
            term_id=term,
            once_key=step_key(ToDoKind.CALL, journey=journey.id, step=step.id, term_id=term),
            owner_name=owner,
            template=template or "",
            decision_id=decision,
        )


def _beside(journey: Journey, step: Step, *, due: Due) -> Iterator[Wanted]:
    """The work that the step opens for a person beside its message (JRN-02)."""
    if step.todo is None or not due.with_todo:
        return
    rows = select_rows(_SQL / "todos_due.sql", {"terms": json.dumps(due.with_todo)})
    for term, account, _template, decision, owner in rows:
        yield Wanted(
            step.todo,
            account_id=account,
            term_id=term,
            once_key=step_key(step.todo, journey=journey.id, step=step.id, term_id=term),
            owner_name=owner,
            template=step.message,
            decision_id=decision,
        )


def _count(step: Step, *, run: _Run, planned: int, calls: int, beside: int) -> None:
    done, content = run.done, Counter[str]()
    for outcome, reason, number in select_rows(_SQL / "count_due.sql", {}):
        done.steps[step.id] += number
        content[reason or outcome] = number
        if outcome == "excluded":
            done.excluded[reason] += number
    done.messages += planned
    done.calls += calls
    done.todos += calls + beside
    if planned + calls + beside:
        fact = Fact("journey.planned", on=run.as_of, content={"step": step.id, **content})
        append(fact, at=run.at, by=run.by)
