"""The page behind the link of a confirming mail: a person presses, a scanner does not (R-P-032)."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tenure.act.self_service.confirming import confirm_by, request_of
from tenure.kernel.failures import Sentence
from tenure.records.customers.confirming import ConfirmationOver
from tenure.surfaces.portal.visitors import moment


@dataclass(frozen=True, slots=True)
class _Page:
    """What one page says; without a button there is nothing left to do."""

    title: Sentence
    text: Sentence
    button: Sentence | None = None
    status: int = 200


_ASK: Final = _Page(
    Sentence(zh="请确认", en="Please confirm"),
    Sentence(zh="“{text}”", en="“{text}”"),
    Sentence(zh="确认", en="Confirm"),
)
_DONE: Final = _Page(
    Sentence(zh="已确认", en="Confirmed"),
    Sentence(
        zh="谢谢，我们记下了您的同意。每封营销邮件里都有退订链接，随时有效。",
        en="Thank you, your consent is noted. Every marketing mail carries a link to stop them.",
    ),
)
_OVER: Final = _Page(
    Sentence(zh="链接已失效", en="This link is over"), ConfirmationOver.said, status=410
)
_UNKNOWN: Final = _Page(
    Sentence(zh="链接无效", en="This link is not valid"),
    Sentence(
        zh="链接不完整或已被改动；请从邮件里重新打开。没有任何改动。",
        en="It is incomplete or was changed. Open it again from the mail. Nothing was changed.",
    ),
    status=404,
)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A GET asks and confirms nothing; a POST needs no login, the signed token is the proof."""
    found, now = request_of(token), moment()
    if found is None:
        return _said(request, _UNKNOWN, language=translation.get_language() or "zh-Hans")
    language = found.language
    if request.method == "POST":
        try:
            address = str(request.META.get("REMOTE_ADDR", ""))
            confirm_by(token, ip=address, on=now.on, at=now.at)
        except ConfirmationOver:
            return _said(request, _OVER, language=language)
        return _said(request, _DONE, language=language)
    if found.confirmed_at is not None:
        return _said(request, _DONE, language=language)
    if found.dropped_at is not None or now.at >= found.expires_at:
        return _said(request, _OVER, language=language)
    return _said(request, _ASK, language=language, text=found.disclosure)


def _said(request: HttpRequest, page: _Page, *, language: str, text: str = "") -> HttpResponse:
    with translation.override("en" if language == "en" else "zh-hans"):
        context = {
            "title": page.title.say(language),
            "text": page.text.fill(text=text).say(language) if text else page.text.say(language),
            "button": page.button.say(language) if page.button else "",
        }
        return render(request, "portal/unsubscribe.html", context, status=page.status)
