"""Mails that answer what a customer just did: planned with the deed, sent once."""

from datetime import date, datetime, timedelta
from typing import Final

from tenure.act.messages.own import template_of
from tenure.records.cancellations.models import Cancellation
from tenure.records.contacts.models import Message
from tenure.records.customers.queries import primary_person, usable_points
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import current

JOURNEY: Final = "self_service"
HOLDS: Final = timedelta(days=30)


def plan_letter(
    row: Cancellation, template: str, *, on: date, at: datetime, by: str
) -> Message | None:
    """One mail about an attempt to leave, in the caller's transaction; asked again, the same one.

    None where nobody at the account could be written to; where the address is missing, the outbox
    shows it as failed.
    """
    person = primary_person(row.account_id)
    found = template_of(template, strategy=current())
    if person is None or found is None:
        return None
    addresses = [one.address for one in usable_points(person.pk) if one.channel == "email"]
    message, is_new = Message.objects.get_or_create(
        send_key=f"{JOURNEY}:{template}:{row.public_id}",
        defaults={
            "account_id": row.account_id,
            "person": person,
            "term_id": row.term_id,
            "journey": JOURNEY,
            "step": template,
            "template": template,
            "message_class": found.message_class,
            "channel": "email",
            "language": row.language,
            "address": addresses[0] if addresses else "",
            "planned_at": at,
            "send_after": at,
            "expires_at": at + HOLDS,
        },
    )
    if is_new:
        fact = Fact(
            "message.planned",
            on=on,
            account_id=row.account_id,
            term_id=row.term_id,
            content={"message": message.pk, "template": template, "channel": "email"},
        )
        append(fact, at=at, by=by)
    return message
