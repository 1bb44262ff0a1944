"""Take the call of a Segment client and answer as Segment does."""

from __future__ import annotations

import zlib

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from tenure.kernel.clock import monotonic_seconds, now
from tenure.kernel.failures import Outage, Refusal, Sentence
from tenure.observe.intake.actions import accept
from tenure.observe.intake.cloudevents import (
    BadCloudEvent,
    is_cloud_event,
    sending_of_events,
)
from tenure.observe.intake.messages import BATCH_BYTES, Sending, TooLarge, Unreadable, sending_of
from tenure.observe.intake.schemas import SCHEMAS
from tenure.surfaces.api.events.keys import sender, write_key_of
from tenure.surfaces.api.events.throttle import Throttle

CLOUD_EVENTS = "cloudevents"
_SUCCESS = b'{"success":true}'
_BODY = Sentence(zh="请求内容", en="The body")
# Pages of others send from the browser. No cookie is read here, so anybody may.
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Encoding",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Max-Age": "86400",
}
_throttle = Throttle()


class UnknownKey(Refusal):
    """No open source writes with this key."""

    code = "unknown_write_key"
    said = Sentence(
        zh="写入密钥无效；请在请求头 Authorization: Basic 中以用户名给出有效密钥，密码留空。",
        en="The write key is not known; give a valid key as the user name of Basic "
        "authentication, with an empty password.",
    )


class TooFast(Refusal):
    """More events a second than the source may send."""

    code = "too_many_events"
    said = Sentence(
        zh="发送过快：每秒最多 {limit} 个事件；请在 {seconds} 秒后重试。",
        en="Too fast: at most {limit} events a second; try again in {seconds} s.",
    )


class Busy(Outage):
    """The records cannot be written at this moment."""

    code = "intake_busy"
    said = Sentence(
        zh="暂时无法保存事件（{reason}）；请稍后重试，重复发送不会重复计数。",
        en="Events cannot be stored at the moment ({reason}); send again, nothing counts twice.",
    )


@csrf_exempt
def receive(request: HttpRequest, *, kind: str | None) -> HttpResponse:
    """One message, or a batch of them. 200 means that they are on the disk."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=_CORS)
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST, OPTIONS", **_CORS})
    try:
        return _received(request, kind=kind)
    except UnknownKey as refusal:
        return _told(refusal, 401, **{"WWW-Authenticate": 'Basic realm="write key"'})
    except TooFast as refusal:
        return _told(refusal, 429, **{"Retry-After": str(refusal.data["seconds"])})
    except Refusal as refusal:
        return _told(refusal, 400)
    except OperationalError as error:
        return _told(Busy(reason=error), 503, **{"Retry-After": "2"})


def _received(request: HttpRequest, *, kind: str | None) -> HttpResponse:
    body = _body_of(request)
    sending = _sending(request, body, kind=kind)
    source = sender(write_key_of(request) or sending.write_key)
    if source is None:
        raise UnknownKey()
    _hold_back(sending, key=source.pk, limit=source.events_per_second)
    accept(sending, source=source, received_at=now())
    return HttpResponse(_SUCCESS, content_type="application/json", headers=_CORS)


def _sending(request: HttpRequest, body: bytes, *, kind: str | None) -> Sending:
    """The messages of a Segment client, or the CloudEvents of any other program."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    if kind != CLOUD_EVENTS:
        return sending_of(body, kind=kind)
    if not is_cloud_event(request.content_type or "", headers):
        raise BadCloudEvent(name="specversion")
    return sending_of_events(body, content_type=request.content_type or "", headers=headers)


def schemas(request: HttpRequest) -> HttpResponse:
    """The catalogue of events: a JSON Schema for each, in its newest version."""
    told = {"schemas": [one.as_json() for one in SCHEMAS.values()]}
    return JsonResponse(told, headers=_CORS)


def _body_of(request: HttpRequest) -> bytes:
    """The body, unpacked where the client packed it, never more than the limit."""
    declared = request.headers.get("Content-Length", "0")
    if declared.isdigit() and int(declared) > BATCH_BYTES:
        raise TooLarge(what=_BODY, size=int(declared), limit=BATCH_BYTES)
    body = request.body
    if request.headers.get("Content-Encoding", "") != "gzip":
        return body
    unpacking = zlib.decompressobj(wbits=31)
    try:
        return unpacking.decompress(body, BATCH_BYTES + 1)
    except zlib.error as error:
        raise Unreadable(reason=error) from error


def _hold_back(sending: Sending, *, key: int, limit: int) -> None:
    seconds = _throttle.wait_seconds(
        key, per_second=limit, events=len(sending.messages), now=monotonic_seconds()
    )
    if seconds:
        raise TooFast(limit=limit, seconds=seconds)


def _told(failure: Refusal | Outage, status: int, **headers: str) -> HttpResponse:
    content = {"success": False, **failure.as_problem()}
    return JsonResponse(content, status=status, headers={**_CORS, **headers})
