"""An order: where to pay it, whether the money has come, and what it gave."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from tenure.act.payments.actions import look_up, run_effects
from tenure.kernel.money import Money
from tenure.records.billing.mandates.queries import live_consent, standing_mandate
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.actions import cancel
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.states import OrderState, Purpose
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.states import OPEN, PAID, PaymentState
from tenure.records.groups.queries import Gathering, gathering
from tenure.records.subscriptions.models import Term
from tenure.surfaces.portal.handing import Handing, handing_of
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Moment, Right, Visitor, moment, opens
from tenure.surfaces.portal.ways import NAMES

_FAILED: Final = frozenset({PaymentState.FAILED, PaymentState.CLOSED, PaymentState.EXPIRED})
_GIVEN_BACK: Final = frozenset({PaymentState.REFUNDED, PaymentState.PARTIALLY_REFUNDED})
# After this the page stops asking by itself and says how one is told.
PATIENCE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Standing:
    """An order with its newest attempt, as one phase of the page."""

    order: Order
    payment: Payment | None
    term: Term | None
    phase: str  # pay | confirming | done | returned | failed | over

    @property
    def total(self) -> Money:
        return Money(self.order.total_minor, self.order.currency)

    @property
    def bill(self) -> Bill | None:
        return Bill.read(self.order.bill) if self.order.bill else None

    @property
    def method(self) -> object:
        """How it is paid, in words."""
        return NAMES.get(self.payment.source, self.payment.method) if self.payment else ""

    @property
    def handing(self) -> Handing | None:
        return handing_of(self.payment.handoff) if self.payment else None

    @property
    def last_day_on(self) -> object:
        return self.term.ends_on - timedelta(days=1) if self.term else None

    @property
    def gathering(self) -> Gathering | None:
        """The group that a paid order waits for."""
        if self.phase != "confirming" or self.order.state != OrderState.PAID:
            return None
        name = str(self.order.subject.get("group", ""))
        return gathering(name, account_id=self.order.account_id) if name else None

    @property
    def waits(self) -> bool:
        return self.phase in ("pay", "confirming")


@require_GET
@opens(Right.LOOK)
def order(request: HttpRequest, visitor: Visitor, *, public_id: str) -> HttpResponse:
    """The page of an order; reached from the provider it confirms and believes nothing else."""
    now = moment()
    stands = _standing(visitor, public_id, now=now, is_back="back" in request.GET)
    response = draw(request, "portal/order.html", shown=_shown(visitor, stands, now), now=now)
    handing = stands.handing
    if stands.phase == "pay" and handing is not None and handing.kind == "form":
        # The one page of all that sends a form elsewhere: to this provider, and nowhere else.
        policy = {**settings.SECURE_CSP, "form-action": ["'self'", handing.origin]}
        response._csp_config = policy  # type: ignore[attr-defined]
    return response


@require_GET
@opens(Right.LOOK)
def status(request: HttpRequest, visitor: Visitor, *, public_id: str) -> HttpResponse:
    """What htmx asks for every few seconds; once it is decided, the page is read anew."""
    now = moment()
    stands = _standing(visitor, public_id, now=now, is_back="back" in request.GET)
    if not stands.waits:
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("portal:order", args=[public_id])
        return response
    return draw(request, "portal/order/_waiting.html", shown=_shown(visitor, stands, now), now=now)


@require_POST
@opens(Right.RENEW)
def give_up(request: HttpRequest, visitor: Visitor, *, public_id: str) -> HttpResponse:
    """Choose another way to pay: the unpaid order is given up, and the page begins anew."""
    now = moment()
    found = _mine(visitor, public_id)
    if found.state == OrderState.OPEN:
        cancel(found.pk, at=now.at, by=visitor.by)
    term = Term.objects.filter(pk=found.subject.get("term_id")).first()
    chosen = f"?contract={term.subscription_id}&term={term.pk}" if term else ""
    if found.purpose == Purpose.GROUP:
        return redirect("portal:group", found.subject.get("group"))
    page = "portal:renew" if found.purpose == Purpose.RENEWAL else "portal:changes"
    return redirect(f"{reverse(page)}{chosen}")


def _standing(visitor: Visitor, public_id: str, *, now: Moment, is_back: bool) -> Standing:
    """Ask the provider where its moment has come, then read how the order stands."""
    found = _mine(visitor, public_id)
    payment = newest_of(found)
    if payment is not None and found.state == OrderState.OPEN:
        look_up(payment.pk, at=now.at)
    if payment is not None:
        run_effects(at=now.at, by="portal", payment_id=payment.pk)
        found.refresh_from_db()
        payment.refresh_from_db()
    term_id = payment.term_id if payment else None
    term = Term.objects.filter(pk=term_id).first() if term_id else None
    return Standing(found, payment, term, phase_of(found, payment, is_back=is_back))


def phase_of(found: Order, payment: Payment | None, *, is_back: bool) -> str:
    """Where an order stands for whoever pays it: see `Standing.phase`."""
    if payment is not None and payment.state in _GIVEN_BACK:
        return "returned"
    if found.state == OrderState.FULFILLED:
        return "done"
    if found.state == OrderState.PAID or (payment is not None and payment.state in PAID):
        return "confirming"
    if found.state in (OrderState.CANCELLED, OrderState.EXPIRED):
        return "over"
    if payment is None or payment.state in _FAILED:
        return "failed"
    if payment.state == PaymentState.UNKNOWN or is_back or not payment.handoff:
        return "confirming"
    return "pay" if payment.state in OPEN else "confirming"


def newest_of(found: Order) -> Payment | None:
    """The attempt that counts: one that brought money, or else the newest."""
    attempts = list(Payment.objects.filter(order=found).order_by("-pk"))
    with_money = [one for one in attempts if one.state in PAID]
    return next(iter(with_money or attempts), None)


def _mine(visitor: Visitor, public_id: str) -> Order:
    found = Order.objects.filter(public_id=public_id, account_id=visitor.account_id).first()
    if found is None:
        raise Http404
    if visitor.link is not None and found.subject.get("term_id") != visitor.link.term.pk:
        raise Http404
    return found


def _shown(visitor: Visitor, stands: Standing, now: Moment) -> dict[str, Any]:
    subscription_id = stands.term.subscription_id if stands.term else None
    is_patient = now.at < stands.order.placed_at + PATIENCE
    shown: dict[str, Any] = {
        "visitor": visitor,
        "stands": stands,
        "zone": now.strategy.business.zone,
        "is_patient": is_patient,
        "may_retry": Right.RENEW in visitor.may,
    }
    if stands.phase == "done" and subscription_id is not None:
        shown["consent"] = live_consent(subscription_id)
        shown["mandate"] = standing_mandate(subscription_id)
    return shown
