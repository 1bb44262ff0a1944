"""What a day did, read back from what is stored.

Numbers are read back and never added up while working, so a run that was killed and begun again
tells the same as one that was not.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from tenure.decide.decisions.models import Decision
from tenure.kernel.clock import today
from tenure.kernel.periods import day_number
from tenure.records.experiments.models import Assignment
from tenure.records.experiments.rules import HOLDOUT, TREATED
from tenure.records.jobs.models import Fill, Run, StoredFile
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current

type Counts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The loop for one day: what each stage did, and how long it took in seconds."""

    as_of: date
    counts: Mapping[str, Counts]
    seconds: Mapping[str, float]
    was_done: bool = False

    @classmethod
    def of(cls, run: Run, *, was_done: bool = False) -> "RunSummary":
        """The summary of a stored run."""
        counts = {
            stage: {name: value for name, value in found.items() if name != "seconds"}
            for stage, found in run.stages.items()
        }
        seconds = {stage: found["seconds"] for stage, found in run.stages.items()}
        return cls(run.as_of, counts, seconds, was_done)

    def as_json(self) -> dict[str, Any]:
        """One object: a key for each stage, and `seconds` per stage."""
        return {
            "as_of": self.as_of.isoformat(),
            **self.counts,
            "seconds": dict(self.seconds),
            "was_done": self.was_done,
        }


def observed(as_of: date, at: datetime) -> Counts:
    """Events of the day, and terms that its end closed."""
    events = StoredFile.objects.filter(
        table="events", day=day_number(as_of), replaced_at__isnull=True
    )
    kinds = _entries(as_of, "term.overdue", "term.lapsed", "term.cancelled")
    return {
        "events": events.values_list("row_count", flat=True).first() or 0,
        "overdue": kinds["term.overdue"],
        "lapsed": kinds["term.lapsed"],
        "cancelled": kinds["term.cancelled"],
    }


def understood(as_of: date, at: datetime) -> Counts:
    """Live terms with features and with a risk, and the signals that follow from them."""
    rows = dict(Fill.objects.filter(day=day_number(as_of)).values_list("entry", "row_count"))
    kinds = ("tag.entered", "tag.left", "health.fell", "health.recovered", "risk.rose")
    found = _entries(as_of, *kinds)
    return {
        "live": rows.get("features", 0),
        "scored": rows.get("risks", 0),
        **{kind.replace(".", "_"): found[kind] for kind in kinds},
    }


def decided(as_of: date, at: datetime) -> Counts:
    """Choices of the day, those that withheld something, and why."""
    made = Decision.objects.filter(as_of=as_of)
    outcomes = dict(made.values_list("outcome").annotate(Count("pk")))
    actions = made.filter(outcome=Decision.Outcome.CHOSEN).values_list("action")
    waiting = outcomes.get(Decision.Outcome.WAITING, 0)
    return {
        **({"waiting": waiting} if waiting else {}),
        "chosen": outcomes.get(Decision.Outcome.CHOSEN, 0),
        "withheld": outcomes.get(Decision.Outcome.WITHHELD, 0),
        "actions": dict(sorted(actions.annotate(Count("pk")))),
    }


def acted(as_of: date, at: datetime) -> Counts:
    """Messages and work planned for the day, and what became of messages on the day of the run."""
    planned: Counter[str] = Counter()
    entries = Entry.objects.filter(kind="journey.planned", on=as_of)
    for content in entries.values_list("content", flat=True):
        planned.update({name: content[name] for name in ("messages", "calls")})
    kinds = ("message.sent", "message.suppressed", "message.failed", "message.expired")
    found = _entries(today(current().business.zone, at), "todo.opened", *kinds)
    return {
        "messages": planned["messages"],
        "calls": planned["calls"],
        "todos": found["todo.opened"],
        **{kind.removeprefix("message."): found[kind] for kind in kinds},
    }


def proved(as_of: date, at: datetime) -> Counts:
    """Terms under comparison so far: treated, and held out for good."""
    assigned = Assignment.objects.filter(experiment__key=HOLDOUT, assigned_on__lte=as_of)
    arms = dict(assigned.values_list("arm").annotate(Count("pk")))
    return {"treated": arms.get(TREATED, 0), "holdout": arms.get(HOLDOUT, 0)}


def _entries(on: date, *kinds: str) -> Counter[str]:
    """Journal kind → entries of a day."""
    found = Entry.objects.filter(kind__in=kinds, on=on).values_list("kind")
    return Counter(dict(found.annotate(Count("pk"))))


READERS: Mapping[str, Callable[[date, datetime], Counts]] = {
    "observe": observed,
    "understand": understood,
    "decide": decided,
    "act": acted,
    "prove": proved,
}
