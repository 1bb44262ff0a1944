"""Passkeys: add one, sign in by one, take one away."""

import json
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from tenure.act.self_service.passkeys import (
    Answer,
    Options,
    Site,
    State,
    begin_adding,
    begin_signing_in,
    finish_adding,
    finish_signing_in,
)
from tenure.records.access.actions import remove_passkey
from tenure.records.access.rules import WrongPasskey
from tenure.surfaces import wording
from tenure.surfaces.portal import throttle
from tenure.surfaces.portal.visitors import (
    Moment,
    Right,
    Visitor,
    moment,
    opens,
    remember_session,
)

STATE_COOKIE: Final = "tenure_passkey"
_HOLDS: Final = timedelta(minutes=5)
REFUSED, TOO_MANY = 422, 429


@require_POST
@opens(Right.ACCOUNT)
def begin_add(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What the browser asks its device for."""
    return _asked(*begin_adding(visitor.person, _site(request, moment())))


@require_POST
@opens(Right.ACCOUNT)
def finish_add(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Keep what the device made."""
    now = moment()
    try:
        finish_adding(
            visitor.person,
            _answer(request),
            site=_site(request, now),
            on=now.on,
            at=now.at,
        )
    except WrongPasskey as refusal:
        return _refused(refusal)
    return _done(reverse("portal:account"))


@require_POST
def begin_sign_in(request: HttpRequest) -> HttpResponse:
    """What the browser asks its device for; nothing tells who has a passkey here."""
    return _asked(*begin_signing_in(_site(request, moment())))


@require_POST
def finish_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in whoever holds the passkey."""
    if throttle.CODES_TRIED.is_reached(request):
        return JsonResponse({"error": ""}, status=TOO_MANY)
    throttle.CODES_TRIED.count(request)
    now = moment()
    try:
        answer = _answer(request)
        _, token = finish_signing_in(answer, site=_site(request, now), on=now.on, at=now.at)
    except WrongPasskey as refusal:
        return _refused(refusal)
    response = _done(reverse("portal:home"))
    remember_session(response, token, request=request)
    return response


@require_POST
@opens(Right.ACCOUNT)
def remove(request: HttpRequest, visitor: Visitor, *, passkey_id: int) -> HttpResponse:
    """Take a passkey away; the device may keep its half, which opens nothing any more."""
    now = moment()
    remove_passkey(passkey_id, person_id=visitor.person.pk, on=now.on, at=now.at, by=visitor.by)
    return redirect("portal:account")


def _site(request: HttpRequest, now: Moment) -> Site:
    host = request.get_host()
    name = now.strategy.business.name.say(wording.reader_language())
    return Site(host.partition(":")[0], f"{request.scheme}://{host}", name)


def _asked(options: Options, state: State) -> HttpResponse:
    response = JsonResponse(dict(options))
    response.set_signed_cookie(
        STATE_COOKIE, json.dumps(dict(state)), max_age=_HOLDS, httponly=True, samesite="Strict"
    )
    return response


def _answer(request: HttpRequest) -> Answer:
    """The browser's answer with the state of our question; both are needed."""
    kept = request.get_signed_cookie(STATE_COOKIE, "", max_age=_HOLDS)
    try:
        state: Any = json.loads(kept or "null")
        response: Any = json.loads(request.body)
    except ValueError as error:
        raise WrongPasskey() from error
    if not isinstance(state, dict) or not isinstance(response, dict):
        raise WrongPasskey()
    return Answer(state, response, request.headers.get("User-Agent", ""))


def _done(address: str) -> HttpResponse:
    response = JsonResponse({"next": address})
    response.delete_cookie(STATE_COOKIE)
    return response


def _refused(refusal: WrongPasskey) -> HttpResponse:
    sentence = refusal.sentence(wording.reader_language())
    response = JsonResponse({"error": sentence}, status=REFUSED)
    response.delete_cookie(STATE_COOKIE)
    return response
