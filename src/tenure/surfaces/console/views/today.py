"""Today: what changed, and what to look at before noon."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenure.kernel import clock
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, may, needs
from tenure.surfaces.console.briefing import briefing
from tenure.surfaces.console.today_page import TodayPage


@needs(Right.READ)
def today(request: HttpRequest) -> HttpResponse:
    """The day that was finished last; before the first one, what to do to get there."""
    stands = shell.standing()
    at = clock.now()
    on = clock.today(stands.zone, at)
    content = {
        "shell": shell.of(request, stands),
        "today": on,
        "weekday": wording.weekday(on, wording.reader_language()),
        "sees_people": may(request, Right.SEE_PEOPLE),
    }
    if stands.as_of is None:
        return render(request, "console/today_empty.html", content)
    found = briefing(stands.as_of, strategy=stands.strategy, at=at)
    rules = stands.strategy.at(stands.as_of)
    page = TodayPage(found, rules, stands.stages, on, stands.waiting)
    return render(request, "console/today.html", {**content, "page": page, "day": found})
