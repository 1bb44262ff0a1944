"""From lead to renewal: the way of one customer, and how many go on from each step."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.kernel import clock
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, needs
from tenure.understand.funnel.queries import funnel, stages_of

SPANS: Final = (6, 12, 24)


@needs(Right.READ)
def funnel_page(request: HttpRequest) -> HttpResponse:
    """The funnel of those whose first step lies in the last months (DAT-04)."""
    stands = shell.standing()
    asked = request.GET.get("months", "")
    months = int(asked) if asked in {str(span) for span in SPANS} else SPANS[-1]
    shown = {
        "shell": shell.of(request, stands),
        "months": months,
        "spans": SPANS,
        "as_of": stands.as_of,
        "steps": funnel(as_of=stands.as_of, months=months) if stands.as_of else (),
    }
    return render(request, "console/funnel.html", shown)


@needs(Right.READ)
def stages(request: HttpRequest, account_id: int) -> HttpResponse:
    """The dated steps of one customer, as a piece of the page."""
    today = clock.today(shell.standing().zone, clock.now())
    found = stages_of(account_id, as_of=today)
    return render(request, "console/customer/_stages.html", {"stages": found})
