"""Goodwill: give a customer a credit, and agree to what a colleague asked for."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.kernel.identifiers import whole
from tenure.kernel.money import Money
from tenure.records.customers.models import Account
from tenure.records.goodwill import actions
from tenure.records.goodwill.models import Goodwill
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, may, needs

_SHOWN = 50


@needs(Right.SEE_PEOPLE)
def goodwill(request: HttpRequest) -> HttpResponse:
    """What was asked for and given lately, what waits first."""
    stands = shell.standing()
    rows = Goodwill.objects.select_related("account").order_by("state", "-pk")[:_SHOWN]
    shown = {
        "shell": shell.of(request, stands),
        "rows": rows,
        "account": request.GET.get("account", ""),
        "limits": stands.strategy.at(clock.today(stands.zone, clock.now())).guardrails,
        "once": clock.now().isoformat(),
        "may_act": may(request, Right.ACT),
        "me": actor(request),
    }
    return render(request, "console/goodwill.html", shown)


@require_POST
@needs(Right.ACT)
def give(request: HttpRequest) -> HttpResponse:
    """Give a credit, or ask for it."""
    number, at = whole(request.POST.get("account", "")), clock.now()
    account = get_object_or_404(Account, pk=number)
    on = clock.today(shell.standing().zone, at)
    try:
        amount = Money.parse(f"{Decimal(request.POST.get('amount', '')):.2f} {account.currency}")
        new = actions.NewGoodwill(
            account.pk, amount, request.POST.get("reason", ""), request.POST.get("once", "")[:120]
        )
        made = actions.give(new, on=on, at=at, by=actor(request))
    except (InvalidOperation, ValueError):
        messages.error(request, gettext("That cannot be read; check what was typed."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    else:
        told = gettext("It stands in the customer's balance.")
        waits = gettext("It is above what one person gives: another one must agree.")
        messages.success(request, waits if made.state == "asked" else told)
    return redirect("console:goodwill")


@require_POST
@needs(Right.ACT)
def decide(request: HttpRequest, goodwill_id: int) -> HttpResponse:
    """Agree to a credit of a colleague, or say no."""
    found, at = get_object_or_404(Goodwill, pk=goodwill_id), clock.now()
    on = clock.today(shell.standing().zone, at)
    verb = actions.approve if request.POST.get("do") == "approve" else actions.reject
    try:
        verb(found.pk, on=on, at=at, by=actor(request))
        messages.success(request, gettext("Noted."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect("console:goodwill")
