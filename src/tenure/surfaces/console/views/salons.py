"""Meetings with customers, cards handed over there, and who brought whom."""

from datetime import date
from typing import Final

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.kernel import clock
from tenure.kernel.failures import Refusal
from tenure.kernel.money import Money
from tenure.records.customers.models import Account
from tenure.records.salons import actions, queries
from tenure.records.salons.models import Salon, SalonGuest
from tenure.records.salons.rules import CardVerb, GuestVerb, NewCard, NewSalon
from tenure.records.sharing.queries import sharing
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, may, needs

SHOWN: Final = 30
MOST_GUESTS: Final = 500
_CARD_VERBS: Final = {"hand": CardVerb.HAND, "redeem": CardVerb.REDEEM, "void": CardVerb.VOID}
_GUEST_VERBS: Final = {"came": GuestVerb.COME, "absent": GuestVerb.MISS}


@needs(Right.SEE_PEOPLE)
def salons(request: HttpRequest) -> HttpResponse:
    """The newest meetings with what followed, the newest cards, and what sharing brought."""
    shown = {
        "shell": shell.of(request),
        "outcomes": queries.outcomes(limit=SHOWN),
        "cards": queries.cards(limit=SHOWN),
        "sharing": sharing(limit=SHOWN),
        "may_act": may(request, Right.ACT),
    }
    return render(request, "console/salons.html", shown)


@needs(Right.SEE_PEOPLE)
def guests(request: HttpRequest, salon_id: int) -> HttpResponse:
    """Who was invited to one meeting, and who came."""
    salon = get_object_or_404(Salon, pk=salon_id)
    shown = {
        "shell": shell.of(request),
        "salon": salon,
        "guests": queries.guests_of(salon.pk),
        "may_act": may(request, Right.ACT),
    }
    return render(request, "console/salon.html", shown)


@require_POST
@needs(Right.ACT)
def hold(request: HttpRequest) -> HttpResponse:
    """Write a meeting down."""
    stands, at = shell.standing(), clock.now()
    given = request.POST
    try:
        new = NewSalon(
            key=given.get("key", "").strip(),
            name=given.get("name", ""),
            place=given.get("place", ""),
            on=_day(given.get("on", "")),
            cost=Money.parse(f"{given.get('cost', '')} {stands.strategy.business.currency}"),
        )
        on = clock.today(stands.zone, at)
        actions.hold(new, on=on, at=at, by=actor(request))
        messages.success(request, gettext("The meeting is written down."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect("console:salons")


@require_POST
@needs(Right.ACT)
def invite(request: HttpRequest, salon_id: int) -> HttpResponse:
    """Invite customers by their numbers, one a line; unknown ones are named."""
    salon = get_object_or_404(Salon, pk=salon_id)
    numbers = request.POST.get("numbers", "").splitlines()
    if len(numbers) > MOST_GUESTS:
        raise BadRequest
    at = clock.now()
    on = clock.today(shell.standing().zone, at)
    unknown = actions.invite(salon.pk, numbers, on=on, at=at, by=actor(request))
    if unknown:
        told = gettext("Nobody has these numbers: %(numbers)s")
        messages.error(request, told % {"numbers": ", ".join(unknown[:SHOWN])})
    return redirect("console:salon-guests", salon.pk)


@require_POST
@needs(Right.ACT)
def note_guest(request: HttpRequest, guest_id: int) -> HttpResponse:
    """Note whether a guest came."""
    verb = _GUEST_VERBS.get(request.POST.get("verb", ""))
    if verb is None:
        raise BadRequest
    guest = get_object_or_404(SalonGuest, pk=guest_id)
    at = clock.now()
    on = clock.today(shell.standing().zone, at)
    actions.note_guest(guest.pk, verb, on=on, at=at, by=actor(request))
    return redirect("console:salon-guests", guest.salon_id)


@require_POST
@needs(Right.ACT)
def issue_card(request: HttpRequest) -> HttpResponse:
    """Take a gift card from the drawer for a customer."""
    stands, at, given = shell.standing(), clock.now(), request.POST
    account = Account.objects.filter(external_id=given.get("account", "").strip()).first()
    salon = Salon.objects.filter(key=given.get("salon", "").strip()).first()
    if account is None:
        messages.error(request, gettext("Nobody has this customer number."))
        return redirect("console:salons")
    try:
        value = Money.parse(f"{given.get('value', '')} {stands.strategy.business.currency}")
        number = given.get("number", "").strip()
        new = NewCard(number, account.pk, value, salon.pk if salon else None)
        actions.issue_card(new, on=clock.today(stands.zone, at), at=at, by=actor(request))
        messages.success(request, gettext("The card is written down."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect("console:salons")


@require_POST
@needs(Right.ACT)
def move_card(request: HttpRequest) -> HttpResponse:
    """Hand a card over, redeem it, or make it void."""
    verb = _CARD_VERBS.get(request.POST.get("verb", ""))
    if verb is None:
        raise BadRequest
    at = clock.now()
    on = clock.today(shell.standing().zone, at)
    try:
        actions.move_card(request.POST.get("number", ""), verb, on=on, at=at, by=actor(request))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return redirect("console:salons")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest from error
