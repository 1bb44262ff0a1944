"""Decisions: what the day chose and withheld, what the budget would bring, what is assumed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, may, needs
from tenure.surfaces.console.decisions_page import page_of


@needs(Right.READ)
def decisions(request: HttpRequest) -> HttpResponse:
    """The choices of the last finished day and of a month."""
    stands, month = shell.standing(), request.GET.get("month", "")
    page = None
    if stands.as_of is not None:
        page = page_of(stands.as_of, strategy=stands.strategy, month=month)
    shown = {
        "shell": shell.of(request, stands),
        "page": None if page is None or page.is_empty else page,
        "sees_people": may(request, Right.SEE_PEOPLE),
    }
    return render(request, "console/decisions.html", shown)
