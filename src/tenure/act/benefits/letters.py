"""Write to a customer about something that was given: one mail, in their language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from tenure.act.messages.own import template_of
from tenure.act.messages.own_benefits import ANNIVERSARY, TRIAL_ENDING
from tenure.act.messages.presents import JOURNEY
from tenure.records.contacts.models import Message
from tenure.records.customers.queries import primary_person, usable_points
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.benefits.rules import BenefitKind

HOLDS: Final = timedelta(days=7)

__all__ = ["ANNIVERSARY", "TRIAL_ENDING", "thank", "write"]


def write(benefit: Benefit, template: str, *, on: date, at: datetime, by: str) -> Message | None:
    """One mail about a benefit, in the caller's transaction; asked again, the same one.

    None where nobody at the account could be written to.
    """
    person = primary_person(benefit.account_id)
    found = template_of(template, strategy=current())
    if person is None or found is None:
        return None
    addresses = [one.address for one in usable_points(person.pk) if one.channel == "email"]
    message, is_new = Message.objects.get_or_create(
        send_key=f"{JOURNEY}:{template}:{benefit.pk}",
        defaults={
            "account_id": benefit.account_id,
            "person": person,
            "term_id": benefit.term_id,
            "journey": JOURNEY,
            "step": template,
            "template": template,
            "message_class": found.message_class,
            "channel": "email",
            "language": person.language,
            "address": addresses[0] if addresses else "",
            "planned_at": at,
            "send_after": at,
            "expires_at": at + HOLDS,
        },
    )
    if is_new:
        content = {"message": message.pk, "template": template, "channel": "email"}
        fact = Fact(
            "message.planned",
            on=on,
            account_id=benefit.account_id,
            term_id=benefit.term_id,
            content=content,
        )
        append(fact, at=at, by=by)
    return message


def thank(entries: Sequence[Entry], at: datetime, *, by: str = "loop") -> int:
    """Write the letter of each anniversary that the journal tells of, once; how many."""
    keys = [entry.content["benefit"] for entry in entries
            if entry.content.get("kind") == BenefitKind.ANNIVERSARY]  # fmt: skip
    count = 0
    for benefit in Benefit.objects.filter(once_key__in=keys).order_by("pk"):
        with transaction.atomic():
            found = write(benefit, ANNIVERSARY, on=benefit.given_on, at=at, by=by)
        count += found is not None
    return count
