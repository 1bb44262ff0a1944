"""Whether a message is kept, whose it is, and when what it tells really happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from tenure.kernel.failures import Sentence
from tenure.kernel.instants import corrected_time
from tenure.observe.intake.messages import KINDS, Identifier, Message

IDENTITY_LENGTH: Final = 200
MESSAGE_ID_LENGTH: Final = 100
NAME_LENGTH: Final = 200
# Before this nobody sent events: a clock that was never set counts from 1970.
FIRST_BELIEVED: Final = datetime(2000, 1, 1, tzinfo=UTC)
FUTURE_BELIEVED: Final = timedelta(hours=24)


class Reason(StrEnum):
    """Why an event was turned away, or set right."""

    NO_IDENTITY = "no_identity"
    NO_EVENT_NAME = "no_event_name"
    NO_GROUP = "no_group"
    NO_PREVIOUS = "no_previous_id"
    UNKNOWN_TYPE = "unknown_type"
    BAD_TIMESTAMP = "bad_timestamp"
    WRONG_TYPE = "wrong_type"
    TOO_LONG = "id_too_long"
    BROKEN_TEXT = "broken_text"
    CARD_NUMBER = "card_number"
    TOO_LARGE = "too_large"
    IMPLAUSIBLE_TIME = "implausible_time"
    SCHEMA = "schema"


SENTENCES: Final[dict[Reason, Sentence]] = {
    Reason.NO_IDENTITY: Sentence(
        zh="缺少 userId 和 anonymousId；请至少给出一个。",
        en="Neither userId nor anonymousId; give at least one.",
    ),
    Reason.NO_EVENT_NAME: Sentence(
        zh="track 消息缺少 event；请写明事件名称。",
        en="A track message without event; name the event.",
    ),
    Reason.NO_GROUP: Sentence(
        zh="group 消息缺少 groupId；请写明所属账户。",
        en="A group message without groupId; name the account.",
    ),
    Reason.NO_PREVIOUS: Sentence(
        zh="alias 消息需要 previousId 和 userId；请补全。",
        en="An alias message needs previousId and userId; give both.",
    ),
    Reason.UNKNOWN_TYPE: Sentence(
        zh="未知的消息类型；可用 identify、track、page、screen、group、alias。",
        en="An unknown type; use identify, track, page, screen, group or alias.",
    ),
    Reason.BAD_TIMESTAMP: Sentence(
        zh="时间格式无法识别；请用 ISO 8601，例如 2026-06-01T10:00:00Z。",
        en="A time that cannot be read; write ISO 8601, like 2026-06-01T10:00:00Z.",
    ),
    Reason.WRONG_TYPE: Sentence(
        zh="字段类型不正确，或不是 JSON 对象；请按接口文档更正。",
        en="A field of the wrong type, or no JSON object; correct it by the API's description.",
    ),
    Reason.TOO_LONG: Sentence(
        zh="标识超过 200 个字符；请改用更短的标识。",
        en="An identifier of more than 200 characters; use a shorter one.",
    ),
    Reason.BROKEN_TEXT: Sentence(
        zh="文字不是 UTF-8；请转换编码后再发送。",
        en="Text that is not UTF-8; convert it and send again.",
    ),
    Reason.CARD_NUMBER: Sentence(
        zh="消息含有银行卡号，未予保存；请勿发送卡号。",
        en="It carries a card number and was not kept; do not send card numbers.",
    ),
    Reason.TOO_LARGE: Sentence(
        zh="单条事件超过 32 KB；请缩小后再发送。",
        en="An event of more than 32 kB; make it smaller.",
    ),
    Reason.IMPLAUSIBLE_TIME: Sentence(
        zh="时间早于 2000 年或超前 24 小时以上，已改用收到的时间；请校准发送方时钟。",
        en="A time before 2000 or more than 24 hours ahead; the time of arrival counts instead. "
        "Set the sender's clock.",
    ),
    Reason.SCHEMA: Sentence(
        zh="属性与该事件的约定（/v1/schemas）不符，事件已保留；请更正发送方。",
        en="A property does not fit the schema of the event (/v1/schemas); it was kept. Correct "
        "the sender.",
    ),
}


class Happened(NamedTuple):
    """When an event happened, when its sender says so, and whether the sender was believed."""

    at: datetime
    claimed: datetime | None
    is_believed: bool = True


def fault(message: Message) -> Reason | None:
    """Why a message cannot be kept; None where it can."""
    if message.kind not in KINDS:
        return Reason.UNKNOWN_TYPE
    identity = identity_of(message)
    if not identity:
        return Reason.NO_IDENTITY
    if len(identity) > IDENTITY_LENGTH:
        return Reason.TOO_LONG
    if message.kind == "track" and not message.event:
        return Reason.NO_EVENT_NAME
    if message.kind == "group" and not written(message.group_id):
        return Reason.NO_GROUP
    if message.kind == "alias" and not (written(message.previous_id) and written(message.user_id)):
        return Reason.NO_PREVIOUS
    return None


def identity_of(message: Message) -> str:
    """Whose message it is: the user's id, else the anonymous one, else empty."""
    return written(message.user_id) or written(message.anonymous_id)


def written(identifier: Identifier) -> str:
    """An identifier as text; empty where there is none. Some senders send numbers."""
    return "" if identifier is None else str(identifier).strip().replace("\x00", "")


def links_of(message: Message, *, kind: str) -> list[tuple[str, str]]:
    """Who a message says is the same: pairs of (known as, belongs to).

    An identify with both ids links the anonymous one to the user, an alias the previous id to the
    user, a group the user to its account.
    """
    user, anonymous = written(message.user_id), written(message.anonymous_id)
    pairs = {
        "identify": (anonymous, user),
        "alias": (written(message.previous_id), user),
        "group": (user or anonymous, written(message.group_id)),
    }
    known_as, belongs_to = pairs.get(kind, ("", ""))
    if not known_as or not belongs_to or known_as == belongs_to:
        return []
    return [(known_as, belongs_to)]


def happened(
    message: Message, *, sent: datetime | None, received: datetime, is_server: bool
) -> Happened:
    """When an event happened (golden example G27, R-E-005).

    A sender's clock is believed by difference only: the delay between its event and its sending
    is taken off our own clock. Without a time of sending the arrival counts, except that a
    server's own `timestamp` is history that it imports. What then lies before 2000, or more than
    24 hours ahead of its arrival, takes the time of arrival.

    Args:
        sent: when the batch was sent, by the sender's clock.
        received: when it arrived, by ours.
    """
    original = message.original_timestamp or message.timestamp
    if original is None:
        return Happened(received, None)
    claimed = _utc(original)
    leaving = message.sent_at or sent
    left = None if leaving is None else _utc(leaving)
    imported = is_server and message.original_timestamp is None
    if left is None and not imported:
        return Happened(received, claimed)
    at = claimed if left is None else corrected_time(claimed, sent=left, received=received)
    ahead = claimed - (left or received)
    if at < FIRST_BELIEVED or ahead > FUTURE_BELIEVED:
        return Happened(received, claimed, is_believed=False)
    return Happened(min(at, received), claimed)


def _utc(at: datetime) -> datetime:
    """An instant without a zone is UTC, as in the Segment clients."""
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
