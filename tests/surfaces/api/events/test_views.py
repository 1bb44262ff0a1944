"""The addresses of the Segment clients answer as Segment does."""

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from tenure.observe.intake.actions import close_source, open_source
from tenure.observe.intake.models import InboxEvent, Quarantine, Source
from tenure.surfaces.api.events import keys, views

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 1, tzinfo=UTC)
LOGIN = {"type": "track", "event": "Login", "userId": "u1", "messageId": "m1"}


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    keys._remembered.clear()
    yield
    keys._remembered.clear()


@pytest.fixture
def sender() -> tuple[Source, str]:
    return open_source("app", zone="Asia/Shanghai", at=AT, by="test")


def post(path: str, content: Any, *, key: str = "", **headers: str) -> Any:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    if key:
        headers["Authorization"] = "Basic " + b64encode(f"{key}:".encode()).decode()
    return Client(enforce_csrf_checks=True).generic(
        "POST", f"/v1/{path}", body, "application/json", headers=headers
    )


def test_a_batch_is_stored_and_answered_like_segment(sender: tuple[Source, str]) -> None:
    response = post("batch", {"batch": [LOGIN]}, key=sender[1])

    assert (response.status_code, json.loads(response.content)) == (200, {"success": True})
    assert response["Access-Control-Allow-Origin"] == "*"
    event = InboxEvent.objects.get()
    assert (event.source, event.message_id, event.name) == (sender[0], "m1", "Login")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("identify", {"userId": "u1", "traits": {"plan": "gold"}}),
        ("track", {"userId": "u1", "event": "Login"}),
        ("page", {"anonymousId": "a1", "name": "Compare"}),
        ("screen", {"userId": "u1", "name": "Home"}),
        ("group", {"userId": "u1", "groupId": "acme"}),
        ("alias", {"userId": "u1", "previousId": "a1"}),
    ],
)
def test_each_call_takes_one_message_of_its_kind(
    sender: tuple[Source, str], call: str, message: dict[str, Any]
) -> None:
    response = post(call, message, key=sender[1])

    assert response.status_code == 200
    assert InboxEvent.objects.get().kind == call


def test_the_key_may_stand_in_the_body_and_is_not_kept(sender: tuple[Source, str]) -> None:
    in_batch = post("batch", {"batch": [LOGIN], "writeKey": sender[1]})
    single = post("track", {**LOGIN, "messageId": "m2", "writeKey": sender[1]})

    assert (in_batch.status_code, single.status_code) == (200, 200)
    assert [sender[1] in raw for raw in InboxEvent.objects.values_list("raw", flat=True)] == [
        False,
        False,
    ]


def test_without_an_open_source_nothing_is_taken(sender: tuple[Source, str]) -> None:
    source, key = sender
    answers = [post("batch", {"batch": [LOGIN]}, key=each) for each in ("", "wrong")]
    garbled = post("batch", {"batch": [LOGIN]}, Authorization="Basic ***")
    close_source(source, at=AT, by="test")
    closed = post("batch", {"batch": [LOGIN]}, key=key)

    assert [one.status_code for one in (*answers, garbled, closed)] == [401] * 4
    assert json.loads(closed.content)["code"] == "unknown_write_key"
    assert closed["WWW-Authenticate"].startswith("Basic")
    assert InboxEvent.objects.count() == 0


def test_a_rejected_event_still_answers_success(sender: tuple[Source, str]) -> None:
    """R-E-002: 200 and success, and the reason in the quarantine."""
    response = post("batch", {"batch": [{"type": "track", "userId": "u1"}]}, key=sender[1])

    assert response.status_code == 200
    assert (InboxEvent.objects.count(), Quarantine.objects.get().reason) == (0, "no_event_name")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "unreadable_body"),
        ('{"名": []}'.encode("gbk"), "unreadable_body"),
        (b'{"batch": []' + b" " * 512_000 + b"}", "too_large"),
        (json.dumps({"batch": [{**LOGIN, "p": "x" * 40_000}]}).encode(), "too_large"),
    ],
)
def test_limits_and_broken_bodies_are_400_with_one_sentence(
    sender: tuple[Source, str], body: bytes, code: str
) -> None:
    """R-E-002: 400 beyond the limits."""
    response = post("batch", body, key=sender[1])

    told = json.loads(response.content)
    assert (response.status_code, told["success"], told["code"]) == (400, False, code)
    assert told["sentence"]["zh"]
    assert told["sentence"]["en"]
    assert InboxEvent.objects.count() == 0


def test_a_packed_body_is_unpacked_within_the_limit(sender: tuple[Source, str]) -> None:
    packed = gzip.compress(json.dumps({"batch": [LOGIN]}).encode())
    bomb = gzip.compress(b" " * 50_000_000)
    headers = {"Content-Encoding": "gzip"}

    taken = post("batch", packed, key=sender[1], **headers)
    refused = post("batch", bomb, key=sender[1], **headers)
    broken = post("batch", b"no gzip", key=sender[1], **headers)

    assert (taken.status_code, refused.status_code, broken.status_code) == (200, 400, 400)
    assert json.loads(refused.content)["code"] == "too_large"


def test_too_many_events_a_second_are_held_back(sender: tuple[Source, str]) -> None:
    Source.objects.update(events_per_second=2)
    batch = {"batch": [{**LOGIN, "messageId": str(number)} for number in range(4)]}

    answers = [post("batch", batch, key=sender[1]) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 429]
    assert answers[1]["Retry-After"] == "2"
    assert json.loads(answers[1].content)["code"] == "too_many_events"


def test_a_locked_database_asks_to_send_again(
    sender: tuple[Source, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: Any, **__: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(views, "accept", locked)

    response = post("batch", {"batch": [LOGIN]}, key=sender[1])

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert json.loads(response.content)["code"] == "intake_busy"


def test_browsers_may_ask_first_and_only_post_is_taken() -> None:
    asked = Client().options("/v1/batch")
    read = Client().get("/v1/batch")

    assert (asked.status_code, asked["Access-Control-Allow-Methods"]) == (204, "POST, OPTIONS")
    assert (read.status_code, read["Allow"]) == (405, "POST, OPTIONS")
