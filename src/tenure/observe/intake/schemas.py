"""The catalogue of events of the renewal domain: a versioned JSON Schema for each (R-E-008).

An event that does not fit is kept and warned of: senders change faster than catalogues. What is
checked here is exactly what the schema says (`tests/observe/intake/test_schemas.py` compares both
with another validator).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an event: a text, or a number of at least `least` and at most `most`."""

    name: str
    kind: str = "string"
    is_required: bool = False
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    """What one event says, in one version; properties that are not named are welcome."""

    event: str
    version: int
    properties: tuple[Property, ...] = ()

    @property
    def key(self) -> str:
        """The event in small letters, as addresses and types of CloudEvents name it."""
        return self.event.lower().replace(" ", "_")

    @property
    def id(self) -> str:
        return f"urn:tenure:event:{self.key}:{self.version}"

    def as_json(self) -> dict[str, Any]:
        """The JSON Schema of the event's properties."""
        document: dict[str, Any] = {
            "$schema": DIALECT,
            "$id": self.id,
            "title": self.event,
            "type": "object",
            "properties": {one.name: _property(one) for one in self.properties},
        }
        if required := [one.name for one in self.properties if one.is_required]:
            document["required"] = required
        return document


_MINUTES: Final = Property("minutes", "number", least=0)
_TERM: Final = Property("contract")
_AMOUNT: Final = Property("amount", "number", least=0)
_CHANNEL: Final = (Property("channel"), Property("template"))
_ALL: Final = (
    *(
        Schema(f"Subscription {one}", 1, (_TERM, Property("plan")))
        for one in ("Started", "Renewed", "Cancelled", "Paused", "Resumed")
    ),
    Schema("Payment Failed", 1, (_TERM, _AMOUNT, Property("code"))),
    Schema("Payment Recovered", 1, (_TERM, _AMOUNT)),
    *(Schema(f"Reminder {one}", 1, _CHANNEL) for one in ("Sent", "Delivered", "Opened", "Clicked")),
    Schema("Feature Used", 1, (Property("feature", is_required=True), _MINUTES)),
    Schema("Login", 1, (_MINUTES,)),
    Schema("Signed In", 1, (_MINUTES,)),
    Schema("Ticket Opened", 1, (Property("ticket"), Property("kind"))),
    Schema("Ticket Resolved", 1, (Property("ticket"),)),
    Schema("Speed Test", 1, (Property("ratio", "number", is_required=True, least=0, most=10),)),
    Schema("Outage", 1, (Property("node"), _MINUTES)),
    Schema(
        "Usage Recorded",
        1,
        (
            Property("meter"),
            Property("gb", "number", least=0),
            _MINUTES,
            Property("quantity", "number", least=0),
        ),
    ),
    Schema("Data Exported", 1, (Property("kind"), Property("rows", "number", least=0))),
)
SCHEMAS: Final[Mapping[str, Schema]] = {one.event: one for one in _ALL}


def violations(event: str, properties: Mapping[str, Any] | None) -> Sequence[str]:
    """The properties of an event that do not fit its schema; none where it has no schema."""
    schema = SCHEMAS.get(event)
    if schema is None:
        return ()
    given = properties or {}
    return [one.name for one in schema.properties if not _fits(one, given)]


def _fits(one: Property, given: Mapping[str, Any]) -> bool:
    if one.name not in given:
        return not one.is_required
    value = given[one.name]
    if one.kind == "string":
        return isinstance(value, str)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return (one.least is None or value >= one.least) and (one.most is None or value <= one.most)


def _property(one: Property) -> dict[str, Any]:
    told: dict[str, Any] = {"type": one.kind}
    if one.least is not None:
        told["minimum"] = one.least
    if one.most is not None:
        told["maximum"] = one.most
    return told
