"""Deferred revenue: how it moved in a month, and what was paid more than a year ahead."""

from datetime import date, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.kernel import clock
from tenure.kernel.periods import add_months
from tenure.records.subscriptions.revenue.financing import paid_ahead, totals_ahead
from tenure.records.subscriptions.revenue.queries import movements
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, needs
from tenure.surfaces.console.sheets import sheet

MONTHS: Final = 24
ROWS_SHOWN: Final = 200


@needs(Right.FINANCE)
def deferred(request: HttpRequest) -> HttpResponse:
    """Opening + billed − recognised − refunded = closing, by currency (R-M-027, R-M-028)."""
    stands = shell.standing()
    today = clock.today(stands.zone, clock.now())
    months = [add_months(today.replace(day=1), -ago) for ago in range(MONTHS)]
    first = _asked(request, months)
    last = min(add_months(first, 1) - timedelta(days=1), today)
    named = paid_ahead(as_of=last)
    shown = {
        "shell": shell.of(request, stands),
        "months": months,
        "first": first,
        "last": last,
        "movements": movements(opening_on=first - timedelta(days=1), closing_on=last),
        "ahead": totals_ahead(named),
        "named": named[:ROWS_SHOWN],
        "named_count": len(named),
    }
    return render(request, "console/deferred.html", shown)


@needs(Right.FINANCE)
def ahead_list(request: HttpRequest) -> HttpResponse:
    """Every term that was paid more than a year ahead, as of today."""
    today = clock.today(shell.standing().zone, clock.now())
    rows = [
        {
            "customer": one.external_id,
            "bought_on": one.sold_on.isoformat(),
            "starts_on": one.starts_on.isoformat(),
            "ends_on": one.ends_on.isoformat(),
            "net_minor": one.net_minor,
            "currency": one.currency,
        }
        for one in paid_ahead(as_of=today)
    ]
    return sheet(rows, name=f"paid-ahead-{today.isoformat()}")


def _asked(request: HttpRequest, months: list[date]) -> date:
    """The first day of the month that is asked for; of this month where none can be read."""
    known = {f"{one:%Y-%m}": one for one in months}
    return known.get(request.GET.get("month", ""), months[0])
