"""A sending is kept once, or turned away with a reason that somebody can see."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tenure.kernel.clock import to_us
from tenure.kernel.periods import day_number
from tenure.observe.intake.actions import Accepted, accept, close_source, open_source
from tenure.observe.intake.messages import EVENT_BYTES, TooLarge, Unreadable, sending_of
from tenure.observe.intake.models import InboxEvent, Quarantine, Source
from tenure.observe.intake.queries import hash_of, source_by_hash
from tenure.records.journal.models import Entry
from tests.observe.intake.sendings import RECEIVED, a_source, a_track, send

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("either_database")
def test_an_event_is_kept_as_it_came_with_its_corrected_time_and_day() -> None:
    """R-E-003, DAT-03: 23:59 in UTC is the next day in the business's zone."""
    source = a_source()
    message = a_track(
        timestamp="2026-06-01T17:00:00Z", messageId="m-1", userId=7, shoe={"size": 43}
    )
    received = datetime(2026, 6, 1, 18, 0, tzinfo=UTC)

    accepted = send(message, source=source, received_at=received, sent_at="2026-06-01T17:30:00Z")

    assert accepted == Accepted(stored=1, duplicates=0, rejected=0, corrected=0)
    event = InboxEvent.objects.get()
    assert (event.message_id, event.kind, event.name, event.identity) == (
        "m-1", "track", "Login", "7",
    )  # fmt: skip
    assert event.at_us == to_us(datetime(2026, 6, 1, 17, 30, tzinfo=UTC))
    assert event.day == event.claimed_day == day_number(date(2026, 6, 2))
    assert event.known_us == to_us(received)
    assert json.loads(event.raw) == message


@pytest.mark.usefixtures("either_database")
def test_a_second_delivery_is_counted_and_not_stored() -> None:
    """R-E-004: one source, one id, one event."""
    source, other = a_source("app"), a_source("web")
    twice = a_track(messageId="m-1")

    first = send(twice, twice, source=source)
    again = send(twice, a_track(), source=source)
    elsewhere = send(twice, source=other)

    assert (first.stored, first.duplicates) == (1, 1)
    assert (again.stored, again.duplicates) == (1, 1)
    assert (elsewhere.stored, elsewhere.duplicates) == (1, 0)
    assert InboxEvent.objects.count() == 3


def test_message_ids_are_made_where_missing_and_shortened_where_too_long() -> None:
    """R-E-003: at most 100 characters."""
    source = a_source()
    long = a_track(messageId="x" * 101)

    send(a_track(messageId=None), a_track(messageId=None), source=source)
    accepted = [send(long, source=source) for _ in range(2)]

    assert [one.stored for one in accepted] == [1, 0]
    ids = list(InboxEvent.objects.values_list("message_id", flat=True))
    assert len(set(ids)) == 3
    assert {one[:4] for one in ids} == {"evt_"}


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (a_track(userId=None), "no_identity"),
        (a_track(None), "no_event_name"),
        (a_track(timestamp="yesterday"), "bad_timestamp"),
        (a_track(timestamp=1780308000), "bad_timestamp"),
        (a_track(type="purchase"), "unknown_type"),
        (a_track(event={"name": "Login"}), "wrong_type"),
        (a_track(properties={"note": "4111 1111 1111 1111"}), "card_number"),
    ],
)
def test_what_cannot_be_kept_is_quarantined_and_the_rest_is_kept(
    message: dict[str, Any], reason: str
) -> None:
    """R-E-002: with its reason, where somebody sees it."""
    source = a_source()

    accepted = send(message, a_track(), source=source)

    assert accepted == Accepted(stored=1, duplicates=0, rejected=1, corrected=0)
    rejected = Quarantine.objects.get()
    assert (rejected.source, rejected.kind, rejected.reason, rejected.kept) == (
        "app", "event", reason, False,
    )  # fmt: skip
    assert "4111" not in rejected.raw
    assert rejected.at == RECEIVED


@pytest.mark.parametrize("claimed", ["1970-01-01T00:00:00Z", "2027-01-01T00:00:00Z"])
def test_an_impossible_time_is_set_right_and_noted(claimed: str) -> None:
    source = a_source(kind=Source.Kind.SERVER)

    accepted = send(a_track(timestamp=claimed), source=source, sent_at=None)

    assert accepted == Accepted(stored=1, duplicates=0, rejected=0, corrected=1)
    assert InboxEvent.objects.get().at_us == to_us(RECEIVED)
    noted = Quarantine.objects.get()
    assert (noted.reason, noted.kept) == ("implausible_time", True)
    assert claimed[:4] in noted.place


@pytest.mark.usefixtures("either_database")
def test_broken_text_is_quarantined() -> None:
    source = a_source()
    body = json.dumps({"batch": [a_track(note="NAME"), a_track()]}).encode()

    accepted = accept(
        sending_of(body.replace(b"NAME", "名".encode("gbk"))), source=source, received_at=RECEIVED
    )

    assert (accepted.stored, accepted.rejected) == (1, 1)
    assert Quarantine.objects.get().reason == "broken_text"


def test_a_40_kb_event_is_refused_with_its_whole_sending_and_shown() -> None:
    """R-E-002: 32 KB for one event."""
    source = a_source()
    large = a_track(properties={"text": "x" * 40_000})

    with pytest.raises(TooLarge) as refused:
        send(a_track(), large, source=source)

    assert refused.value.data["limit"] == EVENT_BYTES
    assert refused.value.sentence("en").startswith("Event 2 has 40")
    assert InboxEvent.objects.count() == 0
    shown = Quarantine.objects.get()
    assert (shown.reason, shown.place, len(shown.raw)) == ("too_large", "batch[2]", 4_000)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"batch": 1}', "名".encode("gbk")])
def test_a_body_that_is_no_batch_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        sending_of(body)


def test_a_body_above_500_kb_is_refused() -> None:
    """R-E-002: 500 KB for one sending."""
    with pytest.raises(TooLarge):
        sending_of(b'{"batch": []' + b" " * 512_000 + b"}")


def test_denied_fields_are_not_stored() -> None:
    send(a_track(properties={"cardNumber": "x", "plan": "gold"}), source=a_source())

    assert json.loads(InboxEvent.objects.get().raw)["properties"] == {"plan": "gold"}


def test_a_source_writes_with_its_key_until_it_is_closed() -> None:
    source, key = open_source("shop", zone="UTC", at=RECEIVED, by="user:1")
    same, new_key = open_source("shop", zone="UTC", at=RECEIVED, by="user:1")

    assert source.pk == same.pk
    assert source_by_hash(hash_of(key)) is None
    assert source_by_hash(hash_of(new_key)) == source
    close_source(source, at=RECEIVED, by="user:1")
    close_source(source, at=RECEIVED, by="user:1")
    assert source_by_hash(hash_of(new_key)) is None
    assert list(Entry.objects.order_by("id").values_list("kind", flat=True)) == [
        "source.opened", "source.opened", "source.closed",
    ]  # fmt: skip
    assert new_key not in str(Entry.objects.values())
