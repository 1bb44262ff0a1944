"""Open, rotate and close endpoints; queue facts for them; note what became of each attempt."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.records.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tenure.records.webhooks.rules import (
    DELIVERY,
    GONE,
    OVERLAP,
    Answered,
    DeliveryVerb,
    UnknownDelivery,
    UnknownEndpoint,
    is_beyond_patience,
    next_attempt,
)
from tenure.records.webhooks.states import DeliveryState

QUEUED = (
    "endpoint_id", "entry_id", "message_id", "kind", "body", "state", "next_at", "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """An endpoint that somebody wants: where, what for, and which kinds (none is all)."""

    public_id: str
    url: str
    kinds: Sequence[str] = ()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """One fact for one endpoint, with the exact text that will be sent."""

    endpoint_id: int
    entry_id: int
    message_id: str
    kind: str
    body: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one attempt brought, at which instant, and a number from 0 to 1 for its pause."""

    answered: Answered
    at: datetime
    chance: float = 0.0


@transaction.atomic
def open_endpoint(wish: Wish, *, on: date, at: datetime, by: str) -> WebhookEndpoint:
    """Let an address be told from now on."""
    found = WebhookEndpoint.objects.create(
        public_id=wish.public_id,
        url=wish.url,
        about=wish.about,
        kinds=list(wish.kinds),
        created_at=at,
    )
    _note("webhook.opened", found, on=on, at=at, by=by)
    return found


@transaction.atomic
def rotate(public_id: str, *, on: date, at: datetime, by: str) -> WebhookEndpoint:
    """Sign with a new secret; for a day the one before signs, too (R-E-013).

    Raises:
        UnknownEndpoint: it is not there, or closed.
    """
    found = _locked(public_id)
    found.generation += 1
    found.previous_until = at + OVERLAP
    found.save(update_fields=["generation", "previous_until"])
    _note("webhook.rotated", found, on=on, at=at, by=by)
    return found


@transaction.atomic
def close_endpoint(public_id: str, *, on: date, at: datetime, by: str) -> WebhookEndpoint:
    """Tell an address nothing more; what waits for it is given up.

    Raises:
        UnknownEndpoint: it is not there, or closed already.
    """
    found = _locked(public_id)
    _close(found, "operator", on=on, at=at, by=by)
    return found


def queue(tellings: Iterable[Telling], *, at: datetime) -> int:
    """Queue facts for endpoints, each once; how many were new."""
    rows = (
        (
            one.endpoint_id,
            one.entry_id,
            one.message_id,
            one.kind,
            one.body,
            DELIVERY.start,
            at,
            at,
        )
        for one in tellings
    )
    return insert_rows(WebhookDelivery, rows, columns=QUEUED)


@transaction.atomic
def claim(*, at: datetime, until: datetime, limit: int, per_endpoint: int) -> list[WebhookDelivery]:
    """Take deliveries that are due, oldest first, not more than so many of one endpoint.

    Each endpoint has its own places, so one that fails or lags holds up no other.
    """
    waiting = WebhookDelivery.objects.filter(state=DeliveryState.WAITING)
    under_way = Counter(waiting.filter(leased_until__gt=at).values_list("endpoint_id", flat=True))
    due = waiting.filter(next_at__lte=at).exclude(leased_until__gt=at).order_by("next_at", "pk")
    found: list[WebhookDelivery] = []
    for endpoint_id in sorted(set(due.order_by().values_list("endpoint_id", flat=True).distinct())):
        places = min(per_endpoint - under_way[endpoint_id], limit - len(found))
        rows = due.filter(endpoint_id=endpoint_id).select_related("endpoint")
        found += rows.select_for_update(skip_locked=True, of=("self",))[: max(0, places)]
    WebhookDelivery.objects.filter(pk__in=[one.pk for one in found]).update(leased_until=until)
    return found


