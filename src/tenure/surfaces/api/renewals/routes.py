"""Quotes, orders, payments and cancellations: what changes something needs an Idempotency-Key.

Programs of the business act for its customers: a key of the scope `renewals` is as good as the
customer's own click, so the journal names the key behind every deed.
"""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Path, Router
from ninja.errors import ValidationError

from tenure.act.payments.actions import How, open_attempt
from tenure.act.payments.ordering import (
    cancel_order,
    order_add_on,
    order_plan_change,
    order_renewal,
    order_seats,
    quotes_of,
)
from tenure.act.self_service import cancelling
from tenure.act.self_service.cancelling import Visit
from tenure.kernel import clock
from tenure.records.billing.orders.models import Order
from tenure.records.cancellations.rules import Told
from tenure.records.cancellations.states import Stop
from tenure.records.keys.models import ApiKey
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.queries import newest_term
from tenure.records.subscriptions.quoting.values import RenewalChoice
from tenure.surfaces.api.access import KeyAuth
from tenure.surfaces.api.answers import CHANGES, PROBLEMS
from tenure.surfaces.api.once import IDEMPOTENT, call_name, once
from tenure.surfaces.api.renewals import rendering
from tenure.surfaces.api.renewals.schemas import (
    CancellationIn,
    CancellationOut,
    ChangeOut,
    OpenedOut,
    OrderIn,
    OrderOut,
    PaymentIn,
    QuotesOut,
)

KEYS = KeyAuth(ApiKey.Scope.RENEWALS)

router = Router(auth=KEYS, tags=["renewals"])

TermId = Annotated[str, Path(pattern=r"^trm_[0-9]{1,18}$")]
SubscriptionId = Annotated[str, Path(pattern=r"^sub_[0-9]{1,18}$")]
OrderId = Annotated[str, Path(pattern=r"^ord_[0-9a-zA-Z_-]{1,36}$")]


@router.get("/terms/{term_id}/quotes", response={200: QuotesOut, **PROBLEMS}, operation_id="quotes")
def quotes(request: HttpRequest, term_id: TermId) -> dict[str, Any]:
    """Every way in which a term can be renewed today, with the bill that would be charged."""
    number = _term(term_id)
    on = business_day(clock.now())
    found = quotes_of(number, on=on)
    return {"term": term_id, "on": on, "items": [rendering.quote(one) for one in found]}


@router.post(
    "/orders",
    response={200: ChangeOut, **CHANGES},
    operation_id="place_order",
    openapi_extra=IDEMPOTENT,
)
@once
def place(request: HttpRequest, wish: OrderIn) -> dict[str, Any]:
    """Order a renewal, another plan, more seats or an add-on; nothing is charged by this."""
    placed = _placed(request, wish)
    told = None if placed is None else rendering.order(placed)
    return {"order": told, "is_planned": placed is None}


@router.get("/orders/{order_id}", response={200: OrderOut, **PROBLEMS}, operation_id="order")
def order(request: HttpRequest, order_id: OrderId) -> dict[str, Any]:
    """One order, and what became of it."""
    return rendering.order(_order(order_id))


@router.post(
    "/orders/{order_id}/cancel",
    response={200: OrderOut, **CHANGES},
    operation_id="cancel_order",
    openapi_extra=IDEMPOTENT,
)
@once
def give_up(request: HttpRequest, order_id: OrderId) -> dict[str, Any]:
    """Give an unpaid order up; nobody can pay it any more."""
    _order(order_id)
    found = cancel_order(order_id, at=clock.now(), by=call_name(request))
    return rendering.order(found)


@router.post(
    "/orders/{order_id}/payments",
    response={200: OpenedOut, **CHANGES},
    operation_id="open_payment",
    openapi_extra=IDEMPOTENT,
)
@once
def pay(request: HttpRequest, order_id: OrderId, wish: PaymentIn) -> dict[str, Any]:
    """Open an attempt to pay an order; the provider's notification is what makes it paid."""
    found = _order(order_id)
    how = How(wish.method, return_url=wish.return_url)
    return rendering.opened(open_attempt(found, how, at=clock.now(), by=call_name(request)))


@router.post(
    "/subscriptions/{subscription_id}/cancellation",
    response={200: CancellationOut, **CHANGES},
    operation_id="cancel_subscription",
    openapi_extra=IDEMPOTENT,
)
@once
def leave(
    request: HttpRequest, subscription_id: SubscriptionId, wish: CancellationIn
) -> dict[str, Any]:
    """End a contract at its paid end or at once; automatic renewal is off from this moment."""
    term, at, by = _last_term(subscription_id), clock.now(), call_name(request)
    begun = cancelling.start(Visit(term.pk, channel="api"), at=at, by=by)
    if wish.reason:
        cancelling.give_reason(begun.pk, Told(wish.reason, ""), at=at, by=by)
    stop = Stop.AT_ONCE if wish.at_once else Stop.AT_END
    cancelling.confirm(begun.pk, at=at, by=by, stop=stop)
    term.refresh_from_db()
    return rendering.leaving(term)


@router.post(
    "/subscriptions/{subscription_id}/cancellation/undo",
    response={200: CancellationOut, **CHANGES},
    operation_id="undo_cancellation",
    openapi_extra=IDEMPOTENT,
)
@once
def stay(request: HttpRequest, subscription_id: SubscriptionId) -> dict[str, Any]:
    """Take a cancellation back, until the end has come; automatic renewal stays off."""
    term = _last_term(subscription_id)
    return rendering.leaving(cancelling.undo(term.pk, at=clock.now(), by=call_name(request)))


def _placed(request: HttpRequest, wish: OrderIn) -> Order | None:
    term_id, at, by = _term(wish.term), clock.now(), call_name(request)
    if wish.purpose == "plan_change":
        plan = _needed(wish.plan, "plan")
        return order_plan_change(term_id, plan, seen=wish.seen, at=at, by=by)
    if wish.purpose == "seats":
        more = _needed(wish.more_seats, "more_seats")
        return order_seats(term_id, more, seen=wish.seen, at=at, by=by)
    if wish.purpose == "add_on":
        code = _needed(wish.add_on, "add_on")
        return order_add_on(term_id, code, seen=wish.seen, at=at, by=by)
    choice = RenewalChoice(cycle_months=wish.cycle_months, plan_code=wish.plan)
    return order_renewal(term_id, choice, seen=wish.seen, at=at, by=by)


def _needed[T](value: T | None, name: str) -> T:
    """A field that this purpose cannot do without."""
    if value is None:
        place = ["body", "wish", name]
        raise ValidationError([{"loc": place, "msg": "this purpose needs it", "type": "missing"}])
    return value


def _term(term_id: str) -> int:
    number = int(term_id.removeprefix("trm_"))
    if not Term.objects.filter(pk=number).exists():
        raise Http404
    return number


def _order(order_id: str) -> Order:
    found = Order.objects.filter(public_id=order_id).first()
    if found is None:
        raise Http404
    return found


def _last_term(subscription_id: str) -> Term:
    """The newest term of a contract."""
    term = newest_term(int(subscription_id.removeprefix("sub_")))
    if term is None:
        raise Http404
    return term
