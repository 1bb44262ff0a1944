"""The first page: how long one has got, what it costs to stay, and whether the line is fine."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from tenure.act.messages.banners import banners_of, note_shown, put_away
from tenure.act.self_service.claiming import take_days
from tenure.kernel.failures import Refusal
from tenure.records.service.models import Incident, Line
from tenure.records.service.queries import open_incidents, open_tickets
from tenure.records.service.rules import FAULT
from tenure.records.subscriptions.actions import switch_auto_renew
from tenure.records.subscriptions.benefits.queries import NONE_DECLARED
from tenure.surfaces import wording
from tenure.surfaces.portal.contracts import CHOSEN, chosen, contract_of, priced, terms_of
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Right, Visitor, moment, opens

# What the page says of a fault.
_TOLD = ("pk", "title_zh", "title_en", "due_at")


@require_GET
@opens(Right.LOOK)
def home(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The contract that ends first, or the one that the address names."""
    now, terms = moment(), terms_of(visitor)
    term = chosen(request, terms)
    context: dict[str, Any] = {"visitor": visitor, "others": [], "is_home": True}
    if visitor.is_signed_in:
        context["banners"] = banners_of(visitor.person.pk, at=now.at)
        note_shown(context["banners"], at=now.at)
    if term is not None:
        business = now.strategy.business
        context |= {
            "contract": priced(
                contract_of(term, on=now.on, grace_days=business.grace_days), strategy=now.strategy
            ),
            "others": [one for one in terms if one.pk != term.pk],
            **_line(term.subscription_id, at=now.at),
            "zone": business.zone,
            "may_switch": Right.SWITCH_OFF in visitor.may,
            "may_cancel": Right.CANCEL in visitor.may,
            "reasons": list(now.strategy.reasons.values()),
            "may_renew": Right.RENEW in visitor.may,
            "has_benefits": now.strategy.benefits != NONE_DECLARED,
            "has_guide": now.strategy.guide.is_there,
        }
    return draw(request, "portal/home.html", shown=context, now=now)


@require_POST
@opens(Right.LOOK)
def put_banner_away(request: HttpRequest, visitor: Visitor, *, message_id: int) -> HttpResponse:
    """Show this banner no more (CHN-01)."""
    put_away(visitor.person.pk, message_id, at=moment().at, by=visitor.by)
    return redirect("portal:home")


@require_POST
@opens(Right.RENEW)
def more_days(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take the free days that were offered (OFR-08, OFR-09); nothing is charged."""
    now = moment()
    term = chosen(request, terms_of(visitor))
    if term is None:
        return redirect("portal:home")
    try:
        taken = take_days(term.pk, on=now.on, at=now.at, by=visitor.by)
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    else:
        told = gettext("Your contract now runs through %(day)s. Nothing was charged.")
        last_on, language = taken.ends_on - timedelta(days=1), wording.reader_language()
        messages.success(request, told % {"day": wording.day(last_on, language, year=True)})
    return redirect(f"{reverse('portal:home')}?{CHOSEN}={term.subscription_id}")


@require_POST
@opens(Right.SWITCH_OFF)
def auto_renewal_off(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Stop the automatic renewal: one tap, no question, no fee (R-A-010)."""
    now = moment()
    term = chosen(request, terms_of(visitor))
    if term is not None:
        switch_auto_renew(term.subscription_id, is_on=False, on=now.on, at=now.at, by=visitor.by)
        messages.success(
            request,
            gettext("Automatic renewal is off. What you paid for stays yours until its end."),
        )
        return redirect(f"{reverse('portal:home')}?{CHOSEN}={term.subscription_id}")
    return redirect("portal:home")


def _line(subscription_id: int, *, at: datetime) -> dict[str, Any]:
    """The open fault behind a contract, the one repaired first; else whether its line is known.

    Nothing is said of a line that nobody told us of (VAL-01).
    """
    broken = open_incidents(at=at).filter(node=OuterRef("node")).order_by("due_at", "pk")
    lines = Line.objects.filter(subscription_id=subscription_id)
    reported = open_tickets(at=at).filter(kind=FAULT, account=OuterRef("subscription__account"))
    told = lines.annotate(
        is_reported=Exists(reported),
        **{f"fault_{name}": Subquery(broken.values(name)[:1]) for name in _TOLD},
    )
    found = told.values("is_reported", *(f"fault_{name}" for name in _TOLD)).first()
    if found is None:
        return {"incident": None, "line_works": False}
    if found["fault_pk"] is None:
        return {"incident": None, "line_works": not found["is_reported"]}
    incident = Incident(**{name: found[f"fault_{name}"] for name in _TOLD})
    return {"incident": incident, "line_works": False}
