"""Give what a paid batch bought, some lines at a time: one that fails harms no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from tenure.kernel.failures import Refusal
from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.models import Payment
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.refunds import actions as refunds
from tenure.records.billing.refunds.rules import NewRefund
from tenure.records.billing.refunds.states import RefundReason
from tenure.records.journal.actions import append
from tenure.records.strategies.queries import business_day, one_reading
from tenure.records.subscriptions.actions import renew_many
from tenure.records.subscriptions.batches.actions.moving import (
    Moment,
    Move,
    about,
    locked,
    move_batch,
    move_lines,
)
from tenure.records.subscriptions.batches.models import Batch, BatchLine
from tenure.records.subscriptions.batches.queries import counts_of, lines_of
from tenure.records.subscriptions.batches.refusals import EndedMeanwhile, Moved, RenewedMeanwhile
from tenure.records.subscriptions.batches.rules import BatchVerb, LineVerb, fault_of
from tenure.records.subscriptions.batches.states import BatchState, LineState
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.queries import comes_after, grace_days, renews
from tenure.records.subscriptions.quoting.values import from_its_start
from tenure.records.subscriptions.rules import Purchase, check_no_overlap
from tenure.records.subscriptions.states import TermState

SOME: Final = 500
_FINAL: Final = (RenewedMeanwhile, EndedMeanwhile)


@dataclass(frozen=True, slots=True)
class Bought:
    """A paid batch: the payment, the day on which it was paid, and that of its prices."""

    batch_id: int
    payment: Payment
    paid_on: date
    ordered_on: date


def give_some(bought: Bought, *, at: datetime, by: str, most: int = SOME) -> int:
    """Renew the next lines of a paid batch, in one transaction; how many are still to be tried.

    Killed in between, either all of these lines are given or none, and the next ones follow.
    """
    with transaction.atomic(), one_reading():
        batch = locked(bought.batch_id)
        lines = list(lines_of(batch, LineState.ORDERED)[:most])
        if lines:
            _give(batch, lines, bought, at=at, by=by)
        return lines_of(batch, LineState.ORDERED).count()


def _give(
    batch: Batch, lines: Sequence[BatchLine], bought: Bought, *, at: datetime, by: str
) -> None:
    chains = _Chains.read(lines)
    purchases: dict[int, Purchase] = {}
    refused: dict[int, Refusal] = {}
    for line in lines:
        try:
            purchases[line.pk] = _purchase(line, chains, bought)
        except Refusal as refusal:
            refused[line.pk] = refusal
    refused |= _renewed(purchases, at=at, by=by)
    added = _added_terms(chains, [one for one in lines if one.pk not in refused])
    moves = [
        _failed(one, refused[one.pk], at=at)
        if one.pk in refused
        else Move(one, LineVerb.GIVE, {"added_id": added[one.pk], "settled_at": at, "fault": {}})
        for one in lines
    ]
    move_lines(moves, also=("added_id", "settled_at", "fault"))
    on = business_day(at)
    for one in moves:
        if one.verb != LineVerb.GIVE:
            told: dict[str, Any] = {"row": one.line.place, "contract": one.line.contract}
            kind = "batch.line_failed" if one.verb == LineVerb.FAIL else "batch.line_stuck"
            append(about(batch, kind, on=on, **told, code=one.line.fault["code"]), at=at, by=by)


def _renewed(purchases: Mapping[int, Purchase], *, at: datetime, by: str) -> dict[int, Refusal]:
    """Renew them all at once; where one is refused, each by itself. What was refused."""
    try:
        with transaction.atomic():
            renew_many(purchases.values(), at=at, by=by)
    except Refusal:
        return dict(_one_by_one(purchases, at=at, by=by))
    return {}


def _one_by_one(
    purchases: Mapping[int, Purchase], *, at: datetime, by: str
) -> list[tuple[int, Refusal]]:
    refused = []
    for line_id, purchase in purchases.items():
        try:
            with transaction.atomic():
                renew_many([purchase], at=at, by=by)
        except Refusal as refusal:
            refused.append((line_id, refusal))
    return refused


@dataclass(frozen=True, slots=True)
class _Chains:
    """The terms of the lines' contracts, their subscriptions locked."""

    terms: Mapping[int, Term]  # term id → term
    of_chain: Mapping[int, Sequence[Term]]  # subscription → its terms, without cancelled ones

    @classmethod
    def read(cls, lines: Sequence[BatchLine]) -> "_Chains":
        ids = [one.term_id for one in lines if one.term_id is not None]
        chains = list(Term.objects.filter(pk__in=ids).values_list("subscription_id", flat=True))
        rows = Subscription.objects.filter(pk__in=chains).select_for_update()
        list(rows.order_by("pk").values_list("pk"))
        of_chain: dict[int, list[Term]] = {one: [] for one in chains}
        every = Term.objects.filter(subscription_id__in=chains, reversed_on=None).select_related(
            "subscription"
        )
        for term in every.order_by("number"):
            of_chain[term.subscription_id].append(term)
        terms = {one.pk: one for several in of_chain.values() for one in several}
        return cls(terms, of_chain)

    def after(self, term: Term) -> list[Term]:
        return [one for one in self.of_chain[term.subscription_id] if one.number > term.number]


