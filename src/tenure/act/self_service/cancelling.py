"""Leave, or stay after all: what the pages, the API and staff call while somebody cancels.

The parent verb opens the transaction and locks the contract first, so two clicks at once are one
after the other; each verb may be called twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from tenure.act.messages.own import CANCEL_CONFIRMED, CANCEL_UNFINISHED
from tenure.act.self_service.leaving import leaving_of
from tenure.act.self_service.letters import plan_letter
from tenure.act.self_service.paying_back import pay_back
from tenure.act.self_service.staying import apply_offer
from tenure.decide.saves.queries import policy_of, situation_of
from tenure.decide.saves.rules import Situation, choose
from tenure.kernel.clock import today
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.billing.mandates.actions import withdraw
from tenure.records.cancellations import actions as records
from tenure.records.cancellations.models import Cancellation, SaveOffer
from tenure.records.cancellations.queries import (
    confirmed_cancellation,
    offer_of,
    waiting_since,
)
from tenure.records.cancellations.rules import Choice, Intent, Shown, Told
from tenure.records.cancellations.states import OPEN, CancellationState, Stop
from tenure.records.feedback.actions import record_loss_reason
from tenure.records.feedback.rules import Told as LossTold
from tenure.records.feedback.rules import check_reason
from tenure.records.stores.queries import check_ours
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.actions import ask_to_cancel, switch_auto_renew, undo_cancel
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.states import LIVE, TermState
from tenure.strategy.saves import Save
from tenure.strategy.sections import Strategy

SOURCE = "cancel"
TEXT_AT_MOST = 2_000


class NothingToCancel(Refusal):
    """A contract that has no term any more which could be cancelled."""

    code = "nothing_to_cancel"
    said = Sentence(
        zh="这份合同已于 {ended_on} 结束，没有可取消的内容；不会再扣款。",
        en="This contract ended on {ended_on}; there is nothing to cancel and nothing is charged.",
    )


class AlreadyLeaving(Refusal):
    """A term whose cancellation was confirmed before."""

    code = "already_leaving"
    said = Sentence(
        zh="这份合同已确认取消，用到 {last_on}；在此之前可以撤销。",
        en="This contract is cancelled already and runs until {last_on}; until then you can undo.",
    )


@dataclass(frozen=True, slots=True)
class Visit:
    """Who wants to leave what, and through which door."""

    term_id: int
    channel: str = "portal"
    language: str = "zh-Hans"
    is_porting: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """When, on which day of the business, and by which rules."""

    at: datetime
    on: date
    by: str
    strategy: Strategy


def moment(at: datetime, by: str) -> Moment:
    """The rules of the business's day that holds an instant."""
    strategy = current()
    on = today(strategy.business.zone, at)
    return Moment(at, on, by, strategy.at(on))


@transaction.atomic
def start(visit: Visit, *, at: datetime, by: str) -> Cancellation:
    """The first click: the intent is recorded with its instant; clicked again, the open one.

    Raises:
        NothingToCancel: the contract is over.
        AlreadyLeaving: it was confirmed before and can be undone.
        SoldByStore: only the store that sold it can end it.
    """
    now = moment(at, by)
    term = _locked_term(visit.term_id)
    check_ours(term.subscription_id)
    _check_can_leave(term)
    policy = policy_of(term.subscription_id, on=now.on)
    intent = Intent(
        account_id=term.account_id,
        subscription_id=term.subscription_id,
        term_id=term.pk,
        on=now.on,
        channel=visit.channel,
        language=visit.language,
        jurisdiction=policy.jurisdiction,
        policy_version=policy.version,
        strategy_hash=now.strategy.hash,
        is_porting=visit.is_porting,
    )
    return records.begin(intent, at=at, by=by)


@transaction.atomic
def give_reason(cancellation_id: int, told: Told, *, at: datetime, by: str) -> Cancellation:
    """Why, if the customer wishes to say: one of the list, own words, or both.

    Raises:
        UnknownReason: the list in force has no such reason.
    """
    now = moment(at, by)
    if told.reason:
        check_reason(told.reason, known=now.strategy.reasons)
    kept = Told(told.reason, told.text.strip()[:TEXT_AT_MOST])
    row = records.note_reason(cancellation_id, kept, on=now.on, at=at, by=by)
    if row.state == CancellationState.CONFIRMED:
        _note_loss(row, now=now)
    return row


@transaction.atomic
def show_offer(cancellation_id: int, *, at: datetime, by: str) -> SaveOffer | None:
    """The one offer of this visit, chosen once; None where none is shown.

    Asked again, what was shown the first time: there is no second choice in a visit.
    """
    row = _locked(cancellation_id)
    if row.considered or row.state not in OPEN:
        return offer_of(row.pk)
    now = moment(at, by)
    situation = situation_of(row, strategy=now.strategy, on=now.on, at=at)
    chosen = choose(situation, now.strategy.saves)
    considered = tuple({"save": save, "why": why} for save, why in chosen.whys.items())
    shown = _shown(chosen.save, situation) if chosen.save is not None else None
    choice = Choice(considered, shown, chosen.held_out_of)
    records.note_choice(row.pk, choice, on=now.on, at=at, by=by)
    return offer_of(row.pk)


@transaction.atomic
def accept_offer(cancellation_id: int, *, at: datetime, by: str) -> Cancellation:
    """Take the offer: its effect and the end of the visit, together or not at all."""
    row = _locked(cancellation_id)
    if row.state == CancellationState.KEPT:
        return row
    now = moment(at, by)
    row = records.keep(row.pk, is_accepted=True, on=now.on, at=at, by=by)
    offer = offer_of(row.pk)
    assert offer is not None, "an accepted offer was shown"
    apply_offer(offer, strategy=now.strategy, on=now.on, at=at, by=by)
    return row


