"""Hear a provider out, and answer in exactly its own words.

Nothing of a request is believed here: `take_notice` verifies the raw bytes. No session is read
and no cookie is set, so the usual protection of forms has nothing to protect.
"""

from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tenure.act.channels.channel import BadCall, Call
from tenure.act.channels.registry import NoSuchChannel
from tenure.act.messages.hearing import greet, take_call
from tenure.act.payments.actions import take_notice
from tenure.act.payments.registry import NoSuchProvider
from tenure.kernel import clock
from tenure.surfaces.api.limits import count

#: The largest that any provider sends is a tenth of it.
MOST_BYTES: Final = 256 * 1024
#: From one address in a minute: what a busy provider sends, and no more forgeries than that.
PER_MINUTE: Final = 1_200


@csrf_exempt
@require_POST
def hear(request: HttpRequest, *, provider: str) -> HttpResponse:
    """One notification: 404 for a provider that is not configured, else the provider's answer."""
    at = clock.now()
    quota = count(
        f"hook:{provider}:{request.META.get('REMOTE_ADDR', '')}", allowed=PER_MINUTE, at=at
    )
    if quota.is_spent:
        return HttpResponse(status=429, headers=quota.headers)
    body = _body(request)
    if body is None:
        return HttpResponse(status=413)
    try:
        answer = take_notice(provider, dict(request.headers), body=body, at=at)
    except NoSuchProvider:
        return HttpResponse(status=404)
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def hear_channel(request: HttpRequest, *, provider: str, token: str) -> HttpResponse:
    """Reports and replies: 404 for a channel that is not configured, 403 for who cannot be it.

    A GET is a provider that looks whether the address is ours.
    """
    at = clock.now()
    quota = count(
        f"channel:{provider}:{request.META.get('REMOTE_ADDR', '')}", allowed=PER_MINUTE, at=at
    )
    if quota.is_spent:
        return HttpResponse(status=429, headers=quota.headers)
    body = _body(request)
    if body is None:
        return HttpResponse(status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        call = Call(token, body, headers, request.GET.dict())
        if request.method == "GET":
            return HttpResponse(greet(provider, call), content_type="text/plain; charset=utf-8")
        heard = take_call(provider, call, at=at)
    except NoSuchChannel:
        return HttpResponse(status=404)
    except BadCall:
        return HttpResponse(status=403)
    return HttpResponse(heard.answer, content_type=heard.content_type)


def _body(request: HttpRequest) -> bytes | None:
    """The raw bytes; None where they are too many."""
    if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
        return None
    try:
        body = request.body
    except RequestDataTooBig:
        return None
    return body if len(body) <= MOST_BYTES else None
