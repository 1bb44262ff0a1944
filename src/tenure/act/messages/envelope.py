"""One message as an e-mail: return path, identity, and the way out in its head."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, formataddr
from functools import lru_cache

from django.core.mail import EmailMultiAlternatives

from tenure.act.messages.rendering import Rendered
from tenure.act.messages.tokens import token_of


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, and where the answers of machines go."""

    name: str
    address: str
    public_url: str

    @property
    def domain(self) -> str:
        return self.address.rsplit("@", 1)[-1]

    def unsubscribe_url(self, message_id: int) -> str:
        """Where one click stops marketing, without a login (R-P-031)."""
        token = token_of(message_id, purpose="unsubscribe")
        return f"{self.public_url.rstrip('/')}/unsubscribe/{token}"


@dataclass(frozen=True, slots=True)
class Letter:
    """What one e-mail needs to know."""

    message_id: int
    send_key: str
    to_address: str
    to_name: str
    language: str
    is_marketing: bool
    text: Rendered
    at: datetime


def compose(letter: Letter, *, sender: Sender) -> EmailMultiAlternatives:
    """The e-mail of one message, the same bytes each time it is composed.

    The message's identity comes from its send key: should it go out twice because the machine
    died between the server's answer and our mark, both copies carry one Message-ID.
    """
    headers = {
        "From": _named(sender.name, sender.address),
        "Message-ID": identity(letter.send_key, domain=sender.domain),
        "Date": _dated(letter.at),
        "Content-Language": letter.language,
        "Auto-Submitted": "auto-generated",
    }
    if letter.is_marketing:
        headers["List-Unsubscribe"] = f"<{sender.unsubscribe_url(letter.message_id)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    email = EmailMultiAlternatives(
        subject=letter.text.subject,
        body=letter.text.body,
        from_email=return_path(letter.message_id, domain=sender.domain),
        to=[formataddr((letter.to_name, letter.to_address))],
        headers=headers,
    )
    email.attach_alternative(_page(letter), "text/html")
    return email


@lru_cache(maxsize=64)
def _named(name: str, address: str) -> str:
    """A business as its letters are from it: written once for all of them."""
    return formataddr((name, address))


@lru_cache(maxsize=64)
def _dated(at: datetime) -> str:
    return format_datetime(at)


def identity(send_key: str, *, domain: str) -> str:
    """The Message-ID that a send key always gets."""
    return f"<{hashlib.sha256(send_key.encode()).hexdigest()[:32]}@{domain}>"


def return_path(message_id: int, *, domain: str) -> str:
    """The address to which a refusal of this very message comes back (R-C-032)."""
    return f"b+{token_of(message_id, purpose='bounce')}@{domain}"


def _page(letter: Letter) -> str:
    return (
        f'<!doctype html><html lang="{letter.language}"><head><meta charset="utf-8"></head>'
        f"<body>{letter.text.html}</body></html>"
    )
