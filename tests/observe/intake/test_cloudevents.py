"""R-E-009: CloudEvents 1.0 in all three modes, one to one with our own events."""

import json
from base64 import b64encode
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tenure.act.webhooks.requests import Letter, headers_of
from tenure.observe.intake.actions import open_source
from tenure.observe.intake.cloudevents import BATCH, STRUCTURED, event_from, message_from
from tenure.observe.intake.models import InboxEvent
from tenure.surfaces.api.events import keys
from tests.observe.intake.sendings import RECEIVED

EVENT = {
    "specversion": "1.0",
    "id": "17",
    "source": "https://crm.example.com/use",
    "type": "tenure.feature_used",
    "subject": "u1",
    "time": "2026-06-01T09:59:59Z",
    "data": {"feature": "reports", "minutes": 3},
}
TEXT = st.text(st.characters(codec="ascii", min_codepoint=33, exclude_characters="|"), min_size=1)


@pytest.fixture
def key() -> str:
    keys._remembered.clear()
    return open_source("crm", zone="Asia/Shanghai", at=RECEIVED, by="test", kind="server")[1]


def sent(body: Any, content_type: str, *, key: str, **headers: str) -> Any:
    headers["Authorization"] = "Basic " + b64encode(f"{key}:".encode()).decode()
    told = json.dumps(body).encode()
    return Client().generic("POST", "/v1/events", told, content_type, headers=headers)


def stored() -> list[tuple[str, str, str]]:
    rows = InboxEvent.objects.order_by("pk")
    return list(rows.values_list("message_id", "name", "identity"))


@pytest.mark.django_db
def test_r_e_009_structured_batch_and_binary_are_the_same_event_once(key: str) -> None:
    named = {f"ce-{name}": value for name, value in EVENT.items() if isinstance(value, str)}

    answers = [
        sent(EVENT, STRUCTURED, key=key),
        sent([EVENT, {**EVENT, "id": "18"}], BATCH, key=key),
        sent(EVENT["data"], "application/json", key=key, **named),
    ]

    assert [one.status_code for one in answers] == [200, 200, 200]
    source = EVENT["source"]
    assert stored() == [
        (f"{source}|17", "Feature Used", "u1"),
        (f"{source}|18", "Feature Used", "u1"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["specversion", "id", "source", "type"])
def test_r_e_009_what_every_event_has_is_asked_for_and_nothing_is_kept(key: str, name: str) -> None:
    lacking = {one: value for one, value in EVENT.items() if one != name}

    answer = sent([EVENT, lacking], BATCH, key=key)

    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_cloud_event"
    assert (sent(EVENT, "application/json", key=key).status_code, stored()) == (400, [])


@given(
    TEXT, TEXT, st.sampled_from(["tenure.login", "com.example.thing"]),
    st.dictionaries(TEXT, st.integers()),
)  # fmt: skip
def test_r_e_009_there_and_back_it_is_the_same_event(
    event_id: str, source: str, kind: str, data: dict[str, int]
) -> None:
    event = {**EVENT, "id": event_id, "source": source, "type": kind, "data": data}

    back = event_from(message_from(event))

    assert {name: back[name] for name in event} == event


def test_r_e_009_every_webhook_is_a_cloud_event_in_binary_mode() -> None:
    told = {"type": "payment.failed", "timestamp": "2026-06-01T00:00:00.000Z",
            "data": {"customer": "cus_7"}}  # fmt: skip
    letter = Letter(
        "https://example.com", "msg_ab_7", json.dumps(told), ["whsec_" + "A" * 43 + "="]
    )

    headers = headers_of(letter, at=RECEIVED)

    assert {name: value for name, value in headers.items() if name.startswith("ce-")} == {
        "ce-specversion": "1.0",
        "ce-id": "msg_ab_7",
        "ce-source": "urn:tenure",
        "ce-type": "tenure.payment.failed",
        "ce-time": "2026-06-01T00:00:00.000Z",
        "ce-subject": "cus_7",
    }
