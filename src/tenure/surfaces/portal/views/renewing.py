"""Renewing in two screens: what, until when and for how much; then paying."""

import secrets
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from tenure.act.payments.actions import How, open_attempt
from tenure.act.prices.queries import charges_for
from tenure.decide.obligations.queries import binding_for
from tenure.decide.obligations.rules import Binding
from tenure.kernel.failures import Outage, Refusal
from tenure.kernel.identifiers import whole
from tenure.records.billing.orders.queries import taken_for
from tenure.records.billing.orders.rules import AlreadyPaid
from tenure.records.customers.queries import may_agree
from tenure.surfaces import wording
from tenure.surfaces.portal import consenting, waiving
from tenure.surfaces.portal.contracts import CHOSEN, Contract, chosen, contract_of, terms_of
from tenure.surfaces.portal.renewing import (
    Asked,
    Way,
    order_of,
    renewal_key,
    way_in,
    ways_by,
    with_priors,
)
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Moment, Right, Visitor, moment, opens
from tenure.surfaces.portal.ways import PayBy, ways_to_pay

CONFLICT, UNAVAILABLE, UNPROCESSABLE = 409, 503, 422


@dataclass(frozen=True, slots=True)
class Counter:
    """What stands on the page: the contract, the ways to renew and the one that is chosen."""

    contract: Contract
    ways: tuple[Way, ...]
    way: Way
    pays: tuple[PayBy, ...]
    binding: Binding
    waiver: waiving.Waiver | None

    @property
    def disclosure(self) -> consenting.Disclosure:
        comes = consenting.Rhythm.after(self.way)
        return consenting.disclosure(self.contract, comes, binding=self.binding)


@require_http_methods(["GET", "POST"])
@opens(Right.LOOK)
def renew(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The renewal page, and its confirmation.

    Come back to after paying, by any button, it tells what was paid and sells nothing twice.
    """
    now, terms = moment(), terms_of(visitor)
    term = chosen(request, terms)
    if term is None:
        return redirect("portal:home")
    named = request.GET.get("term") or request.POST.get("term") or ""
    was_renewed = whole(named) not in (0, term.pk)
    if was_renewed or Right.RENEW not in visitor.may:
        return _done_before(request, visitor, named)
    contract = contract_of(term, on=now.on, grace_days=now.strategy.business.grace_days)
    if not (contract.can_renew or contract.can_return):
        return redirect(f"{reverse('portal:home')}?{CHOSEN}={term.subscription_id}")
    counter = _counter(request, contract, now=now)
    if request.method == "POST":
        return _confirmed(request, visitor, counter, now=now)
    return _shown(request, visitor, counter, now=now)


@require_GET
@opens(Right.RENEW)
def total(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The foot of the page with the amount of another way, for htmx."""
    now = moment()
    term = chosen(request, terms_of(visitor))
    if term is None:
        return redirect("portal:home")
    contract = contract_of(term, on=now.on, grace_days=now.strategy.business.grace_days)
    counter = _counter(request, contract, now=now)
    shown = {**_context(visitor, counter, now=now), "swapped": True}
    return draw(request, "portal/renew/_choice.html", shown=shown, now=now)


def _counter(request: HttpRequest, contract: Contract, *, now: Moment) -> Counter:
    charges = charges_for(contract.term, on=now.on, strategy=now.strategy)
    contract = replace(contract, more_days=charges.more_days)
    binding = binding_for(contract.subscription, on=now.on)
    ways = with_priors(ways_by(charges), contract, days=binding.prior_price_days, on=now.on)
    asked = request.POST.get("cycle") or request.GET.get("cycle") or ""
    return Counter(
        contract,
        ways,
        way_in(ways, asked),
        ways_to_pay(request.headers.get("User-Agent", "")),
        binding,
        waiving.waiver_of(contract, binding, strategy=now.strategy),
    )


def _shown(
    request: HttpRequest, visitor: Visitor, counter: Counter, *, now: Moment, **more: Any
) -> HttpResponse:
    status = more.pop("status", 200)
    shown = {**_context(visitor, counter, now=now), **more}
    return draw(request, "portal/renew.html", shown=shown, now=now, status=status)


def _context(visitor: Visitor, counter: Counter, *, now: Moment) -> dict[str, Any]:
    country = visitor.account.country
    button = counter.binding.order_button(country)
    return {
        "visitor": visitor,
        "back_url": f"{reverse('portal:home')}?{CHOSEN}={counter.contract.subscription.pk}",
        "contract": counter.contract,
        "ways": counter.ways,
        "way": counter.way,
        "pays": counter.pays,
        "disclosure": counter.disclosure,
        "waiver": counter.waiver,
        "may_agree": not visitor.person.is_minor or may_agree(visitor.account_id),
        "button": button,
        "prior_days": counter.binding.prior_price_days,
        "key": secrets.token_urlsafe(12),
        "shown_at": now.at.isoformat(),
    }


def _confirmed(
    request: HttpRequest, visitor: Visitor, counter: Counter, *, now: Moment
) -> HttpResponse:
    """Order what was seen, note the consent if one was given, and go to pay."""
    given = request.POST
    method = given.get("pay", "")
    if method not in {one.method for one in counter.pays}:
        error = gettext("Choose how you want to pay. No money moved.")
        return _shown(request, visitor, counter, now=now, error=error, status=UNPROCESSABLE)
    asked = Asked(
        counter.contract,
        counter.way,
        seen_digest=given.get("digest", ""),
        key=given.get("key", "")[:40],
    )
    try:
        order = order_of(asked, visitor, at=now.at)
    except AlreadyPaid:
        return _done_before(request, visitor, str(counter.contract.term.pk))
    except Refusal as refusal:
        error = refusal.sentence(wording.reader_language())
        return _shown(request, visitor, counter, now=now, error=error, status=CONFLICT)
    if "auto" in given and may_agree(visitor.account_id):
        consenting.note(request, visitor, told=counter.disclosure, now=now)
    if "waive" in given and counter.waiver is not None:
        waiving.note(request, visitor, order=order, told=counter.waiver, now=now)
    address = reverse("portal:order", args=[order.public_id])
    how = How(method, request.build_absolute_uri(f"{address}?back=1"), _ip(request))
    try:
        open_attempt(order, how, at=now.at, by=visitor.by)
    except AlreadyPaid:
        return redirect(address)
    except (Refusal, Outage) as failure:
        error = failure.sentence(wording.reader_language())
        return _shown(request, visitor, counter, now=now, error=error, status=UNAVAILABLE)
    return redirect(address)


def _done_before(request: HttpRequest, visitor: Visitor, named: str) -> HttpResponse:
    """This term is renewed: show what was paid for it, or the contract as it is now."""
    order = taken_for(renewal_key(whole(named))) if whole(named) else None
    if order is None and visitor.link is not None:
        order = taken_for(renewal_key(visitor.link.term.pk))
    if order is not None and order.account_id == visitor.account_id:
        return redirect("portal:order", order.public_id)
    return redirect("portal:home")


def _ip(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
