"""Letters on paper: what waits for the printer, the batches, and what the post brought back."""

from typing import Final

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from tenure.act.letters import actions, queries
from tenure.act.letters.models import LetterBatch
from tenure.act.letters.printing import batch_zip
from tenure.act.letters.rules import RETURNS, letter_number
from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, may, needs

SHOWN: Final = 30


@needs(Right.SEE_PEOPLE)
def letters(request: HttpRequest) -> HttpResponse:
    """The queue, the newest batches, and the letters that came back."""
    shown = {
        "shell": shell.of(request),
        "waiting": queries.waiting().count(),
        "next": queries.waiting().select_related("account", "person")[:SHOWN],
        "batches": queries.batches(limit=SHOWN),
        "returns": [
            (letter_number(one.batch.number, one.place), one, RETURNS[one.reason])
            for one in queries.recent_returns(limit=SHOWN)
        ],
        "reasons": RETURNS,
        "may_act": may(request, Right.ACT),
    }
    return render(request, "console/letters.html", shown)


@require_POST
@needs(Right.ACT)
def print_now(request: HttpRequest) -> HttpResponse:
    """Close the queue into a batch."""
    at = clock.now()
    on = clock.today(shell.standing().zone, at)
    try:
        batch = actions.print_waiting(on=on, at=at, by=actor(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    else:
        told = gettext("Batch %(number)s is ready; fetch its file.") % {"number": batch.number}
        messages.success(request, told)
    return redirect("console:letters")


@needs(Right.SEE_PEOPLE)
def file(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The letters of a batch as one PDF and the list for franking."""
    batch = get_object_or_404(LetterBatch, pk=batch_id)
    response = HttpResponse(batch_zip(batch), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="letters-{batch.number}.zip"'
    return response


@require_POST
@needs(Right.ACT)
def handed_over(request: HttpRequest, batch_id: int) -> HttpResponse:
    """A batch was brought to the post."""
    batch = get_object_or_404(LetterBatch, pk=batch_id)
    at = clock.now()
    on = clock.today(shell.standing().zone, at)
    carrier = request.POST.get("carrier", "")
    actions.hand_over(batch.pk, carrier=carrier, on=on, at=at, by=actor(request))
    messages.success(request, gettext("Noted: brought to the post."))
    return redirect("console:letters")


@require_POST
@needs(Right.ACT)
def returned(request: HttpRequest) -> HttpResponse:
    """Letters came back: their numbers, one a line, and why; a wrong number harms no other."""
    reason, numbers = request.POST.get("reason", ""), request.POST.get("numbers", "").split()
    if reason not in RETURNS or len(numbers) > actions.MOST_LETTERS:
        raise BadRequest
    at, taken = clock.now(), 0
    on = clock.today(shell.standing().zone, at)
    for number in numbers:
        try:
            actions.take_back(number, reason, on=on, at=at, by=actor(request))
            taken += 1
        except Refusal as refusal:
            messages.error(request, refusal.sentence(wording.reader_language()))
    told = ngettext("%(n)s letter came back.", "%(n)s letters came back.", taken)
    messages.success(request, told % {"n": taken})
    return redirect("console:letters")
