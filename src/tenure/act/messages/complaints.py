"""Complaints about text messages, as the authority lists them: their numbers hear no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from tenure.act.channels.sms.numbers import e164
from tenure.act.messages.hearing import readers_of, refuse_all
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import business_day

COMPLAINED = "message.complained"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One line of the list: who complained, and under which number of the authority."""

    number: str
    address: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What a list brought: people who hear no more, lines known before, numbers of nobody."""

    people: int
    known: int
    unknown: int


def take_complaints(complaints: Sequence[Complaint], *, at: datetime, by: str) -> Taken:
    """No more marketing for whoever complained, at once and on every channel (R-P-022).

    The list may be read again: each line counts once for each person whose number it names.
    """
    people = known = unknown = 0
    for one in complaints:
        readers = readers_of(e164(one.address))
        unknown += not readers
        for person_id, account_id in sorted(readers.items()):
            is_new = _take(one, (person_id, account_id), at=at, by=by)
            people, known = people + is_new, known + (not is_new)
    return Taken(people, known, unknown)


@transaction.atomic
def _take(one: Complaint, reader: tuple[int, int], *, at: datetime, by: str) -> bool:
    person_id, account_id = reader
    key = f"{COMPLAINED}:{one.number.strip()}:{person_id}"[:200]
    if Entry.objects.filter(once_key=key).exists():
        return False
    refuse_all(person_id, f"12321: {one.number.strip()[:40]}", at=at, by=by)
    content = {"person": person_id, "number": one.number.strip()[:60], "channel": "sms"}
    on = business_day(at)
    append(Fact(COMPLAINED, on=on, account_id=account_id, content=content, once_key=key),
           at=at, by=by)  # fmt: skip
    return True
