"""Models: who estimates the risk, how well, and whether it still fits."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, needs
from tenure.surfaces.console.models_page import ModelsPage
from tenure.understand.churn.board import board


@needs(Right.READ)
def models(request: HttpRequest) -> HttpResponse:
    """The champion with its challengers, as of the last finished day (PRD-01)."""
    stands = shell.standing()
    found = board(as_of=stands.as_of) if stands.as_of else None
    shown = {
        "shell": shell.of(request, stands),
        "page": ModelsPage(found) if found else None,
        "bands": stands.strategy.churn.bands if found else (),
    }
    return render(request, "console/models.html", shown)
