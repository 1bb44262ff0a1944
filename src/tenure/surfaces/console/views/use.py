"""What lies idle with those who use little, and what those who use most should get (SEG-07)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, needs
from tenure.surfaces.console.sheets import sheet
from tenure.understand.entitlements.high_use import HIGH_USE, HighUse, high_use
from tenure.understand.entitlements.low_use import LOW_USE, LowUse, low_use
from tenure.understand.entitlements.reading import Held, held
from tenure.understand.segments import queries as segments
from tenure.understand.segments.population import NothingFilled

type Report = Callable[..., Any]


@needs(Right.READ)
def idle(request: HttpRequest) -> HttpResponse:
    """What those who use little have and do not use, with what to try (SEG-07)."""
    return _page(request, _low_use(request, shell.standing()), template="console/low_use.html")


@needs(Right.READ)
def idle_list(request: HttpRequest) -> HttpResponse:
    """The same, one row a customer and entitlement, by number and without names."""
    return _list(request, _low_use(request, shell.standing()), name="low-use")


@needs(Right.READ)
def heavy(request: HttpRequest) -> HttpResponse:
    """Whom to give priority support or something of their own, and why (SEG-07)."""
    return _page(request, _high_use(request, shell.standing()), template="console/high_use.html")


@needs(Right.READ)
def heavy_list(request: HttpRequest) -> HttpResponse:
    """The same, one row a customer's term."""
    return _list(request, _high_use(request, shell.standing()), name="high-use")


def _page(request: HttpRequest, report: LowUse | HighUse | None, *, template: str) -> HttpResponse:
    if report is None:
        return nothing_yet(request)
    stands = shell.standing()
    known = segments.known(as_of=report.on, strategy=stands.strategy)
    shown = {
        "shell": shell.of(request, stands),
        "report": report,
        "segment": known.get(report.segment),
        "choices": [(name, one.name) for name, one in known.items()],
    }
    return render(request, template, shown)


def _list(request: HttpRequest, report: LowUse | HighUse | None, *, name: str) -> HttpResponse:
    if report is None:
        return nothing_yet(request)
    return sheet(list(report.rows(wording.reader_language())), name=name)


def _low_use(request: HttpRequest, stands: shell.Standing) -> LowUse | None:
    found: LowUse | None = _report(request, stands, make=low_use, usual=LOW_USE)
    return found


def _high_use(request: HttpRequest, stands: shell.Standing) -> HighUse | None:
    found: HighUse | None = _report(request, stands, make=high_use, usual=HIGH_USE)
    return found


def _report(request: HttpRequest, stands: shell.Standing, *, make: Report, usual: str) -> Any:
    """The report of the segment that is asked for; None before anything was filled."""
    read = held_now(stands)
    members = segments.members(read.on) if read else None
    if read is None or members is None:
        return None
    wanted = request.GET.get("segment", usual)
    usable = wanted if wanted in members.segments else usual
    if usable not in members.segments:
        usable = members.segments[0] if members.segments else ""
    return make(read, members, segment=usable) if usable else None


def held_now(stands: shell.Standing) -> Held | None:
    """What everybody has and uses, on the last filled day; None before there is one."""
    try:
        return held(strategy=stands.strategy, as_of=stands.as_of) if stands.as_of else None
    except NothingFilled:
        return None


def nothing_yet(request: HttpRequest) -> HttpResponse:
    """Back to the segments, saying that no day was filled."""
    messages.info(request, NothingFilled().sentence(wording.reader_language()))
    return redirect("console:segments")
