"""A price before a customer: shown, confirmed, ordered, and on to pay."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from tenure.act.payments.actions import How, open_attempt
from tenure.kernel.failures import Outage, Refusal, Sentence
from tenure.records.billing.orders.models import Order
from tenure.records.billing.pricing.bill import Bill
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.quoting.values import ChangeQuote
from tenure.records.subscriptions.states import LIVE
from tenure.surfaces import wording
from tenure.surfaces.portal.contracts import CHOSEN, chosen, terms_of
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Moment, Visitor
from tenure.surfaces.portal.ways import ways_to_pay

CONFLICT, UNPROCESSABLE = 409, 422


@dataclass(frozen=True, slots=True)
class Told:
    """What is bought, and its bill; no bill where nothing is due now."""

    title: Sentence
    bill: Bill | None
    change: ChangeQuote | None = None
    more: int = 0  # seats that are asked for


@dataclass(frozen=True, slots=True)
class Deal:
    """A visitor before a price."""

    request: HttpRequest
    visitor: Visitor
    term: Term
    told: Told


def confirmable(deal: Deal, place: Callable[[str], Order | None], *, now: Moment) -> HttpResponse:
    """Show the bill; confirmed, place the order of this very bill and go to pay it."""
    request = deal.request
    pays = ways_to_pay(request.headers.get("User-Agent", ""))
    if request.method != "POST":
        return _priced(deal, pays=pays, now=now)
    method = request.POST.get("pay", "")
    is_due = deal.told.bill is not None and deal.told.bill.to_pay.amount_minor > 0
    if is_due and method not in {one.method for one in pays}:
        error = gettext("Choose how you want to pay. No money moved.")
        return _priced(deal, pays=pays, now=now, error=error, status=UNPROCESSABLE)
    try:
        order = place(request.POST.get("digest", ""))
        if order is None:
            messages.success(request, gettext("Noted. It changes at the end of your term."))
            return redirect(address_of(deal.term))
        address = reverse("portal:order", args=[order.public_id])
        comes_back = request.build_absolute_uri(f"{address}?back=1")
        ip = str(request.META.get("REMOTE_ADDR", ""))
        open_attempt(order, How(method, comes_back, ip), at=now.at, by=deal.visitor.by)
    except (Refusal, Outage) as failure:
        error = failure.sentence(wording.reader_language())
        return _priced(deal, pays=pays, now=now, error=error, status=CONFLICT)
    return redirect(address)


def _priced(deal: Deal, *, now: Moment, status: int = 200, **shown: Any) -> HttpResponse:
    told = deal.told
    shown |= {
        "visitor": deal.visitor,
        "term": deal.term,
        "told": told,
        "change": told.change,
        "bill": told.bill,
        "back_url": address_of(deal.term),
    }
    return draw(deal.request, "portal/change.html", shown=shown, status=status, now=now)


def term_of(request: HttpRequest, visitor: Visitor) -> Term:
    """The running term of the contract that is meant."""
    term = chosen(request, terms_of(visitor))
    if term is None or term.state not in LIVE:
        raise Http404
    return term


def done(request: HttpRequest, term: Term, *, do: Callable[[], str]) -> HttpResponse:
    """Do it and tell what happened; refused, tell why, and that nothing changed."""
    try:
        messages.success(request, do())
    except Refusal as refusal:
        return back(request, term, why=refusal)
    return redirect(address_of(term))


def back(request: HttpRequest, term: Term, *, why: Refusal) -> HttpResponse:
    messages.error(request, why.sentence(wording.reader_language()))
    return redirect(address_of(term))


def address_of(term: Term) -> str:
    return f"{reverse('portal:changes')}?{CHOSEN}={term.subscription_id}"
