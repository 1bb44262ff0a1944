"""Everything that the page of the day is drawn from: nine queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from tenure.decide.decisions.budget import BudgetUse, budget_on
from tenure.decide.decisions.queries import (
    Capacity,
    Made,
    capacities,
    made_on,
)
from tenure.kernel.failures import Sentence
from tenure.prove.readouts.models import Readout
from tenure.prove.readouts.queries import latest
from tenure.records.experiments.rules import HOLDOUT, TREATED
from tenure.records.service.models import Line
from tenure.records.service.queries import open_incidents
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE, TermState
from tenure.records.success.models import ToDo
from tenure.records.success.states import ToDoState
from tenure.strategy.sections import Strategy
from tenure.understand.churn.models import Estimator
from tenure.understand.churn.peers import risks_of_terms
from tenure.understand.churn.queries import champions
from tenure.understand.forecast.models import ForecastWeek
from tenure.understand.forecast.queries import weeks
from tenure.understand.metrics.queries import Reading, headline

PEOPLE_SHOWN: Final = 8
MOST_EACH: Final = 4
SOON_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Ended:
    """Terms that ended on a day, and how they stand now."""

    due: int
    renewed: int
    asked_to_stop: int


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that is not repaired, how many lines it hits, and how many of them end soon."""

    title: Sentence
    severity: str
    started_at: datetime
    due_at: datetime | None
    is_late: bool
    lines: int
    ending_soon: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who needs a person: the to-do, with the risk of its term.

    `is_average`: no estimator is better than chance, so that of the plan stands in.
    """

    todo: ToDo
    is_average: bool
    band: int | None
    p_lapse: float | None

    @property
    def reason(self) -> Sentence | None:
        """The strongest reason, as it was stored."""
        first = next(iter(self.todo.reasons), None)
        return None if first is None else Sentence(zh=first["zh-Hans"], en=first["en"])


@dataclass(frozen=True, slots=True)
class Briefing:
    """One day of the business."""

    as_of: date
    metrics: Mapping[str, Reading]
    ended: Ended
    readout: Readout | None
    weeks: tuple[ForecastWeek, ...]
    made: Made
    budget: BudgetUse
    capacities: tuple[Capacity, ...]
    faults: tuple[Fault, ...]
    people: tuple[Person, ...]


def briefing(as_of: date, *, strategy: Strategy, at: datetime) -> Briefing:
    """Read the day that was finished last."""
    rules = strategy.at(as_of)
    made = made_on(as_of)
    return Briefing(
        as_of=as_of,
        metrics=headline(as_of=as_of),
        ended=_ended(as_of),
        readout=latest(HOLDOUT, TREATED, as_of=as_of),
        weeks=tuple(weeks(as_of=as_of)),
        made=made,
        budget=budget_on(as_of, guardrails=rules.guardrails),
        capacities=tuple(capacities(made.chosen, offers=rules.offers)),
        faults=_faults(as_of, at=at),
        people=_people(as_of),
    )


def _ended(as_of: date) -> Ended:
    mine = Q(ends_on=as_of)
    found = Term.objects.filter(mine | Q(cancel_asked_on=as_of)).aggregate(
        due=Count("pk", filter=mine),
        renewed=Count("pk", filter=mine & Q(state=TermState.RENEWED)),
        asked=Count("pk", filter=Q(cancel_asked_on=as_of)),
    )
    return Ended(found["due"], found["renewed"], found["asked"])


def _faults(as_of: date, *, at: datetime) -> tuple[Fault, ...]:
    """The worst first: the one that hits most lines."""
    behind = Line.objects.filter(node=OuterRef("node")).order_by().values("node")
    soon = behind.filter(
        subscription__in=Term.objects.filter(
            state__in=LIVE, ends_on__gt=as_of, ends_on__lte=as_of + timedelta(days=SOON_DAYS)
        ).values("subscription")
    )
    rows = open_incidents(at=at).annotate(
        lines=Coalesce(Subquery(behind.annotate(n=Count("pk")).values("n")), 0),
        ending_soon=Coalesce(
            Subquery(soon.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0
        ),
    )
    return tuple(
        Fault(
            Sentence(zh=one.title_zh, en=one.title_en),
            one.severity,
            one.started_at,
            one.due_at,
            one.due_at is not None and one.due_at < at,
            one.lines,
            one.ending_soon,
        )
        for one in rows.order_by("-lines", "started_at")
    )


def _people(as_of: date) -> tuple[Person, ...]:
    open_work = ToDo.objects.filter(state=ToDoState.OPEN).select_related(
        "account", "term__plan_version__plan"
    )
    first = F("expected_margin_minor").desc(nulls_last=True)
    estimator = Subquery(champions(as_of=as_of).values("kind")[:1])
    ordered = open_work.annotate(estimator=estimator).order_by(first, "due_on", "pk")
    found = list(ordered[: PEOPLE_SHOWN * MOST_EACH])
    serving = found[0].estimator if found else None
    # A customer with several pieces of work stands here once, with the first of them.
    by_account: dict[int, ToDo] = {}
    for one in found:
        by_account.setdefault(one.account_id, one)
    rows = list(by_account.values())[:PEOPLE_SHOWN]
    risks = risks_of_terms({one.term_id for one in rows}, on=as_of)
    return tuple(
        Person(one, serving == Estimator.Kind.BASE_RATE, *risks.get(one.term_id, (None, None)))
        for one in rows
    )
