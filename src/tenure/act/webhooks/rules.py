"""What other programs are told, in words of their own and not of our journal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

# Journal kind → public event. Whatever is not here stays inside.
EVENTS: Final[Mapping[str, str]] = {
    "term.renewed": "subscription.renewed",
    "term.resumed": "subscription.resumed",
    "term.extended": "subscription.extended",
    "term.overdue": "subscription.overdue",
    "term.lapsed": "subscription.lapsed",
    "term.cancelled": "subscription.cancelled",
    "cancel.started": "cancellation.started",
    "cancel.confirmed": "cancellation.confirmed",
    "cancel.kept": "cancellation.kept",
    "cancel.undone": "cancellation.undone",
    "order.placed": "order.placed",
    "order.paid": "order.paid",
    "order.fulfilled": "order.fulfilled",
    "payment.succeeded": "payment.succeeded",
    "payment.failed": "payment.failed",
    "refund.succeeded": "refund.succeeded",
    "mandate.signed": "mandate.signed",
    "mandate.released": "mandate.released",
    "document.issued": "document.issued",
    "benefit.given": "benefit.given",
    "benefit.ended": "benefit.ended",
    "gift.earned": "gift.earned",
    "gift.chosen": "gift.chosen",
    "gift.sent": "gift.sent",
    "gift.delivered": "gift.delivered",
    "gift.returned": "gift.returned",
    "gift.cancelled": "gift.cancelled",
    "tag.entered": "tag.entered",
    "tag.left": "tag.left",
    "health.fell": "health.fell",
    "health.recovered": "health.recovered",
    "risk.rose": "risk.rose",
    "journey.told": "journey.step",
}
KINDS: Final = tuple(sorted(set(EVENTS.values())))
FAMILIES: Final = tuple(sorted({f"{one.partition('.')[0]}.*" for one in KINDS}))


@dataclass(frozen=True, slots=True)
class Happening:
    """One journal entry, as far as the outside may know it."""

    entry_id: int
    kind: str
    at: datetime
    on: date
    account_id: int | None
    term_id: int | None
    content: Mapping[str, Any]


def body_of(one: Happening) -> str:
    """The text that is signed and sent: `{type, timestamp, data}` (R-E-010), keys in one order."""
    data: dict[str, Any] = {"entry": f"ent_{one.entry_id}", "on": one.on.isoformat()}
    if one.account_id is not None:
        data["customer"] = f"cus_{one.account_id}"
    if one.term_id is not None:
        data["term"] = f"trm_{one.term_id}"
    stamp = one.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    data["details"] = dict(one.content)
    told = {"type": EVENTS[one.kind], "timestamp": stamp, "data": data}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def message_id_of(endpoint: str, entry_id: int) -> str:
    """The id under which one fact is told to one endpoint, however often."""
    return f"msg_{endpoint.removeprefix('whk_')}_{entry_id}"
