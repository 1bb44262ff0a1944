"""What customers said: tickets and survey answers; and what all voices share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Model

from tenure.kernel.masking import without_identifiers
from tenure.observe.imports.actions.writer import differences
from tenure.observe.imports.known import Known
from tenure.observe.imports.lines import FieldRefused, Record
from tenure.observe.imports.rules.dates import FIRST_DAY, believed
from tenure.observe.imports.rules.faults import EndsBeforeStart, ImplausibleDay
from tenure.records.feedback.models import Answer
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows, update_rows
from tenure.records.service.models import Ticket
from tenure.records.service.rules import priority_of

NOON: Final = time(12)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where one kind of voice is kept: its table, what a source may correct, and its name."""

    model: type[Model]
    columns: tuple[str, ...]
    name: str


class VoiceWriter:
    """What voices share: rows by (source, external id) that a source may correct."""

    shelf: Shelf

    def __init__(self, known: Known) -> None:
        self.known, self.errand = known, known.errand

    def look_up(self, records: Sequence[Record]) -> None:
        self.known.look_up(records)

    def write(self, records: Sequence[Record]) -> None:
        shelf, source = self.shelf, self.errand.source
        found = shelf.model._default_manager.filter(
            source=source, external_id__in=[one.key for one in records]
        )
        existing = {
            one["external_id"]: one
            for one in found.values("pk", "external_id", "account_id", *shelf.columns)
        }
        told = [(one, self.owned(one)) for one in records]
        fresh = [
            (self.known.owner(one)[0].pk, source, one.key, *values.values(), self.known_from(one))
            for one, values in told
            if one.key not in existing
        ]
        columns = ("account_id", "source", "external_id", *shelf.columns, "recorded_at")
        insert_rows(shelf.model, fresh, columns=columns)
        self._correct([(one, values) for one, values in told if one.key in existing], existing)

    def owned(self, record: Record) -> dict[str, Any]:
        """The values of the shelf's columns, in their order."""
        return {name: record.ready[name] for name in self.shelf.columns}

    def known_from(self, record: Record) -> datetime:
        """When we count as having known it."""
        on: date = record.ready["on"]
        return self.errand.known_from(on, NOON)

    def _correct(
        self,
        told: Sequence[tuple[Record, Mapping[str, Any]]],
        existing: Mapping[str, Mapping[str, Any]],
    ) -> None:
        rows, facts = [], []
        for record, values in told:
            before = existing[record.key]
            if changes := differences(before, values):
                rows.append((*values.values(), before["pk"]))
                facts.append(
                    Fact(
                        f"{self.shelf.name}.changed",
                        on=self.errand.on,
                        account_id=before["account_id"],
                        content={self.shelf.name: before["pk"], "changes": changes},
                    )
                )
        update_rows(self.shelf.model, rows, columns=self.shelf.columns)
        append_many(facts, at=self.errand.at, by=self.errand.by)

    def believed(self, field: str, day: date) -> None:
        """Refuse a day after the one whose state the file tells."""
        try:
            believed(day, first=FIRST_DAY, last=self.errand.as_of + timedelta(days=1))
        except ImplausibleDay as refusal:
            raise FieldRefused(field, refusal) from None


class TicketWriter(VoiceWriter):
    """Tickets; a ticket that is resolved later is told again."""

    shelf = Shelf(
        Ticket,
        (
            "subscription_id", "kind", "subject", "priority", "opened_at", "answered_at",
            "resolved_at", "sla_missed",
        ),
        "ticket",
    )  # fmt: skip

    def settle(self, record: Record) -> None:
        values = record.values
        account, subscription = self.known.owner(record)
        opened_at = values["opened_at"]
        self.believed("opened_at", opened_at.date())
        answered_at, resolved_at = values.get("answered_at"), values.get("resolved_at")
        if answered_at is None and values.get("answered_after") is not None:
            answered_at = opened_at + timedelta(minutes=values["answered_after"])
        if resolved_at is not None and resolved_at < opened_at:
            wrong = EndsBeforeStart(starts_on=opened_at, ends_on=resolved_at)
            raise FieldRefused("resolved_at", wrong)
        record.key = values["id"]
        record.ready = {
            "account": account.external_id,
            "subscription": subscription.external_id if subscription else None,
            "kind": values.get("kind") or "question",
            "subject": without_identifiers(values.get("subject") or ""),
            "priority": priority_of(values.get("kind") or "", values.get("priority") or ""),
            "opened_at": opened_at,
            "answered_at": answered_at,
            "resolved_at": resolved_at,
            "sla_missed": bool(values.get("sla_missed")),
        }

    def owned(self, record: Record) -> dict[str, Any]:
        subscription = self.known.owner(record)[1]
        pk = subscription.pk if subscription is not None else None
        told = {"subscription_id": pk, **record.ready}
        return {name: told[name] for name in self.shelf.columns}

    def known_from(self, record: Record) -> datetime:
        opened_at: datetime = record.ready["opened_at"]
        return min(opened_at, self.errand.at)


class AnswerWriter(VoiceWriter):
    """Answers to surveys."""

    shelf = Shelf(Answer, ("survey", "score", "text", "answered_on"), "answer")

    def settle(self, record: Record) -> None:
        values = record.values
        account, _ = self.known.owner(record)
        self.believed("answered_on", values["answered_on"])
        record.key = values["id"]
        record.ready = {
            "account": account.external_id,
            "survey": values["survey"],
            "score": values["score"],
            "text": without_identifiers(values.get("text") or ""),
            "answered_on": values["answered_on"],
            "on": values["answered_on"],
        }
