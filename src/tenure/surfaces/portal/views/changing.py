"""Another plan, an add-on, a rest: seen with its price first, then confirmed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.act.payments.ordering import order_add_on, order_plan_change
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.identifiers import whole
from tenure.records.catalog.queries import add_on, add_ons_on_sale, versions_in_force
from tenure.records.subscriptions.actions import Detach, Rest, detach_addon, pause, resume
from tenure.records.subscriptions.actions.changing import withdraw_change
from tenure.records.subscriptions.models import Attachment, ChangeKind, PlannedChange, Term
from tenure.records.subscriptions.quoting.queries import quote_add_on, quote_plan_change
from tenure.records.subscriptions.states import SubscriptionState
from tenure.surfaces.portal.contracts import CHOSEN
from tenure.surfaces.portal.dealing import Deal, Told, back, confirmable, done, term_of
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Moment, Right, Visitor, moment, opens

PAUSE_DAYS = (7, 14, 30, 60, 90)


@require_GET
@opens(Right.ACCOUNT)
def changes(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Everything that can be changed about a contract, and what waits to change."""
    now, term = moment(), term_of(request, visitor)
    return draw(request, "portal/changes.html", shown=_choices(visitor, term, now=now), now=now)


@require_http_methods(["GET", "POST"])
@opens(Right.ACCOUNT)
def plan(request: HttpRequest, visitor: Visitor, *, code: str) -> HttpResponse:
    """One other plan: what it brings, what it costs now and later; confirmed, it is ordered."""
    now, term = moment(), term_of(request, visitor)
    try:
        quote = quote_plan_change(term.pk, code, on=now.on)
    except Refusal as refusal:
        return back(request, term, why=refusal)
    told = Told(quote.plan, quote.bill, quote)
    return confirmable(
        Deal(request, visitor, term, told),
        lambda seen: order_plan_change(term.pk, code, seen=seen, at=now.at, by=visitor.by),
        now=now,
    )


@require_http_methods(["GET", "POST"])
@opens(Right.ACCOUNT)
def more(request: HttpRequest, visitor: Visitor, *, code: str) -> HttpResponse:
    """One add-on for the rest of the term; confirmed, it is ordered."""
    now, term = moment(), term_of(request, visitor)
    try:
        bill, found = quote_add_on(term.pk, code, on=now.on), add_on(code)
    except Refusal as refusal:
        return back(request, term, why=refusal)
    told = Told(Sentence(found.name_zh, found.name_en), bill)
    return confirmable(
        Deal(request, visitor, term, told),
        lambda seen: order_add_on(term.pk, code, seen=seen, at=now.at, by=visitor.by),
        now=now,
    )


@require_POST
@opens(Right.ACCOUNT)
def less(request: HttpRequest, visitor: Visitor, *, code: str) -> HttpResponse:
    """Take an add-on off at the end of what is paid."""
    now, term = moment(), term_of(request, visitor)

    def take_off() -> str:
        detach_addon(Detach(term.pk, code, now.on), at=now.at, by=visitor.by)
        return gettext("It ends with the days that are paid and is not renewed.")

    return done(request, term, do=take_off)


@require_POST
@opens(Right.ACCOUNT)
def keep_plan(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take back a change that waits for the end of the term."""
    now, term = moment(), term_of(request, visitor)

    def take_back() -> str:
        withdraw_change(term.subscription_id, ChangeKind.PLAN, on=now.on, at=now.at, by=visitor.by)
        return gettext("Taken back. Your plan stays as it is.")

    return done(request, term, do=take_back)


@require_POST
@opens(Right.ACCOUNT)
def rest(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Pause for some days; the end of the term moves with it."""
    now, term = moment(), term_of(request, visitor)
    days = request.POST.get("days", "")

    def begin() -> str:
        wanted = Rest(term.subscription_id, now.on, whole(days))
        pause(wanted, at=now.at, by=visitor.by)
        return gettext("Paused. The end of your term has moved by as many days.")

    return done(request, term, do=begin)


@require_POST
@opens(Right.ACCOUNT)
def go_on(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """End a pause before its day."""
    now, term = moment(), term_of(request, visitor)

    def end() -> str:
        resume(term.subscription_id, on=now.on, at=now.at, by=visitor.by)
        return gettext("Your service goes on from today.")

    return done(request, term, do=end)


def _choices(visitor: Visitor, term: Term, *, now: Moment) -> dict[str, Any]:
    plan_now = term.plan_version.plan
    others = [
        one.plan
        for one in versions_in_force(on=now.on).values()
        if one.plan.product_code == plan_now.product_code and one.plan_id != plan_now.pk
    ]
    attached = Attachment.objects.filter(subscription_id=term.subscription_id, until_on=None)
    has = list(attached.select_related("add_on"))
    codes = {one.add_on.code for one in has}
    on_sale = add_ons_on_sale(plan_now.code, on=now.on)
    planned = PlannedChange.objects.filter(
        subscription_id=term.subscription_id, applied_on=None, withdrawn_on=None
    )
    waiting, fewer = planned.filter(kind=ChangeKind.PLAN), planned.filter(kind=ChangeKind.SEATS)
    allowed = now.strategy.catalog.pause
    return {
        "visitor": visitor,
        "term": term,
        "plan": plan_now,
        "others": sorted(others, key=lambda one: (one.tier_rank, one.code)),
        "has": has,
        "add_ons": [one.add_on for one in on_sale if one.add_on.code not in codes],
        "has_seats": term.subscription.quantity > 1 or bool(now.strategy.catalog.seats),
        "fewer": fewer.first(),
        "waiting": waiting.select_related("plan_version__plan").first(),
        "is_paused": term.subscription.state == SubscriptionState.PAUSED,
        "pause_days": [one for one in PAUSE_DAYS if allowed.least_days <= one <= allowed.most_days],
        "back_url": f"{reverse('portal:home')}?{CHOSEN}={term.subscription_id}",
    }
