"""One's own data: a copy to take away, and the end of it."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenure.act.consequences.ends.queries import countdown_of
from tenure.act.consequences.queries import export_of
from tenure.act.self_service.erasing.actions import erase
from tenure.act.self_service.erasing.plan import preview
from tenure.act.self_service.exporting.archive import Copy, pieces
from tenure.kernel.failures import Refusal
from tenure.records.requests.actions import ask_copy, take_copy
from tenure.records.requests.models import DataRequest
from tenure.records.requests.queries import copy_to_fetch, requests_of
from tenure.records.requests.rules import CopyIsGone
from tenure.surfaces import wording
from tenure.surfaces.portal.contracts import chosen, terms_of
from tenure.surfaces.portal.shell import draw
from tenure.surfaces.portal.visitors import Right, Visitor, forget, moment, opens

CONFLICT, GONE = 409, 410


@require_GET
@opens(Right.ACCOUNT)
def own_data(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What can be asked for, and what was asked before with its due date."""
    now = moment()
    context = {
        "visitor": visitor,
        "requests": requests_of(visitor.account_id),
        "countdown": countdown_of(visitor.account_id, at=now.at),
        "zone": now.strategy.business.zone,
    }
    return draw(request, "portal/own_data.html", shown=context, now=now)


@require_POST
@opens(Right.ACCOUNT)
def ask(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Ask for a copy; it can be fetched at once, once, within seven days (R-P-007)."""
    now = moment()
    copy = ask_copy(visitor.person, on=now.on, at=now.at, by=visitor.by)
    return redirect("portal:copy", copy.public_id)


@require_http_methods(["GET", "POST"])
@opens(Right.EXPORT)
def take_out(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What the link of a letter opens: how much is stored and until when; a POST makes the copy."""
    now = moment()
    if request.method == "POST":
        copy = ask_copy(visitor.person, on=now.on, at=now.at, by=visitor.by)
        return redirect("portal:copy", copy.public_id)
    term = chosen(request, terms_of(visitor))
    export = export_of(term.pk, at=now.at) if term is not None else None
    countdown = countdown_of(visitor.account_id, at=now.at)
    shown = {"visitor": visitor, "export": export, "countdown": countdown}
    return draw(request, "portal/take_out.html", shown=shown, now=now)


@require_http_methods(["GET", "POST"])
def copy(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The page of a copy, and by a POST the copy itself, which is gone after that.

    The address is the permission: whoever has it needs no login, and nobody can guess it.
    """
    now = moment()
    if request.method != "POST":
        found = copy_to_fetch(public_id, at=now.at)
        if found is None:
            return _gone(request, CopyIsGone())
        context = {"copy": found, "zone": now.strategy.business.zone}
        return draw(request, "portal/copy.html", shown=context, now=now)
    try:
        taken = take_copy(public_id, on=now.on, at=now.at, by="customer")
    except CopyIsGone as refusal:
        return _gone(request, refusal)
    whose = Copy(
        account_id=taken.account_id,
        number=taken.account.external_id,
        business=now.strategy.business.name,
        language=taken.person.language,
        on=now.on,
        at=now.at,
    )
    response = StreamingHttpResponse(pieces(whose), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{now.on}-{taken.public_id}.zip"'
    return response


@require_http_methods(["GET", "POST"])
@opens(Right.ACCOUNT)
def erasure(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what would be deleted and what kept; confirmed, do it and show the certificate."""
    now = moment()
    if request.method == "POST" and "confirm" in request.POST:
        try:
            done = erase(visitor.person, on=now.on, at=now.at, by=visitor.by)
        except Refusal as refusal:
            return _preview(request, visitor, refusal=refusal)
        response = redirect("portal:certificate", done.public_id)
        forget(response)
        return response
    return _preview(request, visitor)


@require_GET
def certificate(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was deleted, what was kept, on which ground and until when; open by its address."""
    found = DataRequest.objects.filter(public_id=public_id, kind=DataRequest.Kind.ERASURE).first()
    if found is None:
        return _gone(request, CopyIsGone())
    now = moment()
    context = {"request_": found, "zone": now.strategy.business.zone}
    return draw(request, "portal/certificate.html", shown=context, now=now)


def _preview(
    request: HttpRequest, visitor: Visitor, *, refusal: Refusal | None = None
) -> HttpResponse:
    now = moment()
    context = {
        "visitor": visitor,
        "preview": preview(visitor.account_id, on=now.on),
        "error": refusal.sentence(wording.reader_language()) if refusal else "",
    }
    status = CONFLICT if refusal else 200
    return draw(request, "portal/erasure.html", shown=context, status=status, now=now)


def _gone(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    sentence = refusal.sentence(wording.reader_language())
    return draw(request, "portal/refused.html", shown={"sentence": sentence}, status=GONE)
