"""Take what a sender sent: keep it durably, once, or turn it away with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from tenure.kernel.clock import to_us
from tenure.kernel.identifiers import new_id, stable_id
from tenure.observe.intake.catalogue import name_of
from tenure.observe.intake.days import local_day
from tenure.observe.intake.inbox import INBOX
from tenure.observe.intake.messages import (
    Message,
    Sending,
    TooLarge,
    contents_of,
    message_of,
    too_large,
)
from tenure.observe.intake.models import Source
from tenure.observe.intake.privacy import card_numbers, masked, without_denied
from tenure.observe.intake.rules import (
    MESSAGE_ID_LENGTH,
    NAME_LENGTH,
    Happened,
    Reason,
    fault,
    happened,
    identity_of,
)
from tenure.observe.intake.schemas import SCHEMAS, violations

_RAW_LENGTH: Final = 4_000


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a sending; `corrected` events are among the stored ones."""

    stored: int
    duplicates: int
    rejected: int
    corrected: int


@dataclass(frozen=True, slots=True)
class _Turned:
    """One message that is turned away, or kept with a correction."""

    reason: Reason
    place: str
    raw: bytes
    kept: bool = False


def accept(sending: Sending, *, source: Source, received_at: datetime) -> Accepted:
    """Keep the messages of a sending, all in one transaction that is on the disk afterwards.

    A message whose id this source sent before is counted and not stored. What cannot be kept
    goes to the quarantine with its reason; the others of the sending are kept.

    Raises:
        TooLarge: one event has more than 32 kB; nothing of the sending is kept.
    """
    _refuse_large(sending, source=source, at=received_at)
    reading = _Reading(sending, source, received_at)
    rows = [row for raw in sending.messages if (row := reading.row_of(raw)) is not None]
    turned = _quarantined(reading.turned, source=source, at=received_at)
    stored = INBOX.write(rows, turned=turned)
    kept = sum(one.kept for one in reading.turned)
    return Accepted(
        stored=stored,
        duplicates=len(rows) - stored,
        rejected=len(reading.turned) - kept,
        corrected=kept,
    )


class _Reading:
    """Reads the messages of one sending, one after the other."""

    def __init__(self, sending: Sending, source: Source, received_at: datetime) -> None:
        self.sending = sending
        self.source = source
        self.received_at = received_at
        self.received_us = to_us(received_at)
        self.source_id = source.pk
        self.zone = source.zone
        self.is_server = source.kind == Source.Kind.SERVER
        self.turned: list[_Turned] = []

    def row_of(self, message: msgspec.Raw) -> tuple[Any, ...] | None:
        """The inbox row of a message; None where it was turned away."""
        raw, read, text = bytes(message), Message(), ""
        try:
            read = message_of(raw)
            if read.kind is None:
                read.kind = self.sending.kind
            reason = fault(read)
            if reason is None and any(card_numbers(raw)):
                reason = Reason.CARD_NUMBER
            text = str(without_denied(raw), "utf-8")
        except UnicodeDecodeError:
            reason = Reason.BROKEN_TEXT
        except msgspec.DecodeError as error:
            reason = _reason_of(error)
        if reason is None:
            return self._row(read, text)
        self.turned.append(_Turned(reason, read.message_id or "", masked(raw)))
        return None

    def _row(self, read: Message, text: str) -> tuple[Any, ...]:
        sending, received = self.sending, self.received_at
        when = happened(read, sent=sending.sent_at, received=received, is_server=self.is_server)
        message_id = self._message_id(read)
        if not when.is_believed:
            self._note(when, text, message_id=message_id)
        if _tracked(read) in SCHEMAS:
            self._warn(read, text, message_id=message_id)
        kind = read.kind or ""
        at_us = to_us(when.at)
        claimed_us = None if when.claimed is None else to_us(when.claimed)
        return (
            self.source_id,
            message_id,
            kind,
            name_of(kind, read.event)[:NAME_LENGTH].replace("\x00", ""),
            identity_of(read),
            local_day(at_us, zone=self.zone),
            None if claimed_us is None else local_day(claimed_us, zone=self.zone),
            at_us,
            self.received_us,
            text,
        )

    def _message_id(self, read: Message) -> str:
        """The sender's id; one too long gets a digest, so that it is still seen only once."""
        given = (read.message_id or "").replace("\x00", "")
        if not given:
            return new_id("evt", self.received_at)
        if len(given) > MESSAGE_ID_LENGTH:
            return stable_id("evt", given)
        return given

    def _warn(self, read: Message, text: str, *, message_id: str) -> None:
        """Keep an event that does not fit its schema, and say so (R-E-008)."""
        try:
            found = violations(_tracked(read), contents_of(text).properties)
        except msgspec.DecodeError:
            found = ["properties"]
        if found:
            place = f"{message_id[:100]} {', '.join(found)}"[:200]
            self.turned.append(_Turned(Reason.SCHEMA, place, text.encode(), kept=True))

    def _note(self, when: Happened, text: str, *, message_id: str) -> None:
        place = f"{message_id} {when.claimed.isoformat() if when.claimed else ''}"
        self.turned.append(_Turned(Reason.IMPLAUSIBLE_TIME, place, text.encode(), kept=True))


def _tracked(read: Message) -> str:
    """The name of a tracked event; empty for messages of other kinds."""
    return (read.event or "") if read.kind == "track" else ""


def _reason_of(error: msgspec.DecodeError) -> Reason:
    """msgspec names the field at the end of its message."""
    told = str(error)
    times = ("$.timestamp", "$.originalTimestamp", "$.sentAt")
    return Reason.BAD_TIMESTAMP if any(one in told for one in times) else Reason.WRONG_TYPE


def _refuse_large(sending: Sending, *, source: Source, at: datetime) -> None:
    for place, raw in enumerate(sending.messages, start=1):
        refusal: TooLarge | None = too_large(raw, place=place)
        if refusal is not None:
            turned = _Turned(Reason.TOO_LARGE, f"batch[{place}]", masked(bytes(raw)))
            INBOX.write([], turned=_quarantined([turned], source=source, at=at))
            raise refusal


def _quarantined(
    turned: Sequence[_Turned], *, source: Source, at: datetime
) -> list[tuple[Any, ...]]:
    return [
        (
            source.name,
            "event",
            one.reason,
            one.place[:200],
            one.kept,
            one.raw.decode(errors="replace").replace("\x00", "")[:_RAW_LENGTH],
            at,
        )
        for one in turned
    ]
