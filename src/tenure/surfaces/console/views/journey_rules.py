"""One rule of a journey in the browser: changed line by line, counted, saved as a new version."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.strategy.features import FeatureName
from tenure.strategy.fields import Fields
from tenure.strategy.journey_writing import NoSuchJourney, RulePlace, rule_at_place, with_rule
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console import segment_desk, shell
from tenure.surfaces.console.access import Right, needs
from tenure.surfaces.console.journey_rules import (
    choices,
    fields_at,
    name_of,
    place_of,
    rule_lines,
    rule_of,
)
from tenure.surfaces.console.segment_draft import Draft, read
from tenure.surfaces.console.views.journey_deeds import propose
from tenure.understand.segments.queries import Waterfall, waterfall


@needs(Right.ACT)
def rule(request: HttpRequest, *, name: str, which: str) -> HttpResponse:
    """The builder of one rule; a posting changes the draft, and saves it where that is asked."""
    stands = shell.standing()
    on = clock.today(stands.zone, clock.now())
    strategy, place = stands.strategy.at(on), place_of(which)
    journey = strategy.journeys.get(name)
    if journey is None or place is None:
        raise Http404
    draft = _draft(request, strategy, journey=name, place=place)
    shown: dict[str, Any] = {"problem": "", "found": None}
    try:
        changed = with_rule(strategy, name, place=place, parts=list(draft.parts))
        if request.POST.get("do") == "save":
            title = journey.name.say(wording.reader_language())
            propose(request, changed, title=title, base=request.POST.get("base", ""))
            return redirect("console:journey-edit", name)
        shown["found"] = _counted(draft, as_of=stands.as_of)
    except Refusal as refusal:
        shown["problem"] = refusal.sentence(wording.reader_language())
    names = Fields({tag.id: tag.name for tag in strategy.tags.values()})
    lines = rule_lines(journey, names, language=wording.reader_language())
    shown |= {
        "shell": shell.of(request, stands),
        "journey": journey,
        "which": which,
        "name": name_of(which, lines),
        "draft": draft,
        "base": request.POST.get("base", stands.strategy.hash),
        "lines": segment_desk.lines(draft, found=shown["found"]),
        "choices": choices(draft.fields),
    }
    return render(request, "console/journey_rule.html", shown)


def _draft(request: HttpRequest, strategy: Strategy, *, journey: str, place: RulePlace) -> Draft:
    try:
        written = rule_at_place(strategy, journey, place=place)
    except NoSuchJourney as unknown:
        raise Http404 from unknown
    fields: Mapping[str, FeatureName] = fields_at(place)
    currency = strategy.business.currency
    typed = read(request.POST.get("rule", ""))
    if typed is None:
        return Draft.of(written, fields=fields, currency=currency)
    posted: Mapping[str, str] = {key: str(value) for key, value in request.POST.items()}
    return Draft.of(typed, fields=fields, currency=currency).changed(posted)


def _counted(draft: Draft, *, as_of: date | None) -> Waterfall | None:
    """How many customers each line leaves; None before the first day, and without a line."""
    if as_of is None or not draft.parts:
        return None
    return waterfall(rule_of(draft), on=as_of)
