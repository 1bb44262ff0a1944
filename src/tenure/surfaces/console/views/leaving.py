"""Who wanted to leave: why an offer was or was not shown, and what the offers brought."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tenure.decide.saves.reasons import WHYS
from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.prove.saves.queries import HORIZONS, Span, lasting_effects, save_rates
from tenure.prove.saves.rules import Incremental
from tenure.records.cancellations.declaring import note_looked
from tenure.records.cancellations.models import Cancellation, Declaration, SaveOffer
from tenure.records.cancellations.queries import of_nobody
from tenure.strategy.sections import Strategy
from tenure.surfaces.console import paging, shell, wordbook
from tenure.surfaces.console.access import Right, actor, may, needs

LOOKS_BACK: Final = timedelta(days=90)
# What lasts for 180 days is known of those who came before that.
LOOKS_FAR_BACK: Final = timedelta(days=400)
# Effects cost two questions each; the offers of a strategy are few, and a page asks few.
MOST_EFFECTS: Final = 2
MOST_STRANGERS: Final = 50


@dataclass(frozen=True, slots=True)
class Told:
    """One attempt, with a sentence for every offer that was weighed."""

    attempt: Cancellation
    weighed: tuple[tuple[Sentence, Sentence], ...]
    offer: SaveOffer | None


@needs(Right.READ)
def leaving(request: HttpRequest) -> HttpResponse:
    """The attempts of all customers, the newest first, under the figures of ninety days."""
    stands = shell.standing()
    today = clock.today(stands.zone, clock.now())
    span = Span(today - LOOKS_BACK, today, today)
    state = request.GET.get("state", "")
    rows = Cancellation.objects.select_related("account")
    if state in wordbook.CANCELLATION_STATES:
        rows = rows.filter(state=state)
    page = paging.newest(rows, request.GET.get("before", ""))
    offers = {
        one.cancellation_id: one for one in SaveOffer.objects.filter(cancellation__in=page.rows)
    }
    shown = {
        "shell": shell.of(request, stands),
        "page": page,
        "told": [_told(one, offers, strategy=stands.strategy) for one in page.rows],
        "facts": [(one, one.is_fresh(today)) for one in stands.strategy.at(today).facts.values()],
        "rates": save_rates(span),
        "effects": _effects(Span(today - LOOKS_FAR_BACK, today, today), strategy=stands.strategy),
        "horizons": HORIZONS,
        "days": LOOKS_BACK.days,
        "state": state,
        "states": wordbook.CANCELLATION_STATES,
        "sees_people": may(request, Right.SEE_PEOPLE),
        "strangers": list(of_nobody()[:MOST_STRANGERS]),
        "may_act": may(request, Right.ACT),
    }
    return render(request, "console/leaving.html", shown)


@require_POST
@needs(Right.ACT)
def looked(request: HttpRequest, declaration_id: int) -> HttpResponse:
    """Somebody found out whose declaration it is and did what follows from it."""
    found = get_object_or_404(Declaration, pk=declaration_id)
    at = clock.now()
    note_looked(found.pk, on=clock.today(shell.standing().zone, at), at=at, by=actor(request))
    return HttpResponseRedirect(reverse("console:leaving"))


def _told(attempt: Cancellation, offers: Mapping[int, SaveOffer], *, strategy: Strategy) -> Told:
    weighed = tuple(_weighed(one, strategy=strategy) for one in attempt.considered)
    return Told(attempt, weighed, offers.get(attempt.pk))


def _weighed(one: Mapping[str, Any], *, strategy: Strategy) -> tuple[Sentence, Sentence]:
    """The offer by its name, and why; what a newer strategy no longer knows keeps its id."""
    name, why = str(one.get("save", "")), str(one.get("why", ""))
    known = strategy.saves.offers.get(name)
    said = known.name if known is not None else Sentence(zh=name, en=name)
    return said, WHYS.get(why, Sentence(zh=why, en=why))


def _effects(
    span: Span, *, strategy: Strategy
) -> list[tuple[Sentence, list[tuple[int, Incremental | None]]]]:
    """What is left of each offer's effect after each horizon, against the lot."""
    held = Cancellation.objects.filter(started_on__gte=span.since).exclude(held_out_of="")
    names = sorted(set(held.values_list("held_out_of", flat=True)))[:MOST_EFFECTS]
    found = []
    for name in names:
        effects = lasting_effects(name, span=span)
        if any(effects.values()):
            known = strategy.saves.offers.get(name)
            said = known.name if known else Sentence(zh=name, en=name)
            found.append((said, list(effects.items())))
    return found
