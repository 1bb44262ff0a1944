"""An offer is withdrawn while it is promised: new ones stop, and promises are kept or replaced."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

from django.db import transaction

from tenure.act.promises.fulfilling import handed_of
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.journal.actions import Fact, append
from tenure.records.stock import actions as stock
from tenure.records.stock.models import Promise, Withdrawal
from tenure.records.stock.rules import NoneLeft
from tenure.records.stock.states import PromiseState
from tenure.records.strategies.queries import current
from tenure.strategy.handed import IfWithdrawn
from tenure.strategy.offers import Offer, OfferKind

_LEAST_DAYS = timedelta(days=14)


class CannotWithdraw(Refusal):
    """An offer that is not known, or that everything is compared with."""

    code = "cannot_withdraw"
    said = Sentence(
        zh="没有可停发的优惠“{offer}”；请从策略的动作中选择（不打扰除外）。",
        en="There is no offer “{offer}” to withdraw; choose one of the strategy's, leaving alone "
        "excepted.",
    )


class NoReason(Refusal):
    """Withdrawn without a word."""

    code = "withdrawal_without_reason"
    said = Sentence(
        zh="请写明停发原因：客户和同事会问到。",
        en="Say why it is withdrawn: customers and colleagues will ask.",
    )


@transaction.atomic
def withdraw(offer_id: str, reason: str, *, on: date, at: datetime, by: str) -> Withdrawal:
    """Stop making an offer; what was promised is honoured or replaced as the strategy says.

    A price that was offered is always honoured: its decision stands until its last day. Told
    again, nothing changes.

    Raises:
        CannotWithdraw, NoReason.
    """
    offer = current().at(on).offers.get(offer_id)
    if offer is None or offer.kind is OfferKind.NOTHING:
        raise CannotWithdraw(offer=offer_id)
    if not reason.strip():
        raise NoReason()
    made, is_new = Withdrawal.objects.get_or_create(
        offer_id=offer_id,
        resumed_on=None,
        defaults={
            "reason": reason.strip()[:200],
            "withdrawn_on": on,
            "withdrawn_by": by,
            "recorded_at": at,
        },
    )
    if is_new:
        became = _settle_promises(offer, on=on, at=at, by=by)
        content = {"offer": offer_id, "reason": made.reason, "promises": dict(became)}
        append(Fact("offer.withdrawn", on=on, content=content), at=at, by=by)
    return made


@transaction.atomic
def resume(offer_id: str, *, on: date, at: datetime, by: str) -> int:
    """Make an offer again; told again, nothing changes. How many withdrawals ended."""
    found = Withdrawal.objects.select_for_update().filter(offer_id=offer_id, resumed_on=None)
    count = found.update(resumed_on=on)
    if count:
        append(Fact("offer.resumed", on=on, content={"offer": offer_id}), at=at, by=by)
    return count


def _settle_promises(offer: Offer, *, on: date, at: datetime, by: str) -> Counter[str]:
    """What becomes of each promise that nobody has handed over: kept, or replaced."""
    became: Counter[str] = Counter()
    waiting = (PromiseState.HELD, PromiseState.OWED, PromiseState.FAILED)
    found = Promise.objects.select_for_update().filter(offer_id=offer.id, state__in=waiting)
    for one in found.order_by("pk"):
        became[_settle(one, on=on, at=at, by=by)] += 1
    return became


def _settle(one: Promise, *, on: date, at: datetime, by: str) -> str:
    """By the word of the strategy that promised it; without a replacement it is kept."""
    handed = handed_of(one)
    if handed.if_withdrawn is IfWithdrawn.HONOUR:
        return "honoured"
    other = current().at(on).offers.get(handed.replaced_by)
    if other is None or other.handed is None:
        return "honoured"
    new = stock.NewPromise(
        other,
        one.account_id,
        one.term_id,
        expires_on=max(one.expires_on, on + _LEAST_DAYS),
        strategy_hash=current().hash,
        once_key=f"instead:{one.pk}",
        decision_id=one.decision_id,
        replaces_id=one.pk,
    )
    try:
        instead = stock.promise(new, on=on, at=at, by=by)
    except NoneLeft:
        return "honoured"
    stock.release(one.pk, "withdrawn", on=on, at=at, by=by)
    if one.state != PromiseState.HELD:
        # The customer had done their part already: the other thing is owed at once.
        stock.owe(
            instead.pk, due_on=stock.due_day(other.handed.within_days, on=on), on=on, at=at, by=by
        )
    return "replaced"
