"""Senders and what they send, for tests of intake."""

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any

from tenure.observe.intake.actions import Accepted, accept, open_source
from tenure.observe.intake.messages import sending_of
from tenure.observe.intake.models import Source
from tenure.records.customers.models import Account

RECEIVED = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
_numbers = count(1)


def a_source(name: str = "app", *, kind: str = Source.Kind.CLIENT) -> Source:
    source, _ = open_source(name, zone="Asia/Shanghai", at=RECEIVED, by="test", kind=kind)
    return source


def an_account(external_id: str = "u1") -> Account:
    return Account.objects.create(
        source="crm",
        external_id=external_id,
        name=external_id,
        currency="CNY",
        started_on=RECEIVED.date(),
        holdout_bucket=1,
        recorded_at=RECEIVED,
    )


def a_track(event: Any = "Login", **fields: Any) -> dict[str, Any]:
    """A track message; a field given as None is left out."""
    message = {
        "type": "track",
        "event": event,
        "userId": "u1",
        "messageId": f"m{next(_numbers)}",
        "timestamp": "2026-06-01T09:59:59Z",
        **fields,
    }
    return {name: value for name, value in message.items() if value is not None}


def send(
    *messages: dict[str, Any],
    source: Source,
    received_at: datetime = RECEIVED,
    sent_at: str | None = "2026-06-01T10:00:00Z",
) -> Accepted:
    """Send messages as one batch."""
    body = {"batch": list(messages)} | ({} if sent_at is None else {"sentAt": sent_at})
    return accept(sending_of(json.dumps(body).encode()), source=source, received_at=received_at)
