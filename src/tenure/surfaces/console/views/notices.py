"""What the business's own people are told: by kind, newest first, and what one does not want."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.alerts.rules import WORTH
from tenure.act.channels.registry import staff_mouths
from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.journal.models import Entry
from tenure.records.views.actions import ask_for_mail, mute, unmute
from tenure.records.views.queries import mail_of, muted_by
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, needs

DAYS: Final = 14
_SHOWN_OF_A_KIND: Final = 5
_MOST_READ: Final = 1_000
# Where one looks after it.
_LEADS_TO: Final = {
    "sending.stopped": "outbox",
    "sending.resumed": "outbox",
    "risk.drifted": "models",
    "metric.alerted": "metrics",
    "cancel.declared": "leaving",
}


@dataclass(frozen=True, slots=True)
class Digest:
    """All notices of one kind in the span: how often, and the newest of them."""

    kind: str
    says: Sentence
    count: int
    newest: Sequence[Entry]
    address: str
    is_muted: bool


@needs(Right.READ)
def notices(request: HttpRequest) -> HttpResponse:
    """A line for each kind with how often it came; the rooms hear the same (R-U-045)."""
    stands = shell.standing()
    since = clock.today(stands.zone, clock.now()) - timedelta(days=DAYS - 1)
    rows = Entry.objects.filter(kind__in=WORTH, on__gte=since).select_related("account")
    by_kind: dict[str, list[Entry]] = defaultdict(list)
    for entry in rows.order_by("-pk")[:_MOST_READ]:
        by_kind[entry.kind].append(entry)
    muted = muted_by(actor(request))
    every = [_digest(kind, by_kind.get(kind, []), muted=kind in muted) for kind in WORTH]
    shown = {
        "shell": shell.of(request, stands),
        "days": DAYS,
        "told": [one for one in every if one.count and not one.is_muted],
        "muted": [one for one in every if one.is_muted],
        "mail": mail_of(actor(request)),
        "own_address": getattr(request.user, "email", ""),
        "rooms": sorted({mouth.channel.name for mouth in staff_mouths()}),
    }
    return render(request, "console/notices.html", shown)


@require_POST
@needs(Right.READ)
def set_mute(request: HttpRequest) -> HttpResponse:
    """Hide a kind from one's own list, or show it again; nobody else's list changes."""
    kind = request.POST.get("kind", "")
    if kind not in WORTH:
        raise BadRequest
    now = clock.now()
    on = clock.today(shell.standing().zone, now)
    change = unmute if request.POST.get("do") == "show" else mute
    change(kind, owner=actor(request), on=on, at=now)
    return redirect("console:notices")


@require_POST
@needs(Right.READ)
def set_mail(request: HttpRequest) -> HttpResponse:
    """Be told by e-mail from now on, elsewhere, or no longer."""
    now = clock.now()
    on = clock.today(shell.standing().zone, now)
    address = "" if request.POST.get("do") == "end" else request.POST.get("address", "")
    try:
        if ask_for_mail(address, owner=actor(request), on=on, at=now):
            told = (
                gettext("Notices come by e-mail now.")
                if address.strip()
                else gettext("Notices no longer come by e-mail.")
            )
            messages.success(request, told)
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect("console:notices")


def _digest(kind: str, entries: Sequence[Entry], *, muted: bool) -> Digest:
    page = _LEADS_TO.get(kind)
    return Digest(
        kind=kind,
        says=WORTH[kind],
        count=len(entries),
        newest=entries[:_SHOWN_OF_A_KIND],
        address=reverse(f"console:{page}") if page else "",
        is_muted=muted,
    )
