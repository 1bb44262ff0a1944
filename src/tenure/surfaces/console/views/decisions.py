"""Decisions: what the day chose and withheld, what the budget would bring, what is assumed."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.promises.approving import approve
from tenure.decide.decisions.approvals.actions import reject
from tenure.decide.decisions.approvals.models import Approval
from tenure.decide.decisions.approvals.queries import waiting_approvals
from tenure.decide.decisions.models import Decision
from tenure.decide.decisions.queries import why
from tenure.decide.decisions.replaying import replay
from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, may, needs
from tenure.surfaces.console.decisions_page import page_of
from tenure.surfaces.console.guardrails_page import lines_on


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


@needs(Right.READ)
def replayed(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Choose again as on the day of a decision, and say whether it comes out alike."""
    decision = get_object_or_404(Decision, pk=decision_id)
    try:
        found = replay(decision)
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    else:
        name = why(decision).name.say(wording.reader_language())
        if found.is_same:
            said = gettext("Chosen again from what was written down: %(name)s, exactly as then.")
            messages.success(request, said % {"name": name})
        else:
            said = gettext("Chosen again it comes out otherwise than %(name)s: tell us.")
            messages.error(request, said % {"name": name})
    return redirect("console:customer", decision.account_id)


@needs(Right.READ)
def guardrails(request: HttpRequest) -> HttpResponse:
    """Each line with its reason, its tests and its bites; and what waits for a second person."""
    stands = shell.standing()
    today = clock.today(stands.zone, clock.now())
    since = today - timedelta(days=30)
    shown = {
        "shell": shell.of(request, stands),
        "lines": lines_on(stands.strategy.at(today), since=since, until=today),
        "since": since,
        "waiting": waiting_approvals(),
        "may_act": may(request, Right.ACT),
        "me": actor(request),
    }
    return render(request, "console/guardrails.html", shown)


@require_POST
@needs(Right.ACT)
def approval(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Agree to a day's choices that wait for a second person, or say no."""
    one, at = get_object_or_404(Approval, pk=approval_id), clock.now()
    on, by = clock.today(shell.standing().zone, at), actor(request)
    verb = approve if request.POST.get("do") == "approve" else reject
    try:
        verb(one.pk, on=on, at=at, by=by)
        messages.success(request, gettext("Noted."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect("console:guardrails")
