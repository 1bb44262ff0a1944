"""End or withdraw without a login: the German two-step page, and the withdrawal of the EU.

Neither page carries an offer, a survey or anything else beyond its closed list of fields.
"""

from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from tenure.act.self_service.declaring import Form, declare, receipt_text
from tenure.kernel import clock
from tenure.kernel.identifiers import new_id
from tenure.records.cancellations.models import Declaration
from tenure.surfaces import wording
from tenure.surfaces.portal.cancelling.words import LANGUAGES, RECEIVED, TERMINATION, WITHDRAWAL
from tenure.surfaces.portal.shell import frame_of
from tenure.surfaces.portal.throttle import Limit
from tenure.surfaces.portal.visitors import moment

DECLARED: Final = Limit("declared", most=30, seconds=600)
UNPROCESSABLE, TOO_MANY = 422, 429
_LONGEST: Final = 200


@require_http_methods(["GET", "POST"])
def terminate(request: HttpRequest) -> HttpResponse:
    """§ 312k BGB: one page with every field and the button; the declaration counts as sent."""
    language = _language(request)
    words = TERMINATION[language]
    if request.method != "POST":
        return _page(request, "terminate", words, language=language)
    error, wished_on = _address_error(request, words), None
    try:
        typed = _typed(request, "wished_on")
        wished_on = date.fromisoformat(typed) if typed else None
    except ValueError:
        error = error or words["wrong_day"]
    if error or DECLARED.is_reached(request):
        return _page(request, "terminate", words, language=language, error=error)
    is_extraordinary = request.POST.get("kind") == "extraordinary"
    kind = words["extraordinary" if is_extraordinary else "ordinary"]
    when = wished_on.isoformat() if wished_on else words["earliest"]
    content = words["content"].format(kind=kind, contract=_typed(request, "contract"), when=when)
    form = Form(
        kind=Declaration.Kind.TERMINATION,
        content=_with_sender(request, content, words=words),
        is_extraordinary=is_extraordinary,
        reason=request.POST.get("reason", "").strip()[:2_000],
        wished_on=wished_on,
        **_sender(request, language),
    )
    return _received(request, form)


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest) -> HttpResponse:
    """CRD art. 11a: who withdraws from what, then one button that confirms."""
    language = _language(request)
    words = WITHDRAWAL[language]
    if request.method != "POST":
        return _page(request, "withdraw", words, language=language)
    error = _address_error(request, words)
    if error or DECLARED.is_reached(request):
        return _page(request, "withdraw", words, language=language, error=error)
    content = words["content"].format(contract=_typed(request, "contract"))
    content = _with_sender(request, content, words=words)
    if "confirm" not in request.POST:
        return _page(request, "withdraw_confirm", words, language=language, content=content)
    form = Form(kind=Declaration.Kind.WITHDRAWAL, content=content, **_sender(request, language))
    return _received(request, form)


@require_GET
def received(request: HttpRequest, public_id: str) -> HttpResponse:
    """What was declared and when; for whoever holds the number that only the sender got."""
    one = _declaration(public_id)
    words = dict(RECEIVED[one.language])
    words["sent"] = words["sent"].format(address=one.address)
    business = moment().strategy.business
    shown = {"one": one, "text": receipt_text(one, business=business)}
    return _page(request, "received", words, language=one.language, **shown)


@require_GET
def download(request: HttpRequest, public_id: str) -> HttpResponse:
    """The declaration as a file to keep."""
    one = _declaration(public_id)
    text = receipt_text(one, business=moment().strategy.business)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{one.public_id}.txt"'
    return response


def _declaration(public_id: str) -> Declaration:
    found = Declaration.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _received(request: HttpRequest, form: Form) -> HttpResponse:
    DECLARED.count(request)
    one = declare(form, at=clock.now())
    return redirect(reverse("portal:declared", args=[one.public_id]))


def _language(request: HttpRequest) -> str:
    """German where the page is asked for as the German law has it, else the reader's."""
    wanted = request.POST.get("lang") or request.GET.get("lang")
    if wanted in LANGUAGES:
        return wanted
    return "zh-Hans" if wording.is_chinese(wording.reader_language()) else "en"


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()[:_LONGEST]


def _sender(request: HttpRequest, language: str) -> dict[str, Any]:
    page = _typed(request, "page")[:40]
    return {
        "once_key": page or new_id("page", clock.now()),
        "name": _typed(request, "name"),
        "contract": _typed(request, "contract")[:120],
        "address": _typed(request, "address"),
        "language": language,
    }


def _with_sender(request: HttpRequest, content: str, *, words: dict[str, str]) -> str:
    """The declaration with everything that was typed into the page."""
    names = ("name", "contract", "reason", "address")
    typed = [f"{words[name]}: {_typed(request, name)}" for name in names if _typed(request, name)]
    return "\n".join([content, *typed])


def _address_error(request: HttpRequest, words: dict[str, str]) -> str:
    try:
        validate_email(_typed(request, "address"))
    except ValidationError:
        return words["wrong_address"]
    return ""


def _page(
    request: HttpRequest, name: str, words: dict[str, str], *, language: str, **shown: Any
) -> HttpResponse:
    now = moment()
    context = {
        "frame": frame_of(now.strategy.business, None),
        "look": "tn-p",
        "words": words,
        "lang": language,
        "typed": request.POST,
        "page": request.POST.get("page") or new_id("page", now.at),
        **shown,
    }
    is_closed = request.method == "POST" and DECLARED.is_reached(request)
    status = UNPROCESSABLE if shown.get("error") else (TOO_MANY if is_closed else 200)
    return render(request, f"portal/cancelling/{name}.html", context, status=status)
