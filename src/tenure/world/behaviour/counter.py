"""What a few customers do by the product's own verbs: order and pay, try something, leave.

Thousands live set at a time; these few a day fill the desks of the console with whole stories:
an order with its bill, payment, receipt and books, a present to choose, a trial, a way out.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from tenure.act.benefits.trials import start_trial
from tenure.act.payments.actions import open_attempt, order_renewal, request_refund
from tenure.act.payments.configuration import BankAccount
from tenure.act.payments.providers.bank.provider import BankTransfer
from tenure.act.payments.providers.bank.rules import reference_of
from tenure.act.payments.transfers import take_statement
from tenure.act.self_service import cancelling
from tenure.decide.benefits.queries import trials_for
from tenure.kernel.failures import Refusal
from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.billing.refunds.rules import NewRefund
from tenure.records.billing.refunds.states import RefundReason
from tenure.records.billing.states import PaymentState
from tenure.records.cancellations.rules import Told
from tenure.records.subscriptions.models import Subscription, Term
from tenure.world.gateways.bank import ACCOUNT

BUYERS_A_DAY: Final = 1
LEAVERS_A_DAY: Final = 1
METHOD: Final = "bank_transfer"
_HEAD: Final = ("date", "amount", "currency", "reference", "payer", "id")
_CUSTOMER: Final = "customer"
_DESK: Final = "desk:finance"
# Every so manyth day somebody asks for their money, and somebody leaves an order unpaid.
_REFUND_EVERY, _UNPAID_EVERY, _TRIAL_EVERY = 5, 2, 3


def bank(currency: str) -> BankTransfer:
    """The bank account behind the provider's protocol, in the currency of a business."""
    return BankTransfer(BankAccount(**ACCOUNT, currency=currency))


@dataclass(frozen=True, slots=True)
class Hour:
    """When customers come: the day, the instant, and on whose account it is noted."""

    on: date
    at: datetime
    by: str


def buy(term_ids: Iterable[int], hour: Hour) -> set[int]:
    """Order, transfer, and be renewed by the statement of the evening; the terms that were.

    Whoever is refused buys another way.
    """
    payments = [one for term_id in term_ids if (one := _ordered(term_id, hour)) is not None]
    if not payments:
        return set()
    take_statement(_statement(payments, on=hour.on), at=hour.at, by=_DESK)
    ids = [one.pk for one in payments]
    paid = Payment.objects.filter(pk__in=ids, state=PaymentState.SUCCEEDED)
    subjects = paid.values_list("order__subject", flat=True)
    if hour.on.toordinal() % _REFUND_EVERY == 0:
        _ask_back(paid.order_by("-amount_minor").first(), hour)
    return {subject["term_id"] for subject in subjects}


def leave_unpaid(term_ids: Iterable[int], hour: Hour) -> int:
    """Somebody orders and does not pay: the order ends by itself."""
    if hour.on.toordinal() % _UNPAID_EVERY:
        return 0
    return sum(_ordered(term_id, hour) is not None for term_id in term_ids)


def try_something(term_ids: Iterable[int], hour: Hour) -> int:
    """Somebody begins a trial that the strategy offers them."""
    if hour.on.toordinal() % _TRIAL_EVERY:
        return 0
    chains = Term.objects.filter(pk__in=list(term_ids)).values("subscription_id")
    begun = 0
    for one in Subscription.objects.filter(pk__in=chains).select_related("plan_version__plan"):
        offers = [offer.trial for offer in trials_for(one, on=hour.on) if offer.verdict.is_given]
        for trial in offers[:1]:
            start_trial(one.pk, trial.id, on=hour.on, at=hour.at, by=_CUSTOMER)
            begun += 1
    return begun


def leave(leaving: Iterable[tuple[int, str]], hour: Hour) -> set[int]:
    """Go through the cancel flow to its end, reason named, offer seen; the terms that did."""
    gone = set()
    for term_id, reason in leaving:
        try:
            visit = cancelling.Visit(term_id)
            row = cancelling.start(visit, at=hour.at, by=_CUSTOMER)
        except Refusal:
            continue
        cancelling.give_reason(row.pk, Told(reason), at=hour.at, by=_CUSTOMER)
        cancelling.show_offer(row.pk, at=hour.at, by=_CUSTOMER)
        cancelling.confirm(row.pk, at=hour.at, by=_CUSTOMER)
        gone.add(term_id)
    return gone


def stay(term_ids: Iterable[int], hour: Hour) -> int:
    """Begin to leave, and keep the service after all."""
    kept = 0
    for term_id in term_ids:
        try:
            row = cancelling.start(cancelling.Visit(term_id), at=hour.at, by=_CUSTOMER)
        except Refusal:
            continue
        cancelling.show_offer(row.pk, at=hour.at, by=_CUSTOMER)
        cancelling.keep_service(row.pk, at=hour.at, by=_CUSTOMER)
        kept += 1
    return kept


def _ordered(term_id: int, hour: Hour) -> Payment | None:
    try:
        order = order_renewal(term_id, at=hour.at, by=_CUSTOMER)
        return open_attempt(order, METHOD, at=hour.at, by=_CUSTOMER).payment
    except Refusal:
        return None


def _statement(payments: Iterable[Payment], *, on: date) -> bytes:
    """The day's statement as a bank gives it out."""
    text = io.StringIO()
    csv.writer(text).writerows([_HEAD, *_rows(payments, on=on)])
    return text.getvalue().encode()


def _rows(payments: Iterable[Payment], *, on: date) -> Iterator[tuple[str, ...]]:
    for one in payments:
        amount = Money(one.amount_minor, one.currency)
        reference = reference_of(str(one.number), prefix="")
        yield (str(on), f"{amount.decimal:f}", one.currency, reference, "", f"S{one.pk}")


def _ask_back(payment: Payment | None, hour: Hour) -> None:
    """Some of the money, for goodwill: by transfer, so that a person has to pay it out."""
    if payment is None:
        return
    amount = Money(payment.amount_minor, payment.currency).allocate([1, 4])[0]
    key = f"counter:{payment.pk}"
    new = NewRefund(payment.pk, RefundReason.GOODWILL, once_key=key, amount=amount)
    request_refund(new, at=hour.at, by=_DESK)
