"""The failure edge of every step: what could not be delivered is tried another way."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.act.care.rules import step_key
from tenure.act.channels.banner import EVERYWHERE
from tenure.act.channels.registry import carried
from tenure.act.journeys.rules import attempt_of, channels_of, next_channels, send_key
from tenure.act.journeys.versions import journey_of
from tenure.act.journeys.webhooks import follow_untold
from tenure.kernel.clock import today
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import ContactPoint
from tenure.records.jobs.together import Work, pass_alone
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import current
from tenure.strategy.journeys import Journey, ToDoKind
from tenure.strategy.messages import Channel
from tenure.strategy.sections import Strategy

# A failure older than this was looked at by every round since.
LOOK_BACK = timedelta(days=7)
BATCH_SIZE = 500
# What another channel can put right; a text that cannot be written fails on every channel.
AWAITED = "awaits_confirming"
CURABLE = (
    "no_address", "bounced", "bad_address", "refused", "busy", "no_carrier", "undelivered",
    "channel_down",
)  # fmt: skip
_COLUMNS = (
    "send_key", "account_id", "person_id", "term_id", "journey", "journey_version", "step",
    "template", "message_class", "channel", "language", "address", "decision_id", "state",
    "planned_at", "send_after", "expires_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rerouted:
    """A failed message and the way that its step takes next."""

    message: Message
    channel: Channel
    address: str


def follow_failures(*, at: datetime, by: str = "loop") -> int:
    """Plan the next channel, or a call, for steps whose message failed; how many were followed.

    The next attempt has a key of its own, so asking twice follows once. Terms that were renewed or
    cancelled are not followed, and nobody calls the holdout.
    """
    strategy = current()
    on = today(strategy.business.zone, at)
    desk = Desk(strategy.at(on), on, at, by)
    failed = Q(state=MessageState.FAILED, reason__in=CURABLE, settled_at__gt=at - LOOK_BACK)
    lost = failed | _silent(desk.strategy, at=at)
    followed = sum(_follow(batch, desk=desk) for batch in _unheard(lost, at=at))
    return followed + follow_untold(desk)


def _silent(strategy: Strategy, *, at: datetime) -> Q:
    """What was taken and not heard of for the hours that its channel is given (R-C-004).

    A doubt is left alone: it may have arrived, and nothing is sent twice for want of an answer.
    """
    found = Q(pk__in=())
    for channel, hours in strategy.contact.silence_hours.items():
        found |= Q(
            state=MessageState.SENT,
            reason__in=("", AWAITED),
            channel=channel,
            sent_at__lte=at - timedelta(hours=hours),
            sent_at__gt=at - LOOK_BACK,
        )
    return found


def _unheard(lost: Q, *, at: datetime) -> Iterator[list[Message]]:
    """Such messages of terms that still run and whose step has time left, batch by batch."""
    still = Message.objects.filter(lost, expires_at__gt=at, term__state="running")
    found = still.select_related("person", "account").order_by("pk")
    last = 0
    while batch := list(found.filter(pk__gt=last)[:BATCH_SIZE]):
        yield batch
        last = batch[-1].pk


@transaction.atomic
def _follow(batch: Sequence[Message], *, desk: Desk) -> int:
    # Two senders may have read the same failures: the second finds them followed.
    pass_alone(Work.FOLLOWING)
    ways = list(_ways(batch, strategy=desk.strategy))
    held_out = desk.strategy.experiments.holdout_below
    calls = [
        _wanted(one.message)
        for one in ways
        if one.channel is Channel.PHONE and one.message.account.holdout_bucket >= held_out
    ]
    written = [one for one in ways if one.channel is not Channel.PHONE]
    added = insert_rows(Message, (_row(one, at=desk.at) for one in written), columns=_COLUMNS)
    append_many((_fact(one, desk=desk) for one in written), at=desk.at, by=desk.by)
    return added + open_todos(calls, desk=desk)


def _ways(batch: Sequence[Message], *, strategy: Strategy) -> Iterator[Rerouted]:
    carried_here = carried()
    tried = _tried({one.term_id for one in batch})
    reachable = _reachable({one.person_id for one in batch})
    journeys = _journeys(batch, strategy=strategy)
    for message in batch:
        before = tried[message.term_id, message.journey, message.step]
        journey = journeys[message.journey, message.journey_version]
        template = strategy.messages.get(message.template)
        was_followed = len(before) > attempt_of(message.send_key) + 1
        if journey is None or template is None or was_followed:
            continue
        usable = channels_of(journey.step(message.step), template, carried=carried_here)
        fresh = {
            channel: address
            for channel, address in reachable[message.person_id].items()
            if (channel, address) not in before
        }
        preferred = message.person.preferred_channels
        for channel in next_channels(usable, preferred=preferred):
            if channel in fresh:
                yield Rerouted(message, channel, fresh[channel])
                break


def _journeys(
    batch: Sequence[Message], *, strategy: Strategy
) -> Mapping[tuple[str, str], Journey | None]:
    """(journey, version) → its form; None for letters that belong to no journey."""
    named = {(one.journey, one.journey_version) for one in batch}
    return {(name, version): journey_of(strategy, name, version=version) for name, version in named}


def _tried(terms: Collection[int]) -> Mapping[tuple[int, str, str], list[tuple[str, str]]]:
    """(term, journey, step) → channel and address of its attempts, withdrawn ones left out."""
    found: defaultdict[tuple[int, str, str], list[tuple[str, str]]] = defaultdict(list)
    rows = Message.objects.filter(term__in=terms).exclude(send_key__contains="~").order_by("pk")
    names = ("term_id", "journey", "step", "channel", "address")
    for term, journey, step, channel, address in rows.values_list(*names):
        found[term, journey, step].append((channel, address))
    return found


def _reachable(persons: Collection[int]) -> Mapping[int, dict[str, str]]:
    """Person → channel → an address that has not bounced; everybody has a page of their own."""
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    points = ContactPoint.objects.filter(person__in=persons, bounced_at__isnull=True)
    for person, channel, address in points.order_by("-pk").values_list(
        "person_id", "channel", "address"
    ):
        found[person][channel] = address
    for person in persons:
        found[person][Channel.BANNER] = EVERYWHERE
    return found


def _wanted(message: Message) -> Wanted:
    return Wanted(
        ToDoKind.CALL,
        account_id=message.account_id,
        term_id=message.term_id,
        once_key=step_key(
            ToDoKind.CALL, journey=message.journey, step=message.step, term_id=message.term_id
        ),
        template=message.template,
        decision_id=message.decision_id,
    )


def _key(one: Rerouted) -> str:
    message = one.message
    return send_key(
        message.journey,
        step=message.step,
        term_id=message.term_id,
        attempt=attempt_of(message.send_key) + 1,
    )


def _row(one: Rerouted, *, at: datetime) -> tuple[object, ...]:
    old = one.message
    return (
        _key(one), old.account_id, old.person_id, old.term_id, old.journey, old.journey_version,
        old.step, old.template, old.message_class, one.channel, old.language, one.address,
        old.decision_id, MessageState.PLANNED, at, at, old.expires_at,
    )  # fmt: skip


def _fact(one: Rerouted, *, desk: Desk) -> Fact:
    old = one.message
    return Fact(
        "message.rerouted",
        on=desk.on,
        account_id=old.account_id,
        term_id=old.term_id,
        content={"message": old.pk, "from": old.channel, "to": one.channel},
        once_key=f"rerouted:{_key(one)}",
    )
