"""One customer: will they leave, why, and what is worth doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.decide.benefits.queries import (
    Outlook,
    TrialOffer,
    gifts_of,
    outlook,
    trials_for,
)
from tenure.decide.decisions.suggesting import next_best
from tenure.kernel import clock
from tenure.records.customers.models import Account
from tenure.records.gifts.models import Gift
from tenure.records.loyalty.queries import balance_of
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.benefits.queries import benefits_of_account
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, may, needs
from tenure.surfaces.console.customer_page import Page, by_day
from tenure.surfaces.console.views.deeds import MOST_DAYS
from tenure.surfaces.console.wordbook import TIMELINE_SOURCES
from tenure.surfaces.customer_view.gather import NoSuchCustomer, Standpoint
from tenure.surfaces.customer_view.gather import customer as gathered
from tenure.surfaces.customer_view.masking import masked, masked_timeline
from tenure.surfaces.customer_view.timeline import Asked, timeline


@needs(Right.READ)
def customer(request: HttpRequest, account_id: int) -> HttpResponse:
    """The whole customer on one page, masked for whoever may not see people."""
    stands = shell.standing()
    standpoint = Standpoint(stands.strategy, stands.as_of, clock.now())
    source = _source(request)
    try:
        view = gathered(account_id, standpoint, source=source)
    except NoSuchCustomer:
        raise Http404 from None
    if not may(request, Right.SEE_PEOPLE):
        view = masked(view)
    page = Page(view, stands.strategy.at(standpoint.today), source=source)
    return render(
        request,
        "console/customer.html",
        {
            "shell": shell.of(request, stands),
            "page": page,
            "view": view,
            "sources": TIMELINE_SOURCES,
            "most_days": MOST_DAYS,
        },
    )


@dataclass(frozen=True, slots=True)
class _Benefits:
    """What a customer was given beside terms, what is given or not now, and why."""

    account: Account | None
    given: Sequence[Benefit]
    outlook: Sequence[Outlook]
    trials: Sequence[TrialOffer]
    gifts: Sequence[Gift]


def _benefits(account_id: int, *, on: date) -> _Benefits:
    rows = Term.objects.filter(account=account_id).select_related(
        "account", "subscription__plan_version__plan"
    )
    term = rows.order_by("-ends_on", "-pk").first()
    return _Benefits(
        account=term.account if term else Account.objects.filter(pk=account_id).first(),
        given=benefits_of_account(account_id),
        outlook=outlook(term, on=on) if term else (),
        trials=trials_for(term.subscription, on=on) if term else (),
        gifts=gifts_of(account_id),
    )


@needs(Right.READ)
def happenings(request: HttpRequest, account_id: int) -> HttpResponse:
    """The next part of a customer's timeline, as a piece of the page."""
    stands = shell.standing()
    at = clock.now()
    asked = Asked(account_id, until=at, source=_source(request), mark=request.GET.get("after", ""))
    found = timeline(asked, strategy=stands.strategy)
    if not may(request, Right.SEE_PEOPLE):
        found = masked_timeline(found)
    today = clock.today(stands.zone, at)
    return render(
        request,
        "console/customer/_happenings.html",
        {
            "days": tuple(by_day(found, zone=stands.zone, today=today)),
            "next_mark": found.next_mark,
            "source": asked.source,
            "account_id": account_id,
            "zone": stands.zone,
        },
    )


@needs(Right.READ)
def given(request: HttpRequest, account_id: int) -> HttpResponse:
    """What the customer was given beside terms, and why not more, as a piece of the page."""
    stands = shell.standing()
    on = clock.today(stands.zone, clock.now())
    shown = {
        "benefits": _benefits(account_id, on=on),
        "points": balance_of(account_id, on=on),
        "may_see": may(request, Right.SEE_PEOPLE),
    }
    return render(request, "console/customer/_given.html", shown)


@needs(Right.READ)
def suggestion(request: HttpRequest, account_id: int) -> HttpResponse:
    """What would be best for the customer now, although no step asks for a decision yet."""
    stands = shell.standing()
    if stands.as_of is None:
        raise Http404
    term = Term.objects.filter(account=account_id, state__in=LIVE).order_by("ends_on").first()
    found = None if term is None else next_best(term.pk, as_of=stands.as_of, at=clock.now())
    shown = {"why": found, "may_act": may(request, Right.ACT), "account_id": account_id}
    return render(request, "console/customer/_suggestion.html", shown)


def _source(request: HttpRequest) -> str:
    found = request.GET.get("show", "")
    return found if found in TIMELINE_SOURCES else ""
