"""Which messages are kept, whose they are and when they happened."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.observe.intake.messages import Message
from tenure.observe.intake.rules import (
    SENTENCES,
    Happened,
    Reason,
    fault,
    happened,
    identity_of,
    links_of,
)

RECEIVED = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
# Some senders leave out the zone, and mean UTC.
instants = st.datetimes(
    RECEIVED.replace(year=1990, tzinfo=None),
    RECEIVED.replace(year=2040, tzinfo=None),
    timezones=st.sampled_from([None, UTC]),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("original", "sent", "received", "expected"),
    [
        ("2026-06-01T10:00:00.000Z", "2026-06-01T10:00:05.000Z", "2026-06-01T09:00:07.000Z",
         "2026-06-01T09:00:02.000Z"),
        ("2026-06-01T08:00:00.000Z", "2026-06-01T08:00:01.000Z", "2026-06-01T08:00:01.200Z",
         "2026-06-01T08:00:00.200Z"),
        ("2026-06-01T10:00:00.000Z", None, "2026-06-01T10:00:02.000Z",
         "2026-06-01T10:00:02.000Z"),
        ("2026-06-03T10:00:00.000Z", "2026-06-03T09:59:59.000Z", "2026-06-01T10:00:00.000Z",
         "2026-06-01T10:00:00.000Z"),
    ],
)  # fmt: skip
def test_skewed_clocks_are_corrected_as_in_g27(
    original: str, sent: str | None, received: str, expected: str
) -> None:
    """R-E-005, golden example G27, E1 to E4."""
    message = Message(original_timestamp=at(original))

    when = happened(
        message, sent=at(sent) if sent else None, received=at(received), is_server=False
    )

    assert when == Happened(at(expected), at(original))


def test_a_server_that_imports_keeps_its_own_time() -> None:
    message = Message(timestamp=at("2024-02-29T12:00:00+08:00"))

    server = happened(message, sent=None, received=RECEIVED, is_server=True)
    client = happened(message, sent=None, received=RECEIVED, is_server=False)

    assert server.at == at("2024-02-29T04:00:00Z")
    assert client.at == RECEIVED


@pytest.mark.parametrize("claimed", ["1970-01-01T00:00:01Z", "2027-06-01T10:00:00Z"])
def test_a_clock_that_cannot_be_right_gives_way_to_the_arrival(claimed: str) -> None:
    message = Message(timestamp=at(claimed))

    when = happened(message, sent=None, received=RECEIVED, is_server=True)

    assert when == Happened(RECEIVED, at(claimed), is_believed=False)


def test_a_clock_that_counts_from_1970_is_right_about_differences() -> None:
    message = Message(timestamp=at("1970-01-01T00:10:00Z"), sent_at=at("1970-01-01T00:15:00Z"))

    when = happened(message, sent=None, received=RECEIVED, is_server=False)

    assert when.at == RECEIVED - timedelta(minutes=5)
    assert when.is_believed


@given(original=instants, sent=st.none() | instants, is_server=st.booleans())
def test_nothing_happens_after_it_arrived(
    original: datetime, sent: datetime | None, is_server: bool
) -> None:
    message = Message(timestamp=original)

    when = happened(message, sent=sent, received=RECEIVED, is_server=is_server)

    assert when.at <= RECEIVED
    assert when.at.tzinfo is not None


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (Message(kind="track", event="Login", user_id="u1"), None),
        (Message(kind="track", event="Login", anonymous_id="a1"), None),
        (Message(kind="track", event="Login", user_id=7), None),
        (Message(kind="track", event="Login"), Reason.NO_IDENTITY),
        (Message(kind="track", event="Login", user_id="  "), Reason.NO_IDENTITY),
        (Message(kind="track", user_id="u1"), Reason.NO_EVENT_NAME),
        (Message(kind="page", user_id="u1"), None),
        (Message(kind="group", user_id="u1"), Reason.NO_GROUP),
        (Message(kind="alias", user_id="u1"), Reason.NO_PREVIOUS),
        (Message(kind="alias", user_id="u1", previous_id="a1"), None),
        (Message(kind="purchase", user_id="u1"), Reason.UNKNOWN_TYPE),
        (Message(user_id="u1"), Reason.UNKNOWN_TYPE),
        (Message(kind="page", user_id="u" * 201), Reason.TOO_LONG),
    ],
)
def test_messages_are_judged(message: Message, reason: Reason | None) -> None:
    assert fault(message) is reason


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Reason)


def test_the_user_goes_before_the_anonymous_visitor() -> None:
    assert identity_of(Message(user_id=" u1 ", anonymous_id="a1")) == "u1"
    assert identity_of(Message(user_id="", anonymous_id="a1")) == "a1"
    assert identity_of(Message(user_id=42)) == "42"


def test_messages_say_who_is_the_same() -> None:
    assert links_of(Message(user_id="u1", anonymous_id="a1"), kind="identify") == [("a1", "u1")]
    assert links_of(Message(user_id="u1", previous_id="a1"), kind="alias") == [("a1", "u1")]
    assert links_of(Message(user_id="u1", group_id="g1"), kind="group") == [("u1", "g1")]
    assert links_of(Message(user_id="u1"), kind="identify") == []
    assert links_of(Message(user_id="u1", anonymous_id="u1"), kind="identify") == []
    assert links_of(Message(user_id="u1", anonymous_id="a1"), kind="track") == []
