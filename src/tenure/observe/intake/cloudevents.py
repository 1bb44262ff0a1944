"""CloudEvents 1.0: the same events as those of Segment clients, one to one (R-E-009).

| CloudEvent | event of ours |
|---|---|
| `source` and `id` | `messageId`, their two parts by a bar: unique together |
| `type` | `event`; `tenure.feature_used` is *Feature Used*, any other type is the name itself |
| `subject` | `userId` |
| `time` | `timestamp` |
| `data` | `properties` |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

import msgspec

from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.intake.messages import BATCH_BYTES, Sending, TooLarge, Unreadable
from tenure.observe.intake.schemas import SCHEMAS

STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
VERSION: Final = "1.0"
PREFIX: Final = "tenure."
_NAMES: Final = {one.key: one.event for one in SCHEMAS.values()}
_REQUIRED: Final = ("id", "source", "type")
_BODY: Final = Sentence(zh="请求内容", en="The body")


class BadCloudEvent(Refusal):
    """A CloudEvent that lacks what every CloudEvent has, or of a version that nobody wrote."""

    code = "bad_cloud_event"
    said = Sentence(
        zh="CloudEvent 的 {name} 缺失或不正确；需要 specversion=1.0、id、source 和 type。",
        en="{name} of the CloudEvent is missing or wrong; it takes specversion 1.0, id, source "
        "and type.",
    )


def is_cloud_event(content_type: str, headers: Mapping[str, str]) -> bool:
    """Whether a request carries CloudEvents in one of the three modes."""
    media = content_type.partition(";")[0].strip().lower()
    return media in (STRUCTURED, BATCH) or "ce-specversion" in headers


def sending_of_events(body: bytes, *, content_type: str, headers: Mapping[str, str]) -> Sending:
    """The messages of a request in structured, batch or binary mode.

    Args:
        headers: with names in lower case; binary mode says its attributes in `ce-…`.
    Raises:
        TooLarge: more than 500 kB.
        Unreadable: no JSON.
        BadCloudEvent: a required attribute is missing.
    """
    if len(body) > BATCH_BYTES:
        raise TooLarge(what=_BODY, size=len(body), limit=BATCH_BYTES)
    media = content_type.partition(";")[0].strip().lower()
    try:
        told = msgspec.json.decode(body) if body else None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(reason=error) from error
    if media == BATCH:
        if not isinstance(told, list):
            raise Unreadable(reason="no array")
        events = told
    elif media == STRUCTURED:
        events = [told]
    else:
        events = [{**_attributes(headers), "data": told}]
    return Sending([msgspec.Raw(msgspec.json.encode(message_from(one))) for one in events])


def message_from(event: Any) -> dict[str, Any]:
    """A CloudEvent as a message of ours.

    Raises:
        BadCloudEvent: a required attribute is missing.
    """
    if not isinstance(event, dict):
        raise BadCloudEvent(name="specversion")
    if event.get("specversion") != VERSION:
        raise BadCloudEvent(name="specversion")
    for name in _REQUIRED:
        if not isinstance(event.get(name), str) or not event[name]:
            raise BadCloudEvent(name=name)
    data = event.get("data")
    message = {
        "type": "track",
        "event": name_of(event["type"]),
        "messageId": f"{event['source']}|{event['id']}",
        "properties": data if isinstance(data, dict) else {} if data is None else {"value": data},
    }
    if event.get("subject"):
        message["userId"] = event["subject"]
    if event.get("time"):
        message["timestamp"] = event["time"]
    return message


def event_from(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message of ours as the CloudEvent that it came as, or would have come as."""
    source, _, event_id = str(message["messageId"]).rpartition("|")
    event = {
        "specversion": VERSION,
        "id": event_id,
        "source": source or "urn:tenure",
        "type": type_of(str(message["event"])),
        "datacontenttype": "application/json",
        "data": message.get("properties") or {},
    }
    if message.get("userId"):
        event["subject"] = message["userId"]
    if message.get("timestamp"):
        event["time"] = message["timestamp"]
    if (schema := SCHEMAS.get(str(message["event"]))) is not None:
        event["dataschema"] = schema.id
    return event


def name_of(kind: str) -> str:
    """The name of an event by its type."""
    return _NAMES.get(kind.removeprefix(PREFIX), kind) if kind.startswith(PREFIX) else kind


def type_of(name: str) -> str:
    """The type of an event by its name."""
    schema = SCHEMAS.get(name)
    return f"{PREFIX}{schema.key}" if schema is not None else name


def _attributes(headers: Mapping[str, str]) -> dict[str, str]:
    """Attributes in headers are percent-encoded (HTTP binding, 3.1.3.2)."""
    return {
        name.removeprefix("ce-"): unquote(value)
        for name, value in headers.items()
        if name.startswith("ce-")
    }
