"""Switch automatic renewal on: agree, sign at the provider, come back, see it active (R-A-014)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from tenure.act.collecting.actions import Wish, ask_agreement, begin_mandate
from tenure.decide.obligations.queries import binding_for
from tenure.kernel.failures import Outage, Refusal
from tenure.records.billing.mandates.models import AutoRenewConsent, Mandate
from tenure.records.billing.mandates.queries import live_consent
from tenure.records.billing.mandates.states import ALIVE, STANDING, MandateState
from tenure.surfaces import wording
from tenure.surfaces.portal import consenting
from tenure.surfaces.portal.contracts import CHOSEN, Contract, chosen, contract_of, terms_of
from tenure.surfaces.portal.handing import Handing, handing_of
from tenure.surfaces.portal.renewing import ways_of
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Moment, Right, Visitor, moment, opens
from tenure.surfaces.portal.ways import NAMES, PayBy, browser_of, ways_to_sign

CONFLICT, UNPROCESSABLE = 409, 422
# After this the page stops asking by itself.
PATIENCE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Counter:
    """What stands on the page: the contract, what is or was agreed to, and with whom to sign."""

    contract: Contract
    consent: AutoRenewConsent | None
    told: consenting.Disclosure | None
    signs: tuple[PayBy, ...]


@require_http_methods(["GET", "POST"])
@opens(Right.LOOK)
def add(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Agree to automatic renewal, or stand by what was agreed to, and choose with whom to sign.

    Whoever holds a link signs what was agreed to with that link, and agrees to nothing more.
    """
    now, term = moment(), chosen(request, terms_of(visitor))
    if term is None:
        return redirect("portal:home")
    contract = contract_of(term, on=now.on, grace_days=now.strategy.business.grace_days)
    consent = live_consent(term.subscription_id)
    is_open = consent is not None or Right.ACCOUNT in visitor.may
    if not (contract.can_renew and is_open):
        return redirect(f"{reverse('portal:home')}?{CHOSEN}={term.subscription_id}")
    counter = _counter(request, contract, consent, now=now)
    if request.method == "POST":
        return _begun(request, visitor, counter, now=now)
    return _shown(request, visitor, counter, now=now)


@require_GET
@opens(Right.LOOK)
def signing(request: HttpRequest, visitor: Visitor, *, number: str) -> HttpResponse:
    """A mandate on its way: where it is signed, whether it is; the provider alone is believed."""
    now, mandate = moment(), _asked(visitor, number, now=moment())
    return draw(request, "portal/signing.html", shown=_stands(request, visitor, mandate), now=now)


@require_GET
@opens(Right.LOOK)
def signing_status(request: HttpRequest, visitor: Visitor, *, number: str) -> HttpResponse:
    """What htmx asks for every few seconds; once it is decided, the page is read anew."""
    mandate = _asked(visitor, number, now=moment())
    response = HttpResponse(status=204)
    if mandate.state != MandateState.PROPOSED:
        response["HX-Redirect"] = reverse("portal:signing", args=[number])
    return response


def _counter(
    request: HttpRequest, contract: Contract, consent: AutoRenewConsent | None, *, now: Moment
) -> Counter:
    told = None
    if consent is None:
        comes = consenting.Rhythm.at_the_end_of(contract, ways_of(contract, now=now)[0])
        binding = binding_for(contract.subscription, on=now.on)
        told = consenting.disclosure(contract, comes, binding=binding)
    return Counter(contract, consent, told, ways_to_sign(request.headers.get("User-Agent", "")))


def _begun(
    request: HttpRequest, visitor: Visitor, counter: Counter, *, now: Moment
) -> HttpResponse:
    given = request.POST
    method = given.get("sign", "")
    if method not in {one.method for one in counter.signs}:
        error = gettext("Choose with whom you want to sign. Nothing was agreed to.")
        return _shown(request, visitor, counter, now=now, error=error, status=UNPROCESSABLE)
    if counter.told is not None and "auto" not in given:
        error = gettext("Tick the box first if you agree. Nothing was agreed to.")
        return _shown(request, visitor, counter, now=now, error=error, status=UNPROCESSABLE)
    subscription = counter.contract.subscription
    back = request.build_absolute_uri(f"{reverse('portal:signed')}?{CHOSEN}={subscription.pk}")
    is_desk = browser_of(request.headers.get("User-Agent", "")) == "desk"
    wish = Wish(subscription.pk, method, return_url=back, way="page" if is_desk else "wap")
    try:
        if counter.told is not None:
            consenting.note(request, visitor, told=counter.told, now=now)
        begun = begin_mandate(wish, at=now.at, by=visitor.by)
    except (Refusal, Outage) as failure:
        error = failure.sentence(wording.reader_language())
        again = _counter(request, counter.contract, live_consent(subscription.pk), now=now)
        return _shown(request, visitor, again, now=now, error=error, status=CONFLICT)
    return redirect("portal:signing", begun.mandate.number)


@require_GET
@opens(Right.LOOK)
def signed(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Back from the provider: on to the page of the mandate that was sent there last."""
    term = chosen(request, terms_of(visitor))
    newest = Mandate.objects.filter(subscription_id=term.subscription_id) if term else None
    mandate = newest.order_by("-pk").first() if newest is not None else None
    if mandate is None:
        return redirect("portal:home")
    return redirect(f"{reverse('portal:signing', args=[mandate.number])}?back=1")


def _shown(
    request: HttpRequest, visitor: Visitor, counter: Counter, *, now: Moment, **more: Any
) -> HttpResponse:
    status = more.pop("status", 200)
    back = "portal:methods" if Right.ACCOUNT in visitor.may else "portal:home"
    shown = {
        "visitor": visitor,
        "counter": counter,
        "contract": counter.contract,
        "zone": now.strategy.business.zone,
        "shown_at": now.at.isoformat(),
        "back_url": reverse(back),
        **more,
    }
    return draw(request, "portal/signing/choose.html", shown=shown, now=now, status=status)


def _asked(visitor: Visitor, number: str, *, now: Moment) -> Mandate:
    """The visitor's mandate, as its provider says today that it stands."""
    found = Mandate.objects.filter(number=number, account_id=visitor.account_id).first()
    if found is None:
        raise Http404
    if visitor.link is not None and found.subscription_id != visitor.link.term.subscription_id:
        raise Http404
    if ask_agreement(found, at=now.at):
        found.refresh_from_db()
    return found


def _stands(request: HttpRequest, visitor: Visitor, mandate: Mandate) -> dict[str, Any]:
    handing: Handing | None = handing_of(mandate.handoff)
    is_back = "back" in request.GET
    phase = "over"
    if mandate.state in STANDING:
        phase = "on"
    elif mandate.state in ALIVE:
        phase = "confirming" if is_back or handing is None else "sign"
    return {
        "visitor": visitor,
        "mandate": mandate,
        "name": NAMES.get(mandate.provider, mandate.method),
        "phase": phase,
        "handing": handing,
        "is_patient": moment().at < mandate.proposed_at + PATIENCE,
        "may_manage": Right.ACCOUNT in visitor.may,
    }
