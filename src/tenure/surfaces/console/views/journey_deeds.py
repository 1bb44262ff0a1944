"""Change journeys in the console: edit one, add a ready one, let a second person agree."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.journeys.preview import Preview, previews
from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.records.strategies.drafts import actions
from tenure.records.strategies.drafts.models import StrategyDraft
from tenure.records.strategies.drafts.rules import DraftOutdated
from tenure.records.strategies.queries import current
from tenure.strategy.fields import Fields
from tenure.strategy.journey_writing import with_change
from tenure.strategy.journeys import Journey
from tenure.strategy.ready import ready, with_ready
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, needs
from tenure.surfaces.console.journey_fork_form import fork_fields
from tenure.surfaces.console.journey_form import CHOICES, change_of, step_fields, text_fields
from tenure.surfaces.console.journey_rules import rule_lines
from tenure.surfaces.editing import (
    PRECONDITION_FAILED,
    EditedMeanwhile,
    check_unchanged,
    version_tag,
)


@needs(Right.ACT)
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """The form of a journey; a posting checks what was typed, and saves it where that is asked."""
    stands = shell.standing()
    on = clock.today(stands.zone, clock.now())
    strategy = stands.strategy.at(on)
    journey = strategy.journeys.get(name)
    if journey is None:
        raise Http404
    status = 200
    shown: dict[str, Any] = {"checked": None, "problem": "", "previews": []}
    if request.method == "POST":
        try:
            changed = with_change(
                strategy, change_of(request.POST, journey=journey, strategy=strategy)
            ).at(on)
            if request.POST.get("do") == "save":
                title = journey.name.say(wording.reader_language())
                check_unchanged(request, version_tag(stands.strategy.hash))
                propose(request, changed, title=title, base=request.POST.get("base", ""))
                return redirect("console:journey", name)
            strategy, journey = changed, changed.journeys[name]
            shown["checked"] = journey.version
            shown["previews"] = _previews(request, journey, strategy)
        except Refusal as refusal:
            shown["problem"] = refusal.sentence(wording.reader_language())
            if isinstance(refusal, EditedMeanwhile | DraftOutdated):
                status = PRECONDITION_FAILED
    shown |= {
        "shell": shell.of(request, stands),
        "journey": journey,
        "base": request.POST.get("base", stands.strategy.hash),
        "steps": step_fields(journey),
        "texts": text_fields(journey, strategy),
        "forks": fork_fields(journey),
        "branches": [one for fork in journey.forks for one in fork.branches],
        "rules": rule_lines(journey, _names(strategy), language=wording.reader_language()),
        "tags_known": strategy.tags.values(),
        "messages_known": strategy.messages.values(),
        "customer": request.POST.get("customer", ""),
        **CHOICES,
    }
    response = render(request, "console/journey_edit.html", shown, status=status)
    response.headers["ETag"] = version_tag(stands.strategy.hash)
    return response


def _names(strategy: Strategy) -> Fields:
    return Fields({tag.id: tag.name for tag in strategy.tags.values()})


def _previews(request: HttpRequest, journey: Journey, strategy: Strategy) -> list[Preview]:
    at = clock.now()
    on = clock.today(strategy.business.zone, at)
    number = request.POST.get("customer", "").strip()
    return previews(journey, number, strategy=strategy, on=on, at=at)


def propose(request: HttpRequest, changed: Strategy, *, title: str, base: str) -> None:
    waits = actions.propose(changed, title, base_hash=base, at=clock.now(), by=actor(request))
    if waits is None:
        messages.success(
            request,
            gettext("The new version is in force; whoever is under way keeps the old one."),
        )
    else:
        messages.info(request, gettext("Saved. It is in force when a second person agrees."))


@require_POST
@needs(Right.ACT)
def add(request: HttpRequest, name: str) -> HttpResponse:
    """Put a ready journey with its messages into the strategy."""
    strategy = current()
    on = clock.today(strategy.business.zone, clock.now())

    def added() -> object:
        one = ready(name)
        title = one.name.say(wording.reader_language())
        propose(request, with_ready(strategy.at(on), one), title=title, base=strategy.hash)
        return one

    _tell(request, added, done="")
    return redirect("console:journeys")


@require_POST
@needs(Right.ACT)
def decide(request: HttpRequest, draft_id: int) -> HttpResponse:
    """A second person agrees with a change of the strategy, or does not."""
    get_object_or_404(StrategyDraft, pk=draft_id)
    at, by = clock.now(), actor(request)
    if request.POST.get("do") == "approve":
        told = gettext("It is in force now.")
        _tell(request, lambda: actions.approve(draft_id, at=at, by=by), done=told)
    else:
        told = gettext("It is dropped.")
        _tell(request, lambda: actions.reject(draft_id, at=at, by=by), done=told)
    return redirect("console:journeys")


def _tell(request: HttpRequest, deed: Callable[[], object], *, done: str) -> None:
    try:
        deed()
        if done:
            messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
