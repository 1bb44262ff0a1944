"""Order what was quoted: the verbs that a customer's pages call before they pay.

The order freezes today's bill. `seen` is the digest of the bill that the customer saw; where it
is not today's, nothing is ordered. Clicked twice, it is one order.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from tenure.act.payments.asking import close_overtaken
from tenure.act.payments.settling import supersede
from tenure.act.prices.queries import charges_for, reductions_of
from tenure.records.billing.models import Payment
from tenure.records.billing.orders import actions as orders
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import NewOrder, UnknownOrder, renewal_key
from tenure.records.billing.orders.states import OrderState, Purpose
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.states import OPEN
from tenure.records.stores.queries import check_ours
from tenure.records.strategies.queries import business_day, current
from tenure.records.subscriptions.actions import PlanChange, change_plan
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.quoting.queries import (
    quote_add_on,
    quote_co_term,
    quote_plan_change,
    quote_renewal,
    quote_seats,
)
from tenure.records.subscriptions.quoting.values import AS_IT_IS, RenewalChoice, RenewalQuote

# How long an order waits to be paid; a bill of another day may be another bill.
WAITS: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is ordered, at which bill, and what the verb behind its purpose needs to know.

    Args:
        once: tells two purchases of the same thing apart; empty where there can be only one.
        seen: the digest of the bill that the customer saw; empty where nobody looked.
        named: the digest of what stands behind a bill that is only its sum.
    """

    account_id: int
    purpose: Purpose
    bill: Bill
    on: date
    subject: Mapping[str, Any] = field(default_factory=dict)
    subject_key: str = ""
    once: str = ""
    seen: str = ""
    named: str = ""
    waits: timedelta = WAITS

    @property
    def digest(self) -> str:
        """What names exactly this purchase."""
        return self.named or self.bill.digest


def order_renewal(
    term_id: int,
    choice: RenewalChoice = AS_IT_IS,
    *,
    seen: str = "",
    at: datetime,
    by: str,
) -> Order:
    """Order the renewal of a term, as it is or as chosen.

    Raises:
        SoldByStore: a store sold it and renews it.
        PriceChanged: the bill is not the one that the customer saw.
        AlreadyPaid: the renewal was paid.
        NoPrice, UnknownPlan, NoSeats: it cannot be sold like this.
    """
    on = business_day(at)
    account_id, chain = Term.objects.values_list("account_id", "subscription_id").get(pk=term_id)
    check_ours(chain)
    quote = quote_renewal(term_id, as_promised(term_id, choice, on=on), on=on)
    wanted = Wanted(
        account_id=account_id,
        purpose=Purpose.RENEWAL,
        bill=quote.bill,
        on=quote.on,
        subject=renewal_subject(quote),
        subject_key=renewal_key(term_id),
        seen=seen,
    )
    return order(wanted, at=at, by=by)


def as_promised(term_id: int, choice: RenewalChoice, *, on: date) -> RenewalChoice:
    """A choice with what was decided for the term or promised to whoever stayed, if anything."""
    term = Term.objects.only("subscription_id", "cycle_months").get(pk=term_id)
    months = choice.cycle_months or term.cycle_months
    found = reductions_of(term, cycle_months=months, on=on)
    return replace(choice, discounts=(*choice.discounts, *found)) if found else choice


def quotes_of(term_id: int, *, on: date) -> tuple[RenewalQuote, ...]:
    """Every way to renew a term today at the price that `order_renewal` orders, promises kept."""
    term = Term.objects.select_related("subscription", "plan_version__plan").get(pk=term_id)
    return charges_for(term, on=on, strategy=current().at(on)).every()


def order_plan_change(
    term_id: int, plan_code: str, *, seen: str = "", at: datetime, by: str
) -> Order | None:
    """Order another plan for the rest of a term; None where it counts from the next term on.

    What waits for the term's end is planned at once, by `change_plan`: nothing is paid for it now.

    Raises:
        PriceChanged, SamePlan, NotRunning, NoPrice, SoldByStore.
    """
    on = business_day(at)
    quote = quote_plan_change(term_id, plan_code, on=on)
    if quote.bill is None:
        check_ours(Term.objects.values_list("subscription_id", flat=True).get(pk=term_id))
        change_plan(PlanChange(term_id, plan_code, on=on), at=at, by=by)
        return None
    subject = {"term_id": term_id, "plan_code": plan_code}
    key = f"plan:{term_id}:{plan_code}:{on}"
    wanted = _of_term(term_id, Purpose.PLAN_CHANGE, bill=quote.bill, on=on)
    return order(replace(wanted, subject=subject, once=key, seen=seen), at=at, by=by)


def order_seats(term_id: int, more: int, *, seen: str = "", at: datetime, by: str) -> Order:
    """Order more seats for the rest of a term; clicked twice before they are there, once.

    Raises:
        PriceChanged, NoSeats, NotRunning.
    """
    on = business_day(at)
    bill = quote_seats(term_id, more, on=on)
    wanted = _of_term(term_id, Purpose.SEATS, bill=bill, on=on)
    now = Subscription.objects.values_list("quantity", flat=True).get(
        pk=Term.objects.values("subscription_id").filter(pk=term_id)[:1]
    )
    subject, key = {"term_id": term_id, "more": more}, f"seats:{term_id}:{now}+{more}"
    return order(replace(wanted, subject=subject, once=key, seen=seen), at=at, by=by)


