"""Queue what happened for those who want to hear it, and tell it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zlib import crc32

from django.conf import settings

from tenure.act.webhooks.guard import Guard
from tenure.act.webhooks.requests import SECONDS, Letter, Sender
from tenure.act.webhooks.rules import EVENTS, Happening, body_of, message_id_of
from tenure.act.webhooks.secrets import signing_secrets
from tenure.kernel.clock import today
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.records.webhooks import actions as books
from tenure.records.webhooks.actions import Answer, Telling
from tenure.records.webhooks.models import WebhookDelivery, WebhookEndpoint
from tenure.records.webhooks.queries import endpoints
from tenure.records.webhooks.rules import Answered, wants

AT_ONCE: Final = 16
PER_ENDPOINT: Final = 4
# Longer than any request may take; a sender that died leaves its claims to the next one.
LEASE: Final = timedelta(seconds=4 * SECONDS)


def enqueue(entries: Sequence[Entry], *, at: datetime) -> int:
    """Queue entries of the journal for every open endpoint that wants them; how many were new."""
    open_now = endpoints(with_closed=False)
    return books.queue(_tellings(entries, open_now), at=at) if open_now else 0


@dataclass(slots=True)
class Courier:
    """Sends due deliveries on threads of its own; only its caller's thread touches the database.

    A delivery that was sent by a courier that died before noting the answer is sent again, under
    the same `webhook-id`, so that the receiver can drop it.
    """

    sender: Sender = field(default_factory=Sender)
    by: str = "worker"
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
    )
    _under_way: dict[Future[Answered], WebhookDelivery] = field(default_factory=dict)

    @classmethod
    def of_settings(cls) -> Courier:
        """A courier for this installation: whether it may reach an intranet is a setting."""
        guard = Guard(is_intranet=settings.TENURE_WEBHOOK_INTRANET)
        return cls(Sender(guard))

    @property
    def is_busy(self) -> bool:
        """Whether requests are under way."""
        return bool(self._under_way)

    def look(self, at: datetime) -> int:
        """Note what was answered and send what is due, without waiting; how many are under way."""
        self._note([one for one in self._under_way if one.done()], at=at)
        free = AT_ONCE - len(self._under_way)
        if free:
            limits = {"limit": free, "per_endpoint": PER_ENDPOINT}
            for delivery in books.claim(at=at, until=at + LEASE, **limits):
                letter = _letter(delivery, at=at)
                self._under_way[self._pool.submit(self.sender.send, letter, at=at)] = delivery
        return len(self._under_way)

    def finish(self, at: datetime) -> None:
        """Wait for every request under way, and note what it brought."""
        for one in list(self._under_way):
            one.exception()
        self._note(list(self._under_way), at=at)

    def close(self) -> None:
        """Let go of the threads; what is under way keeps its claim until that runs out."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _note(self, done: Iterable[Future[Answered]], *, at: datetime) -> None:
        for future in done:
            delivery = self._under_way.pop(future)
            answer = Answer(future.result(), at=at, chance=_chance(delivery))
            on = today(current().business.zone, at)
            books.note_answer(delivery.pk, answer, on=on, by=self.by)


def _letter(delivery: WebhookDelivery, *, at: datetime) -> Letter:
    secrets = signing_secrets(delivery.endpoint, at=at)
    return Letter(delivery.endpoint.url, delivery.message_id, delivery.body, secrets)


def _chance(delivery: WebhookDelivery) -> float:
    """A number from 0 to 1 that differs from delivery to delivery and from attempt to attempt."""
    return crc32(f"{delivery.message_id}:{delivery.attempts}".encode()) / 2**32


def _tellings(entries: Sequence[Entry], open_now: Sequence[WebhookEndpoint]) -> Iterator[Telling]:
    for entry in entries:
        kind = EVENTS.get(entry.kind)
        wanting = [one for one in open_now if kind is not None and _is_for(one, kind, entry)]
        if kind is None or not wanting:
            continue
        body = body_of(_happening(entry))
        for one in wanting:
            message_id = message_id_of(one.public_id, entry.pk)
            yield Telling(one.pk, entry.pk, message_id, kind, body)


def _is_for(endpoint: WebhookEndpoint, kind: str, entry: Entry) -> bool:
    """Nobody is told what happened before they asked."""
    return entry.at >= endpoint.created_at and wants(endpoint.kinds, kind)


def _happening(entry: Entry) -> Happening:
    content: Mapping[str, object] = entry.content
    return Happening(
        entry_id=entry.pk,
        kind=entry.kind,
        at=entry.at,
        on=entry.on,
        account_id=entry.account_id,
        term_id=entry.term_id,
        content=content,
    )
