"""What providers tell later: receipts move messages on, and a reader's T takes consent back."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from django.db import transaction
from django.db.models import Q

from tenure.act.channels import registry
from tenure.act.channels.channel import Call, Grant, Heard, Reply, Report, TalkingChannel
from tenure.act.channels.models import Carriage, ChannelEvent
from tenure.act.channels.registry import NoSuchChannel
from tenure.act.channels.sms.numbers import spellings
from tenure.act.channels.sms.refusing import refuses
from tenure.act.channels.wechat import credits
from tenure.act.messages.addresses import Dead, bury
from tenure.kernel.masking import without_identifiers
from tenure.records.contacts.models import Message
from tenure.records.contacts.rules import after_receipt
from tenure.records.contacts.states import MessageState
from tenure.records.customers.actions import choose, withdraw_consent
from tenure.records.customers.models import ContactPoint
from tenure.records.customers.rules import Choice
from tenure.records.journal.actions import Fact, append, append_many
from tenure.records.rows import insert_rows, update_rows
from tenure.records.strategies.queries import business_day

UNKNOWN: Final = "unknown"
_EVENT: Final = (
    "provider", "event_id", "about", "provider_id", "content", "received_at", "outcome",
)  # fmt: skip
_MESSAGE: Final = ("state", "reason", "settled_at")
_CARRIAGE: Final = ("outcome", "provider_id", "code", "settled_at")
_REACHED_BY: Final = ("sms", "phone")
_STATES: Final = {
    "delivered": MessageState.DELIVERED,
    "read": MessageState.READ,
    "failed": MessageState.FAILED,
}


@dataclass(slots=True)
class _Moved:
    """One report with the message that it is about, and where that stands after it."""

    event: ChannelEvent
    carriage: Carriage
    state: MessageState
    is_news: bool

    @property
    def has_failed(self) -> bool:
        return str(self.event.content["outcome"]) == "failed"

    @property
    def is_dead(self) -> bool:
        return self.has_failed and bool(self.event.content["is_dead"])

    @property
    def reason(self) -> str:
        if not self.has_failed:
            return ""
        return "bounced" if self.is_dead else "undelivered"


def take_call(name: str, call: Call, *, at: datetime) -> Heard:
    """Take one call of a provider; told again it is answered the same and changes nothing.

    Raises:
        NoSuchChannel: it is not configured, or never calls.
        BadCall: it is not the provider's.
    """
    channel = registry.channel_of(name)
    if not hasattr(channel, "hear"):
        raise NoSuchChannel(name=name, known=[])
    heard = cast("TalkingChannel", channel).hear(call, at=at)
    take_reports(name, heard.reports, at=at)
    for grant in heard.grants:
        _take_grant(name, grant, at=at)
    for reply in heard.replies:
        _take_reply(name, reply, at=at)
    return heard


@transaction.atomic
def take_reports(name: str, reports: Sequence[Report], *, at: datetime) -> int:
    """Let reports count, all of a call as one set; how many moved a message on.

    A report about a message that is still being handed over is kept, as is one whose number is
    not known yet (R-C-002): it counts as soon as the message is marked.
    """
    if not reports:
        return 0
    rows = ((name, one.event_id, "report", one.provider_id[:120], _kept(one), at, UNKNOWN)
            for one in reports)  # fmt: skip
    insert_rows(ChannelEvent, rows, columns=_EVENT)
    told = {one.event_id for one in reports}
    fresh = _unknown(name).filter(event_id__in=told)
    numbers = [one.provider_id for one in reports if one.provider_id]
    ours = [one.message_id for one in reports if one.message_id is not None]
    named = Q(provider_id__in=numbers) | Q(message__in=ours, provider_id="")
    closed = Carriage.objects.filter(named, provider=name).exclude(outcome=Carriage.Outcome.OPEN)
    return _let_count(list(fresh), list(closed), at=at, by=f"provider:{name}")


def has_kept(name: str) -> bool:
    """Whether a provider reported about messages that it was not known to have."""
    return bool(_unknown(name).exists())


def match_late(name: str, carriages: Collection[Carriage], *, at: datetime) -> int:
    """Let reports count that were faster than our own mark, in the caller's transaction."""
    if not carriages or not has_kept(name):
        return 0
    kept = _unknown(name)
    numbers = [one.provider_id for one in carriages if one.provider_id]
    named = Q(provider_id__in=numbers)
    named |= Q(content__message_id__in=[one.message_id for one in carriages])
    return _let_count(list(kept.filter(named)), carriages, at=at, by=f"provider:{name}")


def _unknown(name: str) -> Any:
    waiting = ChannelEvent.objects.filter(provider=name, about="report", outcome=UNKNOWN)
    return waiting.select_for_update().order_by("pk")


def _kept(report: Report) -> dict[str, object]:
    return {
        "outcome": report.outcome,
        "code": report.code[:80],
        "message_id": report.message_id,
        "is_dead": report.is_dead,
    }


