"""End a term before its time, with money back; or let its renewal count as never made."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from tenure.records.billing.credits.actions import move_balance
from tenure.records.billing.credits.rules import Movement
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.pricing.refunds import RefundMode
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.actions.asking import ask_to_cancel
from tenure.records.subscriptions.actions.closing import Scope, close
from tenure.records.subscriptions.actions.crediting import WentBack, credit_term
from tenure.records.subscriptions.actions.lines import Charged, is_written, write_bill
from tenure.records.subscriptions.actions.moves import locked, move_terms
from tenure.records.subscriptions.actions.pausing import resume
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.queries import balance_used, following, preceding
from tenure.records.subscriptions.quoting.queries import quote_refund
from tenure.records.subscriptions.rules import TermVerb, close_decision
from tenure.records.subscriptions.states import LIVE, TermState


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


@transaction.atomic
def undo_renewal(term_id: int, *, on: date, at: datetime, by: str) -> Term:
    """Let the renewal that brought a term count as never made; again, nothing changes.

    The term is cut, and the one before it is what it would have been: running, cancelling, in
    grace or lapsed by the calendar. It can be renewed anew. What the customer's balance paid of it
    is in the balance again; money that a provider returns is credited by whoever returns it. A term
    that did not join an older one is cancelled at once instead.
    """
    term = locked(term_id)
    if term.reversed_on is not None:
        return term
    resume(term.subscription_id, on=on, at=at, by=by)
    term, old = locked(term_id), preceding(term)
    is_last = term.state in LIVE and following(term) is None
    if old is None or old.state != TermState.RENEWED or not is_last:
        return ask_to_cancel(term.pk, on=on, at=at, by=by, is_at_once=True)
    ending = close_decision(term.ends_on, grace_days=0, cancel_asked_on=on, is_at_once=True)
    move_terms(
        Term.objects.filter(pk=term.pk),
        TermVerb.CANCEL,
        closed_on=ending.on,
        end_kind=ending.kind,
        reversed_on=on,
        sold_before_on=old.renewed_on,
    )
    _return_balance(term, on=on, at=at, by=by)
    _go_on(old, on=on, at=at, by=by)
    old.refresh_from_db()
    content = {"number": term.number, "undone": term.pk, "state": old.state}
    fact = Fact(
        "term.renewal_undone",
        on=on,
        account_id=old.account_id,
        term_id=old.pk,
        content=content,
        once_key=f"term.renewal_undone:{term.pk}",
    )
    append(fact, at=at, by=by)
    return Term.objects.get(pk=term.pk)


def _return_balance(term: Term, *, on: date, at: datetime, by: str) -> None:
    """What the balance paid of a term that counts as never bought is the customer's again."""
    used = balance_used(term)
    if used.amount_minor <= 0:
        return
    key = f"renewal_undone:{term.pk}"
    movement = Movement(term.account_id, used, "renewal.undone", on, key, term_id=term.pk)
    move_balance(movement, at=at, by=by)
    credit_term(WentBack(term.pk, used, on, key), at=at, by=by)


def _go_on(old: Term, *, on: date, at: datetime, by: str) -> None:
    """Put the old term where it would stand today, and its chain as it was."""
    was = _before_renewal(old)
    rows = Term.objects.filter(pk=old.pk)
    move_terms(rows, TermVerb.UNDO_RENEWAL, renewed_on=None)
    if was.get("cancel_asked_on"):
        asked_on = date.fromisoformat(was["cancel_asked_on"])
        move_terms(rows, TermVerb.ASK_TO_CANCEL, cancel_asked_on=asked_on)
    chain: dict[str, Any] = {
        "plan_version_id": old.plan_version_id,
        "cycle_months": old.cycle_months,
    }
    if was:
        chain |= {"quantity": was["quantity"], "anchor_on": date.fromisoformat(was["anchor_on"])}
    Subscription.objects.filter(pk=old.subscription_id).update(**chain)
    close(Scope(on - timedelta(days=1), [old.pk]), at=at, by=by)


def _before_renewal(old: Term) -> dict[str, Any]:
    """What the newest renewal of a term wrote down of its chain; nothing for older records."""
    renewed = Entry.objects.filter(kind="term.renewed", term_id=old.pk).order_by("-pk").first()
    return dict(renewed.content.get("was", {})) if renewed else {}
