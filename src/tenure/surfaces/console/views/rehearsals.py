"""Rehearsals: a strategy played before launch, alone or against another, and what came of it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.surfaces import rehearsing, wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, may, needs
from tenure.surfaces.rehearsal_report.wording import caveat, sections_of, title_of
from tenure.world.market.business import BUSINESSES

USUAL_DAYS, USUAL_CUSTOMERS = 7, 500


@needs(Right.READ)
def rehearsals(request: HttpRequest) -> HttpResponse:
    """The last rehearsals, how far the running one is, and the form for the next."""
    stands, found = shell.standing(), rehearsing.rehearsals()
    shown = {
        "shell": shell.of(request, stands),
        "rehearsals": found,
        "is_running": any(one.is_running for one in found),
        "choices": rehearsing.choices(),
        "markets": tuple(BUSINESSES),
        "usual": {"days": USUAL_DAYS, "customers": USUAL_CUSTOMERS},
        "most": {"days": rehearsing.MOST_DAYS, "customers": rehearsing.MOST_CUSTOMERS},
        "may_act": may(request, Right.ACT),
    }
    return render(request, "console/rehearsals.html", shown)


@needs(Right.READ)
def rehearsal(request: HttpRequest, *, name: str) -> HttpResponse:
    """One rehearsal: how far it is, or its whole report."""
    one = rehearsing.rehearsal(name)
    if one is None:
        raise Http404
    report = one.report
    shown = {
        "shell": shell.of(request, shell.standing()),
        "rehearsal": one,
        "percent": int(100 * one.done),
        "title": title_of(report) if report else None,
        "caveat": caveat(),
        "sections": sections_of(report, one.strategies) if report else (),
    }
    return render(request, "console/rehearsal.html", shown)


@needs(Right.ACT)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Begin one; refusals are told where the form is."""
    stands, now = shell.standing(), clock.now()
    given = request.POST
    try:
        asked = rehearsing.Asked(
            strategy=given.get("strategy", ""),
            against=given.get("against", ""),
            market=given.get("market", ""),
            days=_whole(given.get("days", "")),
            customers=_whole(given.get("customers", "")),
        )
        name = rehearsing.start(asked, on=clock.today(stands.zone, now), at=now, by=actor(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
        return HttpResponseRedirect(reverse("console:rehearsals"))
    return HttpResponseRedirect(reverse("console:rehearsal", args=[name]))


def _whole(text: str) -> int:
    """A number as typed; what is none is too few of anything."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
