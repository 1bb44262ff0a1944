"""The way out of marketing: one click for a mail program, two for a person (R-P-031)."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tenure.act.messages import returns
from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.surfaces.portal.one_button import OneButton, said

_ASK: Final = OneButton(
    Sentence(zh="不再接收营销消息", en="No more marketing"),
    Sentence(
        zh="确认后，我们不再通过任何渠道向您发送营销消息；到期、扣款等服务通知不受影响。",
        en="Confirm, and no marketing reaches you on any channel. Notices about your service, "
        "such as its end or a payment, still do.",
    ),
    Sentence(zh="确认退订", en="Unsubscribe"),
)
_DONE: Final = OneButton(
    Sentence(zh="已退订", en="Unsubscribed"),
    Sentence(
        zh="即刻生效，您不会再收到我们的营销消息。",
        en="This holds from now on: you will receive no more marketing from us.",
    ),
)
_UNKNOWN: Final = OneButton(
    Sentence(zh="链接无效", en="This link is not valid"),
    Sentence(
        zh="链接不完整或已失效；请从最近一封邮件重新打开，或致电客服退订。",
        en="It is incomplete or was changed. Open it again from your latest mail, or call us.",
    ),
    status=404,
)


_MORE: Final = Sentence(
    zh="只想少收一些？选择渠道、时段和内容", en="Rather choose what, where and when"
)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A GET asks and never unsubscribes: scanners of mail open every link.

    A POST needs no cookie and no login; the signed token is the permission. A mail program sends
    `List-Unsubscribe=One-Click` and gets an empty answer, a person gets a page.
    """
    language = returns.language_of(token)
    if request.method != "POST":
        return _said(request, _ASK if language else _UNKNOWN, language=language, token=token)
    is_done = returns.unsubscribe(token, at=clock.now())
    if "confirm" in request.POST:
        return _said(request, _DONE if is_done else _UNKNOWN, language=language, token=token)
    return HttpResponse(status=200 if is_done else 404)


def _said(request: HttpRequest, page: OneButton, *, language: str, token: str) -> HttpResponse:
    wishes = reverse("portal:wishes", args=[token]) if page.status == 200 else ""
    chosen = language or translation.get_language() or "zh-Hans"
    beside = {"preferences": _MORE.say(chosen), "preferences_url": wishes}
    return said(request, page, language=chosen, beside=beside)
