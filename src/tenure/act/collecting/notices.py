"""Announce each deduction inside every window that binds, and prove it, or hold it (R-A-013)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.act.collecting.letters import Subject, letters_of, reachable, write
from tenure.act.collecting.planning import read
from tenure.act.collecting.rules import (
    Seen,
    Tried,
    announce_on,
    charge_instant,
    first_notice_on,
    is_awaited,
    next_ways,
    proof,
)
from tenure.decide.obligations.windows import NoticeDays
from tenure.kernel.clock import today
from tenure.kernel.failures import Sentence
from tenure.records.billing.deductions.actions import Moment, move
from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.deductions.rules import DeductionVerb
from tenure.records.billing.deductions.states import DeductionState
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.strategy.collecting import Collecting
from tenure.strategy.duties import Event
from tenure.strategy.journeys import ToDoKind
from tenure.strategy.messages import Channel
from tenure.strategy.sections import Strategy

_DELIVERED = (MessageState.DELIVERED, MessageState.READ)
_LOST = (MessageState.FAILED, MessageState.EXPIRED, MessageState.SUPPRESSED)
_HELD = Sentence(
    zh="扣款通知未能在 {latest_on} 前送达，{due_on} 不会自动扣款；请联系客户手动续费。",
    en="The notice of the deduction was not delivered by {latest_on}, so nothing is deducted on "
    "{due_on}; ask the customer to renew by hand.",
)


@dataclass(frozen=True, slots=True)
class _Round:
    strategy: Strategy
    moment: Moment

    @property
    def collecting(self) -> Collecting:
        return self.strategy.collecting

    @property
    def zone(self) -> str:
        return self.strategy.business.zone


def follow_notices(*, at: datetime, by: str = "loop", ids: Sequence[int] | None = None) -> int:
    """Send, prove or hold the notices of planned deductions; how many of them moved."""
    planned = Deduction.objects.filter(state=DeductionState.PLANNED)
    if ids is not None:
        planned = planned.filter(pk__in=ids)
    strategy = current()
    on = today(strategy.business.zone, at)
    round_ = _Round(strategy.at(on), Moment(on, at, by))
    chosen = list(planned.order_by("pk").values_list("pk", flat=True))
    return sum(_follow(one, round_=round_) for one in chosen)


@transaction.atomic
def _follow(deduction_id: int, *, round_: _Round) -> bool:
    deduction = (
        Deduction.objects.select_for_update(of=("self",))
        .select_related("account", "mandate")
        .get(pk=deduction_id)
    )
    if deduction.state != DeductionState.PLANNED:
        return False
    windows = [read(one) for one in deduction.windows]
    seen = signs(deduction, strategy=round_.strategy)
    receipts = {str(one) for one in round_.collecting.with_receipts}
    at = round_.moment.at
    proofs = [proof(days, seen, with_receipts=receipts, at=at) for days in windows]
    open_windows = [days for days, found in zip(windows, proofs, strict=True) if not found]
    if not open_windows:
        _prove(deduction, [one for found in proofs for one in found], round_=round_)
        return True
    late = [
        days
        for days in open_windows
        if days.latest_on < round_.moment.on and not is_awaited(days, seen, at=at)
    ]
    if late:
        _hold(deduction, min(late, key=lambda one: one.latest_on), round_=round_)
        return True
    for place, days in enumerate(windows):
        if days in open_windows:
            _send(deduction, days, place=place, round_=round_)
    return False


def signs(deduction: Deduction, *, strategy: Strategy) -> list[Seen]:
    """Everything that shows that the customer was told, with the day in the customer's zone."""
    zone = deduction.account.zone or strategy.business.zone
    came_back = _came_back(deduction.term_id)
    found = []
    for message in letters_of([deduction.term_id], templates=_templates(strategy)):
        if message.sent_at is None or message.state in _LOST:
            continue
        keeps_silent = message.channel == Channel.EMAIL and message.pk not in came_back
        found.append(
            Seen(
                message.channel,
                today(zone, message.sent_at),
                message.state in _DELIVERED,
                f"message:{message.pk}",
                message.sent_at if keeps_silent else None,
            )
        )
    announced = next((one for one in deduction.proof if one["ref"].startswith("announced:")), None)
    if announced is not None:
        on = date.fromisoformat(announced["on"])
        found.append(Seen(announced["channel"], on, False, announced["ref"]))
    return found


