"""Write to a customer about something that was given: one mail, in their language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from tenure.act.messages.own import template_of
from tenure.act.messages.own_benefits import ANNIVERSARY, GIFT_RAN_OUT, GIFT_SENT, TRIAL_ENDING
from tenure.act.messages.presents import GIFTS, JOURNEY
from tenure.records.contacts.models import Message
from tenure.records.customers.queries import primary_person, usable_points
from tenure.records.gifts.models import Gift
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.benefits.rules import BenefitKind

HOLDS: Final = timedelta(days=7)

__all__ = [
    "ANNIVERSARY",
    "GIFT_RAN_OUT",
    "GIFT_SENT",
    "TRIAL_ENDING",
    "tell_of_gifts",
    "thank",
    "write",
]


@dataclass(frozen=True, slots=True)
class _Letter:
    """Which text about what; the send key names it, so that it is written once."""

    journey: str
    template: str
    about: int
    account_id: int
    term_id: int


def write(benefit: Benefit, template: str, *, on: date, at: datetime, by: str) -> Message | None:
    """One mail about a benefit, in the caller's transaction; asked again, the same one.

    None where nobody at the account could be written to.
    """
    letter = _Letter(JOURNEY, template, benefit.pk, benefit.account_id, benefit.term_id)
    return _write(letter, on=on, at=at, by=by)


def _write(letter: _Letter, *, on: date, at: datetime, by: str) -> Message | None:
    person = primary_person(letter.account_id)
    found = template_of(letter.template, strategy=current())
    if person is None or found is None:
        return None
    addresses = [one.address for one in usable_points(person.pk) if one.channel == "email"]
    message, is_new = Message.objects.get_or_create(
        send_key=f"{letter.journey}:{letter.template}:{letter.about}",
        defaults={
            "account_id": letter.account_id,
            "person": person,
            "term_id": letter.term_id,
            "journey": letter.journey,
            "step": letter.template,
            "template": letter.template,
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
        fact = Fact(
            "message.planned",
            on=on,
            account_id=letter.account_id,
            term_id=letter.term_id,
            content={"message": message.pk, "template": letter.template, "channel": "email"},
        )
        append(fact, at=at, by=by)
    return message


def tell_of_gifts(
    entries: Sequence[Entry], template: str, *, at: datetime, by: str = "loop"
) -> int:
    """One mail about each present that the journal tells of, once; how many (OFR-18)."""
    on_days = {entry.content["number"]: entry.on for entry in entries}
    count = 0
    for gift in Gift.objects.filter(public_id__in=on_days).order_by("pk"):
        letter = _Letter(GIFTS, template, gift.pk, gift.account_id, gift.term_id)
        with transaction.atomic():
            found = _write(letter, on=on_days[gift.public_id], at=at, by=by)
        count += found is not None
    return count


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
