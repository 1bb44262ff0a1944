"""The page behind the link of a confirming mail: a person presses, a scanner does not (R-P-032)."""

from dataclasses import replace
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tenure.act.self_service.confirming import confirm_by, request_of
from tenure.kernel.failures import Sentence
from tenure.records.customers.confirming import ConfirmationOver
from tenure.surfaces.portal.one_button import OneButton, said
from tenure.surfaces.portal.visitors import moment

_ASK: Final = OneButton(
    Sentence(zh="请确认", en="Please confirm"),
    Sentence(zh="“{text}”", en="“{text}”"),
    Sentence(zh="确认", en="Confirm"),
)
_DONE: Final = OneButton(
    Sentence(zh="已确认", en="Confirmed"),
    Sentence(
        zh="谢谢，我们记下了您的同意。每封营销邮件里都有退订链接，随时有效。",
        en="Thank you, your consent is noted. Every marketing mail carries a link to stop them.",
    ),
)
_OVER: Final = OneButton(
    Sentence(zh="链接已失效", en="This link is over"), ConfirmationOver.said, status=410
)
_UNKNOWN: Final = OneButton(
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
        return said(request, _UNKNOWN, language="")
    language = found.language
    if request.method == "POST":
        try:
            address = str(request.META.get("REMOTE_ADDR", ""))
            confirm_by(token, ip=address, on=now.on, at=now.at)
        except ConfirmationOver:
            return said(request, _OVER, language=language)
        return said(request, _DONE, language=language)
    if found.confirmed_at is not None:
        return said(request, _DONE, language=language)
    if found.dropped_at is not None or now.at >= found.expires_at:
        return said(request, _OVER, language=language)
    asked = replace(_ASK, text=_ASK.text.fill(text=found.disclosure))
    return said(request, asked, language=language)
