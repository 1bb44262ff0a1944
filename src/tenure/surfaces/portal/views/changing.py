"""Another plan, an add-on, a rest: seen with its price first, then confirmed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.act.payments.actions import How, open_attempt
from tenure.act.payments.ordering import order_add_on, order_plan_change
from tenure.kernel.failures import Outage, Refusal, Sentence
from tenure.records.billing.orders.models import Order
from tenure.records.billing.pricing.bill import Bill
from tenure.records.catalog.queries import add_on, add_ons_on_sale, versions_in_force
from tenure.records.subscriptions.actions import Detach, Rest, detach_addon, pause, resume
from tenure.records.subscriptions.actions.changing import withdraw_change
from tenure.records.subscriptions.models import Attachment, ChangeKind, PlannedChange, Term
from tenure.records.subscriptions.quoting.queries import quote_add_on, quote_plan_change
from tenure.records.subscriptions.quoting.values import ChangeQuote
from tenure.records.subscriptions.states import LIVE, SubscriptionState
from tenure.surfaces import wording
from tenure.surfaces.portal.contracts import CHOSEN, chosen, terms_of
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Moment, Right, Visitor, moment, opens
from tenure.surfaces.portal.ways import ways_to_pay

CONFLICT, UNPROCESSABLE = 409, 422
PAUSE_DAYS = (7, 14, 30, 60, 90)


@require_GET
@opens(Right.ACCOUNT)
def changes(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Everything that can be changed about a contract, and what waits to change."""
    now, term = moment(), _term(request, visitor)
    return draw(request, "portal/changes.html", shown=_choices(visitor, term, now=now), now=now)


@require_http_methods(["GET", "POST"])
@opens(Right.ACCOUNT)
def plan(request: HttpRequest, visitor: Visitor, *, code: str) -> HttpResponse:
    """One other plan: what it brings, what it costs now and later; confirmed, it is ordered."""
    now, term = moment(), _term(request, visitor)
    try:
        quote = quote_plan_change(term.pk, code, on=now.on)
    except Refusal as refusal:
        return _back(request, term, refusal)
    told = Told(quote.plan, quote.bill, quote)
    return _confirmable(
        Deal(request, visitor, term, told),
        lambda seen: order_plan_change(term.pk, code, seen=seen, at=now.at, by=visitor.by),
        now=now,
    )


@require_http_methods(["GET", "POST"])
@opens(Right.ACCOUNT)
def more(request: HttpRequest, visitor: Visitor, *, code: str) -> HttpResponse:
    """One add-on for the rest of the term; confirmed, it is ordered."""
    now, term = moment(), _term(request, visitor)
    try:
        bill, found = quote_add_on(term.pk, code, on=now.on), add_on(code)
    except Refusal as refusal:
        return _back(request, term, refusal)
    told = Told(Sentence(found.name_zh, found.name_en), bill)
    return _confirmable(
        Deal(request, visitor, term, told),
        lambda seen: order_add_on(term.pk, code, seen=seen, at=now.at, by=visitor.by),
        now=now,
    )


@require_POST
@opens(Right.ACCOUNT)
def less(request: HttpRequest, visitor: Visitor, *, code: str) -> HttpResponse:
    """Take an add-on off at the end of what is paid."""
    now, term = moment(), _term(request, visitor)

    def take_off() -> str:
        detach_addon(Detach(term.pk, code, now.on), at=now.at, by=visitor.by)
        return gettext("It ends with the days that are paid and is not renewed.")

    return _done(request, term, take_off)


@require_POST
@opens(Right.ACCOUNT)
def keep_plan(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take back a change that waits for the end of the term."""
    now, term = moment(), _term(request, visitor)

    def take_back() -> str:
        withdraw_change(term.subscription_id, ChangeKind.PLAN, on=now.on, at=now.at, by=visitor.by)
        return gettext("Taken back. Your plan stays as it is.")

    return _done(request, term, take_back)


@require_POST
@opens(Right.ACCOUNT)
def rest(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Pause for some days; the end of the term moves with it."""
    now, term = moment(), _term(request, visitor)
    days = request.POST.get("days", "")

    def begin() -> str:
        wanted = Rest(term.subscription_id, now.on, int(days) if days.isdigit() else 0)
        pause(wanted, at=now.at, by=visitor.by)
        return gettext("Paused. The end of your term has moved by as many days.")

    return _done(request, term, begin)


@require_POST
@opens(Right.ACCOUNT)
def go_on(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """End a pause before its day."""
    now, term = moment(), _term(request, visitor)

    def end() -> str:
        resume(term.subscription_id, on=now.on, at=now.at, by=visitor.by)
        return gettext("Your service goes on from today.")

    return _done(request, term, end)


@dataclass(frozen=True, slots=True)
class Told:
    """What is bought, and its bill; no bill where nothing is due now."""

    title: Sentence
    bill: Bill | None
    change: ChangeQuote | None = None


@dataclass(frozen=True, slots=True)
class Deal:
    """A visitor before a price."""

    request: HttpRequest
    visitor: Visitor
    term: Term
    told: Told


def _confirmable(deal: Deal, place: Callable[[str], Order | None], *, now: Moment) -> HttpResponse:
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
            return redirect(_address(deal.term))
        address = reverse("portal:order", args=[order.public_id])
        back = request.build_absolute_uri(f"{address}?back=1")
        ip = str(request.META.get("REMOTE_ADDR", ""))
        open_attempt(order, How(method, back, ip), at=now.at, by=deal.visitor.by)
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
        "back_url": _address(deal.term),
    }
    return draw(deal.request, "portal/change.html", shown=shown, status=status, now=now)


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
    waiting = PlannedChange.objects.filter(
        subscription_id=term.subscription_id,
        kind=ChangeKind.PLAN,
        applied_on=None,
        withdrawn_on=None,
    )
    allowed = now.strategy.catalog.pause
    return {
        "visitor": visitor,
        "term": term,
        "plan": plan_now,
        "others": sorted(others, key=lambda one: (one.tier_rank, one.code)),
        "has": has,
        "add_ons": [one.add_on for one in on_sale if one.add_on.code not in codes],
        "waiting": waiting.select_related("plan_version__plan").first(),
        "is_paused": term.subscription.state == SubscriptionState.PAUSED,
        "pause_days": [one for one in PAUSE_DAYS if allowed.least_days <= one <= allowed.most_days],
        "back_url": f"{reverse('portal:home')}?{CHOSEN}={term.subscription_id}",
    }


def _term(request: HttpRequest, visitor: Visitor) -> Term:
    """The running term of the contract that is meant."""
    term = chosen(request, terms_of(visitor))
    if term is None or term.state not in LIVE:
        raise Http404
    return term


def _done(request: HttpRequest, term: Term, do: Callable[[], str]) -> HttpResponse:
    """Do it and tell what happened; refused, tell why, and that nothing changed."""
    try:
        messages.success(request, do())
    except Refusal as refusal:
        return _back(request, term, refusal)
    return redirect(_address(term))


def _back(request: HttpRequest, term: Term, refusal: Refusal) -> HttpResponse:
    messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect(_address(term))


def _address(term: Term) -> str:
    return f"{reverse('portal:changes')}?{CHOSEN}={term.subscription_id}"