def order_add_on(term_id: int, code: str, *, seen: str = "", at: datetime, by: str) -> Order:
    """Order an add-on for the rest of a term.

    Raises:
        PriceChanged, UnknownAddOn, DoesNotGoWith, AddOnThere, NotRunning.
    """
    on = business_day(at)
    bill = quote_add_on(term_id, code, on=on)
    wanted = _of_term(term_id, Purpose.ADD_ON, bill=bill, on=on)
    subject, key = {"term_id": term_id, "code": code}, f"add_on:{term_id}:{code}:{on}"
    return order(replace(wanted, subject=subject, once=key, seen=seen), at=at, by=by)


def order_co_term(
    term_ids: Sequence[int], *, until: date, seen: str = "", at: datetime, by: str
) -> Order:
    """Order one common end for several terms of one account.

    Raises:
        PriceChanged, NotRunning, IsPaused, EndsLater, NothingToPrice: see `quote_co_term`.
    """
    on = business_day(at)
    quote = quote_co_term(term_ids, until=until, on=on)
    accounts = Term.objects.filter(pk__in=term_ids).values_list("account_id", flat=True)
    (account_id,) = set(accounts)
    named = ",".join(map(str, quote.term_ids))
    wanted = Wanted(
        account_id=account_id,
        purpose=Purpose.CO_TERM,
        bill=quote.bill,
        on=on,
        subject={"term_ids": list(quote.term_ids), "until": str(until)},
        once=f"co_term:{hashlib.sha256(named.encode()).hexdigest()[:16]}:{until}",
        seen=seen,
    )
    return order(wanted, at=at, by=by)


def _of_term(term_id: int, purpose: Purpose, *, bill: Bill, on: date) -> Wanted:
    account_id, chain = Term.objects.values_list("account_id", "subscription_id").get(pk=term_id)
    check_ours(chain)
    return Wanted(account_id=account_id, purpose=purpose, bill=bill, on=on)


def renewal_subject(quote: RenewalQuote) -> dict[str, Any]:
    """What the renewal's verb needs when the money has come."""
    line = quote.bill.lines[0]
    return {
        "term_id": quote.term_id,
        "cycle_months": quote.cycle_months,
        "plan_version_id": quote.plan_version_id,
        "quantity": quote.quantity,
        "price_minor": line.amount.amount_minor,
    }


def order(wanted: Wanted, *, at: datetime, by: str) -> Order:
    """Order anything that was quoted; an older open order for the same thing is given up.

    Raises:
        PriceChanged, AlreadyPaid.
    """
    orders.expire_due(at=at, by=by, subject_key=wanted.subject_key)
    new = NewOrder(
        account_id=wanted.account_id,
        purpose=wanted.purpose,
        subject=wanted.subject,
        total=wanted.bill.to_pay,
        digest=wanted.digest,
        bill=wanted.bill.as_document(),
        once_key=_once_key(wanted),
        placed_on=wanted.on,
        expires_at=at + wanted.waits,
        seen_digest=wanted.seen,
        subject_key=wanted.subject_key,
    )
    placed = orders.place(new, at=at, by=by)
    if wanted.subject_key:
        _drop_attempts(_replaced(wanted.subject_key), at=at, by=by)
    return placed


def _once_key(wanted: Wanted) -> str:
    """The same while the order is alive: a click more, a page reloaded.

    An order that ended unpaid, or whose effect was taken back, lets the same be ordered anew.
    """
    if wanted.subject_key:
        about, before = wanted.subject_key, Order.objects.filter(subject_key=wanted.subject_key)
    else:
        assert wanted.once, "a purchase that can be repeated has its own key"
        about = f"{wanted.purpose}:{wanted.account_id}:{wanted.once}"
        before = Order.objects.filter(
            account_id=wanted.account_id, once_key__startswith=f"{about}:"
        )
    dead = before.filter(state__in=(OrderState.CANCELLED, OrderState.EXPIRED)).count()
    taken_back = before.filter(reversed_at__isnull=False).count()
    return f"{about}:{wanted.digest[:32]}:{dead + taken_back}"


def _replaced(subject_key: str) -> Sequence[int]:
    dead = Order.objects.filter(
        subject_key=subject_key, state__in=(OrderState.CANCELLED, OrderState.EXPIRED)
    )
    open_ones = Payment.objects.filter(state__in=OPEN, superseded_at=None)
    return list(dead.filter(pk__in=open_ones.values("order_id")).values_list("pk", flat=True))


def cancel_order(public_id: str, *, at: datetime, by: str) -> Order:
    """Give an unpaid order up, and let nobody pay it any more.

    Raises:
        UnknownOrder: there is none.
        IllegalMove: it is paid.
    """
    found = Order.objects.filter(public_id=public_id).first()
    if found is None:
        raise UnknownOrder(order=public_id[:40])
    cancelled = orders.cancel(found.pk, at=at, by=by)
    _drop_attempts([cancelled.pk], at=at, by=by)
    return cancelled


def _drop_attempts(order_ids: Sequence[int], *, at: datetime, by: str) -> None:
    for one in order_ids:
        supersede(one, at=at)
        close_overtaken(one, at=at, by=by)
