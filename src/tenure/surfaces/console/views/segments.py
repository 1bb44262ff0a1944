"""Segments: who they are, how a rule narrows, and a new version of one."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.segments import actions
from tenure.records.segments.models import SegmentVersion
from tenure.records.segments.queries import archived, versions_of
from tenure.strategy.rule_writing import as_table
from tenure.strategy.rules import ALWAYS
from tenure.strategy.sections import Strategy
from tenure.strategy.segments import Group, rule_of, version_of
from tenure.surfaces import wording
from tenure.surfaces.console import segment_desk, segment_gets, shell
from tenure.surfaces.console.access import Right, actor, may, needs
from tenure.surfaces.console.segment_draft import Draft, read
from tenure.surfaces.console.sheets import sheet
from tenure.surfaces.editing import (
    FIELD,
    PRECONDITION_FAILED,
    EditedMeanwhile,
    check_unchanged,
    version_tag,
)
from tenure.understand.segments import queries
from tenure.understand.segments.exporting import rows_of
from tenure.understand.segments.population import NothingFilled, last_day
from tenure.understand.segments.why import why

NEW = "new"


@needs(Right.READ)
def segments(request: HttpRequest) -> HttpResponse:
    """Every segment by its group, with how many it held on the last filled day."""
    stands = shell.standing()
    on = stands.as_of or clock.today(stands.zone, clock.now())
    counted = queries.counts(as_of=on)
    rows = [
        (one, counted.get(one.id))
        for one in queries.known(as_of=on, strategy=stands.strategy).values()
    ]
    rows.sort(key=lambda row: list(Group).index(row[0].group))
    groups = [(group, list(found)) for group, found in groupby(rows, key=lambda row: row[0].group)]
    held_on = next((one.as_of for one in counted.values()), None)
    shown = {"shell": shell.of(request, stands), "groups": groups, "held_on": held_on,
             "archived": archived(), "may_act": may(request, Right.ACT)}  # fmt: skip
    return render(request, "console/segments.html", shown)


@needs(Right.READ)
def segment(request: HttpRequest, name: str) -> HttpResponse:
    """One segment and its builder; a posting changes the draft and saves nothing."""
    stands = shell.standing()
    on = stands.as_of
    if on is None:
        messages.info(request, NothingFilled().sentence(wording.reader_language()))
        return redirect("console:segments")
    known = queries.known(as_of=on, strategy=stands.strategy)
    if name != NEW and name not in known:
        raise Http404
    strategy = stands.strategy.at(on)
    draft, fields = _draft(request, known.get(name), strategy=strategy), queries.fields(strategy)
    rule, problem = None, None
    try:
        rule = rule_of(draft.table, fields=fields, file=gettext("this rule"))
    except Refusal as refusal:
        problem = refusal.sentence(wording.reader_language())
    seed = _seed(request)
    seen = segment_desk.Seen(on, strategy, known, seed)
    found = rule and segment_desk.meant(rule, name, seen=seen)
    past = versions_of(name)
    used = [str(leaf["feature"]) for leaf in draft.leaves().values()]
    who = request.POST.get("who", request.GET.get("who", "")).strip()[:120]
    asked = who if rule else ""
    why_one = segment_desk.why_one(asked, rule or ALWAYS, seen=seen, names=fields)
    shown = {
        "shell": shell.of(request, stands),
        "name": name,
        "segment": known.get(name),
        "draft": draft,
        "problem": problem,
        "lines": segment_desk.lines(draft, found=found.found if found else None),
        "choices": segment_desk.choices(fields, strategy, used=used),
        "found": found,
        "seed": seed,
        "on": on,
        "held": queries.moved(name, found.found, as_of=on) if found else None,
        "who": who,
        "one": why_one[0],
        "reasons": why_one[1],
        **_versions(past),
        "titles": {one: request.POST.get(one, "") for one in ("id", "zh", "en")},
        "may_act": may(request, Right.ACT),
        "sees_people": may(request, Right.SEE_PEOPLE),
    }
    shown |= segment_gets.shown(name, strategy=strategy)
    tag = _tag(name, past)
    shown["if_match"] = request.POST.get(FIELD, tag)
    response = render(request, "console/segment.html", shown)
    response.headers["ETag"] = tag
    return response


def _versions(past: Sequence[SegmentVersion]) -> dict[str, Any]:
    return {"versions": past, "next_number": past[0].number + 1 if past else 1}


def _draft(request: HttpRequest, known: queries.Known | None, *, strategy: Strategy) -> Draft:
    fields, currency = queries.fields(strategy), strategy.business.currency
    typed = read(request.POST.get("rule", ""))
    if typed is not None:
        posted: Mapping[str, str] = {key: str(value) for key, value in request.POST.items()}
        return Draft.of(typed, fields=fields, currency=currency).changed(posted)
    rule = ALWAYS if known is None else segment_desk.as_all(known.rule)
    return Draft.of(as_table(rule), fields=fields, currency=currency)


def _seed(request: HttpRequest) -> int:
    given = request.POST.get("seed", "1")
    seed = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1
    return seed + (request.POST.get("do") == "sample")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Right.ACT)
def save(request: HttpRequest, name: str) -> HttpResponseBase:
    """Save the draft as a new version, or under an id of its own.

    A refused draft is shown at this address: whoever loads it again stands at the segment.
    """
    if request.method != "POST":
        return redirect("console:segment", name)
    stands = shell.standing()
    at = clock.now()
    on = clock.today(stands.zone, at)
    table = read(request.POST.get("rule", ""))
    if table is None:
        raise BadRequest
    fields = queries.fields(stands.strategy.at(on))
    posted: Mapping[str, str] = {
        key: str(value) for key, value in request.POST.items() if key != "do"
    }
    draft = Draft.of(table, fields=fields, currency=stands.strategy.business.currency)
    draft = draft.changed(posted)
    try:
        check_unchanged(request, _tag(name, versions_of(name)))
        rule = rule_of(draft.table, fields=fields, file=gettext("this rule"))
        made = _titled(request, name)
        counted = queries.waterfall(rule, on=last_day(as_of=stands.as_of)).customers
        version = actions.save(
            actions.Draft(
                id=made[0],
                name=made[1],
                rule=as_table(rule),
                digest=version_of(rule),
                customers=counted,
                ready=stands.strategy.at(on).segments.keys(),
            ),
            on=on,
            at=at,
            by=actor(request),
        )
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
        response = segment(request, name)
        if isinstance(refusal, EditedMeanwhile):
            response.status_code = PRECONDITION_FAILED
        return response
    told = gettext("Version %(number)s is saved; it means %(customers)s customers now.")
    messages.success(request, told % {"number": version.number, "customers": counted})
    return redirect("console:segment", made[0])


def _tag(name: str, past: Sequence[SegmentVersion]) -> str:
    """What names the version of a segment that a form is made from; a new one has none."""
    newest = past[0] if past else None
    said = (newest.segment.name_zh, newest.segment.name_en) if newest else ()
    return version_tag(name, newest.number if newest else 0, *said)


def _titled(request: HttpRequest, name: str) -> tuple[str, Sentence]:
    """Under which id and names; a saved segment keeps what is left empty."""
    past = versions_of(name)
    kept = past[0].segment.said if past else None
    given = {one: request.POST.get(one, "").strip()[:120] for one in ("id", "zh", "en")}
    wanted = given["id"] or (name if past else "")
    zh = given["zh"] or given["en"] or (kept.zh if kept else wanted)
    en = given["en"] or given["zh"] or (kept.en if kept else wanted)
    return wanted, Sentence(zh=zh, en=en)


@require_POST
@needs(Right.ACT)
def archive(request: HttpRequest, name: str) -> HttpResponse:
    """Take a saved segment out of the list."""
    at = clock.now()
    on = clock.today(shell.standing().zone, at)
    if actions.archive(name, on=on, at=at, by=actor(request)):
        messages.success(
            request, gettext("The segment is archived; below the list it can be brought back.")
        )
    return redirect("console:segments")


@require_POST
@needs(Right.ACT)
def bring_back(request: HttpRequest, name: str) -> HttpResponse:
    """Undo an archiving."""
    at = clock.now()
    on = clock.today(shell.standing().zone, at)
    try:
        if actions.bring_back(name, on=on, at=at, by=actor(request)):
            messages.success(request, gettext("The segment is back as it was."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect("console:segments")


@needs(Right.READ)
def members(request: HttpRequest, name: str) -> HttpResponse:
    """The list of the last filled day, by number and without names."""
    stands = shell.standing()
    found = queries.members(stands.as_of) if stands.as_of else None
    if found is None or name not in found.segments:
        raise Http404
    rows: list[dict[str, Any]] = rows_of(found, name)
    return sheet(rows, name=name)


@needs(Right.READ)
def of_customer(request: HttpRequest, account_id: int) -> HttpResponse:
    """In which segments a customer is and in which not, and why, as a piece of the page."""
    stands = shell.standing()
    try:
        on = last_day(as_of=stands.as_of)
    except NothingFilled:
        return render(request, "console/customer/_segments_why.html", {"found": []})
    names = queries.fields(stands.strategy.at(on))
    known = queries.known(as_of=on, strategy=stands.strategy)
    told = why(account_id, known, on=on, names=names)
    shown = {
        "found": told,
        "inside": [one for one in told if one.is_in],
        "outside": [one for one in told if not one.is_in],
    }
    return render(request, "console/customer/_segments_why.html", shown)