def _came_back(term_id: int) -> set[int]:
    """Messages about a term of which anything came back, be it only a delay."""
    returns = Entry.objects.filter(kind="message.returned", term_id=term_id)
    return {int(content["message"]) for content in returns.values_list("content", flat=True)}


def hold_if_disproved(deduction: Deduction, *, moment: Moment) -> bool:
    """Hold a deduction whose proof came back since: what is left may prove it no more.

    The caller has locked it. Whether it is held.
    """
    refs = {one["ref"] for one in deduction.proof}
    letters = {int(one.removeprefix("message:")) for one in refs if one.startswith("message:")}
    lost = Message.objects.filter(pk__in=letters, state__in=_LOST).exists()
    if not lost and not letters & _came_back(deduction.term_id):
        return False
    strategy = current().at(moment.on)
    seen = signs(deduction, strategy=strategy)
    receipts = {str(one) for one in strategy.collecting.with_receipts}
    for days in [read(one) for one in deduction.windows]:
        if not proof(days, seen, with_receipts=receipts, at=moment.at):
            _hold(deduction, days, round_=_Round(strategy, moment), reason="notice_came_back")
            return True
    return False


def _templates(strategy: Strategy) -> set[str]:
    messages = strategy.obligations.messages
    events = (Event.RENEWAL, Event.TRIAL_END, Event.PRICE_RISE)
    return {messages[event] for event in events if event in messages}


def _prove(deduction: Deduction, seen: Sequence[Seen], *, round_: _Round) -> None:
    """Announced in time: the deduction may be taken on its day."""
    kept = {one.ref: _stored(one) for one in seen}
    before = {one["ref"]: one for one in deduction.proof}
    move(
        deduction,
        DeductionVerb.PROVE,
        moment=round_.moment,
        told={"proof": list(kept.values())},
        proof=list((before | kept).values()),
        notified_at=round_.moment.at,
        next_at=next_look(deduction, round_.collecting, zone=round_.zone),
    )


def next_look(deduction: Deduction, collecting: Collecting, *, zone: str) -> datetime:
    """When something is done about an announced deduction: its provider's word, or its day."""
    rule = collecting.announcements.get(deduction.mandate.provider)
    day = deduction.due_on
    if rule is not None and deduction.opens_on is None:
        day = announce_on(rule, day, windows=[read(one) for one in deduction.windows])
    return charge_instant(day, collecting.charge_at, zone=zone)


def _stored(one: Seen) -> dict[str, Any]:
    return {
        "channel": one.channel,
        "on": one.on.isoformat(),
        "is_delivered": one.is_delivered,
        "ref": one.ref,
    }


def _hold(
    deduction: Deduction,
    days: NoticeDays,
    *,
    round_: _Round,
    reason: str = "no_delivered_notice",
) -> None:
    """The last lawful day passed without a delivered notice: nothing is deducted."""
    moment = round_.moment
    move(
        deduction,
        DeductionVerb.HOLD,
        moment=moment,
        told={"latest_on": days.latest_on.isoformat(), "stamps_missed": list(days.stamps)},
        reason=reason,
    )
    wanted = Wanted(
        ToDoKind.CALL,
        account_id=deduction.account_id,
        term_id=deduction.term_id,
        once_key=f"held:{deduction.term_id}",
        why=_HELD.fill(latest_on=days.latest_on, due_on=deduction.due_on),
    )
    open_todos([wanted], desk=Desk(round_.strategy, moment.on, moment.at, moment.by))


def _send(deduction: Deduction, days: NoticeDays, *, place: int, round_: _Round) -> None:
    """Plan the letters that could still prove one window."""
    moment, collecting = round_.moment, round_.collecting
    if moment.on < first_notice_on(days, lead_days=collecting.lead_days):
        return
    template = round_.strategy.messages.get(round_.strategy.obligations.messages["renewal"])
    if template is None:
        return
    step = f"notice_{place}" if place else "notice"
    subject = Subject(deduction.account_id, deduction.term_id, step, days.latest_on)
    _, addresses = reachable(deduction.account_id, collecting.channels)
    usable = [one for one in collecting.channels if one in addresses and one in template.renderings]
    tried = [
        Tried(one.channel, one.state in _LOST)
        for one in letters_of([deduction.term_id], templates=[template.id])
        if place == 0 or one.step == step
    ]
    ways = next_ways(
        usable,
        tried,
        with_receipts={str(one) for one in collecting.with_receipts},
        hurry=moment.on >= days.latest_on,
    )
    chosen = {str(one): addresses[one] for one in ways}
    write(subject, template, ways=chosen, strategy=round_.strategy, at=moment.at)
