"""Forecast: what the coming weeks and months bring, and who said so: the model, and people."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.kernel import clock
from tenure.kernel.currencies import EXPONENTS
from tenure.kernel.failures import Refusal
from tenure.kernel.identifiers import whole
from tenure.records.opinions.actions import Said, give_opinion
from tenure.records.opinions.queries import came_true, disagreements, opinions_of
from tenure.records.opinions.rules import share_of
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, may, needs
from tenure.understand.churn.peers import risks_of_terms
from tenure.understand.forecast import queries
from tenure.understand.forecast.models import ForecastWeek


@needs(Right.READ)
def forecast(request: HttpRequest) -> HttpResponse:
    """Weeks and months with P10, P50 and P90, how often they came true, and two opinions."""
    stands = shell.standing()
    shown: dict[str, Any] = {"shell": shell.of(request, stands), "as_of": stands.as_of}
    if stands.as_of is not None:
        months = queries.month_backtest(as_of=stands.as_of)
        weeks = queries.backtest(as_of=stands.as_of)
        coming = queries.weeks(as_of=stands.as_of)
        grace = stands.strategy.at(stands.as_of).business.grace_days
        shown |= {
            "weeks": coming,
            "chart": _chart(coming, currency=shown["shell"].currency),
            "months": queries.months(as_of=stands.as_of),
            "week_checks": weeks[-12:],
            "month_checks": months[-12:],
            "week_coverage": queries.Coverage.of(weeks),
            "month_coverage": queries.Coverage.of(months),
            "apart": disagreements(),
            "contest": came_true(as_of=stands.as_of, grace_days=grace),
            "may_see": may(request, Right.SEE_PEOPLE),
        }
    return render(request, "console/forecast.html", shown)


def _chart(weeks: Sequence[ForecastWeek], *, currency: str) -> dict[str, Any] | None:
    """What the script draws: revenue by the week in which terms end, P50 between P10 and P90."""
    drawn = [one for one in weeks if one.currency == currency]
    if len(drawn) <= 1:
        return None
    scale = 10 ** EXPONENTS[currency]
    return {
        "x": [f"{one.week_starts_on.month}/{one.week_starts_on.day}" for one in drawn],
        "unit": "",
        "lines": [
            {"name": "P50", "data": [one.revenue_p50_minor / scale for one in drawn], "c": 0}
        ],
        "lo": [one.revenue_p10_minor / scale for one in drawn],
        "hi": [one.revenue_p90_minor / scale for one in drawn],
    }


@needs(Right.READ)
def opinions(request: HttpRequest, account_id: int) -> HttpResponse:
    """What people think of a customer's renewal, as a piece of the page."""
    term = Term.objects.filter(account=account_id, state__in=LIVE).order_by("ends_on").first()
    shown = {
        "opinions": opinions_of(account_id),
        "term": term,
        "account_id": account_id,
        "may_act": may(request, Right.ACT),
        "may_see": may(request, Right.SEE_PEOPLE),
    }
    return render(request, "console/customer/_opinions.html", shown)


@require_POST
@needs(Right.ACT)
def opinion(request: HttpRequest, account_id: int) -> HttpResponse:
    """Keep what the account manager thinks beside what the model says (TOP-08)."""
    number = whole(request.POST.get("term", ""))
    term = get_object_or_404(Term, pk=number, account=account_id, state__in=LIVE)
    stands = shell.standing()
    at = clock.now()
    try:
        share = share_of(request.POST.get("percent", ""))
        note = request.POST.get("note", "").strip()
        said = _beside_the_model(term.pk, share, note=note, as_of=stands.as_of)
        row = _give(request, term.pk, said, on=clock.today(stands.zone, at), at=at)
        told = gettext("Noted beside the model's: %(share)s.")
        messages.success(request, told % {"share": wording.percent(row, digits=0)})
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return HttpResponseRedirect(reverse("console:customer", args=[account_id]))


def _beside_the_model(term_id: int, share: Decimal, *, note: str, as_of: date | None) -> Said:
    risks = risks_of_terms({term_id}, on=as_of) if as_of else {}
    if term_id not in risks:
        return Said(share, note=note)
    _, p_lapse = risks[term_id]
    return Said(share, Decimal(f"{1 - p_lapse:.4f}"), note=note)


def _give(request: HttpRequest, term_id: int, said: Said, *, on: date, at: datetime) -> float:
    row = give_opinion(term_id, said, on=on, at=at, by=actor(request))
    return float(row.renews_share)
