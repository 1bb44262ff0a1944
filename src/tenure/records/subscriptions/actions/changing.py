"""Another plan, and more or fewer seats: up at once and prorated, down at the term's end."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.records.billing.pricing.bill import Bill
from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.actions.lines import Charged, is_written, write_bill
from tenure.records.subscriptions.actions.moves import locked
from tenure.records.subscriptions.models import ChangeKind, PlannedChange, Subscription, Term
from tenure.records.subscriptions.quoting.queries import quote_plan_change, quote_seats
from tenure.records.subscriptions.quoting.queries.renewing import whole_price
from tenure.records.subscriptions.quoting.standing import Standing
from tenure.records.subscriptions.quoting.values import ChangeQuote, NoSeats, RenewedAlready
from tenure.records.subscriptions.rules import PaidBy
from tenure.records.subscriptions.states import LIVE, TermState


@dataclass(frozen=True, slots=True)
class PlanChange:
    """Another plan for a running term. A `bill` that was accepted is charged as it is."""

    term_id: int
    plan_code: str
    on: date
    key: str = ""
    bill: Bill | None = None
    paid_by: PaidBy | None = None

    @property
    def once(self) -> str:
        return self.key or f"plan:{self.term_id}:{self.plan_code}:{self.on}"


@dataclass(frozen=True, slots=True)
class MoreSeats:
    """More seats for a running term; the same key adds them once."""

    term_id: int
    more: int
    on: date
    key: str
    bill: Bill | None = None
    paid_by: PaidBy | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """The term after a change, or the change that waits for its end."""

    term: Term
    planned: PlannedChange | None = None


@transaction.atomic
def change_plan(change: PlanChange, *, at: datetime, by: str) -> Changed:
    """Go to another plan: up from today, prorated; down from the next term (R-Y-067, BIL-06).

    Nothing is deleted: what a smaller plan does not hold any more is read-only for the days that
    the quote names. Done twice, the second time changes nothing.

    Raises:
        SamePlan: the term has that plan.
        NotRunning, IsPaused: nothing can be changed today.
        RenewedAlready: the next term is bought; a smaller plan has to wait for it.
    """
    term = locked(change.term_id)
    if is_written(term, change.once):
        return Changed(term)
    quote = quote_plan_change(term.pk, change.plan_code, on=change.on)
    if quote.bill is None:
        wish = _Wish(ChangeKind.PLAN, change.on, plan_version_id=quote.plan_version_id)
        return Changed(term, _planned(term, wish, at=at, by=by))
    _withdraw(term, ChangeKind.PLAN, on=change.on)
    charged = Charged(change.bill or quote.bill, change.on, change.once, change.paid_by)
    before = term.plan_version.plan.code
    write_bill(term, charged, at=at, by=by)
    _now_holds(term, quote, on=change.on)
    fact = _about(
        "subscription.plan_changed",
        term,
        on=change.on,
        key=change.once,
        before=before,
        plan=change.plan_code,
        total_minor=charged.bill.total.amount_minor,
        digest=charged.bill.digest,
    )
    append(fact, at=at, by=by)
    return Changed(Term.objects.get(pk=term.pk))


@transaction.atomic
def add_seats(wanted: MoreSeats, *, at: datetime, by: str) -> Term:
    """Add seats for the rest of a running term (BIL-04); told again, nothing changes.

    Raises:
        NoSeats: none are added.
        NotRunning, IsPaused: nothing can be changed today.
    """
    term = locked(wanted.term_id)
    if is_written(term, wanted.key):
        return term
    bill = wanted.bill or quote_seats(term.pk, wanted.more, on=wanted.on)
    write_bill(term, Charged(bill, wanted.on, wanted.key, wanted.paid_by), at=at, by=by)
    quantity = term.subscription.quantity + wanted.more
    _withdraw(term, ChangeKind.SEATS, on=wanted.on)
    Subscription.objects.filter(pk=term.subscription_id).update(quantity=quantity)
    _reprice(term, quantity=quantity, on=wanted.on)
    fact = _about(
        "subscription.seats_added",
        term,
        on=wanted.on,
        key=wanted.key,
        seats=quantity,
        more=wanted.more,
        digest=bill.digest,
    )
    append(fact, at=at, by=by)
    return Term.objects.get(pk=term.pk)


@transaction.atomic
def remove_seats(term_id: int, *, fewer: int, on: date, at: datetime, by: str) -> PlannedChange:
    """Have fewer seats from the next term on; asked again, the newer number counts.

    Raises:
        NoSeats: less than one would be left.
        RenewedAlready: the next term is bought already.
    """
    term = locked(term_id)
    left = term.subscription.quantity - fewer
    if left < 1 or fewer < 1:
        raise NoSeats(seats=left, now=term.subscription.quantity)
    return _planned(term, _Wish(ChangeKind.SEATS, on, quantity=left), at=at, by=by)


@transaction.atomic
def withdraw_change(
    subscription_id: int, kind: ChangeKind, *, on: date, at: datetime, by: str
) -> bool:
    """Take a planned change back before its day; whether there was one (R-Y-067)."""
    subscription = Subscription.objects.select_for_update().get(pk=subscription_id)
    waiting = PlannedChange.objects.filter(
        subscription=subscription, kind=kind, applied_on=None, withdrawn_on=None
    )
    change = waiting.first()
    if change is None:
        return False
    if change.term.state == TermState.RENEWED:
        raise RenewedAlready(ends_on=change.term.ends_on)
    waiting.update(withdrawn_on=on)
    fact = _about("subscription.change_withdrawn", change.term, on=on, what=str(kind))
    append(fact, at=at, by=by)
    return True


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be from the next term on."""

    kind: ChangeKind
    on: date
    plan_version_id: int | None = None
    quantity: int | None = None


