"""Learn once a week by which way and at what hour each person answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, ExtractHour

from tenure.act.habits.models import Habit
from tenure.act.habits.rules import ELDERLY_YEARS, YOUNG_YEARS
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import current
from tenure.strategy.messages import Channel
from tenure.understand.habits.estimator import HOURS, habits

SUNDAY: Final = 6
YEAR: Final = timedelta(days=365)
#: A renewal so soon after a message answers it.
ANSWERS_WITHIN: Final = timedelta(days=3)
_CHANNELS: Final = tuple(Channel)
_LEFT: Final = (MessageState.SENT, MessageState.DELIVERED, MessageState.READ)
_COLUMNS: Final = (
    "person_id", "channel", "sent", "answered", "share", "alike", "hour", "answers", "learned_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Counted:
    """Counts of a year in rows of persons."""

    persons: Sequence[int]
    groups: list[int]
    sent: list[list[int]]
    answered: list[list[int]]
    hours: list[list[int]]


def learn_habits(*, as_of: date, at: datetime, by: str = "loop") -> int:
    """On Sundays, learn anew from the messages of a year; how many people have a habit.

    An answer is a message that was read, or a renewal within three days after it. Learned again
    for the same day, the same is found.
    """
    if as_of.weekday() != SUNDAY:
        return 0
    counted = _counted(_messages(at), as_of=as_of)
    rows = list(_rows(counted, on=as_of)) if counted.persons else []
    with transaction.atomic():
        Habit.objects.all().delete()
        insert_rows(Habit, rows, columns=_COLUMNS)
        append(Fact("habits.learned", on=as_of, content={"people": len(rows)}), at=at, by=by)
    return len(rows)


def _messages(at: datetime) -> QuerySet[Any]:
    """What reached people in a year, each with whether it was answered, and in which hour."""
    zone = ZoneInfo(current().business.zone)
    renewal = Entry.objects.filter(
        kind="term.renewed",
        account=OuterRef("account"),
        term_id=OuterRef("term_id"),
        at__gt=OuterRef("sent_at"),
        at__lte=OuterRef("sent_at") + ANSWERS_WITHIN,
    )
    sent = Message.objects.filter(state__in=_LEFT, sent_at__gt=at - YEAR, sent_at__lte=at)
    told = sent.annotate(renews=Exists(renewal), renewed_at=renewal.values("at")[:1])
    return told.annotate(
        hour=ExtractHour(Coalesce(F("renewed_at"), F("settled_at")), tzinfo=zone),
        is_answered=Q(state=MessageState.READ) | Q(renews=True),
    )


def _counted(messages: QuerySet[Any], *, as_of: date) -> _Counted:
    by_way = messages.order_by().values_list("person", "channel").annotate(
        n=Count("pk"), won=Count("pk", filter=Q(is_answered=True))
    )  # fmt: skip
    ways = list(by_way)
    persons = sorted({row[0] for row in ways})
    place = {person: number for number, person in enumerate(persons)}
    sent, answered = ([[0] * len(_CHANNELS) for _ in persons] for _ in range(2))
    hours = [[0] * HOURS for _ in persons]
    for person, channel, count, won in ways:
        sent[place[person]][_CHANNELS.index(Channel(channel))] = count
        answered[place[person]][_CHANNELS.index(Channel(channel))] = won
    heard = messages.filter(is_answered=True, hour__isnull=False).order_by()
    for person, hour, count in heard.values_list("person", "hour").annotate(n=Count("pk")):
        hours[place[person]][hour] = count
    return _Counted(persons, _groups(messages, place, as_of=as_of), sent, answered, hours)


def _groups(messages: QuerySet[Any], place: dict[int, int], *, as_of: date) -> list[int]:
    """People alike: by the kind of customer and by age."""
    named: dict[tuple[Any, str], int] = {}
    groups = [0] * len(place)
    people = messages.order_by().values_list("person", "account__kind", "person__born_year")
    for person, kind, born in people.distinct():
        key = (kind, _age(born, year=as_of.year))
        groups[place[person]] = named.setdefault(key, len(named))
    return groups


def _age(born_year: int | None, *, year: int) -> str:
    if born_year is None:
        return ""
    if born_year <= year - ELDERLY_YEARS:
        return "elderly"
    return "young" if born_year > year - YOUNG_YEARS else "between"


def _rows(counted: _Counted, *, on: date) -> Iterator[tuple[object, ...]]:
    """One row for each person of whom the way or the hour is known."""
    found = habits(counted.sent, counted.answered, answers=counted.hours, groups=counted.groups)
    for number, person in enumerate(counted.persons):
        best, hour = found.ways[number], found.hours[number]
        if best < 0 and hour < 0:
            continue
        is_known = best >= 0
        yield (
            person,
            _CHANNELS[best] if is_known else "",
            counted.sent[number][best] if is_known else 0,
            counted.answered[number][best] if is_known else 0,
            found.shares[number] if is_known else None,
            found.alike[number] if is_known else None,
            hour if hour >= 0 else None,
            sum(counted.hours[number]),
            on,
        )
