"""Messages that no letter carries: each is handed to a provider of its way, and once.

Before a provider is asked its name is written down; whatever a dead sender leaves open is marked
as in doubt and never sent again, unless the provider knows a message by its key.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import batched, groupby
from typing import Final

from django.db import transaction
from django.db.models import Q

from tenure.act.channels import registry, rests
from tenure.act.channels.channel import ChannelDown, Outcome, Parcel, Result
from tenure.act.channels.devices import tokens_of
from tenure.act.channels.models import Carriage
from tenure.act.channels.queries import full_until
from tenure.act.channels.registry import Mouth
from tenure.act.messages import marks
from tenure.act.messages.batches import Judged, Round
from tenure.act.messages.hearing import has_kept, match_late
from tenure.act.messages.marks import Claims, Mark
from tenure.act.messages.post import Handover
from tenure.act.messages.queries import is_stopped
from tenure.act.messages.rules import Fate
from tenure.kernel.clock import monotonic_seconds, today
from tenure.records.among import among
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows, update_rows
from tenure.records.strategies.queries import current
from tenure.strategy.messages import Channel

IN_DOUBT: Final = "in_doubt"
AWAITED: Final = "awaits_confirming"
LOOKS_EVERY_SECONDS: Final = 1.0
REST: Final = timedelta(minutes=15)
BATCH_SIZE: Final = 500
_OPENED: Final = ("message_id", "attempt", "provider", "outcome", "opened_at")
_SETTLED: Final = ("outcome", "provider_id", "code", "segments", "settled_at")
_OPEN: Final = Carriage.Outcome.OPEN
_OUTCOMES: Final = {
    Outcome.ACCEPTED: Carriage.Outcome.ACCEPTED,
    Outcome.REFUSED: Carriage.Outcome.REFUSED,
    Outcome.DEAD: Carriage.Outcome.REFUSED,
    Outcome.LATER: Carriage.Outcome.LATER,
    Outcome.IN_DOUBT: Carriage.Outcome.IN_DOUBT,
    Outcome.AWAITED: Carriage.Outcome.ACCEPTED,
}
_SAID: Final = {
    Outcome.ACCEPTED: Handover.ACCEPTED,
    Outcome.REFUSED: Handover.REFUSED,
    Outcome.DEAD: Handover.DEAD,
    Outcome.LATER: Handover.LATER,
}


def carry(letters: Sequence[Judged], *, claims: Claims, by: str) -> Iterator[Sequence[Mark]]:
    """Hand messages to the providers of their ways; what became of them, already written."""
    rests.take_over(at=claims.round_.at)
    known = registry.schemes()

    def route(one: Judged) -> tuple[Channel, str]:
        """By which way, and to whose kind of address."""
        scheme = one.address.partition(":")[0]
        return one.candidate.kind.channel, scheme if scheme in known else ""

    for (way, scheme), group in groupby(sorted(letters, key=route), key=route):
        yield from _by_one_way(way, list(group), scheme=scheme, claims=claims, by=by)


def _by_one_way(
    way: Channel, waiting: Sequence[Judged], *, scheme: str, claims: Claims, by: str
) -> Iterator[Sequence[Mark]]:
    round_ = claims.round_
    if not registry.mouths_of(way, scheme=scheme):
        yield _written(
            [Mark(one, Fate.FAIL, "no_carrier") for one in waiting], round_=round_, by=by
        )
        return
    looked = monotonic_seconds()
    while waiting:
        is_time = monotonic_seconds() - looked >= LOOKS_EVERY_SECONDS
        if is_time:
            looked = monotonic_seconds()
            rests.take_over(at=round_.at)
            claims.keep()
        mouth = registry.open_mouth(way, at=round_.at, scheme=scheme)
        if is_time and is_stopped():
            kept = [marks.given_back(one, at=round_.at) for one in waiting]
            done = _written(kept, round_=round_, by=by)
        elif mouth is None:
            kept = [_resting(one, at=round_.at) for one in waiting]
            done = _written(kept, round_=round_, by=by)
        else:
            window = waiting[: mouth.channel.limits.at_once]
            left = _handed_over(window, mouth, round_=round_, by=by)
            if left is None:
                waiting = waiting[len(window) :]
                continue
            done = left
        waiting = waiting[len(done) :]
        yield done


def settle_doubts(*, at: datetime, by: str) -> int:
    """Mark what a dead sender left open: it may have been taken, and is not sent again.

    Where the provider knows messages by their keys they are simply handed over once more.
    """
    dead = Q(message__state=MessageState.PLANNED) | Q(
        message__state=MessageState.SENDING, message__leased_until__lte=at
    )
    left = Carriage.objects.filter(dead, outcome=Carriage.Outcome.OPEN).select_related("message")
    return sum(_settle(batch, at=at, by=by) for batch in batched(left.order_by("pk"), BATCH_SIZE))


@transaction.atomic
def _settle(found: Sequence[Carriage], *, at: datetime, by: str) -> int:
    """Settle those of a batch that no other sender settled since it was read."""
    still = Carriage.objects.filter(pk__in=[one.pk for one in found], outcome=_OPEN)
    batch = list(still.select_related("message").order_by("pk").select_for_update(of=("self",)))
    again = [one.pk for one in batch if _knows_key(one, at=at)]
    Carriage.objects.filter(pk__in=again).update(outcome=Carriage.Outcome.RETURNED, settled_at=at)
    doubtful = [one for one in batch if one.pk not in set(again)]
    Carriage.objects.filter(pk__in=[one.pk for one in doubtful]).update(
        outcome=Carriage.Outcome.IN_DOUBT, settled_at=at
    )
    Message.objects.filter(pk__in=[one.message_id for one in doubtful]).update(
        state=MessageState.SENT, reason=IN_DOUBT, sent_at=at, leased_until=None
    )
    append_many((_doubt(one, at=at) for one in doubtful), at=at, by=by)
    for name in {one.provider for one in doubtful}:
        match_late(name, [one for one in doubtful if one.provider == name], at=at)
    return len(doubtful)


def _knows_key(one: Carriage, *, at: datetime) -> bool:
    """Whether the provider that was asked still tells this message by its key."""
    mouth = registry.mouths().get(one.provider)
    if mouth is None or not mouth.channel.takes_keys or mouth.breaker.is_open(at):
        return False
    lasts = mouth.channel.limits.keys_last
    return lasts is None or at - one.opened_at < lasts


def _doubt(one: Carriage, *, at: datetime) -> Fact:
    message = one.message
    return Fact(
        "message.sent",
        on=today(current().business.zone, at),
        account_id=message.account_id,
        term_id=message.term_id,
        content={"message": message.pk, "channel": message.channel, "reason": IN_DOUBT},
    )


def _handed_over(
    window: Sequence[Judged], mouth: Mouth, *, round_: Round, by: str
) -> Sequence[Mark] | None:
    """Hand over one window of messages; marks of those that left, or that wait.

    Only so many are handed over as may be in doubt when this process dies. None where another
    sender took some over, because this one had stood still for longer than its claim: the
    others of the window are taken up again when the claim runs out.
    """
    at = round_.at
    if full := _had_enough(window, mouth, at=at):
        return _written(full, round_=round_, by=by)
    parcels = parcels_of(window)
    wait_s = next((wait for one in parcels if (wait := mouth.pace.ask(one.template))), 0.0)
    if wait_s:
        until = at + timedelta(seconds=wait_s)
        kept = [Mark(one, Fate.DEFER, "throttled", until) for one in window]
        return _written(kept, round_=round_, by=by)
    if not _opened(window, mouth, at=at):
        return None
    results: list[Result] = []
    try:
        for result in mouth.channel.deliver(parcels, at=round_.moment):
            results.append(result)
    except ChannelDown as outage:
        mouth.breaker.failed(at, outright=True)
        rests.note(mouth, why=str(outage.data.get("why", "")), at=at)
        _hold_back(window[len(results) :], code=str(outage.data.get("why", "")), at=at)
    done = [_mark(one, result, at=at) for one, result in zip(window, results, strict=False)]
    with transaction.atomic():
        opened = _still_open(window)
        marks.write([one for one in done if one.judged.pk in opened], round_=round_, by=by)
        _close(zip(window, results, strict=False), opened, mouth=mouth, at=at)
    _judge(mouth, results, at=at)
    return done


def _had_enough(window: Sequence[Judged], mouth: Mouth, *, at: datetime) -> list[Mark]:
    """Marks of the first messages whose reader had all that a provider lets one have (R-C-005)."""
    full: list[Mark] = []
    for one in window if mouth.channel.limits.per_recipient else ():
        until = full_until(one.address, channel=mouth.channel, at=at)
        if until is None:
            break
        is_late = until >= one.candidate.standing.expires_at
        full.append(
            Mark(one, Fate.FAIL, "busy") if is_late else Mark(one, Fate.DEFER, "throttled", until)
        )
    return full


@transaction.atomic
def _opened(window: Sequence[Judged], mouth: Mouth, *, at: datetime) -> bool:
    """Write down who is about to be asked, before anything leaves: all of them, or nobody."""
    ids = [one.pk for one in window]
    returned = Carriage.objects.filter(among("message_id", ids), outcome=Carriage.Outcome.RETURNED)
    returned.delete()
    name, state = mouth.channel.name, Carriage.Outcome.OPEN
    rows = ((one.pk, one.candidate.row["attempts"], name, state, at) for one in window)
    is_all = insert_rows(Carriage, rows, columns=_OPENED) == len(window)
    # Each attempt of a message is handed over once, by whoever wrote it down first.
    transaction.set_rollback(not is_all)
    return is_all


def _still_open(window: Sequence[Judged]) -> Mapping[int, int]:
    """Message → what was written down about it, kept from everybody else.

    A sender that stood still for longer than its claim finds some settled by another one, who
    took it for dead: those are left as they are, in doubt.
    """
    ids = [one.pk for one in window]
    found = Carriage.objects.filter(among("message_id", ids), outcome=Carriage.Outcome.OPEN)
    return dict(found.order_by("pk").select_for_update().values_list("message_id", "pk"))


def _close(
    answered: Iterable[tuple[Judged, Result]],
    opened: Mapping[int, int],
    *,
    mouth: Mouth,
    at: datetime,
) -> None:
    rows = [
        (
            _OUTCOMES[result.outcome],
            result.provider_id[:120],
            result.code[:80],
            result.segments,
            None if result.outcome is Outcome.ACCEPTED else at,
            opened[one.pk],
        )
        for one, result in answered
        if one.pk in opened
    ]
    update_rows(Carriage, rows, columns=_SETTLED)
    if rows and has_kept(name := mouth.channel.name):
        closed = Carriage.objects.filter(among("pk", [row[-1] for row in rows]))
        match_late(name, list(closed), at=at)


def _hold_back(window: Sequence[Judged], *, code: str, at: datetime) -> None:
    """What never left is nothing that anybody has to doubt."""
    ids = [one.pk for one in window]
    opened = Carriage.objects.filter(among("message_id", ids), outcome=Carriage.Outcome.OPEN)
    opened.update(outcome=Carriage.Outcome.RETURNED, code=code[:80], settled_at=at)


def _judge(mouth: Mouth, results: Sequence[Result], *, at: datetime) -> None:
    for result in results:
        if result.outcome is Outcome.IN_DOUBT:
            mouth.breaker.failed(at)
        else:
            mouth.breaker.succeeded()
    if results:
        rests.note(mouth, why=results[-1].code, at=at)


def _mark(one: Judged, result: Result, *, at: datetime) -> Mark:
    """The mark of a message after a provider spoke, or left us in doubt."""
    if result.outcome is Outcome.IN_DOUBT:
        return Mark(one, Fate.SEND, IN_DOUBT, is_attempt=True, code=result.code)
    if result.outcome is Outcome.AWAITED:
        return Mark(one, Fate.SEND, AWAITED, is_attempt=True, code=result.code)
    mark = marks.of_handover(one, _SAID[result.outcome], code=result.code, at=at)
    if mark.fate is not Fate.DEFER or result.wait is None:
        return mark
    until = at + result.wait
    if until >= one.candidate.standing.expires_at:
        return replace(mark, fate=Fate.FAIL, until=None)
    return replace(mark, until=until)


def _resting(one: Judged, *, at: datetime) -> Mark:
    """The mark of a message whose providers all rest: it keeps its place."""
    until = at + REST
    if until >= one.candidate.standing.expires_at:
        return Mark(one, Fate.FAIL, "channel_down")
    return Mark(one, Fate.DEFER, "channel_down", until)


def _written(done: Sequence[Mark], *, round_: Round, by: str) -> Sequence[Mark]:
    marks.write(done, round_=round_, by=by)
    return done


def parcels_of(window: Sequence[Judged]) -> list[Parcel]:
    """The messages as a channel gets them; what wakes a device stands in place of its handle."""
    woken = [one.address for one in window if one.candidate.kind.channel is Channel.PUSH]
    tokens = tokens_of(woken) if woken else {}
    return [_parcel(one, address=tokens.get(one.address, one.address)) for one in window]


def _parcel(one: Judged, *, address: str) -> Parcel:
    row = one.candidate.row
    return Parcel(
        message_id=one.pk,
        key=row["send_key"],
        address=address,
        body=one.text.body,
        template=row["template"],
        subject=one.text.subject,
        language=row["language"],
        name=row["person__name"],
        is_marketing=one.candidate.kind.is_marketing,
    )
