"""End a term before its time, with money back."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.pricing.refunds import RefundMode
from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.actions.asking import ask_to_cancel
from tenure.records.subscriptions.actions.lines import Charged, is_written, write_bill
from tenure.records.subscriptions.actions.moves import locked
from tenure.records.subscriptions.actions.pausing import resume
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.queries import quote_refund


@dataclass(frozen=True, slots=True)
class GiveBack:
    """A term to be ended today. A `bill` that was accepted says what is given back.

    `is_to_balance`: the customer keeps it as a balance; otherwise a refund pays it out.
    """

    term_id: int
    on: date
    mode: RefundMode = RefundMode.BY_DAY
    bill: Bill | None = None
    is_to_balance: bool = False

    @property
    def key(self) -> str:
        return f"refund:{self.term_id}"


@transaction.atomic
def end_with_refund(wanted: GiveBack, *, at: datetime, by: str) -> Term:
    """Cancel a term at once and write down what is owed back; again, nothing changes.

    The money itself moves elsewhere: `GiveBack.is_to_balance`, or a refund of the payment.

    Raises:
        NotRunning, CannotWithdraw: see `quote_refund`.
        IllegalMove: the term is renewed or closed.
    """
    term = locked(wanted.term_id)
    if is_written(term, wanted.key):
        return term
    resume(term.subscription_id, on=wanted.on, at=at, by=by)
    term = locked(wanted.term_id)
    bill = wanted.bill or quote_refund(term.pk, on=wanted.on, mode=wanted.mode)
    charged = Charged(bill, wanted.on, wanted.key, is_to_balance=wanted.is_to_balance)
    write_bill(term, charged, at=at, by=by)
    fact = Fact(
        "term.given_back",
        on=wanted.on,
        account_id=term.account_id,
        term_id=term.pk,
        content={"total_minor": bill.to_credit.amount_minor, "currency": bill.currency,
                 "mode": str(wanted.mode), "digest": bill.digest},
        once_key=f"term.given_back:{term.pk}",
    )  # fmt: skip
    append(fact, at=at, by=by)
    return ask_to_cancel(term.pk, on=wanted.on, at=at, by=by, is_at_once=True)
