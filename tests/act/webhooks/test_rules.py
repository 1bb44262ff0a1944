"""Whatever is told outside is signed after the specification (R-E-010, golden example G30)."""

import json
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

from tenure.act.webhooks.requests import Letter, headers_of
from tenure.act.webhooks.rules import EVENTS, FAMILIES, KINDS, Happening, body_of, message_id_of
from tests.builders import AS_OF, AT

G30_SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
G30_BODY = (
    '{"type":"subscription.renewed","timestamp":"2026-06-01T08:00:00Z","data":{"id":"sub_1"}}'
)
G30_SIGNATURE = "v1,m19zkeJjhq4y8lJWRdUfvm3GWDAPRjnpCpglWB4FSd4="


def test_g30_the_published_vector_comes_out() -> None:
    letter = Letter("https://a.example", "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W", G30_BODY, [G30_SECRET])

    found = headers_of(letter, at=datetime(2026, 6, 1, 8, tzinfo=UTC))

    assert found["webhook-timestamp"] == "1780300800"
    assert found["webhook-signature"] == G30_SIGNATURE


def test_two_secrets_sign_side_by_side_and_either_verifies() -> None:
    old = "whsec_" + "b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk"
    now = datetime.now(UTC)
    found = headers_of(Letter("https://a.example", "msg_1", "{}", [G30_SECRET, old]), at=now)

    assert Webhook(old).verify("{}", dict(found)) == {}
    assert Webhook(G30_SECRET).verify("{}", dict(found)) == {}


def test_a_body_names_the_event_the_instant_and_whom_it_is_about() -> None:
    one = Happening(7, "term.renewed", AT, AS_OF, 3, 5, {"number": 2, "currency": "CNY"})

    assert json.loads(body_of(one)) == {
        "type": "subscription.renewed",
        "timestamp": "2026-06-15T15:30:00.000Z",
        "data": {
            "entry": "ent_7",
            "on": "2026-06-15",
            "customer": "cus_3",
            "term": "trm_5",
            "details": {"number": 2, "currency": "CNY"},
        },
    }


def test_an_id_is_the_same_whenever_it_is_made() -> None:
    assert message_id_of("whk_ab12", 7) == "msg_ab12_7"


def test_every_event_belongs_to_a_family() -> None:
    assert set(EVENTS.values()) == set(KINDS)
    assert {f"{one.partition('.')[0]}.*" for one in KINDS} == set(FAMILIES)
