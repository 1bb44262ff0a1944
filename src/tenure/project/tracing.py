"""Traces for a collector of OpenTelemetry: a span for each request and each database question.

Off, and without cost, unless `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector. Spans name the route
and the kind of question, never an address, a name or a value: no personal data leaves (R-E-027).
"""

import json
import os
import queue
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from tenure.kernel.clock import now, to_us
from tenure.kernel.tracing import Trace, parent_of, under

type Next = Callable[[HttpRequest], HttpResponse]

SERVER, CLIENT = 2, 3
_FAILED: Final = 500
_MOST_WAITING: Final = 2_000
_MOST_QUESTIONS: Final = 100
_AT_ONCE: Final = 200
_SECONDS: Final = 5.0


@dataclass(slots=True)
class Span:
    """A piece of work, in the words of OTLP."""

    name: str
    trace: Trace
    parent_id: str
    kind: int
    began_us: int
    ended_us: int = 0
    attributes: dict[str, str | int] = field(default_factory=dict)
    has_failed: bool = False

    def as_otlp(self) -> dict[str, Any]:
        """The span as OTLP/JSON writes it."""
        return {
            "traceId": self.trace.trace_id,
            "spanId": self.trace.span_id,
            "parentSpanId": self.parent_id,
            "name": self.name,
            "kind": self.kind,
            "startTimeUnixNano": str(self.began_us * 1_000),
            "endTimeUnixNano": str(self.ended_us * 1_000),
            "attributes": [_attribute(*one) for one in self.attributes.items()],
            "status": {"code": 2} if self.has_failed else {},
        }


class Tracing:
    """Continues the caller's trace; with a collector, also tells it what happened."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = request.headers.get("traceparent")
        endpoint = settings.TENURE_OTLP_ENDPOINT
        if not told and not endpoint:
            return self.get_response(request)
        parent = parent_of(told or "")
        if parent is None and not endpoint:
            return self.get_response(request)
        trace = Trace(
            parent.trace_id if parent else os.urandom(16).hex(),
            os.urandom(8).hex(),
            parent.is_sampled if parent else True,
        )
        if not endpoint or not trace.is_sampled:
            with under(trace):
                return self.get_response(request)
        span = Span(request.method or "", trace, parent.span_id if parent else "", SERVER, _us())
        return self._told(request, span, endpoint=endpoint)

    def _told(self, request: HttpRequest, span: Span, *, endpoint: str) -> HttpResponse:
        questions = _Questions(span)
        with ExitStack() as stack:
            stack.enter_context(under(span.trace))
            stack.enter_context(connection.execute_wrapper(questions))
            response = self.get_response(request)
        match = request.resolver_match
        route = f"/{match.route}" if match else ""
        span.name = f"{request.method} {route}".strip()
        span.attributes = {
            "http.request.method": request.method or "",
            "http.route": route,
            "http.response.status_code": response.status_code,
            "url.scheme": request.scheme or "",
        }
        span.has_failed = response.status_code >= _FAILED
        span.ended_us = _us()
        collector(endpoint).tell([span, *questions.spans])
        return response


class _Questions:
    """One span for each question of a request to the database, by its first word alone."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.spans: list[Span] = []

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        if len(self.spans) >= _MOST_QUESTIONS:
            return execute(sql, params, many, context)
        word = str(sql).lstrip().partition(" ")[0].upper()[:12]
        trace = Trace(self.span.trace.trace_id, os.urandom(8).hex())
        found = Span(word, trace, self.span.trace.span_id, CLIENT, _us())
        found.attributes = {"db.system.name": connection.vendor, "db.operation.name": word}
        try:
            return execute(sql, params, many, context)
        finally:
            found.ended_us = _us()
            self.spans.append(found)


class Collector:
    """Sends spans in the background; what it cannot take is dropped, and nobody waits for it."""

    def __init__(self, endpoint: str) -> None:
        self.address = f"{endpoint.rstrip('/')}/v1/traces"
        self._waiting: queue.Queue[Span] = queue.Queue(_MOST_WAITING)
        threading.Thread(target=self._run, name="traces", daemon=True).start()

    def tell(self, spans: list[Span]) -> None:
        """Put spans in the queue; a full queue drops them."""
        for one in spans:
            try:
                self._waiting.put_nowait(one)
            except queue.Full:
                return

    def _run(self) -> None:
        while True:
            batch = [self._waiting.get()]
            while len(batch) < _AT_ONCE and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            self._send(batch)

    def _send(self, batch: list[Span]) -> None:
        resource = {"attributes": [_attribute("service.name", "tenure")]}
        scope = {"scope": {"name": "tenure"}, "spans": [one.as_otlp() for one in batch]}
        content = {"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]}
        where = urlsplit(self.address)
        opened = HTTPSConnection if where.scheme == "https" else HTTPConnection
        try:
            line = opened(where.netloc, timeout=_SECONDS)
        except (HTTPException, ValueError):
            return  # no address: it costs traces, and nothing else, as a collector that is away
        try:
            line.request(
                "POST",
                where.path,
                body=json.dumps(content).encode(),
                headers={"Content-Type": "application/json"},
            )
            line.getresponse().read()
        except (OSError, HTTPException, ValueError):
            return
        finally:
            line.close()


@cache
def collector(endpoint: str) -> Collector:
    """The one that sends to an endpoint, in this process."""
    return Collector(endpoint)


def _attribute(name: str, value: str | int) -> dict[str, Any]:
    told = {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}
    return {"key": name, "value": told}


def _us() -> int:
    return to_us(now())
