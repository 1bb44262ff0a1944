"""What somebody does for one customer: each deed is one verb and tells its result in a sentence."""

from collections.abc import Callable
from datetime import date, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.care.actions import Desk, Wanted, open_todos
from tenure.act.self_service.confirming import Asking, apart, ask_to_confirm
from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.identifiers import whole
from tenure.records.customers.actions import give_consent, withdraw_consent
from tenure.records.customers.models import Person
from tenure.records.customers.rules import Choice, Permission, check_channels
from tenure.records.subscriptions.actions import extend
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE
from tenure.strategy.journeys import ToDoKind
from tenure.surfaces import wording
from tenure.surfaces.console import shell
from tenure.surfaces.console.access import Right, actor, needs
from tenure.surfaces.console.wordbook import CHANNELS, word

MOST_DAYS = 14
MARKETING = "marketing"


class NoEvidence(Refusal):
    """A consent that nothing shows."""

    code = "no_evidence"
    said = Sentence(
        zh="没有记录同意：请写明客户在何时、以何种方式同意，例如“11 月 21 日电话中口头同意”。",
        en="The consent was not noted: say when and how the customer agreed, such as “on the "
        "phone, 21 November”.",
    )


class NobodyToAsk(Refusal):
    """A consent that a click has to confirm, and no address to which the mail could go."""

    code = "nobody_to_ask"
    said = Sentence(
        zh="没有记录同意：当地法律要求客户点击确认邮件，但没有可用的邮箱。",
        en="The consent was not noted: the law there asks for a click in a mail, and no address "
        "works.",
    )


class OddDays(Refusal):
    """An extension that nobody offers."""

    code = "odd_days"
    said = Sentence(
        zh="没有延长：天数应在 1 到 {most} 之间。",
        en="Nothing was extended: give 1 to {most} days.",
    )


def _done(
    request: HttpRequest, account_id: int, *, deed: Callable[[date, datetime], str]
) -> HttpResponse:
    """Do it now, tell what came of it, and go back to the customer."""
    at = clock.now()
    on = clock.today(shell.standing().zone, at)
    try:
        messages.success(request, deed(on, at))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    return HttpResponseRedirect(reverse("console:customer", args=[account_id]))


def _live_term(request: HttpRequest, account_id: int) -> Term:
    number = whole(request.POST.get("term", ""))
    return get_object_or_404(Term, pk=number, account=account_id, state__in=LIVE)


@require_POST
@needs(Right.ACT)
def make_todo(request: HttpRequest, account_id: int) -> HttpResponse:
    """Open a call to the customer, once a day."""
    term = _live_term(request, account_id)

    def deed(on: date, at: datetime) -> str:
        wanted = Wanted(
            ToDoKind.CALL,
            account_id=account_id,
            term_id=term.pk,
            once_key=f"console:{term.pk}:{on}",
            owner_name=request.user.get_username(),
        )
        desk = Desk(shell.standing().strategy.at(on), on=on, at=at, by=actor(request))
        if open_todos([wanted], desk=desk):
            return gettext("A call is on your list; its script is with the to-do.")
        return gettext("A call was put on the list today already; nothing was added.")

    return _done(request, account_id, deed=deed)


@require_POST
@needs(Right.ACT)
def give_days(request: HttpRequest, account_id: int) -> HttpResponse:
    """Move the end of the term by some days, once."""
    term = _live_term(request, account_id)

    def deed(on: date, at: datetime) -> str:
        days = whole(request.POST.get("days", ""))
        if not 1 <= days <= MOST_DAYS:
            raise OddDays(most=MOST_DAYS)
        moved = extend(term.pk, days=days, on=on, at=at, by=actor(request))
        day = wording.day(moved.ends_on, wording.reader_language(), year=True)
        return gettext("The term now ends on %(day)s; what was planned moves along.") % {"day": day}

    return _done(request, account_id, deed=deed)


@require_POST
@needs(Right.ACT)
def consent(request: HttpRequest, account_id: int) -> HttpResponse:
    """Note that the customer agreed to marketing on a channel, or took it back on all of them."""
    person = get_object_or_404(Person, account=account_id, is_primary=True)

    def deed(on: date, at: datetime) -> str:
        if request.POST.get("do") == "withdraw":
            withdraw_consent(person.pk, purpose=MARKETING, on=on, at=at, by=actor(request))
            return gettext("Marketing stops on every channel from this moment; service goes on.")
        channel = request.POST.get("channel", "")
        evidence = request.POST.get("evidence", "").strip()
        if not evidence:
            raise NoEvidence()
        check_channels([channel])
        if asked := _ask_to_confirm(person, channel, on=on, at=at, by=actor(request)):
            return asked
        allowed = Permission(MARKETING, channel, evidence=evidence)
        give_consent(person.pk, allowed, on=on, at=at, by=actor(request))
        name = word(CHANNELS, channel)
        return gettext("Noted: marketing by %(channel)s is allowed.") % {"channel": name}

    return _done(request, account_id, deed=deed)


def _ask_to_confirm(person: Person, channel: str, *, on: date, at: datetime, by: str) -> str:
    """Ask the customer to confirm where the law wants it (R-P-032); empty elsewhere."""
    strategy = shell.standing().strategy.at(on)
    said = [Choice(MARKETING, channel, True, "")]
    if not apart(said, person=person, strategy=strategy)[1]:
        return ""
    if ask_to_confirm(Asking(person, strategy), on=on, at=at, by=by) is None:
        raise NobodyToAsk()
    return gettext("The law there asks for a click: the customer was sent a mail to confirm.")
