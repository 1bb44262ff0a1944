"""What providers tell later: receipts move messages on, and a reader's T takes consent back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, cast

from django.db import transaction
from django.db.models import Q

from tenure.act.channels import registry
from tenure.act.channels.channel import Call, Heard, Reply, Report, TalkingChannel
from tenure.act.channels.models import Carriage, ChannelEvent
from tenure.act.channels.registry import NoSuchChannel
from tenure.act.channels.sms.numbers import spellings
from tenure.act.channels.sms.refusing import refuses
from tenure.act.messages.addresses import Dead, bury
from tenure.kernel.masking import without_identifiers
from tenure.records.contacts.models import Message
from tenure.records.contacts.rules import after_receipt
from tenure.records.contacts.states import MessageState
from tenure.records.customers.actions import choose, withdraw_consent
from tenure.records.customers.models import ContactPoint
from tenure.records.customers.rules import Choice
from tenure.records.journal.actions import Fact, append
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import business_day

_COLUMNS: Final = (
    "provider", "event_id", "about", "provider_id", "content", "received_at", "outcome",
)  # fmt: skip
_REACHED_BY: Final = ("sms", "phone")
_STATES: Final = {
    "delivered": MessageState.DELIVERED,
    "read": MessageState.READ,
    "failed": MessageState.FAILED,
}
UNKNOWN: Final = "unknown"


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
    for report in heard.reports:
        _take_report(name, report, at=at)
    for reply in heard.replies:
        _take_reply(name, reply, at=at)
    return heard


def match_late(provider: str, carriages: Iterable[Carriage], *, at: datetime) -> int:
    """Let reports count that were faster than our own mark, in the caller's transaction.

    A report about a message that is still being handed over is kept, as is one whose number is
    not known yet (R-C-002); how many counted now.
    """
    found = {one.provider_id or f"#{one.message_id}": one for one in carriages}
    if not found:
        return 0
    kept = ChannelEvent.objects.filter(provider=provider, about="report", outcome=UNKNOWN)
    if not kept.exists():
        return 0
    by_message = {one.message_id: one for one in found.values()}
    named = Q(provider_id__in=list(found)) | Q(content__message_id__in=list(by_message))
    counted = 0
    for event in kept.filter(named).order_by("pk"):
        told = event.content
        carriage = found.get(event.provider_id) or by_message[told["message_id"]]
        report = Report(
            event.event_id,
            told["outcome"],
            at,
            event.provider_id,
            message_id=told["message_id"],
            code=told["code"],
            is_dead=told["is_dead"],
        )
        event.outcome = _apply(carriage.pk, report, at=at, by=f"provider:{provider}")
        event.save(update_fields=["outcome"])
        counted += 1
    return counted


@transaction.atomic
def _take_report(name: str, report: Report, *, at: datetime) -> None:
    content = {
        "outcome": report.outcome,
        "code": report.code[:80],
        "message_id": report.message_id,
        "is_dead": report.is_dead,
    }
    row = (name, report.event_id, "report", report.provider_id[:120], content, at, UNKNOWN)
    if not insert_rows(ChannelEvent, [row], columns=_COLUMNS):
        return
    carriage = _carriage_of(name, report)
    if carriage is None or carriage.outcome == Carriage.Outcome.OPEN:
        return
    outcome = _apply(carriage.pk, report, at=at, by=f"provider:{name}")
    ChannelEvent.objects.filter(provider=name, event_id=report.event_id).update(outcome=outcome)


def _carriage_of(name: str, report: Report) -> Carriage | None:
    """The handing over that a report is about: by the provider's id, else by our own."""
    mine = Carriage.objects.filter(provider=name).order_by("-pk")
    found = mine.filter(provider_id=report.provider_id).first() if report.provider_id else None
    if found is None and report.message_id is not None:
        found = mine.filter(message_id=report.message_id, provider_id="").first()
    return found


def _apply(carriage_id: int, report: Report, *, at: datetime, by: str) -> str:
    """Move the message on, never backwards; what came of it in a word."""
    carriage = Carriage.objects.select_for_update().get(pk=carriage_id)
    message = Message.objects.select_for_update().get(pk=carriage.message_id)
    reported = _STATES[report.outcome]
    is_failure = reported is MessageState.FAILED
    carriage.outcome = Carriage.Outcome.FAILED if is_failure else Carriage.Outcome.DELIVERED
    carriage.provider_id = carriage.provider_id or report.provider_id
    carriage.code, carriage.settled_at = report.code[:80], report.at
    carriage.save(update_fields=["outcome", "provider_id", "code", "settled_at"])
    after = after_receipt(MessageState(message.state), reported)
    if after == message.state:
        return "old_news"
    message.state, message.settled_at = after, at
    message.reason = _reason(report) if is_failure else ""
    message.save(update_fields=["state", "settled_at", "reason"])
    on = business_day(at)
    if is_failure and report.is_dead:
        address, person = message.address, message.person_id
        dead = Dead(message.account_id, person, message.channel, address, report.code)
        bury(dead, on=on, at=at, by=by)
    append(_told(message, report, at=at), at=at, by=by)
    return report.outcome


def _reason(report: Report) -> str:
    return "bounced" if report.is_dead else "undelivered"


def _told(message: Message, report: Report, *, at: datetime) -> Fact:
    is_failure = report.outcome == "failed"
    kind = "message.returned" if is_failure else f"message.{report.outcome}"
    content: dict[str, object] = {"message": message.pk, "channel": message.channel}
    if is_failure:
        content |= {"kind": "hard" if report.is_dead else "refused", "code": report.code[:80]}
    return Fact(
        kind,
        on=business_day(at),
        account_id=message.account_id,
        term_id=message.term_id,
        content=content,
        once_key=f"{kind}:{message.pk}:{message.state}",
    )


@transaction.atomic
def _take_reply(name: str, reply: Reply, *, at: datetime) -> None:
    is_refusal = refuses(reply.text)
    content = {"text": without_identifiers(reply.text)[:200]}
    row = (name, reply.event_id, "reply", "", content, at, "refusal" if is_refusal else "reply")
    if not insert_rows(ChannelEvent, [row], columns=_COLUMNS):
        return
    readers = _readers(reply.address)
    if not readers:
        ChannelEvent.objects.filter(provider=name, event_id=reply.event_id).update(
            outcome="unknown_number"
        )
    for person_id, account_id in sorted(readers.items()):
        if is_refusal:
            _refuse(person_id, reply, at=at, by=f"provider:{name}")
        else:
            fact = Fact(
                "message.answered",
                on=business_day(at),
                account_id=account_id,
                content={"person": person_id, "channel": "sms", **content},
                once_key=f"message.answered:{name}:{reply.event_id}:{person_id}"[:200],
            )
            append(fact, at=at, by=f"provider:{name}")


def _refuse(person_id: int, reply: Reply, *, at: datetime, by: str) -> None:
    """No more marketing, on any channel, from this moment on (R-P-020, R-P-033)."""
    on, evidence = business_day(at), f"SMS: {reply.text.strip()[:40]}"
    withdraw_consent(person_id, purpose="marketing", on=on, at=at, by=by)
    choose(person_id, [Choice("marketing", "sms", False, evidence)], on=on, at=at, by=by)


def _readers(number: str) -> dict[int, int]:
    """Everybody whose number it is: person → account."""
    if not number:
        return {}
    points = ContactPoint.objects.filter(
        channel__in=_REACHED_BY, address__in=spellings(number)
    ).values_list("person_id", "person__account_id")
    return dict(points)