def _purchase(line: BatchLine, chains: _Chains, bought: Bought) -> Purchase:
    """What a line bought, as of the day on which it was paid, or of its order where that is over.

    Raises:
        RenewedMeanwhile, EndedMeanwhile: nothing can be given for it any more.
        TermsOverlap: another term stands on these days; a person must look.
    """
    assert line.term_id is not None, "what is ordered has its term"
    term = chains.terms[line.term_id]
    amount = Money(line.amount_minor, term.currency)
    if chains.after(term):
        raise RenewedMeanwhile(contract=line.contract, amount=amount)
    grace, on = grace_days(bought.paid_on), bought.paid_on
    if not renews(term, on, grace_days=grace):
        on = bought.ordered_on
    if term.state == TermState.CANCELLED or not renews(term, on, grace_days=grace):
        raise EndedMeanwhile(contract=line.contract, amount=amount)
    bill, months = Bill.read(line.bill), line.sold.get("cycle_months", term.cycle_months)
    is_joined = "cycle_months" not in line.sold
    if not is_joined:
        comes = comes_after(term, on=on, cycle_months=months, grace_days=grace)
        bill = from_its_start(bill, comes)
    ends_on = bill.lines[0].period.ends_on
    if ends_on <= term.ends_on:
        raise EndedMeanwhile(contract=line.contract, amount=amount)
    others = [one for one in chains.of_chain[term.subscription_id] if one.pk != term.pk]
    kept = [one for one in others if one.state != TermState.CANCELLED]
    periods = (Period(one.starts_on, one.ends_on) for one in kept)
    check_no_overlap(Period(term.ends_on, ends_on), periods)
    return Purchase(
        term.pk,
        on=on,
        cycle_months=None if is_joined else months,
        plan_version_id=line.sold.get("plan_version_id"),
        quantity=line.sold.get("quantity"),
        bill=bill,
    )


def _added_terms(chains: _Chains, lines: Sequence[BatchLine]) -> dict[int, int]:
    """Line → the term that it brought; one that was undone before had the same number."""
    old = {one.pk: chains.terms[one.term_id or 0] for one in lines}
    chains_of = [one.subscription_id for one in old.values()]
    rows = Term.objects.filter(subscription_id__in=chains_of, reversed_on=None)
    numbers = {
        (chain, number): pk
        for pk, chain, number in rows.values_list("pk", "subscription_id", "number")
    }
    return {pk: numbers[one.subscription_id, one.number + 1] for pk, one in old.items()}


def _failed(line: BatchLine, refusal: Refusal, *, at: datetime) -> Move:
    verb = LineVerb.FAIL if isinstance(refusal, _FINAL) else LineVerb.STICK
    return Move(line, verb, {"fault": fault_of(refusal), "settled_at": at})


@transaction.atomic
def finish(bought: Bought, *, at: datetime, by: str) -> Batch:
    """Every line was tried: the batch is done, and what can never be given goes back.

    Called again, nothing goes back twice.
    """
    batch = locked(bought.batch_id)
    assert not lines_of(batch, LineState.ORDERED).exists(), "every line was tried"
    _pay_back(batch, bought.payment, at=at, by=by)
    if batch.state == BatchState.PLACED:
        moment = Moment(business_day(at), at, by)
        move_batch(batch, BatchVerb.FINISH, moment=moment, done_at=at)
    return batch


def _pay_back(batch: Batch, payment: Payment, *, at: datetime, by: str) -> None:
    """One refund for the lines that failed and whose money is still here."""
    failed = lines_of(batch, LineState.FAILED).filter(refund=None, amount_minor__gt=0)
    lines = list(failed)
    if not lines:
        return
    amount = Money(sum(one.amount_minor for one in lines), batch.currency)
    new = NewRefund(
        payment.pk,
        RefundReason.NOT_FULFILLED,
        once_key=f"batch:{batch.public_id}:{lines[0].place}",
        amount=amount,
        note=batch.public_id,
    )
    refund = refunds.request(new, at=at, by=by)
    BatchLine.objects.filter(pk__in=[one.pk for one in lines]).update(refund=refund)


@transaction.atomic
def retry(bought: Bought, place: int, *, at: datetime, by: str, is_given_up: bool = False) -> Batch:
    """A person put right what stood in the way of a line: try it again, or give its money back.

    Raises:
        Moved: the batch is not done yet.
    """
    batch = locked(bought.batch_id)
    if batch.state != BatchState.DONE:
        raise Moved(batch=batch.public_id, state=batch.state)
    line = lines_of(batch, LineState.STUCK).filter(place=place).first()
    if line is None:
        return batch
    if is_given_up:
        move_lines([Move(line, LineVerb.FAIL, {"settled_at": at})], also=("settled_at",))
    else:
        move_lines([Move(line, LineVerb.RETRY)])
        _give(batch, [line], bought, at=at, by=by)
    kind = "batch.line_given_up" if is_given_up else "batch.line_retried"
    fact = about(batch, kind, on=business_day(at), row=place, left=counts_of(batch).of("stuck"))
    append(fact, at=at, by=by)
    _pay_back(batch, bought.payment, at=at, by=by)
    return batch
