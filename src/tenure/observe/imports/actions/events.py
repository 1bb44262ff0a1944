"""Events: into the same inbox as those that are sent, from where they are sealed by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

import msgspec

from tenure.kernel.clock import instant, to_us, today
from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.imports.known import Known
from tenure.observe.imports.lines import FieldRefused, Record
from tenure.observe.imports.rules.faults import ImplausibleDay
from tenure.observe.intake.actions import open_source
from tenure.observe.intake.days import local_day
from tenure.observe.intake.inbox import EVENT_COLUMNS
from tenure.observe.intake.messages import EVENT_BYTES
from tenure.observe.intake.models import InboxEvent, Source
from tenure.observe.intake.privacy import card_numbers, without_denied
from tenure.observe.intake.rules import FIRST_BELIEVED, Reason
from tenure.records.rows import insert_rows

_COLUMNS: Final = (*EVENT_COLUMNS, "account_id")
_KIND: Final = "track"


class HoldsCard(Refusal):
    """An event that carries a card number is not kept (PIPL article 6)."""

    code = str(Reason.CARD_NUMBER)
    said = Sentence(
        zh="含有银行卡号，不予保存；请从文件中去掉卡号。",
        en="carries a card number and is not kept; take card numbers out of the file.",
    )


class EventTooLarge(Refusal):
    """An event above the limit that holds for whatever is sent, too."""

    code = str(Reason.TOO_LARGE)
    said = Sentence(
        zh="该事件有 {size} 字节，上限为 {limit} 字节；请减少列或缩短文字。",
        en="the event has {size} bytes and at most {limit} are allowed; read fewer columns or "
        "shorten the texts.",
    )


class EventWriter:
    """Writes events. They cannot be changed: the same id with other contents is refused."""

    def __init__(self, known: Known) -> None:
        self.known, self.errand = known, known.errand
        self._last = instant(self.errand.as_of + timedelta(days=2), time(0), zone=self.errand.zone)
        self._source: Source | None = None

    def look_up(self, records: Sequence[Record]) -> None:
        self.known.look_up(records)

    def settle(self, record: Record) -> None:
        values = record.values
        account, subscription = self.known.owner(record)
        at: datetime = values["at"]
        if not FIRST_BELIEVED <= at < self._last:
            last = self.errand.as_of + timedelta(days=1)
            wrong = ImplausibleDay(
                on=today(self.errand.zone, at), first=FIRST_BELIEVED.date(), last=last
            )
            raise FieldRefused("at", wrong)
        properties = {name: told for name, told in record.rest.items() if told is not None}
        if subscription is not None:
            properties["subscription"] = subscription.external_id
        record.key = values["id"]
        record.ready = self._message(record, account.external_id, properties)

    def _message(self, record: Record, account: str, properties: dict[str, Any]) -> str:
        """The event as a sender would have sent it."""
        raw = msgspec.json.encode(
            {
                "type": _KIND,
                "messageId": record.key,
                "userId": account,
                "event": record.values["name"],
                "timestamp": record.values["at"].astimezone(UTC),
                "properties": properties,
            },
            order="deterministic",
        )
        if len(raw) > EVENT_BYTES:
            raise FieldRefused("id", EventTooLarge(size=len(raw), limit=EVENT_BYTES))
        if any(card_numbers(raw)):
            raise FieldRefused("id", HoldsCard())
        return str(without_denied(raw), "utf-8")

    def write(self, records: Sequence[Record]) -> None:
        if not records:
            return
        source = self._source or self._sender()
        insert_rows(InboxEvent, (self._row(one, source) for one in records), columns=_COLUMNS)

    def _sender(self) -> Source:
        """The import as a sender; the key that it could write with is shown to nobody."""
        errand = self.errand
        found = Source.objects.filter(name=errand.source).first()
        if found is None:
            found, _ = open_source(errand.source, zone=errand.zone, at=errand.at, by=errand.by)
        self._source = found
        return found

    def _row(self, record: Record, source: Source) -> tuple[Any, ...]:
        account, _ = self.known.owner(record)
        at_us = to_us(record.values["at"])
        day = local_day(at_us, zone=source.zone)
        known_us = min(at_us, to_us(self.errand.at))
        return (
            source.pk,
            record.key,
            _KIND,
            record.values["name"],
            account.external_id,
            day,
            day,
            at_us,
            known_us,
            record.ready,
            account.pk,
        )
