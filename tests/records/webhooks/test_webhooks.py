"""Deliveries are told again by a schedule, given up at its end, and endpoints close (R-E-011)."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.records.webhooks.actions import (
    Answer,
    Telling,
    Wish,
    claim,
    close_endpoint,
    note_answer,
    open_endpoint,
    queue,
    resend,
    rotate,
)
from tenure.records.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tenure.records.webhooks.queries import deliveries
from tenure.records.webhooks.rules import (
    OVERLAP,
    PATIENCE,
    PAUSES,
    Answered,
    UnknownDelivery,
    UnknownEndpoint,
    next_attempt,
    wants,
)
from tests.builders import AS_OF, AT
from tests.builders.moments import fresh

TAKEN, BUSY, GONE = Answered(204), Answered(503, answer="busy"), Answered(410)
UNTIL = AT + timedelta(minutes=1)


def an_endpoint(*, at: datetime = AT) -> WebhookEndpoint:
    wish = Wish(fresh("whk_a"), "https://example.org/hook")
    return open_endpoint(wish, on=AS_OF, at=at, by="test")


def a_delivery(endpoint: WebhookEndpoint, *, at: datetime = AT) -> WebhookDelivery:
    entry = append(Fact("payment.succeeded", on=AS_OF, once_key=fresh("p")), at=at, by="test")
    assert entry is not None
    telling = Telling(endpoint.pk, entry.pk, fresh("msg_a"), "payment.succeeded", "{}")
    assert queue([telling], at=at) == 1
    return WebhookDelivery.objects.get(message_id=telling.message_id)


def answer(delivery: WebhookDelivery, said: Answered, *, at: datetime = AT) -> WebhookDelivery:
    return note_answer(delivery.pk, Answer(said, at=at), on=AS_OF, by="test")


def test_the_schedule_takes_three_days_and_ends() -> None:
    assert [int(one.total_seconds()) for one in PAUSES] == [
        5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
    ]  # fmt: skip
    assert next_attempt(9, at=AT, chance=0) == AT + timedelta(hours=24)
    assert next_attempt(10, at=AT, chance=0) is None


@given(st.integers(1, len(PAUSES)), st.floats(0, 1))
def test_a_pause_is_spread_by_up_to_a_tenth(attempts: int, chance: float) -> None:
    found = next_attempt(attempts, at=AT, chance=chance)

    assert found is not None
    assert PAUSES[attempts - 1] <= found - AT <= PAUSES[attempts - 1] * 1.1 + timedelta(seconds=1)


def test_an_endpoint_wants_all_a_family_or_one_event() -> None:
    assert wants([], "payment.failed")
    assert wants(["payment.*"], "payment.failed")
    assert wants(["payment.failed"], "payment.failed")
    assert not wants(["payment.succeeded", "order.*"], "payment.failed")


def test_a_fact_is_queued_once_for_an_endpoint(either_database: str) -> None:
    delivery = a_delivery(an_endpoint())
    again = Telling(delivery.endpoint_id, delivery.entry_id, fresh("msg_b"), "x", "{}")

    assert queue([again], at=AT) == 0
    assert [one.pk for one in deliveries()] == [delivery.pk]


def test_a_taken_delivery_is_settled_and_logged(either_database: str) -> None:
    delivery = answer(a_delivery(an_endpoint()), TAKEN)

    assert (delivery.state, delivery.attempts, delivery.next_at) == ("delivered", 1, None)
    assert [one.http_status for one in WebhookAttempt.objects.all()] == [204]


def test_every_failure_moves_the_next_attempt_on_until_none_is_left(either_database: str) -> None:
    delivery = a_delivery(an_endpoint())
    at = AT
    for pause in PAUSES:
        delivery = answer(delivery, BUSY, at=at)
        assert delivery.next_at == at + pause
        at = delivery.next_at

    last = answer(delivery, BUSY, at=at)

    assert (last.state, last.attempts, last.next_at) == ("given_up", 10, None)
    assert WebhookAttempt.objects.filter(answer="busy").count() == 10


def test_410_closes_the_endpoint_and_gives_up_what_waits(either_database: str) -> None:
    endpoint = an_endpoint()
    first, second = a_delivery(endpoint), a_delivery(endpoint)

    answer(first, GONE)

    endpoint.refresh_from_db()
    assert (endpoint.closed_why, endpoint.closed_at) == ("gone", AT)
    assert {one.state for one in deliveries()} == {"given_up"}
    assert [one.pk for one in deliveries()] == [second.pk, first.pk]
    assert Entry.objects.filter(kind="webhook.closed").count() == 1


def test_five_days_of_failure_close_the_endpoint_with_a_notice(either_database: str) -> None:
    endpoint = an_endpoint()
    answer(a_delivery(endpoint), BUSY, at=AT)
    answer(a_delivery(endpoint), BUSY, at=AT + PATIENCE - timedelta(seconds=1))
    endpoint.refresh_from_db()
    assert endpoint.closed_at is None

    answer(a_delivery(endpoint), BUSY, at=AT + PATIENCE)

    endpoint.refresh_from_db()
    assert endpoint.closed_why == "failing"
    assert Entry.objects.get(kind="webhook.closed").content["why"] == "failing"


def test_one_success_begins_the_five_days_anew(either_database: str) -> None:
    endpoint = an_endpoint()
    answer(a_delivery(endpoint), BUSY, at=AT)
    answer(a_delivery(endpoint), TAKEN, at=AT + timedelta(days=4))

    answer(a_delivery(endpoint), BUSY, at=AT + PATIENCE)

    endpoint.refresh_from_db()
    assert (endpoint.closed_at, endpoint.failing_since) == (None, AT + PATIENCE)


def test_claims_keep_an_endpoint_to_its_places_and_let_others_pass(either_database: str) -> None:
    busy, other = an_endpoint(), an_endpoint()
    for _ in range(5):
        a_delivery(busy)
    late = a_delivery(other, at=AT + timedelta(seconds=1))
    now = AT + timedelta(seconds=2)

    first = claim(at=now, until=UNTIL, limit=4, per_endpoint=2)
    second = claim(at=now, until=UNTIL, limit=4, per_endpoint=2)

    assert [one.endpoint_id for one in first] == [busy.pk, busy.pk, other.pk]
    assert late.pk in {one.pk for one in first}
    assert second == []
    assert len(claim(at=UNTIL, until=UNTIL, limit=9, per_endpoint=9)) == 6


def test_a_settled_delivery_is_sent_again_under_its_own_id(either_database: str) -> None:
    delivery = answer(a_delivery(an_endpoint()), TAKEN)
    later = AT + timedelta(hours=1)

    again = resend(delivery.message_id, on=AS_OF, at=later, by="test")

    assert (again.state, again.attempts, again.next_at) == ("waiting", 0, later)
    assert again.message_id == delivery.message_id
    assert Entry.objects.filter(kind="webhook.resent").count() == 1


def test_nothing_is_sent_again_to_a_closed_endpoint(either_database: str) -> None:
    endpoint = an_endpoint()
    delivery = answer(a_delivery(endpoint), TAKEN)
    close_endpoint(endpoint.public_id, on=AS_OF, at=AT, by="test")

    with pytest.raises(UnknownEndpoint):
        resend(delivery.message_id, on=AS_OF, at=AT, by="test")
    with pytest.raises(UnknownDelivery):
        resend("msg_nobody", on=AS_OF, at=AT, by="test")

    delivery.refresh_from_db()
    assert delivery.state == "delivered"


def test_a_rotation_lets_both_secrets_sign_for_a_day(either_database: str) -> None:
    """R-E-013: two are active while they change."""
    endpoint = rotate(an_endpoint().public_id, on=AS_OF, at=AT, by="test")

    assert (endpoint.generation, endpoint.previous_until) == (2, AT + OVERLAP)
    with pytest.raises(UnknownEndpoint):
        rotate("whk_nobody", on=AS_OF, at=AT, by="test")
