"""Codes asked for and used, sessions opened and closed; each leaves a journal entry."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.records.access.models import CustomerSession, LoginCode, Passkey
from tenure.records.access.queries import sessions_of
from tenure.records.access.rules import CODE_HOLDS, SESSION_HOLDS, Asked, WrongPasskey, may_try
from tenure.records.access.secrets import (
    address_digest,
    fresh_token,
    is_code,
    token_digest,
)
from tenure.records.customers.models import Person
from tenure.records.journal.actions import Fact, append


@dataclass(frozen=True, slots=True)
class NewCode:
    """A code for an address; without a person and a message where nobody has the address."""

    ticket: str
    address: str
    person: Person | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """How a person comes in, and on which device."""

    person: Person
    door: CustomerSession.Door
    device: str = ""


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A credential that a device made for a person."""

    person: Person
    credential_id: str
    public_key: bytes
    sign_count: int
    name: str


@transaction.atomic
def store_code(new: NewCode, *, on: date, at: datetime, by: str) -> LoginCode:
    """Remember that a code was asked for; the digits themselves are kept nowhere."""
    person = new.person
    stored = LoginCode.objects.create(
        ticket=new.ticket,
        address_digest=address_digest(new.address),
        nonce=fresh_token(),
        person=person,
        message_id=new.message_id,
        asked_at=at,
        expires_at=at + CODE_HOLDS,
    )
    account_id = person.account_id if person else None
    content = {"is_sent": new.message_id is not None}
    append(Fact("access.code_asked", on=on, account_id=account_id, content=content), at=at, by=by)
    return stored


@transaction.atomic
def use_code(ticket: str, digits: str, *, on: date, at: datetime, by: str) -> Person | None:
    """Whom a code lets in; None where it is wrong, late, used, or was guessed at too often.

    Each wrong try is counted, also for an address that nobody has: the answers are the same.
    """
    row = LoginCode.objects.select_for_update(of=("self",)).filter(ticket=ticket).first()
    if row is None:
        return None
    asked = Asked(row.expires_at, row.attempts, row.used_at, row.person_id is not None)
    is_right = is_code(digits, nonce=row.nonce)
    if is_right and may_try(asked, at=at):
        row.used_at = at
        row.save(update_fields=["used_at"])
        _note("access.code_used", row, on=on, at=at, by=by)
        assert row.person is not None, "only a code that was sent can be tried"
        return row.person
    row.attempts += 1
    row.save(update_fields=["attempts"])
    _note("access.code_refused", row, on=on, at=at, by=by)
    return None


@transaction.atomic
def open_session(opening: Opening, *, on: date, at: datetime, by: str) -> str:
    """Sign a person in on one device; the token for its cookie, which is kept nowhere else."""
    token, person = fresh_token(), opening.person
    CustomerSession.objects.create(
        token_digest=token_digest(token),
        account_id=person.account_id,
        person=person,
        door=opening.door,
        device=opening.device[:120],
        opened_at=at,
        expires_at=at + SESSION_HOLDS,
    )
    content = {"person": person.pk, "door": str(opening.door), "device": opening.device[:120]}
    fact = Fact("access.session_opened", on=on, account_id=person.account_id, content=content)
    append(fact, at=at, by=by)
    return token


@transaction.atomic
def close_session(token: str, *, on: date, at: datetime, by: str) -> bool:
    """Sign out on one device; False where nobody was signed in."""
    sessions = CustomerSession.objects.select_for_update()
    row = sessions.filter(token_digest=token_digest(token), closed_at=None).first()
    if row is None:
        return False
    row.closed_at = at
    row.save(update_fields=["closed_at"])
    content = {"person": row.person_id, "sessions": 1}
    fact = Fact("access.session_closed", on=on, account_id=row.account_id, content=content)
    append(fact, at=at, by=by)
    return True


@transaction.atomic
def close_sessions(person: Person, *, on: date, at: datetime, by: str) -> int:
    """Sign a person out everywhere, at once; on how many devices."""
    count = sessions_of(person.pk, at=at).update(closed_at=at)
    if count:
        content = {"person": person.pk, "sessions": count}
        fact = Fact("access.session_closed", on=on, account_id=person.account_id, content=content)
        append(fact, at=at, by=by)
    return count


@transaction.atomic
def add_passkey(new: NewPasskey, *, on: date, at: datetime, by: str) -> Passkey:
    """Keep the public half of a passkey; kept before, the one that is there.

    Raises:
        WrongPasskey: somebody else has this very credential.
    """
    known = Passkey.objects.select_for_update().filter(credential_id=new.credential_id).first()
    if known is not None:
        if known.person_id != new.person.pk:
            raise WrongPasskey()
        return known
    passkey = Passkey.objects.create(
        person=new.person,
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        name=new.name,
        added_at=at,
    )
    _about_passkey("access.passkey_added", passkey, on=on, at=at, by=by)
    return passkey


@transaction.atomic
def use_passkey(passkey_id: int, *, sign_count: int, on: date, at: datetime, by: str) -> Passkey:
    """Note that a passkey was used; a counter that does not grow shows a copy.

    Raises:
        WrongPasskey: it was copied, or removed meanwhile.
    """
    passkey = Passkey.objects.select_for_update().filter(pk=passkey_id).first()
    if passkey is None or (sign_count and sign_count <= passkey.sign_count):
        raise WrongPasskey()
    passkey.sign_count, passkey.used_at = sign_count, at
    passkey.save(update_fields=["sign_count", "used_at"])
    _about_passkey("access.passkey_used", passkey, on=on, at=at, by=by)
    return passkey


@transaction.atomic
def remove_passkey(passkey_id: int, *, person_id: int, on: date, at: datetime, by: str) -> bool:
    """Forget a passkey of a person; False where there is none."""
    mine = Passkey.objects.select_for_update().select_related("person")
    passkey = mine.filter(pk=passkey_id, person_id=person_id).first()
    if passkey is None:
        return False
    _about_passkey("access.passkey_removed", passkey, on=on, at=at, by=by)
    passkey.delete()
    return True


def _about_passkey(kind: str, passkey: Passkey, *, on: date, at: datetime, by: str) -> None:
    content = {"person": passkey.person_id, "name": passkey.name}
    fact = Fact(kind, on=on, account_id=passkey.person.account_id, content=content)
    append(fact, at=at, by=by)


def _note(kind: str, row: LoginCode, *, on: date, at: datetime, by: str) -> None:
    account_id = row.person.account_id if row.person else None
    append(Fact(kind, on=on, account_id=account_id), at=at, by=by)
