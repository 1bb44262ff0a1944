"""Requests about people's own data: what is open, by when, and the erasure that a person starts."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.self_service.erasing import actions as erasing
from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.records.requests.models import DataRequest
from tenure.records.requests.queries import open_requests
from tenure.records.requests.rules import is_urgent
from tenure.surfaces import wording
from tenure.surfaces.console import paging, shell
from tenure.surfaces.console.access import Right, actor, may, needs


@needs(Right.SEE_PEOPLE)
def own_data(request: HttpRequest) -> HttpResponse:
    """What is open, the most urgent first, and everything that was done, the newest first."""
    stands = shell.standing()
    today = clock.today(stands.zone, clock.now())
    waiting = open_requests()
    page = paging.newest(
        DataRequest.objects.exclude(state="open").select_related("account"),
        request.GET.get("before", ""),
    )
    zone = stands.zone
    shown = {
        "shell": shell.of(request, stands),
        "waiting": [
            (one, is_urgent(one.due_on, asked_on=clock.today(zone, one.asked_at), on=today))
            for one in waiting
        ],
        "page": page,
        "may_act": may(request, Right.ACT),
    }
    return render(request, "console/own_data.html", shown)


@require_POST
@needs(Right.ACT)
def erase(request: HttpRequest, request_id: int) -> HttpResponse:
    """Carry an erasure out, or finish one whose history still stands in files."""
    found = get_object_or_404(
        DataRequest.objects.select_related("person"), pk=request_id, kind="erasure"
    )
    at, by = clock.now(), actor(request)
    on = clock.today(shell.standing().zone, at)
    try:
        erasing.erase(found.person, on=on, at=at, by=by)
        erasing.finish([found.account_id], at=at, by=by)
        messages.success(request, gettext("Erased; the certificate says what went and what stays."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return HttpResponseRedirect(reverse("console:own-data"))
