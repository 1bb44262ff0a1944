"""What comes with a contract: what one has, until when, what then, and what can be tried."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.act.benefits.trials import start_trial
from tenure.decide.benefits.queries import (
    bundle_for,
    gifts_of,
    gifts_with,
    outlook,
    trials_for,
)
from tenure.kernel.failures import Refusal
from tenure.kernel.identifiers import whole
from tenure.records.gifts.actions import Choice, choose
from tenure.records.gifts.models import Gift, GiftCode
from tenure.records.gifts.queries import left_of
from tenure.records.gifts.rules import Address
from tenure.records.gifts.states import GiftState
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.benefits.queries import held
from tenure.records.subscriptions.benefits.rules import BenefitKind
from tenure.strategy.benefits import GiftRule
from tenure.surfaces import wording
from tenure.surfaces.portal.contracts import CHOSEN, chosen, terms_of
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Moment, Right, Visitor, moment, opens

CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Had:
    """Something that a contract has, or has coming, and what happens after its last day."""

    benefit: Benefit
    then: str

    @property
    def last_on(self) -> Any:
        return self.benefit.ends_on - timedelta(days=1)


def _then(benefit: Benefit) -> str:
    told = {
        "trial": gettext("stops by itself, nothing is charged"),
        "bundle": gettext("ends with the term; a new one comes with a renewal of a year"),
        "anniversary": gettext("the price stays as it is"),
        "streak": gettext("the next term costs the usual price"),
        "newcomer": gettext("the next renewal has its own step"),
        "comeback": gettext("the usual price from then on"),
    }
    return told.get(str(benefit.kind), "")


@require_GET
@opens(Right.ACCOUNT)
def benefits(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Everything beside the plan, for one contract."""
    now = moment()
    terms = terms_of(visitor)
    term = chosen(request, terms)
    if term is None:
        return redirect("portal:home")
    has = held(term.subscription_id, on=now.on)
    context = {
        "visitor": visitor,
        "term": term,
        "back_url": f"{reverse('portal:home')}?{CHOSEN}={term.subscription_id}",
        "others": [one for one in terms if one.pk != term.pk],
        "held": [Had(one, _then(one)) for one in has],
        "outlook": [
            one
            for one in outlook(term, on=now.on)
            if one.verdict.is_given or one.kind is not BenefitKind.COMEBACK
        ],
        "trials": trials_for(term.subscription, on=now.on),
        "gifts": gifts_of(visitor.account_id),
        "on": now.on,
    }
    return draw(request, "portal/benefits.html", shown=context, now=now)


@require_GET
@opens(Right.ACCOUNT)
def in_short(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What one has and what waits to be chosen, as a piece of the first page."""
    now = moment()
    term = chosen(request, terms_of(visitor))
    if term is None:
        raise Http404
    waiting = Gift.objects.filter(
        account_id=visitor.account_id,
        state=GiftState.OPEN,
        rule_id="",
        choose_until__gte=now.on,
    )
    context = {
        "held": [Had(one, _then(one)) for one in held(term.subscription_id, on=now.on)],
        "open_gifts": list(waiting.order_by("pk")),
    }
    return draw(request, "portal/home/_has.html", shown=context, now=now)


@require_POST
@opens(Right.ACCOUNT)
def try_it(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Begin a trial by one tap; a second tap is the same trial."""
    now = moment()
    term = chosen(request, terms_of(visitor))
    if term is None:
        return redirect("portal:home")
    wanted = request.POST.get("trial", "")
    try:
        found = start_trial(term.subscription_id, wanted, on=now.on, at=now.at, by=visitor.by)
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    else:
        last = wording.day(found.ends_on - timedelta(days=1), wording.reader_language())
        told = gettext("It is yours until %(day)s. Nothing is charged.") % {"day": last}
        messages.success(request, told)
    return redirect(f"{reverse('portal:benefits')}?{CHOSEN}={term.subscription_id}")


@require_GET
@opens(Right.LOOK)
def comes_with(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What a renewal for so many months brings, as a piece of the renewal page."""
    now = moment()
    term = chosen(request, terms_of(visitor))
    asked = request.GET.get("cycle", "")
    if term is None or not whole(asked):
        raise Http404
    plan, months = term.plan_version.plan.code, whole(asked)
    context = {
        "bundle": bundle_for(term, plan=plan, cycle_months=months, on=now.on),
        "gifts": gifts_with(plan=plan, cycle_months=months, on=now.on),
    }
    return draw(request, "portal/renew/_comes.html", shown=context, now=now)


@require_http_methods(["GET", "POST"])
@opens(Right.ACCOUNT)
def gift(request: HttpRequest, visitor: Visitor, *, public_id: str) -> HttpResponse:
    """One present: choose it, say where it goes, see its code or where it is."""
    now = moment()
    found = Gift.objects.filter(public_id=public_id, account_id=visitor.account_id).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return _gift_page(request, visitor, found, now=now)
    rules = {rule.id: rule for rule, _ in _offered(found, now=now)}
    rule = rules.get(request.POST.get("gift", ""))
    if rule is None:
        error = gettext("Choose one of the presents.")
        return _gift_page(request, visitor, found, now=now, error=error)
    given = request.POST
    address = Address(given.get("recipient", ""), given.get("phone", ""), given.get("address", ""))
    try:
        choose(public_id, Choice(rule, address), on=now.on, at=now.at, by=visitor.by)
    except Refusal as refusal:
        error = refusal.sentence(wording.reader_language())
        return _gift_page(request, visitor, found, now=now, error=error)
    messages.success(request, gettext("It is yours."))
    return redirect("portal:gift", public_id)


def _offered(found: Gift, *, now: Moment) -> Iterator[tuple[GiftRule, int]]:
    """The presents to choose from, and how many of each are left."""
    rules = now.strategy.benefits.gifts
    for name in found.choices:
        if name in rules:
            yield rules[name], left_of(rules[name])


def _gift_page(
    request: HttpRequest, visitor: Visitor, found: Gift, *, now: Moment, error: str = ""
) -> HttpResponse:
    may_choose = found.state == GiftState.OPEN and not found.rule_id
    code = GiftCode.objects.filter(gift=found).first()
    context = {
        "visitor": visitor,
        "gift": found,
        "offered": list(_offered(found, now=now)) if may_choose else [],
        "may_choose": may_choose and now.on <= found.choose_until,
        "code": code.code if code else "",
        "given": request.POST,
        "error": error,
    }
    status = CONFLICT if error else 200
    return draw(request, "portal/gift.html", shown=context, now=now, status=status)