def _let_count(
    events: Sequence[ChannelEvent], carriages: Collection[Carriage], *, at: datetime, by: str
) -> int:
    """Move the messages on, never backwards, and write down what each report came to."""
    by_number = {one.provider_id: one for one in carriages if one.provider_id}
    by_message = {one.message_id: one for one in carriages}
    pairs = [
        (event, carriage)
        for event in events
        if (carriage := by_number.get(event.provider_id) or by_message.get(_ours(event)))
    ]
    ids = sorted({carriage.message_id for _, carriage in pairs})
    locked = Message.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    messages = {one.pk: one for one in locked}
    moved = list(_moves(pairs, messages))
    news = {one.carriage.message_id: one for one in moved if one.is_news}
    update_rows(
        Message,
        ((one.state, one.reason, at, pk) for pk, one in news.items()),
        columns=_MESSAGE,
    )
    update_rows(Carriage, (_closed(one, at=at) for one in moved), columns=_CARRIAGE)
    update_rows(
        ChannelEvent,
        (
            (one.event.content["outcome"] if one.is_news else "old_news", one.event.pk)
            for one in moved
        ),
        columns=("outcome",),
    )
    for pk, one in news.items():
        if one.is_dead:
            _bury(messages[pk], one, at=at, by=by)
    facts = (_fact(messages[pk], one, at=at) for pk, one in news.items())
    append_many(facts, at=at, by=by)
    return len(news)


def _ours(event: ChannelEvent) -> int:
    return event.content["message_id"] or 0


def _moves(
    pairs: Sequence[tuple[ChannelEvent, Carriage]], messages: dict[int, Message]
) -> Iterator[_Moved]:
    """Report by report, in the order in which they came."""
    stands = {pk: MessageState(one.state) for pk, one in messages.items()}
    for event, carriage in pairs:
        before = stands[carriage.message_id]
        after = after_receipt(before, _STATES[event.content["outcome"]])
        stands[carriage.message_id] = after
        yield _Moved(event, carriage, after, is_news=after != before)


def _closed(one: _Moved, *, at: datetime) -> tuple[object, ...]:
    outcome = Carriage.Outcome.FAILED if one.has_failed else Carriage.Outcome.DELIVERED
    number = one.carriage.provider_id or one.event.provider_id
    if not one.is_news:
        outcome = Carriage.Outcome(one.carriage.outcome)
    return outcome, number, one.event.content["code"], at, one.carriage.pk


def _bury(message: Message, one: _Moved, *, at: datetime, by: str) -> None:
    code = one.event.content["code"]
    dead = Dead(message.account_id, message.person_id, message.channel, message.address, code)
    bury(dead, on=business_day(at), at=at, by=by)


def _fact(message: Message, one: _Moved, *, at: datetime) -> Fact:
    kind = "message.returned" if one.has_failed else f"message.{one.event.content['outcome']}"
    content: dict[str, object] = {"message": message.pk, "channel": message.channel}
    if one.has_failed:
        kept = one.event.content["code"]
        content |= {"kind": "hard" if one.is_dead else "refused", "code": kept}
    return Fact(
        kind,
        on=business_day(at),
        account_id=message.account_id,
        term_id=message.term_id,
        content=content,
        once_key=f"{kind}:{message.pk}",
    )


@transaction.atomic
def _take_grant(name: str, grant: Grant, *, at: datetime) -> None:
    """A reader allowed one more message of a template, or none any more (R-C-023)."""
    content = {"template": grant.template[:80], "count": grant.count}
    row = (name, grant.event_id, "grant", "", content, at, "grant" if grant.count else "refusal")
    if not insert_rows(ChannelEvent, [row], columns=_EVENT):
        return
    if grant.count:
        credits.grant(grant.address[:120], template=grant.template[:80], count=grant.count)
    else:
        credits.forfeit(grant.address, template=grant.template)


def greet(name: str, call: Call) -> str:
    """What a provider wants to hear when its customer names the address of events to it.

    Raises:
        NoSuchChannel: it is not configured, or greets nobody.
        BadCall: it is not the provider's.
    """
    channel = registry.channel_of(name)
    if not hasattr(channel, "greet"):
        raise NoSuchChannel(name=name, known=[])
    return str(channel.greet(call))


@transaction.atomic
def _take_reply(name: str, reply: Reply, *, at: datetime) -> None:
    is_refusal = refuses(reply.text)
    readers = readers_of(reply.address)
    content = {"text": without_identifiers(reply.text)[:200]}
    outcome = "refusal" if is_refusal else "reply"
    row = (name, reply.event_id, "reply", "", content, at, outcome if readers else "unknown_number")
    if not insert_rows(ChannelEvent, [row], columns=_EVENT):
        return
    by = f"provider:{name}"
    for person_id, account_id in sorted(readers.items()):
        if is_refusal:
            refuse_all(person_id, f"SMS: {reply.text.strip()[:40]}", at=at, by=by)
            continue
        fact = Fact(
            "message.answered",
            on=business_day(at),
            account_id=account_id,
            content={"person": person_id, "channel": "sms", **content},
            once_key=f"message.answered:{name}:{reply.event_id}:{person_id}"[:200],
        )
        append(fact, at=at, by=by)


def refuse_all(person_id: int, evidence: str, *, at: datetime, by: str) -> None:
    """No more marketing, on any channel, from this moment on (R-P-020, R-P-033)."""
    on = business_day(at)
    withdraw_consent(person_id, purpose="marketing", on=on, at=at, by=by)
    choose(person_id, [Choice("marketing", "sms", False, evidence)], on=on, at=at, by=by)


def readers_of(number: str) -> dict[int, int]:
    """Everybody whose number it is: person → account."""
    if not number:
        return {}
    points = ContactPoint.objects.filter(
        channel__in=_REACHED_BY, address__in=spellings(number)
    ).values_list("person_id", "person__account_id")
    return dict(points)
