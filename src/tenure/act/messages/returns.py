"""What readers and their servers answer: refusals, complaints, and “no more of this”."""

from datetime import datetime, timedelta

from django.db import transaction

from tenure.act.messages.addresses import Dead, bury
from tenure.act.messages.bounces import Return, Returned, read
from tenure.act.messages.tokens import message_of
from tenure.kernel.clock import today
from tenure.records.contacts.models import Message
from tenure.records.contacts.rules import after_receipt
from tenure.records.contacts.states import MessageState
from tenure.records.customers.actions import withdraw_consent
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current

# So many soft bounces in so many days are a dead address (R-C-032).
SOFT_LIMIT = 5
SOFT_WINDOW = timedelta(days=14)


@transaction.atomic
def take_return(raw: bytes, *, at: datetime, by: str = "mail") -> Returned | None:
    """Read one mail that came back and act on it; None where it is about no message of ours.

    A dead address is never used again and the message has failed, so its step goes another way; a
    complaint takes back the consent to marketing. The same mail taken twice changes nothing more.
    """
    returned = read(raw)
    if returned is None:
        return None
    message = Message.objects.select_for_update().filter(pk=returned.message_id).first()
    if message is None:
        return None
    if returned.kind is Return.DELIVERED:
        _note_delivered(message, at=at, by=by)
        return returned
    key = f"message.returned:{message.pk}:{returned.kind}:{returned.code}"
    if returned.kind is Return.SOFT:
        key = f"{key}:{at.date()}"
    fact = Fact(
        "message.returned",
        on=today(current().business.zone, at),
        account_id=message.account_id,
        term_id=message.term_id,
        content={"message": message.pk, "kind": str(returned.kind), "code": returned.code},
        once_key=key,
    )
    if append(fact, at=at, by=by) is not None:
        _act(message, returned, at=at, by=by)
    return returned


def unsubscribe(token: str, *, at: datetime, by: str = "reader") -> bool:
    """Stop all marketing to the reader of a message, at once and on every channel (R-P-031).

    Returns:
        False where the token names no message of ours.
    """
    message_id = message_of(token, purpose="unsubscribe")
    message = Message.objects.filter(pk=message_id).first() if message_id else None
    if message is None:
        return False
    on = today(current().business.zone, at)
    withdraw_consent(message.person_id, purpose="marketing", on=on, at=at, by=by)
    return True


def language_of(token: str) -> str:
    """The language of the message whose link this is; empty where it is no link of ours."""
    message_id = message_of(token, purpose="unsubscribe")
    if message_id is None:
        return ""
    languages = Message.objects.filter(pk=message_id).values_list("language", flat=True)
    return languages.first() or ""


def _note_delivered(message: Message, *, at: datetime, by: str) -> None:
    """The reader's own server has it: the receipt that e-mail seldom gives."""
    after = after_receipt(MessageState(message.state), MessageState.DELIVERED)
    if after == message.state:
        return
    message.state, message.settled_at = after, at
    message.save(update_fields=["state", "settled_at"])
    fact = Fact(
        "message.delivered",
        on=today(current().business.zone, at),
        account_id=message.account_id,
        term_id=message.term_id,
        content={"message": message.pk, "channel": message.channel},
        once_key=f"message.delivered:{message.pk}",
    )
    append(fact, at=at, by=by)


def _act(message: Message, returned: Returned, *, at: datetime, by: str) -> None:
    on = today(current().business.zone, at)
    if returned.kind is Return.COMPLAINT:
        withdraw_consent(message.person_id, purpose="marketing", on=on, at=at, by=by)
        return
    if returned.kind is Return.SOFT and not _too_many_soft(message, at=at):
        return
    if returned.kind is not Return.REFUSED:
        dead = Dead(
            message.account_id,
            message.person_id,
            message.channel,
            message.address,
            returned.code,
        )
        bury(dead, on=on, at=at, by=by)
    after = after_receipt(MessageState(message.state), MessageState.FAILED)
    if after != message.state:
        message.state = after
        message.reason = "refused" if returned.kind is Return.REFUSED else "bounced"
        message.settled_at = at
        message.save(update_fields=["state", "reason", "settled_at"])


def _too_many_soft(message: Message, *, at: datetime) -> bool:
    soft = Entry.objects.filter(
        kind="message.returned",
        account_id=message.account_id,
        at__gt=at - SOFT_WINDOW,
        content__kind=str(Return.SOFT),
    )
    return soft.count() >= SOFT_LIMIT
