"""Stock and fulfilment: what is promised, what waits for somebody, what is withdrawn."""

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.promises import deeds
from tenure.act.promises.withdrawing import resume, withdraw
from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.records.stock import actions
from tenure.records.stock.models import Promise
from tenure.records.stock.queries import offers_on, to_hand_over
from tenure.records.stock.states import PromiseState
from tenure.records.success.models import ToDo
from tenure.strategy.journeys import ToDoKind
from tenure.strategy.offers import OfferKind
from tenure.surfaces import wording
from tenure.surfaces.console import paging, shell
from tenure.surfaces.console.access import Right, actor, may, needs

_SHOWN = 100
_DEEDS = {"done", "failed", "again", "back"}


@needs(Right.SEE_PEOPLE)
def promises(request: HttpRequest) -> HttpResponse:
    """What waits, what there is of each offer, and the newest promises by state."""
    stands = shell.standing()
    today = clock.today(stands.zone, clock.now())
    offers = stands.strategy.at(today).offers.values()
    kept = offers_on([one for one in offers if one.kind is not OfferKind.NOTHING], on=today)
    state = request.GET.get("state", "")
    rows = Promise.objects.select_related("account", "replaces")
    if state in PromiseState.values:
        rows = rows.filter(state=state)
    waiting = list(to_hand_over()[:_SHOWN])
    who = _owners(waiting)
    shown = {
        "shell": shell.of(request, stands),
        "waiting": [(one, who.get(one.pk, "")) for one in waiting],
        "late": sum(one.due_on is not None and one.due_on < today for one in waiting),
        "today": today,
        "offers": kept,
        "page": paging.newest(rows, request.GET.get("before", "")),
        "state": state,
        "states": list(PromiseState),
        "may_act": may(request, Right.ACT),
    }
    return render(request, "console/promises.html", shown)


def _owners(promises: Sequence[Promise]) -> Mapping[int, str]:
    """Promise → who hands it over: the owner of the newest work that was opened for it."""
    terms = {one.term_id for one in promises}
    work = ToDo.objects.filter(kind=ToDoKind.FULFIL, term_id__in=terms).order_by("pk")
    rows = work.values_list("once_key", "owner_name")
    return {int(key.split(":")[1]): owner for key, owner in rows}


@require_POST
@needs(Right.ACT)
def move(request: HttpRequest, promise_id: int) -> HttpResponse:
    """Say what became of one promise."""
    one = get_object_or_404(Promise, pk=promise_id)
    deed, why = request.POST.get("deed", ""), request.POST.get("why", "")
    if deed not in _DEEDS:
        raise BadRequest
    at = clock.now()
    on, by = clock.today(shell.standing().zone, at), actor(request)
    try:
        if deed == "done":
            deeds.hand_over(one.pk, on=on, at=at, by=by)
        elif deed == "failed":
            deeds.give_up(one.pk, why, on=on, at=at, by=by)
        elif deed == "again":
            deeds.try_again(one.pk, on=on, at=at, by=by)
        else:
            deeds.take_back(one.pk, why, on=on, at=at, by=by)
        messages.success(request, gettext("Noted."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect("console:promises")


@require_POST
@needs(Right.ACT)
def stock(request: HttpRequest) -> HttpResponse:
    """Say how many there are of what an offer hands over."""
    at, total = clock.now(), request.POST.get("total", "")
    stands = shell.standing()
    on = clock.today(stands.zone, at)
    found = stands.strategy.at(on).offers.get(request.POST.get("offer", ""))
    is_limited = found is not None and found.handed is not None and found.handed.stock is not None
    if found is None or not is_limited or not _is_count(total):
        raise BadRequest
    try:
        actions.stock_up(found, int(total), on=on, at=at, by=actor(request))
        messages.success(request, gettext("Noted."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect("console:promises")


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 7


@require_POST
@needs(Right.ACT)
def offer(request: HttpRequest) -> HttpResponse:
    """Withdraw an offer, or make it again."""
    name, at = request.POST.get("offer", ""), clock.now()
    on, by = clock.today(shell.standing().zone, at), actor(request)
    try:
        if request.POST.get("deed") == "resume":
            resume(name, on=on, at=at, by=by)
        else:
            withdraw(name, request.POST.get("reason", ""), on=on, at=at, by=by)
        messages.success(request, gettext("Noted."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect("console:promises")
