"""What comes back by mail: refused addresses and complaints, read from the raw message.

RFC 3464 (delivery status), RFC 3463 (enhanced codes), RFC 5965 (complaints), and the plain texts
of servers that follow none of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from enum import StrEnum
from typing import cast

from tenure.act.messages.tokens import message_of

_RETURN = re.compile(r"\bb\+([0-9a-z]+)@", re.IGNORECASE)
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_BASIC = re.compile(r"(?<![\d.])([45])\d\d(?=[\s#-])")
_GONE_ZH = re.compile(
    r"(?:用户|收件人|邮箱|地址|帐号|账号)(?:[^。；\n]{0,40}?)(?:不存在|无效|已注销|被禁用|找不到)"
)
_FULL_ZH = re.compile(r"(?:邮箱|容量|空间)(?:.{0,6})(?:已满|不足|超出)")
_BAD_NEWS = {"failed", "delayed", ""}


class Return(StrEnum):
    """Why something came back."""

    HARD = "hard"  # the address will never work
    REFUSED = "refused"  # this message is not wanted; another may be
    SOFT = "soft"  # it did not work this time
    COMPLAINT = "complaint"  # the reader called it spam
    DELIVERED = "delivered"  # the last server says that it is in the mailbox


@dataclass(frozen=True, slots=True)
class Returned:
    """One message that came back."""

    message_id: int
    kind: Return
    code: str


def read(raw: bytes) -> Returned | None:
    """What one incoming mail says about one of our messages, or None where it says nothing."""
    mail = message_from_bytes(raw, policy=policy.default)
    message_id = _named_in(mail)
    if message_id is None:
        return None
    if _is_complaint(mail):
        return Returned(message_id, Return.COMPLAINT, "complaint")
    if _is_delivered(mail):
        return Returned(message_id, Return.DELIVERED, "delivered")
    code = _status(mail)
    if not code or code.startswith("2"):
        return None
    return Returned(message_id, _kind_of(code), code)


def _named_in(mail: EmailMessage) -> int | None:
    """Our message, by the return path that the answer was sent to or that it quotes."""
    for text in _places(mail):
        for found in _RETURN.finditer(text):
            message_id = message_of(found.group(1), purpose="bounce")
            if message_id is not None:
                return message_id
    return None


def _places(mail: EmailMessage) -> Iterator[str]:
    for header in ("To", "Delivered-To", "X-Original-To", "X-Failed-Recipients"):
        yield from (str(one) for one in mail.get_all(header, []))
    for part in mail.walk():
        yield from (str(part[name]) for name in ("Return-Path", "Original-Mail-From") if part[name])


def _is_complaint(mail: EmailMessage) -> bool:
    kind = mail.get_content_type()
    return kind == "multipart/report" and mail.get_param("report-type") == "feedback-report"


def _is_delivered(mail: EmailMessage) -> bool:
    """Whether a report tells of delivery alone: relayed or expanded is not delivered."""
    told = {block.get("Action", "").strip().lower() for block in _blocks(mail)} - {""}
    return told == {"delivered"}


def _status(mail: EmailMessage) -> str:
    """The enhanced code of the failure; made from words where the server gave none."""
    for block in _blocks(mail):
        found = _ENHANCED.search(str(block.get("Status", "")))
        if found and block.get("Action", "").strip().lower() in _BAD_NEWS:
            return found.group()
    return _status_in_words("\n".join(_texts(mail)))


def _blocks(mail: EmailMessage) -> Iterator[Message]:
    """The groups of fields in the delivery status of a report, one for each recipient."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from cast("list[Message]", part.get_payload())


def _texts(mail: EmailMessage) -> Iterator[str]:
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            yield str(part.get_content())


def _status_in_words(text: str) -> str:
    if found := _ENHANCED.search(text):
        return found.group()
    if _GONE_ZH.search(text):
        return "5.1.1"
    if _FULL_ZH.search(text):
        return "4.2.2"
    if found := _BASIC.search(text):
        return f"{found.group(1)}.0.0"
    return ""


def _kind_of(code: str) -> Return:
    """A full mailbox is no dead address, whatever its first digit says (RFC 3463 §3.3)."""
    if code.startswith("4") or code == "5.2.2":
        return Return.SOFT
    return Return.REFUSED if code.startswith(("5.7.", "5.3.", "5.6.")) else Return.HARD
