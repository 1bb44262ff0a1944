"""What the rules of sending ask about the readers of a batch, read by one question."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, Final

from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    Q,
    QuerySet,
    Value,
    Window,
)
from django.db.models.functions import RowNumber

from tenure.act.habits.models import Habit
from tenure.act.messages.own import is_awaited
from tenure.act.messages.rules import Past, days_counted
from tenure.records.among import among
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Consent, ContactPoint
from tenure.records.service.models import Incident, Line, Ticket
from tenure.records.service.rules import RENEWAL
from tenure.strategy.messages import MessageClass
from tenure.strategy.sections import Strategy

_SAID, _HAD, _BOUNCED, _FAULTY, _ASKING, _ANSWERS = range(6)
_NO_TEXT: Final = Value("", output_field=CharField())
_NO_INSTANT: Final = Value(None, output_field=DateTimeField())
_NO_NUMBER: Final = Value(None, output_field=BigIntegerField())


@dataclass(frozen=True, slots=True)
class Grounds:
    """What is so about readers and their contracts.

    `said`: (person, purpose) → channel → whether it is given; the newest word counts. `had`: what
    each person was sent within the reach of the caps, over all journeys and channels. `bounced`:
    (person, channel, address). `faulty`: subscriptions behind a node with an open fault, or with
    an open fault ticket. `asking`: customers whose question about renewing is open, whom a person
    answers first (TCK-01). `hours`: at which hour of the business a person answers.
    """

    said: defaultdict[tuple[int, str], dict[str, bool]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    had: defaultdict[int, list[Past]] = field(default_factory=lambda: defaultdict(list))
    bounced: set[tuple[int, str, str]] = field(default_factory=set)
    faulty: set[int] = field(default_factory=set)
    asking: set[int] = field(default_factory=set)
    hours: dict[int, int] = field(default_factory=dict)


def grounds_of(rows: Collection[Mapping[str, Any]], *, strategy: Strategy, at: datetime) -> Grounds:
    """What is so as of `at` about those to whom the rows of messages go."""
    found, said = Grounds(), []
    for place, key, first, second, third, begun, over, number in _told(rows, strategy, at):
        if place == _SAID:
            said.append((number, key, first, second, over is None or over > at))
        elif place == _HAD and not is_awaited(second):
            known = strategy.messages.get(second)
            purpose = known.purpose if known else None
            found.had[key].append(Past(MessageClass(first), purpose, third, begun))
        elif place == _BOUNCED:
            found.bounced.add((key, first, second))
        elif place == _FAULTY and key is not None:
            found.faulty.add(key)
        elif place == _ASKING:
            found.asking.add(key)
        elif place == _ANSWERS:
            found.hours[key] = number
    for _, person, purpose, channel, is_given in sorted(said, key=itemgetter(0)):
        found.said[person, purpose][channel] = is_given
    return found


def _told(
    rows: Collection[Mapping[str, Any]], strategy: Strategy, at: datetime
) -> Iterable[tuple[Any, ...]]:
    """Each part in the columns of the first one; where it has no such thing it tells nothing."""
    persons = {row["person_id"] for row in rows}
    since = at - timedelta(days=days_counted(strategy.contact) + 1)
    consents = Consent.objects.filter(among("person_id", persons), given_at__lte=at)
    sent = Message.objects.filter(among("person_id", persons), sent_at__gt=since, sent_at__lte=at)
    bounced = ContactPoint.objects.filter(among("person_id", persons), bounced_at__isnull=False)
    habits = Habit.objects.filter(among("person_id", persons), hour__isnull=False)
    # Instants cost more than all else to read, so that only their order is asked for.
    order = Window(RowNumber(), order_by=("given_at", "pk"))
    first = consents.values_list(
        Value(_SAID), "person_id", "purpose", "channel", _NO_TEXT,
        _NO_INSTANT, "withdrawn_at", order,
    )  # fmt: skip
    return first.union(
        sent.values_list(
            Value(_HAD), "person_id", "message_class", "template", "channel",
            "sent_at", _NO_INSTANT, _NO_NUMBER,
        ),
        _part(bounced, _BOUNCED, "person_id", "channel", "address"),
        habits.values_list(
            Value(_ANSWERS), "person_id", _NO_TEXT, _NO_TEXT, _NO_TEXT,
            _NO_INSTANT, _NO_INSTANT, "hour",
        ),
        *_troubles(rows, at),
        all=True,
    )  # fmt: skip


def _troubles(rows: Collection[Mapping[str, Any]], at: datetime) -> Sequence[QuerySet[Any, Any]]:
    """Lines behind an open fault, open reports of one, and open questions about renewing."""
    chains = {row["term__subscription_id"] for row in rows}
    still_open = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    nodes = Incident.objects.filter(still_open, started_at__lte=at).values("node_id")
    behind = Line.objects.filter(among("subscription_id", chains), node__in=nodes)
    unresolved = Q(resolved_at__isnull=True) | Q(resolved_at__gt=at)
    tickets = Ticket.objects.filter(unresolved, opened_at__lte=at)
    reported = tickets.filter(among("subscription_id", chains), kind="fault")
    asking = tickets.filter(among("account_id", {row["account_id"] for row in rows}), kind=RENEWAL)
    return (
        _part(behind, _FAULTY, "subscription_id"),
        _part(reported, _FAULTY, "subscription_id"),
        _part(asking, _ASKING, "account_id"),
    )


def _part(of: QuerySet[Any], place: int, key: str, *texts: str) -> QuerySet[Any, Any]:
    """A part that has a key, some texts, and nothing else."""
    empty = [_NO_TEXT] * (3 - len(texts))
    return of.values_list(Value(place), key, *texts, *empty, _NO_INSTANT, _NO_INSTANT, _NO_NUMBER)
