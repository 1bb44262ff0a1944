"""Renewing for a customer: first what it costs and until when, then the purchase itself."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.kernel.identifiers import whole
from tenure.records.customers.models import Account
from tenure.records.subscriptions.actions import renew
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.rules import PaidBy
from tenure.records.subscriptions.states import LIVE
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, needs
from tenure.surfaces.console.renewal import Option, chosen, options
from tenure.surfaces.console.wordbook import PAYMENT_METHODS


@require_http_methods(["GET", "POST"])
@needs(Right.ACT)
def renewal(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show what renewing means; when it was confirmed, renew."""
    stands = shell.standing()
    account = get_object_or_404(Account, pk=account_id)
    term = get_object_or_404(
        Term.objects.select_related("subscription", "plan_version__plan").order_by("ends_on"),
        pk=whole(request.GET.get("term") or request.POST.get("term") or ""),
        account=account,
        state__in=LIVE,
    )
    known = options(term, strategy=stands.strategy, today=clock.today(stands.zone, clock.now()))
    if request.method == "POST":
        return _renewed(request, term, known=known, strategy=stands.strategy)
    return render(
        request,
        "console/renewal.html",
        {
            "shell": shell.of(request, stands),
            "account": account,
            "term": term,
            "options": known,
            "methods": PAYMENT_METHODS,
        },
    )


def _renewed(
    request: HttpRequest, term: Term, *, known: tuple[Option, ...], strategy: Strategy
) -> HttpResponse:
    """Buy the term, and say in one sentence what came of it."""
    at = clock.now()
    on = clock.today(strategy.business.zone, at)
    back = HttpResponseRedirect(reverse("console:customer", args=[term.account_id]))
    key, method = request.POST.get("option", ""), request.POST.get("method", "")
    try:
        option = chosen(known, key=key, shown_minor=request.POST.get(f"price-{key}", ""))
        paid_by = PaidBy(
            "console", f"renewal:{term.pk}", method if method in PAYMENT_METHODS else ""
        )
        purchase = option.purchase(term.pk, on=on)
        bought = renew(replace(purchase, paid_by=paid_by), at=at, by=actor(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
        return back
    language = wording.reader_language()
    said = gettext("Renewed until %(day)s for %(price)s. Nothing more is due now.") % {
        "day": wording.day(bought.ends_on, language, year=True),
        "price": wording.money(bought.price_minor, bought.currency, decimals=True),
    }
    messages.success(request, said)
    return back
