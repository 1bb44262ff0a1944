"""How a journey stands: who is in it, what each step sent or held back, and in which version."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Count, Min, Q

from tenure.act.care.rules import call_key_of_step
from tenure.act.journeys.exits import reached
from tenure.act.journeys.forks import passed
from tenure.act.journeys.models import Enrolment
from tenure.act.journeys.webhooks import heard
from tenure.kernel.clock import today
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.strategies.models import Revision
from tenure.records.subscriptions.states import TermState
from tenure.records.success.models import ToDo
from tenure.strategy.journeys import Clock, Journey
from tenure.strategy.rules import NEVER

_IN_FLIGHT = (TermState.RUNNING, TermState.CANCELLING)
_UNDER_WAY = Q(term__state__in=_IN_FLIGHT, left_at__isnull=True)
_GONE = (MessageState.SENT, MessageState.DELIVERED, MessageState.READ)


@dataclass(slots=True)
class StepStanding:
    """What became of the messages of one step, over all terms."""

    waiting: int = 0
    sent: int = 0
    failed: int = 0
    calls: int = 0
    held: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)

    @property
    def held_back(self) -> int:
        return self.held.total()


@dataclass(frozen=True, slots=True)
class VersionStanding:
    """One version of a journey: since when terms keep it, and how many are under way in it."""

    version: str
    in_flight: int
    terms: int
    first_at: datetime | None
    applied_on: date | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class JourneyStanding:
    """One journey as it stands."""

    in_flight: int
    ended: Mapping[str, int]  # state of the term → terms that left the journey
    steps: Mapping[str, StepStanding]
    versions: Sequence[VersionStanding]
    passed: Mapping[str, Mapping[str, int]]  # lot → branch → terms that went that way
    reached: int  # terms that reached the goal; without one of its own, renewing is the goal


def in_flight(journeys: Collection[Journey], *, on: date) -> Mapping[str, int]:
    """Journey → terms that are under way in it; plays count by themselves."""
    gone = Q(pk__in=())
    for one in journeys:
        if one.clock is Clock.ENTRY:
            gone |= Q(journey=one.id, entry__lte=_over(one, on=on))
    under_way = Enrolment.objects.filter(_UNDER_WAY).exclude(gone).values("journey")
    return dict(under_way.annotate(n=Count("pk")).values_list("journey", "n"))


def _over(journey: Journey, *, on: date) -> str:
    """Whoever entered by this day has the last window of the journey behind them."""
    return str(on - timedelta(days=max(one.valid_days - one.days_before for one in journey.steps)))


def standing_of(journey: Journey, *, zone: str, on: date) -> JourneyStanding:
    """Everything that the page of a journey counts: a handful of queries."""
    kept = Enrolment.objects.filter(journey=journey.id)
    states = Counter[str](dict(kept.values_list("term__state").annotate(n=Count("pk"))))
    versions = _versions(journey, zone=zone, on=on)
    return JourneyStanding(
        in_flight=sum(one.in_flight for one in versions),
        ended={state: n for state, n in states.items() if state not in _IN_FLIGHT},
        steps=_steps(journey),
        versions=versions,
        passed={fork.id: passed(journey.id, fork) for fork in journey.forks if fork.is_by_lot},
        reached=states[TermState.RENEWED] if journey.goal == NEVER else reached(journey.id),
    )


def _steps(journey: Journey) -> Mapping[str, StepStanding]:
    found = {step.id: StepStanding() for step in journey.steps}
    rows = Message.objects.filter(journey=journey.id).exclude(send_key__contains="~")
    columns = ("step", "state", "reason", "channel")
    for step, state, reason, channel, n in (
        rows.values(*columns).annotate(n=Count("pk")).values_list(*columns, "n")
    ):
        one = found.setdefault(step.partition("@")[0], StepStanding())
        if state in _GONE:
            one.sent += n
            one.channels[channel] += n
        elif state == MessageState.FAILED:
            one.failed += n
        elif state in (MessageState.SUPPRESSED, MessageState.EXPIRED):
            one.held[reason] += n
        else:
            one.waiting += n
    for step in journey.steps:
        if step.webhook:
            told = heard(journey.id, step=step.id)
            one = found[step.id]
            one.waiting, one.sent, one.failed = told.waiting, told.taken, told.lost
    for step_id, calls in _calls(journey, found).items():
        found[step_id].calls = calls
    return found


def _calls(journey: Journey, steps: Iterable[str]) -> Mapping[str, int]:
    """Step → how many calls it opened: one query however many steps."""
    called: dict[str, Q] = {}
    for step in steps:
        key = call_key_of_step(journey.id, step=step)
        named = call_key_of_step(journey.id, step=f"{step}@").removesuffix(":")
        called[step] = Q(once_key__startswith=key) | Q(once_key__startswith=named)
    each = {f"of_{place}": Count("pk", filter=one) for place, one in enumerate(called.values())}
    counted = ToDo.objects.filter(reduce(or_, called.values())).aggregate(**each)
    return {step: counted[f"of_{place}"] for place, step in enumerate(called)}


def _versions(journey: Journey, *, zone: str, on: date) -> list[VersionStanding]:
    kept = Enrolment.objects.filter(journey=journey.id)
    flying = kept.filter(_UNDER_WAY)
    if journey.clock is Clock.ENTRY:
        flying = flying.filter(entry__gt=_over(journey, on=on))
    under_way = dict(flying.values_list("version").annotate(n=Count("pk")))
    rows = kept.values("version").annotate(
        n=Count("pk"), first=Min("enrolled_at"), content=Min("strategy_hash")
    )
    applied = {
        content: today(zone, at)
        for content, at in Revision.objects.order_by("-applied_at").values_list(
            "content_hash", "applied_at"
        )
    }
    found = [
        VersionStanding(
            version=row["version"],
            in_flight=under_way.get(row["version"], 0),
            terms=row["n"],
            first_at=row["first"],
            applied_on=applied.get(row["content"]),
            is_current=row["version"] == journey.version,
        )
        for row in rows.order_by("-first")
    ]
    if not any(one.is_current for one in found):
        found.insert(0, VersionStanding(journey.version, 0, 0, None, None, is_current=True))
    return found
