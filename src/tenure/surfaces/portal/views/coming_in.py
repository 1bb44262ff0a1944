"""Coming in by a link of a message or by a code, and going out again."""

from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.act.self_service import actions as self_service
from tenure.act.self_service.links import BadLink, LinkExpired, open_link
from tenure.kernel import clock
from tenure.records.access.actions import close_session, close_sessions
from tenure.records.access.rules import CODE_HOLDS, WrongCode
from tenure.surfaces import wording
from tenure.surfaces.console.views.session import YEAR_SECONDS, is_ours
from tenure.surfaces.portal import throttle
from tenure.surfaces.portal.contracts import CHOSEN
from tenure.surfaces.portal.shell import draw, tongue
from tenure.surfaces.portal.visitors import (
    SESSION_COOKIE,
    Right,
    Visitor,
    forget,
    moment,
    opens,
    remember_link,
    remember_session,
    visitor_of,
)

ADDRESS_COOKIE: Final = "tenure_address"
GONE, NOT_FOUND, TOO_MANY, UNPROCESSABLE = 410, 404, 429, 422
# Where the link of each purpose leads.
LEADS_TO: Final = {
    "renew": "portal:renew",
    "cancel": "portal:leave",
    "unsubscribe": "portal:preferences",
    "export": "portal:take-out",
}


@require_GET
def by_link(request: HttpRequest, token: str, *, purpose: str) -> HttpResponse:
    """Open a one-click link: remember it and show its page, without a login (R-Y-069).

    A GET changes nothing but cookies: scanners of mail open every link.
    """
    if throttle.BAD_LINKS.is_reached(request):
        return _closed(request, throttle.BAD_LINKS)
    try:
        link = open_link(token, purpose=purpose, at=clock.now())
    except BadLink as refusal:
        throttle.BAD_LINKS.count(request)
        return _refused(request, refusal, status=NOT_FOUND)
    except LinkExpired as refusal:
        return _refused(request, refusal, status=GONE)
    contract = urlencode({CHOSEN: link.term.subscription_id})
    response = redirect(f"{reverse(LEADS_TO[purpose])}?{contract}")
    visitor = visitor_of(request)
    if visitor is None or not visitor.is_signed_in or visitor.account_id != link.person.account_id:
        remember_link(response, token, link=link, request=request)
    _speak(response, link.person.language, request)
    return response


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an address, and send a code to it; nobody learns whether the address is known."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if request.method != "POST":
        return _ask(request, address=_address(request), wanted=wanted)
    address = request.POST.get("address", "").strip()
    try:
        validate_email(address)
    except ValidationError:
        error = gettext("This is not an e-mail address. It looks like name@example.com.")
        return _ask(request, address=address, wanted=wanted, error=error)
    if throttle.CODES_ASKED.is_reached(request):
        return _closed(request, throttle.CODES_ASKED)
    throttle.CODES_ASKED.count(request)
    now = moment()
    code = self_service.ask_code(address, on=now.on, at=now.at, by="customer")
    following = urlencode({"next": _safe(request, wanted)})
    response = redirect(f"{reverse('portal:code', args=[code.ticket])}?{following}")
    response.set_signed_cookie(
        ADDRESS_COOKIE, address, max_age=_cookie_seconds(), httponly=True, samesite="Lax"
    )
    return response


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest, ticket: str) -> HttpResponse:
    """The six digits; the right ones open a session."""
    wanted = _safe(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.method != "POST":
        return _type(request, ticket, wanted=wanted)
    if throttle.CODES_TRIED.is_reached(request):
        return _closed(request, throttle.CODES_TRIED)
    throttle.CODES_TRIED.count(request)
    now = moment()
    device = request.headers.get("User-Agent", "")
    signed = self_service.sign_in(
        ticket, request.POST.get("code", ""), device=device, on=now.on, at=now.at
    )
    if signed is None:
        return _type(request, ticket, wanted=wanted, error=WrongCode())
    response = redirect(wanted)
    remember_session(response, signed.token, request=request)
    response.delete_cookie(ADDRESS_COOKIE)
    _speak(response, signed.person.language, request)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget whoever is remembered in this browser."""
    now, token = moment(), request.COOKIES.get(SESSION_COOKIE, "")
    visitor = visitor_of(request)
    if token:
        close_session(token, on=now.on, at=now.at, by=visitor.by if visitor else "customer")
    response = redirect("portal:sign-in")
    forget(response)
    return response


@require_POST
@opens(Right.ACCOUNT)
def sign_out_everywhere(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """End every session of this person, on every device, at once."""
    now = moment()
    close_sessions(visitor.person, on=now.on, at=now.at, by=visitor.by)
    response = redirect("portal:sign-in")
    forget(response)
    return response


def _ask(request: HttpRequest, *, address: str, wanted: str, error: str = "") -> HttpResponse:
    context = {
        "address": address,
        "next": wanted,
        "error": error,
        "sends_mail": bool(settings.TENURE_SMTP_HOST),
    }
    status = UNPROCESSABLE if error else 200
    return draw(request, "portal/sign_in.html", shown=context, status=status)


def _type(
    request: HttpRequest, ticket: str, *, wanted: str, error: WrongCode | None = None
) -> HttpResponse:
    context = {
        "ticket": ticket,
        "next": wanted,
        "address": _address(request),
        "error": error.sentence(wording.reader_language()) if error else "",
    }
    return draw(request, "portal/code.html", shown=context, status=UNPROCESSABLE if error else 200)


def _refused(request: HttpRequest, refusal: BadLink | LinkExpired, *, status: int) -> HttpResponse:
    sentence = refusal.sentence(wording.reader_language())
    return draw(request, "portal/refused.html", shown={"sentence": sentence}, status=status)


def _closed(request: HttpRequest, limit: throttle.Limit) -> HttpResponse:
    context = {"minutes": limit.minutes}
    return draw(request, "portal/closed.html", shown=context, status=TOO_MANY)


def _address(request: HttpRequest) -> str:
    """The address that was typed a moment ago, so that nobody types it twice."""
    return request.get_signed_cookie(ADDRESS_COOKIE, "", max_age=_cookie_seconds()) or ""


def _safe(request: HttpRequest, wanted: str) -> str:
    return wanted if wanted and is_ours(request, wanted) else reverse("portal:home")


def _speak(response: HttpResponse, language: str, request: HttpRequest) -> None:
    """Whoever chose no language here is spoken to in the one that we write to them in."""
    name = settings.LANGUAGE_COOKIE_NAME
    if name not in request.COOKIES:
        response.set_cookie(name, tongue(language), max_age=YEAR_SECONDS, samesite="Lax")


def _cookie_seconds() -> int:
    return int(CODE_HOLDS.total_seconds())
