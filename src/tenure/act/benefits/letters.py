"""Write to a customer about something that was given: one mail, in their language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched
from typing import Final

from django.db import transaction

from tenure.act.messages.own import template_of
from tenure.act.messages.own_benefits import ANNIVERSARY, GIFT_RAN_OUT, GIFT_SENT, TRIAL_ENDING
from tenure.act.messages.presents import GIFTS, JOURNEY
from tenure.records.contacts.models import Message
from tenure.records.customers.queries import email_addresses, primary_people
from tenure.records.gifts.models import Gift
from tenure.records.journal.actions import Fact, append_many
from tenure.records.journal.models import Entry
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.benefits.rules import BenefitKind

HOLDS: Final = timedelta(days=7)
BATCH_SIZE: Final = 500
_COLUMNS: Final = (
    "send_key", "account_id", "person_id", "term_id", "journey", "step", "template",
    "message_class", "channel", "language", "address", "planned_at", "send_after", "expires_at",
)  # fmt: skip

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
    on: date

    @property
    def key(self) -> str:
        return f"{self.journey}:{self.template}:{self.about}"

    @classmethod
    def of_benefit(cls, benefit: Benefit, template: str, *, on: date) -> _Letter:
        """A letter about something that came with a term."""
        return cls(JOURNEY, template, benefit.pk, benefit.account_id, benefit.term_id, on)


def write(benefit: Benefit, template: str, *, on: date, at: datetime, by: str) -> Message | None:
    """One mail about a benefit, in the caller's transaction; asked again, the same one.

    None where nobody at the account could be written to.
    """
    letter = _Letter.of_benefit(benefit, template, on=on)
    _write_batch([letter], at=at, by=by)
    return Message.objects.filter(send_key=letter.key).first()


def tell_of_gifts(
    entries: Sequence[Entry], template: str, *, at: datetime, by: str = "loop"
) -> int:
    """One mail about each present that the journal tells of, once; how many (OFR-18)."""
    on_days = {entry.content["number"]: entry.on for entry in entries}
    gifts = Gift.objects.filter(public_id__in=on_days).order_by("pk")
    letters = [
        _Letter(GIFTS, template, one.pk, one.account_id, one.term_id, on_days[one.public_id])
        for one in gifts
    ]
    return _write(letters, at=at, by=by)


def thank(entries: Sequence[Entry], at: datetime, *, by: str = "loop") -> int:
    """Write the letter of each anniversary that the journal tells of, once; how many."""
    keys = [entry.content["benefit"] for entry in entries
            if entry.content.get("kind") == BenefitKind.ANNIVERSARY]  # fmt: skip
    given = Benefit.objects.filter(once_key__in=keys).order_by("pk")
    letters = [_Letter.of_benefit(one, ANNIVERSARY, on=one.given_on) for one in given]
    return _write(letters, at=at, by=by)


def _write(letters: Iterable[_Letter], *, at: datetime, by: str) -> int:
    return sum(_write_batch(batch, at=at, by=by) for batch in batched(letters, BATCH_SIZE))


@transaction.atomic
def _write_batch(letters: Sequence[_Letter], *, at: datetime, by: str) -> int:
    """Plan the letters that were not planned yet; how many of all reach somebody."""
    strategy = current()
    people = primary_people({one.account_id for one in letters})
    told = [
        (one, people[one.account_id], found)
        for one in letters
        if one.account_id in people and (found := template_of(one.template, strategy=strategy))
    ]
    addresses = email_addresses({person.pk for _, person, _ in told})
    planned = _ids([one.key for one, _, _ in told])
    fresh = [one for one in told if one[0].key not in planned]
    if not fresh:
        return len(told)
    rows = (
        (
            one.key,
            one.account_id,
            person.pk,
            one.term_id,
            one.journey,
            one.template,
            one.template,
            found.message_class,
            "email",
            person.language,
            addresses.get(person.pk, ""),
            at,
            at,
            at + HOLDS,
        )
        for one, person, found in fresh
    )
    insert_rows(Message, rows, columns=_COLUMNS)
    ids = _ids([one.key for one, _, _ in fresh])
    append_many((_planned(one, ids[one.key]) for one, _, _ in fresh), at=at, by=by)
    return len(told)


def _ids(keys: Sequence[str]) -> Mapping[str, int]:
    """Send key → the message that has it."""
    return dict(Message.objects.filter(send_key__in=keys).values_list("send_key", "pk"))


def _planned(letter: _Letter, message_id: int) -> Fact:
    return Fact(
        "message.planned",
        on=letter.on,
        account_id=letter.account_id,
        term_id=letter.term_id,
        content={"message": message_id, "template": letter.template, "channel": "email"},
    )
