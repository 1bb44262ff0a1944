"""Write down what is worth a word, and say it in the rooms that listen, once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from django.db import transaction
from django.db.models import Q

from tenure.act.alerts.mailing import MAIL, mail_due
from tenure.act.alerts.rules import FORGETS, MOST_ALONE, WORTH, after_rush, digest
from tenure.act.channels import rests
from tenure.act.channels.channel import ChannelDown, Limits, Outcome, Parcel, Result
from tenure.act.channels.models import StaffNotice
from tenure.act.channels.registry import Mouth, staff_mouths
from tenure.act.messages.post import Post
from tenure.records.journal.models import Entry
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import current
from tenure.records.views.queries import mail_readers

ROOM: Final = "room"
REST: Final = timedelta(minutes=5)
_COLUMNS: Final = (
    "once_key", "channel", "address", "text", "outcome", "code", "written_at", "send_after",
)  # fmt: skip
_OUTCOMES: Final = {
    Outcome.ACCEPTED: StaffNotice.Outcome.SENT,
    Outcome.AWAITED: StaffNotice.Outcome.SENT,
    Outcome.IN_DOUBT: StaffNotice.Outcome.IN_DOUBT,
    Outcome.REFUSED: StaffNotice.Outcome.FAILED,
    Outcome.DEAD: StaffNotice.Outcome.FAILED,
    Outcome.LATER: StaffNotice.Outcome.WAITING,
}


def note(entries: Sequence[Entry], *, at: datetime) -> int:
    """Write one notice for each entry that is worth it and each listener; twice is once."""
    business = current().business
    language = business.language
    rooms = [(one.channel.name, address) for one in staff_mouths() for address in _listeners(one)]
    readers = mail_readers()
    rows = [
        (
            f"entry:{entry.pk}",
            channel,
            address,
            f"{business.name.say(language)} · {WORTH[entry.kind].say(language)}",
            StaffNotice.Outcome.WAITING,
            "",
            at,
            after_rush(at, key=f"{entry.pk}"),
        )
        for entry in entries
        if entry.kind in WORTH
        for channel, address in chain(
            rooms, ((MAIL, one.address) for one in readers if entry.kind not in one.muted)
        )
    ]
    return insert_rows(StaffNotice, rows, columns=_COLUMNS)


def speak(*, at: datetime, post: Post | None = None) -> int:
    """Say what waits; how many notices were said. Only who holds the lease may ask.

    Without a post to hand e-mails to, those wait.

    What a dead speaker left half said is in doubt, and is not said again.
    """
    left = StaffNotice.objects.filter(outcome=StaffNotice.Outcome.SENDING)
    left.update(outcome=StaffNotice.Outcome.IN_DOUBT)
    in_rooms = sum(_in_rooms_of(mouth, at=at) for mouth in staff_mouths())
    return in_rooms + mail_due(post=post, at=at)


def waits(*, at: datetime) -> bool:
    """Whether somebody is to be told something now."""
    return StaffNotice.objects.filter(_due(at)).exists()


def _listeners(mouth: Mouth) -> list[str]:
    """Who hears a notice: the room, or each member that the settings name."""
    members = str(getattr(getattr(mouth.channel, "account", None), "members", ""))
    return [one for one in members.replace(",", " ").split() if one] or [ROOM]


def _due(at: datetime) -> Q:
    return Q(outcome=StaffNotice.Outcome.WAITING, send_after__lte=at)


def _in_rooms_of(mouth: Mouth, *, at: datetime) -> int:
    if mouth.breaker.is_open(at):
        return 0
    due = StaffNotice.objects.filter(_due(at), channel=mouth.channel.name).order_by("pk")
    waiting: dict[str, list[StaffNotice]] = {}
    for one in due[:500]:
        waiting.setdefault(one.address, []).append(one)
    return sum(_said(notices, mouth, at=at) for notices in waiting.values())


def _said(notices: Sequence[StaffNotice], mouth: Mouth, *, at: datetime) -> int:
    fresh = [one for one in notices if one.written_at > at - FORGETS]
    _mark([one for one in notices if one not in fresh], StaffNotice.Outcome.FAILED, code="too_late")
    if not fresh:
        return 0
    batches = [fresh] if len(fresh) > MOST_ALONE else [[one] for one in fresh]
    return sum(_hand_over(batch, mouth, at=at) for batch in batches)


def _hand_over(batch: Sequence[StaffNotice], mouth: Mouth, *, at: datetime) -> int:
    """Say one or many in one message; the mark stands before anything leaves."""
    limits = mouth.channel.limits
    if _had_enough(batch[0], limits, at=at) or mouth.pace.ask("") > 0:
        return 0
    language = current().business.language
    texts = [one.text for one in batch]
    body = texts[0] if len(texts) == 1 else digest(texts, language=language)
    parcel = Parcel(batch[0].pk, batch[0].once_key, batch[0].address, body)
    _mark(batch, StaffNotice.Outcome.SENDING)
    try:
        result = next(iter(mouth.channel.deliver([parcel], at=at)))
    except ChannelDown as outage:
        mouth.breaker.failed(at, outright=True)
        rests.note(mouth, why=str(outage.data.get("why", "")), at=at)
        _mark(batch, StaffNotice.Outcome.WAITING, code=str(outage.data.get("why", "")))
        return 0
    _settle(batch, result, mouth=mouth, at=at)
    return len(batch) if result.outcome is Outcome.ACCEPTED else 0


def _had_enough(one: StaffNotice, limits: Limits, *, at: datetime) -> bool:
    said = StaffNotice.objects.filter(channel=one.channel, address=one.address)
    return any(
        said.filter(sent_at__gt=at - window).count() >= most
        for most, window in limits.per_recipient
    )


@transaction.atomic
def _settle(batch: Sequence[StaffNotice], result: Result, *, mouth: Mouth, at: datetime) -> None:
    if result.outcome is Outcome.IN_DOUBT:
        mouth.breaker.failed(at)
    else:
        mouth.breaker.succeeded()
    rests.note(mouth, why=result.code, at=at)
    _mark(batch, _OUTCOMES[result.outcome], code=result.code)
    rows = StaffNotice.objects.filter(pk__in=[one.pk for one in batch])
    if result.outcome is Outcome.LATER:
        rows.update(send_after=at + (result.wait or REST))
    elif result.outcome in (Outcome.ACCEPTED, Outcome.IN_DOUBT):
        rows.update(sent_at=at)


def _mark(batch: Sequence[StaffNotice], outcome: StaffNotice.Outcome, *, code: str = "") -> None:
    rows = StaffNotice.objects.filter(pk__in=[one.pk for one in batch])
    rows.update(outcome=outcome, code=code[:80])