@transaction.atomic
def keep_service(cancellation_id: int, *, at: datetime, by: str) -> Cancellation:
    """Stay without an offer."""
    row = _locked(cancellation_id)
    return records.keep(row.pk, is_accepted=False, on=moment(at, by).on, at=at, by=by)


@transaction.atomic
def confirm(
    cancellation_id: int, *, at: datetime, by: str, stop: Stop = Stop.AT_END
) -> Cancellation:
    """Leave: nothing can be deducted any more, the term stops at its end or today (R-A-085).

    The refund that is promised is asked for, and the confirmation goes out at once (R-A-084).

    An offer that stands unanswered is declined by this. Confirmed again, nothing changes.

    Raises:
        IllegalMove: the visit was ended another way; a new one can be started.
    """
    row = _locked(cancellation_id)
    if row.state == CancellationState.CONFIRMED:
        return row
    now = moment(at, by)
    term = _locked_term(row.term_id)
    policy = policy_of(term.subscription_id, on=now.on)
    leaving = leaving_of(term, policy=policy, strategy=now.strategy, on=now.on)
    facts = leaving.confirmation(stop)
    row = records.confirm(row.pk, facts, on=now.on, at=at, by=by)
    switch_auto_renew(term.subscription_id, is_on=False, on=now.on, at=at, by=by)
    withdraw(term.subscription_id, reason="cancelled", on=now.on, at=at, by=by)
    is_at_once = facts.stop == Stop.AT_ONCE
    ask_to_cancel(term.pk, on=now.on, at=at, by=by, is_at_once=is_at_once)
    pay_back(row, strategy=now.strategy, on=now.on, at=at, by=by)
    _note_loss(row, now=now)
    plan_letter(row, CANCEL_CONFIRMED, on=now.on, at=at, by=by)
    return row


@transaction.atomic
def undo(term_id: int, *, at: datetime, by: str) -> Term:
    """Take a confirmed cancellation back in one step, until the end; no save (R-A-084).

    Automatic renewal stays off: it needs a consent of its own (R-A-014).

    Raises:
        CancellationIsFinal: the end has come.
    """
    now = moment(at, by)
    term = _locked_term(term_id)
    row = confirmed_cancellation(term.pk)
    undone = undo_cancel(term.pk, on=now.on, at=at, by=by)
    if row is not None:
        records.note_undone(row.pk, on=now.on, at=at, by=by)
    return undone


def abandon_due(*, at: datetime, by: str = "loop") -> int:
    """Close the visits that were left open too long, with one neutral mail each; how many."""
    now = moment(at, by)
    hours = now.strategy.saves.abandoned_after_hours
    waiting = list(waiting_since(at, hours=hours).values_list("pk", flat=True))
    return sum(_abandon(pk, now=now) for pk in waiting)


@transaction.atomic
def _abandon(cancellation_id: int, *, now: Moment) -> int:
    row = _locked(cancellation_id)
    if row.state not in OPEN:
        return 0
    records.abandon(row.pk, on=now.on, at=now.at, by=now.by)
    plan_letter(row, CANCEL_UNFINISHED, on=now.on, at=now.at, by=now.by)
    return 1


def _locked(cancellation_id: int) -> Cancellation:
    """An attempt with its contract locked, as every verb about a term locks it first."""
    contracts = Cancellation.objects.filter(pk=cancellation_id).values("subscription_id")
    Subscription.objects.select_for_update().get(pk__in=contracts)
    return Cancellation.objects.get(pk=cancellation_id)


def _locked_term(term_id: int) -> Term:
    """The live term of the chain that a term belongs to, its contract locked."""
    subscription_id = Term.objects.values_list("subscription_id", flat=True).get(pk=term_id)
    Subscription.objects.select_for_update().get(pk=subscription_id)
    chain = Term.objects.filter(subscription_id=subscription_id)
    terms = chain.select_related("account", "subscription", "plan_version__plan")
    return (
        terms.filter(state__in=LIVE).first()
        or terms.filter(reversed_on=None).order_by("-number")[0]
    )


def _check_can_leave(term: Term) -> None:
    if term.state not in LIVE:
        raise NothingToCancel(ended_on=term.closed_on or term.ends_on)
    if term.state == TermState.CANCELLING:
        raise AlreadyLeaving(last_on=term.ends_on - timedelta(days=1))


def _shown(save: Save, situation: Situation) -> Shown:
    present, offered = situation.has[0], situation.with_save[save.id]
    return Shown(
        save_id=save.id,
        kind=save.kind,
        rung=save.rung,
        now=present.price,
        now_months=present.months,
        price=offered.price,
        months=offered.months,
        valid_until=situation.on + timedelta(days=save.valid_days),
        discount_share=save.discount_share,
        buy_months=save.buy_months,
        free_months=save.free_months,
    )


def _note_loss(row: Cancellation, *, now: Moment) -> None:
    """The reason of somebody who leaves counts with those of every other source (CHR-01)."""
    if not row.reason:
        return
    told = LossTold(
        account_id=row.account_id,
        source=SOURCE,
        external_id=row.public_id,
        reason=row.reason,
        given_on=now.on,
        term_id=row.term_id,
        text=row.reason_text,
    )
    record_loss_reason(told, at=now.at, by=now.by)