@transaction.atomic
def note_answer(delivery_id: int, answer: Answer, *, on: date, by: str) -> WebhookDelivery:
    """Write down one attempt and what follows: taken, tried again later, or given up."""
    delivery = WebhookDelivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=delivery.endpoint_id)
    answered, at = answer.answered, answer.at
    WebhookAttempt.objects.create(
        delivery=delivery,
        at=at,
        http_status=answered.status,
        failure=answered.failure,
        answer=answered.answer,
        took_ms=answered.took_ms,
    )
    if delivery.state != DeliveryState.WAITING:
        return delivery
    attempts = delivery.attempts + 1
    this = WebhookDelivery.objects.filter(pk=delivery.pk)
    if answered.is_taken:
        done = {"attempts": attempts, "next_at": None, "settled_at": at}
        _move(this, DeliveryVerb.TAKE, **done)
        _set_failing(endpoint, None)
    else:
        _try_later(this, attempts, answer=answer)
        _set_failing(endpoint, endpoint.failing_since or at)
        if answered.status == GONE:
            _close(endpoint, "gone", on=on, at=at, by=by)
        elif is_beyond_patience(endpoint.failing_since, at=at):
            _close(endpoint, "failing", on=on, at=at, by=by)
    delivery.refresh_from_db()
    return delivery


@transaction.atomic
def resend(message_id: str, *, on: date, at: datetime, by: str) -> WebhookDelivery:
    """Send a settled delivery again, under its own id; one that waits is tried at once.

    Raises:
        UnknownDelivery: it is not there.
        UnknownEndpoint: its endpoint was closed.
    """
    delivery = WebhookDelivery.objects.select_for_update(of=("self",)).filter(message_id=message_id)
    found = delivery.select_related("endpoint").first()
    if found is None:
        raise UnknownDelivery(message_id=message_id)
    if found.endpoint.closed_at is not None:
        raise UnknownEndpoint(public_id=found.endpoint.public_id)
    this = WebhookDelivery.objects.filter(pk=found.pk)
    again = {"attempts": 0, "next_at": at, "settled_at": None}
    if not _move(this, DeliveryVerb.RESEND, **again):
        this.update(next_at=at, leased_until=None)
    found.refresh_from_db()
    _note("webhook.resent", found.endpoint, on=on, at=at, by=by)
    return found


def _try_later(this: QuerySet[WebhookDelivery], attempts: int, *, answer: Answer) -> None:
    next_at = next_attempt(attempts, at=answer.at, chance=answer.chance)
    if next_at is None:
        done = {"attempts": attempts, "next_at": None, "settled_at": answer.at}
        _move(this, DeliveryVerb.GIVE_UP, **done)
    else:
        this.update(attempts=attempts, next_at=next_at, leased_until=None)


def _move(deliveries: QuerySet[WebhookDelivery], verb: DeliveryVerb, **changes: Any) -> int:
    """Move those deliveries that the table lets do `verb`; how many moved."""
    moves = [(start, to) for (start, one), to in DELIVERY.moves.items() if one == verb]
    changes = {**changes, "leased_until": None}
    return sum(deliveries.filter(state=start).update(state=to, **changes) for start, to in moves)


def _set_failing(endpoint: WebhookEndpoint, since: datetime | None) -> None:
    if endpoint.failing_since != since:
        endpoint.failing_since = since
        endpoint.save(update_fields=["failing_since"])


def _close(endpoint: WebhookEndpoint, why: str, *, on: date, at: datetime, by: str) -> None:
    endpoint.closed_at, endpoint.closed_why = at, why
    endpoint.save(update_fields=["closed_at", "closed_why"])
    waiting = WebhookDelivery.objects.filter(endpoint=endpoint)
    _move(waiting, DeliveryVerb.GIVE_UP, next_at=None, settled_at=at)
    _note("webhook.closed", endpoint, on=on, at=at, by=by)


def _locked(public_id: str) -> WebhookEndpoint:
    found = (
        WebhookEndpoint.objects.select_for_update()
        .filter(public_id=public_id, closed_at=None)
        .first()
    )
    if found is None:
        raise UnknownEndpoint(public_id=public_id)
    return found


def _note(kind: str, endpoint: WebhookEndpoint, *, on: date, at: datetime, by: str) -> None:
    content = {"endpoint": endpoint.public_id, "url": endpoint.url, "why": endpoint.closed_why}
    append(Fact(kind, on=on, content=content), at=at, by=by)
