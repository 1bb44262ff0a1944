"""Presents and trials: what waits to be sent, what there is, and what trials won."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.benefits.fulfilment import as_csv, take_answer, to_send
from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.observe.uploads.sheets import MOST_BYTES
from tenure.records.gifts import actions
from tenure.records.gifts.models import Gift
from tenure.records.gifts.queries import left_of
from tenure.records.gifts.states import GiftState
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.benefits.queries import trial_figures
from tenure.strategy.benefits import GiftKind, GiftRule
from tenure.surfaces import wording
from tenure.surfaces.console import paging, shell
from tenure.surfaces.console.access import Right, actor, needs

_SHOWN_FAULTS = 20


@needs(Right.SEE_PEOPLE)
def gifts(request: HttpRequest) -> HttpResponse:
    """The newest presents by state, the stock, and what became of trials."""
    stands = shell.standing()
    state = request.GET.get("state", "")
    rows = Gift.objects.select_related("account")
    if state in GiftState.values:
        rows = rows.filter(state=state)
    page = paging.newest(rows, request.GET.get("before", ""))
    today = clock.today(stands.zone, clock.now())
    rules = stands.strategy.at(today).benefits.gifts.values()
    return render(
        request,
        "console/gifts.html",
        {
            "shell": shell.of(request, stands),
            "page": page,
            "state": state,
            "states": list(GiftState),
            "stock": [(one, left_of(one)) for one in rules],
            "trials": trial_figures(),
            "waiting": len(to_send()),
        },
    )


@needs(Right.SEE_PEOPLE)
def sheet(request: HttpRequest) -> HttpResponse:
    """What is to be sent, for the partner who sends it."""
    response = HttpResponse(as_csv(to_send()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="gifts.csv"'
    return response


@require_POST
@needs(Right.ACT)
def answer(request: HttpRequest) -> HttpResponse:
    """The partner's sheet with states and tracking numbers."""
    at = clock.now()
    on = clock.today(current().business.zone, at)
    try:
        found = take_answer(_uploaded(request), on=on, at=at, by=actor(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
        return redirect("console:gifts")
    told = gettext("%(taken)s presents were moved.") % {"taken": found.taken}
    messages.success(request, told)
    language = wording.reader_language()
    for one in found.faults[:_SHOWN_FAULTS]:
        row = gettext("Row %(row)s: %(problem)s") % {
            "row": one.row, "problem": one.said.say(language)
        }  # fmt: skip
        messages.error(request, row)
    return redirect("console:gifts")


@require_POST
@needs(Right.ACT)
def stock(request: HttpRequest) -> HttpResponse:
    """Say how many there are of a thing, or take in codes."""
    at = clock.now()
    strategy = current()
    on = clock.today(strategy.business.zone, at)
    rule = strategy.at(on).benefits.gifts.get(request.POST.get("gift", ""))
    if rule is None:
        raise BadRequest
    if rule.kind is GiftKind.CODE:
        codes = request.POST.get("codes", "").splitlines()
        added = actions.add_codes(rule, codes, on=on, at=at, by=actor(request))
        messages.success(request, gettext("%(added)s codes are new.") % {"added": added})
    else:
        _stock_up(request, rule)
    return redirect("console:gifts")


def _stock_up(request: HttpRequest, rule: GiftRule) -> None:
    total = request.POST.get("total", "")
    if not total.isascii() or not total.isdigit() or len(total) > 7:
        raise BadRequest
    at = clock.now()
    on = clock.today(current().business.zone, at)
    found = actions.stock_up(rule, int(total), on=on, at=at, by=actor(request))
    told = gettext("There are %(total)s, of which %(taken)s are promised.")
    messages.success(request, told % {"total": found.total, "taken": found.taken})


@require_POST
@needs(Right.ACT)
def move(request: HttpRequest, public_id: str) -> HttpResponse:
    """Move one present by hand."""
    gift = get_object_or_404(Gift, public_id=public_id)
    at, by, verb = clock.now(), actor(request), request.POST.get("verb", "")
    on = clock.today(current().business.zone, at)
    try:
        if verb == "send":
            tracking = request.POST.get("tracking", "")
            actions.send(gift.public_id, on=on, at=at, by=by, tracking=tracking)
        elif verb == "deliver":
            actions.deliver(gift.public_id, on=on, at=at, by=by)
        elif verb == "return":
            actions.take_back(gift.public_id, on=on, at=at, by=by)
        elif verb == "cancel":
            actions.cancel(gift.public_id, "by_operator", on=on, at=at, by=by)
        else:
            raise BadRequest
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect("console:gifts")


def _uploaded(request: HttpRequest) -> bytes:
    """The file, or a byte more than may be read: what is cut off would be lost without a word."""
    file = request.FILES.get("file")
    return file.read(MOST_BYTES + 1) if isinstance(file, UploadedFile) else b""
