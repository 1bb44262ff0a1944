"""Notifications on a customer's own device: allowed by a tap, and taken back as easily."""

from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from tenure.act.channels.browsers import may_be_woken
from tenure.act.channels.devices import MOST_BYTES, BadDevice, Offered
from tenure.act.channels.devices import register as let_wake
from tenure.act.channels.devices import remove as let_sleep
from tenure.act.channels.models import PushDevice
from tenure.surfaces import wording
from tenure.surfaces.portal.visitors import Right, Visitor, moment, opens

_WORKER: Final = "tenure/push-worker.js"


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The worker of the browser: it stands under /my/, and so reaches no other page."""
    found = finders.find(_WORKER)
    assert isinstance(found, str), "the worker lies beside the other scripts"
    response = HttpResponse(Path(found).read_bytes(), content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@require_POST
@opens(Right.ACCOUNT)
def add(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Take the subscription of a browser; taken again it stays one device."""
    now = moment()
    try:
        text = request.body[: MOST_BYTES + 1].decode("utf-8")
        if not may_be_woken(text):
            raise BadDevice
        name = request.headers.get("User-Agent", "")
        offered = Offered(PushDevice.Kind.WEB, text, name)
        let_wake(visitor.person.pk, offered, on=now.on, at=now.at, by=visitor.by)
    except UnicodeDecodeError:
        return JsonResponse({"error": gettext("This is no subscription.")}, status=400)
    except BadDevice as refusal:
        told = refusal.sentence(wording.reader_language())
        return JsonResponse({"error": told}, status=400)
    return JsonResponse({"next": reverse("portal:account")})


@require_POST
@opens(Right.ACCOUNT)
def remove(request: HttpRequest, visitor: Visitor, *, handle: str) -> HttpResponse:
    """Wake a device no more; one of somebody else stays as it is."""
    now = moment()
    let_sleep(visitor.person.pk, handle, on=now.on, at=now.at, by=visitor.by)
    return redirect("portal:account")
