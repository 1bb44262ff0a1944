"""R-E-027: traces as OpenTelemetry has them; off, and free of cost, without a collector."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.tracing import current_trace, header_of, parent_of, under
from tenure.project.tracing import collector
from tenure.records.journal.actions import Fact, append
from tests.builders import AS_OF, AT

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
SECRET_PATH = "/unsubscribe/7u0000000000000000"


@pytest.fixture
def heard(settings: Any) -> Iterator[list[dict[str, Any]]]:
    """What a collector hears."""
    told: list[dict[str, Any]] = []
    arrived = threading.Event()

    class Hearing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            arrived.set()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Hearing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.TENURE_OTLP_ENDPOINT = f"http://127.0.0.1:{server.server_port}"
    told_all: list[dict[str, Any]] = told
    yield told_all
    arrived.wait(5)
    server.shutdown()
    server.server_close()


def spans(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        span
        for one in told
        for resource in one["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]


@pytest.mark.django_db
def test_r_e_027_a_request_and_its_questions_are_one_trace_without_personal_data(
    heard: list[dict[str, Any]],
) -> None:
    Client().get(SECRET_PATH, headers={"traceparent": PARENT})
    for _ in range(200):
        if spans(heard):
            break
        threading.Event().wait(0.02)

    found = spans(heard)
    (request,) = [one for one in found if one["kind"] == 2]
    assert request["name"] == "GET /unsubscribe/<str:token>"
    assert (request["traceId"], request["parentSpanId"]) == (TRACE, "00f067aa0ba902b7")
    assert {one["traceId"] for one in found} == {TRACE}
    assert "7u0000000000000000" not in json.dumps(heard)


@pytest.mark.django_db
def test_r_e_027_the_trace_is_in_problems_and_in_the_journal() -> None:
    told = Client().get("/api/v1/customers/cus_1", headers={"traceparent": PARENT}).json()
    parent = parent_of(PARENT)
    assert parent is not None
    with under(parent):
        entry = append(Fact("person.changed", on=AS_OF), at=AT, by="api:1")

    assert told["trace_id"] == TRACE
    assert entry is not None
    assert entry.content["trace_id"] == TRACE
    assert current_trace() is None


@pytest.mark.django_db
def test_r_e_027_without_a_collector_and_a_caller_nothing_is_traced() -> None:
    before = threading.active_count()

    told = Client().get("/api/v1/customers/cus_1").json()
    entry = append(Fact("person.changed", on=AS_OF), at=AT, by="api:1")

    assert "trace_id" not in told
    assert entry is not None
    assert entry.content == {}
    assert threading.active_count() == before


@pytest.mark.django_db
def test_r_e_027_a_collector_that_is_away_costs_nothing_but_its_traces(settings: Any) -> None:
    settings.TENURE_OTLP_ENDPOINT = "http://127.0.0.1:9"

    assert Client().get(SECRET_PATH).status_code == 404
    collector("http://127.0.0.1:9")._send([])


@pytest.mark.parametrize(
    "header",
    ["", "x", PARENT.replace("00-", "ff-", 1), f"00-{'0' * 32}-00f067aa0ba902b7-01", PARENT + "-x"],
)
def test_r_e_027_what_is_no_traceparent_begins_no_trace(header: str) -> None:
    assert parent_of(header) is None


@given(st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1), st.booleans())
def test_r_e_027_a_trace_is_told_on_as_it_came(trace: int, span: int, sampled: bool) -> None:
    header = f"00-{trace:032x}-{span:016x}-{'01' if sampled else '00'}"
    found = parent_of(header)

    assert found is not None
    assert header_of(found) == header
