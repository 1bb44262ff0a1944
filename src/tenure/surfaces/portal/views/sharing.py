"""A link to share, and what a friend who follows it sees."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.kernel.failures import Refusal
from tenure.records.sharing import actions
from tenure.records.sharing.queries import brought_by, joins_of, link_by, link_of, token_of
from tenure.records.sharing.rules import UnknownShare
from tenure.surfaces import wording
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Right, Visitor, moment, opens, visitor_of

COOKIE: Final = "tenure_share"
DAYS_KEPT: Final = 90
_DAY_S: Final = 86_400


@require_GET
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """What a friend sees; a GET changes nothing but a cookie, and says no name."""
    link, now = link_of(token), moment()
    if link is None:
        sentence = UnknownShare().sentence(wording.reader_language())
        return draw(request, "portal/refused.html", shown={"sentence": sentence}, status=404)
    visitor = visitor_of(request)
    shown = {"token": token, "is_signed_in": visitor is not None and visitor.is_signed_in}
    response = draw(request, "portal/invited.html", shown=shown, now=now)
    secure = request.is_secure()
    response.set_cookie(
        COOKIE, token, max_age=DAYS_KEPT * _DAY_S, httponly=True, samesite="Lax", secure=secure
    )
    return response


@require_POST
@opens(Right.ACCOUNT)
def confirm(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """A newcomer says by whose link it was; both are attributed, once."""
    now, token = moment(), request.POST.get("token", "") or request.COOKIES.get(COOKIE, "")
    try:
        actions.attribute(token, visitor.account_id, on=now.on, at=now.at, by=visitor.by)
        messages.success(request, gettext("Noted: your friend brought you here. Thank you both."))
    except Refusal as refusal:
        messages.error(request, refusal.sentence(wording.reader_language()))
    response = redirect("portal:share")
    response.delete_cookie(COOKIE)
    return response


@require_http_methods(["GET", "POST"])
@opens(Right.ACCOUNT)
def share(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """One's own link and who came by it; it is made when it is asked for."""
    now = moment()
    if request.method == "POST":
        actions.share(visitor.person.pk, on=now.on, at=now.at, by=visitor.by)
        return redirect("portal:share")
    link, brought = link_by(visitor.person.pk), joins_of(visitor.person.pk)
    portal = now.strategy.business.portal_url.rstrip("/")
    shown = {
        "visitor": visitor,
        "address": f"{portal}/share/{token_of(link)}" if link else "",
        "joins": [(f"{one.newcomer.name[:1]}*", one.joined_on, one.rewarded_on) for one in brought],
        "referral": now.strategy.loyalty.referral,
        "was_brought": brought_by(visitor.account_id) is not None,
        "token": request.COOKIES.get(COOKIE, ""),
        "is_account": True,
    }
    return draw(request, "portal/share.html", shown=shown, now=now)
