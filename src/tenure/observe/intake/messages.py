"""What senders send: the messages of the Segment clients, read with their types.

Only what we look at is read; the whole message is kept beside it as it came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from tenure.kernel.failures import Refusal, Sentence

KINDS: Final = frozenset({"identify", "track", "page", "screen", "group", "alias"})
EVENT_BYTES: Final = 32 << 10
BATCH_BYTES: Final = 500 << 10

type Identifier = str | int | None


class Message(msgspec.Struct, rename="camel", gc=False):
    """One message; what it lacks is None."""

    kind: str | None = msgspec.field(default=None, name="type")
    user_id: Identifier = None
    anonymous_id: Identifier = None
    previous_id: Identifier = None
    group_id: Identifier = None
    event: str | None = None
    name: str | None = None
    message_id: str | None = None
    timestamp: datetime | None = None
    original_timestamp: datetime | None = None
    sent_at: datetime | None = None


class Contents(msgspec.Struct, rename="camel", gc=False):
    """What a message says beyond its envelope; read when it is sealed."""

    name: str | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None


class _Key(msgspec.Struct, rename="camel", gc=False):
    write_key: str | None = None


class _Batch(msgspec.Struct, rename="camel", gc=False):
    batch: list[msgspec.Raw]
    sent_at: datetime | None = None
    write_key: str | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    """The messages that came together, each as it came."""

    messages: Sequence[msgspec.Raw]
    sent_at: datetime | None = None
    kind: str | None = None  # of messages that do not say it themselves
    write_key: str = ""  # some clients send it in the body


class Unreadable(Refusal):
    """A body that is no JSON in UTF-8, or not of the expected form."""

    code = "unreadable_body"
    said = Sentence(
        zh="无法读取请求内容（{reason}）；请以 UTF-8 编码的 JSON 发送。",
        en="The body cannot be read ({reason}); send JSON in UTF-8.",
    )


class TooLarge(Refusal):
    """A body or one event above the limit."""

    code = "too_large"
    said = Sentence(
        zh="{what} 有 {size} 字节，上限为 {limit} 字节；请拆分后再发送。",
        en="{what} has {size} bytes and at most {limit} are allowed; split it and send again.",
    )


_BODY: Final = Sentence(zh="请求内容", en="The body")
_EVENT: Final = Sentence(zh="事件 {place}", en="Event {place}")
_batches: Final = msgspec.json.Decoder(_Batch)
_messages: Final = msgspec.json.Decoder(Message)
_contents: Final = msgspec.json.Decoder(Contents)
_keys: Final = msgspec.json.Decoder(_Key)


def sending_of(body: bytes, *, kind: str | None = None) -> Sending:
    """The messages of a body: of a `batch` call, or the one message of a call named `kind`.

    Raises:
        TooLarge: more than 500 kB.
        Unreadable: no JSON of that form.
    """
    if len(body) > BATCH_BYTES:
        raise TooLarge(what=_BODY, size=len(body), limit=BATCH_BYTES)
    try:
        if kind is None:
            batch = _batches.decode(body)
            messages, sent_at, key = batch.batch, batch.sent_at, batch.write_key
        else:
            messages, sent_at, key = [msgspec.Raw(body)], None, _keys.decode(body).write_key
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(reason=error) from error
    return Sending(
        messages,
        sent_at=sent_at,
        kind=kind,
        write_key=key or "",
    )


def message_of(raw: bytes | msgspec.Raw) -> Message:
    """One message by its types; raises `msgspec.DecodeError` where one does not fit."""
    return _messages.decode(raw)


def contents_of(raw: str) -> Contents:
    """What a stored message says."""
    return _contents.decode(raw)


def too_large(raw: msgspec.Raw, *, place: int) -> TooLarge | None:
    """The refusal of an event above 32 kB, the `place`th of its batch."""
    size = len(memoryview(raw))
    if size <= EVENT_BYTES:
        return None
    return TooLarge(what=_EVENT.fill(place=place), size=size, limit=EVENT_BYTES)
