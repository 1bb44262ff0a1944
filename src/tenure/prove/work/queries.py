"""What became of customers for whom an alarm asked for a person, against those held out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Count, F, Q

from tenure.prove.statistics.groups import Difference, difference, yes_or_no
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.states import TermState
from tenure.records.success.models import ToDo
from tenure.strategy.journeys import ToDoKind

#: Below so many customers whose term is over on either side nothing is said of a difference.
LEAST: Final = 50
#: Work is opened at once for whoever ends this soon after the alarm.
NEAR: Final = timedelta(days=30)
BACK: Final = timedelta(days=730)
#: An alarm asks for this work; it rings for the holdout, too, whom nobody works on.
ALARMS: Final = {"health.fell": ToDoKind.HEALTH, "risk.rose": ToDoKind.HEALTH}
_OVER: Final = (TermState.RENEWED, TermState.LAPSED, TermState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Side:
    """Customers whose term is over, and those of them who renewed every one."""

    customers: int
    renewed: int

    @property
    def share(self) -> float | None:
        return self.renewed / self.customers if self.customers else None


@dataclass(frozen=True, slots=True)
class Became:
    """One alarm: who was to be worked on, who was held out, and the difference where it is known.

    Whoever the alarm rang for is compared, done or not: whom a person reaches is no chance, whom
    the lot held out is.
    """

    alarm: str
    worked: Side
    held_out: Side

    @property
    def missing(self) -> int:
        """How many more customers the smaller side needs before anything is said."""
        return max(0, LEAST - min(self.worked.customers, self.held_out.customers))

    @property
    def difference(self) -> Difference | None:
        """Renewals of those worked on minus those held out; None where they are too few."""
        if self.missing:
            return None
        sides = (self.worked, self.held_out)
        treated, control = (yes_or_no(one.customers, yes=one.renewed) for one in sides)
        return difference(treated, control)


@dataclass(frozen=True, slots=True)
class Done:
    """One kind of work: opened, done, and what became of the terms of what was done."""

    kind: str
    opened: int
    done: int
    over: int
    renewed: int


def became(*, as_of: date, held_out_below: int) -> list[Became]:
    """Each alarm of the last two years, by one question."""
    rang = Entry.objects.filter(
        kind__in=ALARMS,
        on__gt=as_of - BACK,
        on__lte=as_of,
        term__state__in=_OVER,
        term__ends_on__lte=F("on") + NEAR,
    )
    held = Q(account__holdout_bucket__lt=held_out_below)
    lost = ~Q(term__state=TermState.RENEWED)
    counted = {
        row["kind"]: row
        for row in rang.values("kind").annotate(
            held=Count("account", distinct=True, filter=held),
            held_lost=Count("account", distinct=True, filter=held & lost),
            worked=Count("account", distinct=True, filter=~held),
            worked_lost=Count("account", distinct=True, filter=~held & lost),
        )
    }
    nobody = {"held": 0, "held_lost": 0, "worked": 0, "worked_lost": 0}
    return [
        Became(
            alarm,
            Side(row["worked"], row["worked"] - row["worked_lost"]),
            Side(row["held"], row["held"] - row["held_lost"]),
        )
        for alarm in ALARMS
        for row in [counted.get(alarm, nobody)]
    ]


def done_by_kind(*, as_of: date) -> list[Done]:
    """Each kind of work opened in the last two years, by one question; nothing is compared."""
    opened = ToDo.objects.filter(opened_at__date__gt=as_of - BACK)
    done = Q(state=ToDo.State.DONE)
    rows = opened.values("kind").annotate(
        opened=Count("pk"),
        done=Count("pk", filter=done),
        over=Count("pk", filter=done & Q(term__state__in=_OVER)),
        renewed=Count("pk", filter=done & Q(term__state=TermState.RENEWED)),
    )
    return [
        Done(row["kind"], row["opened"], row["done"], row["over"], row["renewed"])
        for row in rows.order_by("kind")
    ]
