"""Leave to deduct: what stands, with its limit, and one tap to end it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from tenure.records.billing.mandates.actions import release
from tenure.records.billing.mandates.queries import mandates_of
from tenure.records.billing.mandates.states import ALIVE, STANDING
from tenure.records.subscriptions.states import LIVE
from tenure.surfaces.portal.contracts import terms_of
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Right, Visitor, moment, opens
from tenure.surfaces.portal.ways import NAMES, ways_to_sign


@require_GET
@opens(Right.ACCOUNT)
def methods(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """How the account pays: each contract's automatic renewal, each mandate with its end."""
    now = moment()
    found, terms = mandates_of(visitor.account_id), terms_of(visitor)
    signs = bool(ways_to_sign(request.headers.get("User-Agent", "")))
    context = {
        "visitor": visitor,
        "terms": terms,
        "signable": {one.subscription_id for one in terms if signs and one.state in LIVE},
        "covered": {one.subscription_id for one in found if one.state in STANDING},
        "alive": [
            (one, NAMES.get(one.provider, one.method)) for one in found if one.state in ALIVE
        ],
        "ended": [
            (one, NAMES.get(one.provider, one.method)) for one in found if one.state not in ALIVE
        ],
    }
    return draw(request, "portal/methods.html", shown=context, now=now)


@require_POST
@opens(Right.ACCOUNT)
def end(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """End one mandate here; the provider is told until it confirms."""
    now, number = moment(), request.POST.get("mandate", "")
    for one in mandates_of(visitor.account_id):
        if one.number == number and one.state in ALIVE:
            release(one.pk, reason="customer", on=now.on, at=now.at, by=visitor.by)
            messages.success(
                request, gettext("Ended. Nothing more is deducted; what you paid for stays yours.")
            )
    return redirect("portal:methods")
