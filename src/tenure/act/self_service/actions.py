"""Come in by a code sent to one's own address, and go out again."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.act.messages.own import LOGIN_CODE
from tenure.records.access import actions as access
from tenure.records.access.actions import NewCode, Opening
from tenure.records.access.models import CustomerSession, LoginCode
from tenure.records.access.queries import codes_asked, person_reached_at
from tenure.records.access.rules import CODE_HOLDS, may_send, normalised
from tenure.records.access.secrets import fresh_token
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Person
from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.models import Term

JOURNEY = "self_service"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who came in, and the token for the cookie."""

    person: Person
    token: str


@transaction.atomic
def ask_code(address: str, *, on: date, at: datetime, by: str) -> LoginCode:
    """Send a code to an address, if somebody has it; the answer is the same if nobody has.

    After five codes in an hour no more are sent to the address, and that is not told either. The
    mail goes out by the sender, after this is over, so also the time taken tells nothing.
    """
    ticket = fresh_token()
    person = person_reached_at(address)
    sends = may_send(codes_asked(address, at=at))
    message = None
    if person is not None and sends:
        message = _letter(person, normalised(address), ticket=ticket, on=on, at=at)
    known = person if message is not None else None
    new = NewCode(ticket, address, known, message.pk if message else None)
    return access.store_code(new, on=on, at=at, by=by)


@transaction.atomic
def sign_in(ticket: str, digits: str, *, device: str, on: date, at: datetime) -> SignedIn | None:
    """Open a session for whoever holds the right code; None where it is not right."""
    person = access.use_code(ticket, digits, on=on, at=at, by="customer")
    if person is None:
        return None
    opening = Opening(person, CustomerSession.Door.CODE, device)
    token = access.open_session(opening, on=on, at=at, by=f"customer:{person.pk}")
    return SignedIn(person, token)


def _letter(person: Person, address: str, *, ticket: str, on: date, at: datetime) -> Message | None:
    """The mail with the code; None for an account that never had a contract."""
    terms = Term.objects.filter(account_id=person.account_id, reversed_on=None)
    term = terms.order_by("-ends_on", "-pk").first()
    if term is None:
        return None
    message = Message.objects.create(
        send_key=f"{JOURNEY}:code:{ticket}",
        account_id=person.account_id,
        person=person,
        term=term,
        journey=JOURNEY,
        step="code",
        template=LOGIN_CODE,
        message_class=Message.Class.TRANSACTIONAL,
        channel="email",
        language=person.language,
        address=address,
        planned_at=at,
        send_after=at,
        expires_at=at + CODE_HOLDS,
    )
    content = {"message": message.pk, "template": LOGIN_CODE, "channel": "email"}
    fact = Fact(
        "message.planned",
        on=on,
        account_id=person.account_id,
        term_id=term.pk,
        content=content,
    )
    append(fact, at=at, by=f"customer:{person.pk}")
    return message
