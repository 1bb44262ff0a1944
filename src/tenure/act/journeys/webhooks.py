"""Steps that tell other programs: signed and repeated as every webhook, once for each term."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched
from pathlib import Path

from django.db.models import Exists, OuterRef, Q

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.act.care.rules import step_key
from tenure.act.journeys.rules import told_key
from tenure.act.journeys.versions import journey_of
from tenure.act.webhooks.rules import EVENTS
from tenure.records.journal.actions import Fact, append_many
from tenure.records.journal.models import Entry
from tenure.records.rows import select_rows
from tenure.records.webhooks.models import WebhookDelivery
from tenure.records.webhooks.queries import endpoints
from tenure.records.webhooks.rules import wants
from tenure.records.webhooks.states import DeliveryState
from tenure.strategy.journeys import Journey, OnFailure, Step, ToDoKind

_SQL = Path(__file__).parent / "sql"
TOLD = "journey.told"
# Attempts go on for days; what was given up longer ago was looked at by every round since.
LOOK_BACK = timedelta(days=30)
BATCH_SIZE = 500


def is_heard() -> bool:
    """Whether some program wants to be told of steps."""
    return any(wants(one.kinds, EVENTS[TOLD]) for one in endpoints(with_closed=False))


def tell_due(journey: Journey, step: Step, *, on: date, at: datetime, by: str) -> int:
    """Write the steps that were sorted last into the journal, which other programs are told from.

    Returns:
        How many were new.
    """
    if not step.webhook:
        return 0
    facts = (
        Fact(
            TOLD,
            on=on,
            account_id=account,
            term_id=term,
            content={
                "journey": journey.id,
                "version": journey.version,
                "step": step.id,
                "name": step.webhook,
                "ends_on": str(ends_on),
            },
            once_key=f"{told_key(journey.id, step=step.id)}{term}",
        )
        for term, account, ends_on in select_rows(_SQL / "webhooks_due.sql", {})
    )
    return append_many(facts, at=at, by=by)


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of the tellings of one step."""

    waiting: int = 0
    taken: int = 0
    lost: int = 0


def heard(journey: str, *, step: str) -> Heard:
    """How many tellings of a step were taken by some program, wait, or were given up by all."""
    plain = told_key(journey, step=step)
    # What was told in one year, or of one entry, names it behind an @.
    named = told_key(journey, step=f"{step}@").removesuffix(":")
    keys = Q(once_key__startswith=plain) | Q(once_key__startswith=named)
    told = Entry.objects.filter(keys, kind=TOLD)
    rows = told.annotate(
        taken=_some(DeliveryState.DELIVERED), waits=_some(DeliveryState.WAITING),
        lost=_some(DeliveryState.GIVEN_UP),
    )  # fmt: skip
    taken = rows.filter(taken=True).count()
    lost = rows.filter(taken=False, waits=False, lost=True).count()
    return Heard(told.count() - taken - lost, taken, lost)


def follow_untold(desk: Desk) -> int:
    """The failure edge: where every program gave a step up a person calls, if it says so."""
    given_up = Entry.objects.filter(
        kind=TOLD, at__gt=desk.at - LOOK_BACK, term__state="running"
    ).annotate(
        taken=_some(DeliveryState.DELIVERED), waits=_some(DeliveryState.WAITING),
        lost=_some(DeliveryState.GIVEN_UP),
    )  # fmt: skip
    found = given_up.filter(taken=False, waits=False, lost=True).order_by("pk")
    return sum(
        open_todos(_wanted(batch, desk=desk), desk=desk)
        for batch in batched(found.iterator(BATCH_SIZE), BATCH_SIZE)
    )


def _some(state: DeliveryState) -> Exists:
    return Exists(WebhookDelivery.objects.filter(entry=OuterRef("pk"), state=state))


def _wanted(batch: Sequence[Entry], *, desk: Desk) -> Iterator[Wanted]:
    journeys = _journeys(batch, desk=desk)
    for entry in batch:
        name, step = entry.content["journey"], entry.content["step"]
        journey = journeys[name, entry.content["version"]]
        if journey is None or entry.account_id is None or entry.term_id is None:
            continue
        if journey.step(step).on_failure is OnFailure.CALL:
            key = step_key(ToDoKind.CALL, journey=name, step=step, term_id=entry.term_id)
            yield Wanted(ToDoKind.CALL, entry.account_id, entry.term_id, key)


def _journeys(batch: Iterable[Entry], *, desk: Desk) -> dict[tuple[str, str], Journey | None]:
    named: Collection[tuple[str, str]] = {
        (one.content["journey"], one.content["version"]) for one in batch
    }
    return {key: journey_of(desk.strategy, key[0], version=key[1]) for key in named}
