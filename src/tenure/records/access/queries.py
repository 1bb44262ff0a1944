"""Who is signed in, and what a message's code is."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.functions import Lower

from tenure.records.access.models import CustomerSession, LoginCode, Passkey
from tenure.records.access.rules import CODES_WINDOW, normalised
from tenure.records.access.secrets import address_digest, code_from, token_digest
from tenure.records.customers.models import ContactPoint, Person


def person_reached_at(address: str) -> Person | None:
    """Whom an e-mail address belongs to; of several the primary person who came first."""
    points = ContactPoint.objects.annotate(lowered=Lower("address"))
    found = points.filter(channel="email", lowered=normalised(address), bounced_at=None)
    point = found.select_related("person").order_by("-person__is_primary", "person_id").first()
    return None if point is None else point.person


def codes_asked(address: str, *, at: datetime) -> int:
    """How many codes were asked for at an address in the last hour."""
    digest = address_digest(address)
    asked = LoginCode.objects.filter(address_digest=digest, asked_at__gt=at - CODES_WINDOW)
    return asked.count()


def codes_of(message_ids: Collection[int]) -> Mapping[int, str]:
    """Message → the digits that it carries, for those that carry some."""
    rows = LoginCode.objects.filter(message__in=message_ids).values_list("message_id", "nonce")
    return {message: code_from(nonce) for message, nonce in rows if message is not None}


def open_session(token: str, *, at: datetime) -> CustomerSession | None:
    """The session of a cookie, with its person and account, while it holds."""
    sessions = CustomerSession.objects.select_related("person__account")
    found = sessions.filter(token_digest=token_digest(token), closed_at=None, expires_at__gt=at)
    return found.first()


def sessions_of(person_id: int, *, at: datetime) -> QuerySet[CustomerSession]:
    """Where a person is signed in now, the newest first."""
    found = CustomerSession.objects.filter(person_id=person_id, closed_at=None, expires_at__gt=at)
    return found.order_by("-opened_at", "-pk")


def passkeys_of(person_id: int) -> QuerySet[Passkey]:
    """The passkeys of a person, the oldest first."""
    return Passkey.objects.filter(person_id=person_id).order_by("added_at", "pk")


def passkey_named(credential_id: str) -> Passkey | None:
    """The passkey of a credential's id, with its person."""
    found = Passkey.objects.select_related("person__account")
    return found.filter(credential_id=credential_id).first() if credential_id else None
