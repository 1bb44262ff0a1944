"""`/livez`, `/readyz` and `/metrics`."""

import os
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from tenure.kernel import clock
from tenure.records.keys import queries as keys
from tenure.records.keys.models import ApiKey
from tenure.records.strategies.models import Revision
from tenure.surfaces.api.problems import problem
from tenure.surfaces.api.vitals.measures import Measures

LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
FORWARDED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


def livez(_: HttpRequest) -> HttpResponse:
    """This process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(_: HttpRequest) -> HttpResponse:
    """The database has our tables and the home folder can be written."""
    checks = {"database": _database_answers(), "home": _home_is_writable()}
    is_ready = all(checks.values())
    return JsonResponse({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus: for this machine itself, and for keys of the scope `metrics`."""
    if not (_is_this_machine(request) or _has_key(request)):
        return problem(request, "unauthenticated")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Measures(clock.now()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _database_answers() -> bool:
    try:
        Revision.objects.exists()
    except DatabaseError:
        return False
    return True


def _home_is_writable() -> bool:
    home = Path(settings.TENURE_HOME)
    return home.is_dir() and os.access(home, os.W_OK)


def _is_this_machine(request: HttpRequest) -> bool:
    """Called directly over the loopback; what a proxy hands on comes from somewhere else."""
    is_handed_on = any(name in request.headers for name in FORWARDED)
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not is_handed_on


def _has_key(request: HttpRequest) -> bool:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    key = keys.find(text) if scheme.lower() == "bearer" else None
    return key is not None and key.scope == ApiKey.Scope.METRICS
