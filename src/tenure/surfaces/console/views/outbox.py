"""The outbox: every message, sent or not, and why."""

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenure.act.channels.configuration import BadChannelSettings
from tenure.act.channels.overview import providers
from tenure.act.channels.queries import carriages_of, segments_of
from tenure.act.channels.sms.segments import count
from tenure.act.habits.queries import why_this_way
from tenure.act.messages.actions import resume_sending, stop_sending
from tenure.act.messages.own import template_of
from tenure.act.messages.queries import is_stopped, radius
from tenure.act.messages.reasons import told
from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.records.contacts.models import Message
from tenure.strategy.messages import Channel
from tenure.strategy.sections import Strategy
from tenure.surfaces.console import paging, shell, wordbook
from tenure.surfaces.console.access import Right, actor, may, needs
from tenure.surfaces.console.occasions import Occasion, occasion_of

AHEAD: Final = timedelta(hours=24)


@needs(Right.SEE_PEOPLE)
def outbox(request: HttpRequest) -> HttpResponse:
    """The newest messages, by state."""
    stands = shell.standing()
    asked = request.GET.get("state", "")
    state = asked if asked in wordbook.MESSAGE_STATES else ""
    rows = Message.objects.select_related("account")
    if state:
        rows = rows.filter(state=state)
    page = paging.newest(rows.defer("body"), request.GET.get("before", ""))
    strategy = stands.strategy
    reach = radius(until=clock.now() + AHEAD)
    segments = segments_of([one.pk for one in page.rows])
    return render(
        request,
        "console/outbox.html",
        {
            "shell": shell.of(request, stands),
            "shown": [
                (
                    one,
                    _why(one, strategy),
                    segments.get(one.pk),
                    _title(one, strategy),
                    _occasion(one, strategy),
                )
                for one in page.rows
            ],
            "page": page,
            "state": state,
            "states": wordbook.MESSAGE_STATES,
            "radius": reach,
            "by_step": [
                (occasion_of(journey, step, strategy=strategy), kind, count)
                for journey, step, kind, count in reach.by_step
            ],
            "hours": AHEAD // timedelta(hours=1),
            "is_stopped": is_stopped(),
            "may_act": may(request, Right.ACT),
            **_providers(),
        },
    )


def _providers() -> dict[str, object]:
    """What carries messages here, or why the settings cannot be used."""
    try:
        return {"providers": providers(at=clock.now())}
    except BadChannelSettings as refusal:
        return {"problem": refusal.told}


@require_POST
@needs(Right.ACT)
def switch(request: HttpRequest) -> HttpResponse:
    """Stop all sending, or go on; asked twice it is done once."""
    at = clock.now()
    if request.POST.get("to") == "stop":
        stop_sending(at=at, by=actor(request))
        messages.warning(request, gettext("All sending is switched off; nothing is lost."))
    else:
        resume_sending(at=at, by=actor(request))
        messages.success(request, gettext("Sending goes on with the next round."))
    return HttpResponseRedirect(reverse("console:outbox"))


@needs(Right.SEE_PEOPLE)
def message(request: HttpRequest, message_id: int) -> HttpResponse:
    """One message as its recipient reads it, with everything that was decided about it."""
    stands = shell.standing()
    found = get_object_or_404(
        Message.objects.select_related("account", "person", "term"), pk=message_id
    )
    return render(
        request,
        "console/message.html",
        {
            "shell": shell.of(request, stands),
            "message": found,
            "title": _title(found, stands.strategy),
            "why": _why(found, stands.strategy),
            "occasion": _occasion(found, stands.strategy),
            "why_channel": why_this_way(found),
            "text": count(found.body) if found.channel == Channel.SMS and found.body else None,
            "carriages": carriages_of(found.pk),
        },
    )


def _why(message: Message, strategy: Strategy) -> Sentence | None:
    """Why it was not sent, or waits; None where it simply went."""
    return told(message.reason, strategy=strategy) if message.reason else None


def _occasion(message: Message, strategy: Strategy) -> Occasion:
    """What it was sent for."""
    return occasion_of(message.journey, message.step, strategy=strategy, template=message.template)


def _title(message: Message, strategy: Strategy) -> Sentence | str:
    """Its subject; a text message has none and goes by the name of its template."""
    template = template_of(message.template, strategy=strategy)
    return message.subject or (template.name if template else message.template)