def _planned(term: Term, wish: _Wish, *, at: datetime, by: str) -> PlannedChange:
    """The one change of a kind that waits; another wish replaces it."""
    if term.state not in LIVE:
        raise RenewedAlready(ends_on=term.ends_on)
    waiting = PlannedChange.objects.filter(
        subscription=term.subscription, kind=wish.kind, applied_on=None, withdrawn_on=None
    ).first()
    if waiting is not None:
        if (waiting.plan_version_id, waiting.quantity) == (wish.plan_version_id, wish.quantity):
            return waiting
        _withdraw(term, wish.kind, on=wish.on)
    change = PlannedChange.objects.create(
        account_id=term.account_id,
        subscription=term.subscription,
        term=term,
        kind=wish.kind,
        asked_on=wish.on,
        plan_version_id=wish.plan_version_id,
        quantity=wish.quantity,
        recorded_at=at,
    )
    fact = _about(
        "subscription.change_planned",
        term,
        on=wish.on,
        what=str(wish.kind),
        plan_version=wish.plan_version_id,
        seats=wish.quantity,
    )
    append(fact, at=at, by=by)
    return change


def _withdraw(term: Term, kind: ChangeKind, *, on: date) -> None:
    PlannedChange.objects.filter(
        subscription=term.subscription, kind=kind, applied_on=None, withdrawn_on=None
    ).update(withdrawn_on=on)


def _now_holds(term: Term, quote: ChangeQuote, *, on: date) -> None:
    """The term and, where it is the last one, the subscription have the new plan."""
    Term.objects.filter(pk=term.pk).update(plan_version_id=quote.plan_version_id)
    if term.state in LIVE:
        Subscription.objects.filter(pk=term.subscription_id).update(
            plan_version_id=quote.plan_version_id
        )
    _reprice(term, quantity=term.subscription.quantity, on=on)


def _reprice(term: Term, *, quantity: int, on: date) -> None:
    """The term's price is what a whole one like it costs now, so that value in force is true."""
    stands = Standing.of(term.pk, on=on)
    amount, listed = whole_price(stands, plan_code=stands.plan.code, quantity=quantity)
    Term.objects.filter(pk=term.pk).update(
        price_minor=amount.amount_minor, list_price_minor=listed.amount_minor
    )


def _about(kind: str, term: Term, *, on: date, key: str = "", **content: object) -> Fact:
    return Fact(
        kind,
        on=on,
        account_id=term.account_id,
        term_id=term.pk,
        content=content,
        once_key=f"{kind}:{key}" if key else None,
    )
