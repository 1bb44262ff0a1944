"""How long what is kept, what the last nights let go, and who is under a legal hold."""

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.retention.queries import horizon_of, next_run, table
from tenure.act.retention.words import KINDS, length, lines_of
from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.records.customers.models import Account
from tenure.records.retention.actions import lift_hold, place_hold
from tenure.records.retention.models import LegalHold
from tenure.records.retention.queries import last_nights, standing_holds
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, may, needs

NIGHTS: Final = 14


@needs(Right.SEE_PEOPLE)
def retention(request: HttpRequest) -> HttpResponse:
    """The table as of tonight, the next run, the last counts, and the holds."""
    stands, at = shell.standing(), clock.now()
    begins = next_run(at)
    on = clock.today(stands.zone, begins or at)
    horizon = horizon_of(on - timedelta(days=1) if begins else on)
    shown = {
        "shell": shell.of(request, stands),
        "lines": [(KINDS[one.kept], length(one.span), one.first_kept) for one in table(horizon)],
        "notices_from": clock.today(stands.zone, horizon.notices),
        "begins": begins,
        "nights": [(one, lines_of(one.counts)) for one in last_nights(NIGHTS)],
        "holds": standing_holds().select_related("account"),
        "may_act": may(request, Right.ACT),
    }
    return render(request, "console/retention.html", shown)


@require_POST
@needs(Right.ACT)
def hold(request: HttpRequest) -> HttpResponse:
    """Put a customer under a legal hold, by the number of the customer."""
    number, at = request.POST.get("customer", "").strip()[:120], clock.now()
    found = list(Account.objects.filter(external_id=number)[:2]) if number else []
    if len(found) != 1:
        messages.error(request, gettext("Not one customer has this number; nothing was changed."))
        return redirect("console:retention")
    on, reason = clock.today(shell.standing().zone, at), request.POST.get("reason", "")
    try:
        place_hold(found[0].pk, reason, on=on, at=at, by=actor(request))
        messages.success(request, gettext("Held: nothing of this customer is deleted."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect("console:retention")


@require_POST
@needs(Right.ACT)
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    """End a hold; what is past its time goes with the next night."""
    found, at = get_object_or_404(LegalHold, pk=hold_id), clock.now()
    lift_hold(found.pk, on=clock.today(shell.standing().zone, at), at=at, by=actor(request))
    messages.success(request, gettext("Lifted; what is past its time goes with the next night."))
    return redirect("console:retention")
