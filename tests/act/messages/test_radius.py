"""How far the next round of sending reaches, in one question on either database."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.act.messages.queries import radius
from tests.builders import AT, a_message, a_term


def test_each_customer_counts_once_however_many_messages_wait(either_database: str) -> None:
    """R-U-037: messages by step, the most first, and the customers behind all of them."""
    one, other = a_term(), a_term()
    for term, step in ((one, "t30"), (one, "t7"), (other, "t7")):
        a_message(term=term, journey="annual_renewal", step=step, send_after=AT)
    a_message(term=other, journey="annual_renewal", step="t3", send_after=AT + timedelta(days=9))

    with CaptureQueriesContext(connection) as asked:
        found = radius(until=AT + timedelta(hours=1))

    assert (found.messages, found.customers) == (3, 2)
    assert [(step, n) for _, step, _, n in found.by_step] == [("t7", 2), ("t30", 1)]
    assert len(asked) == 1


def test_nothing_waits_and_nobody_is_reached(either_database: str) -> None:
    found = radius(until=AT)

    assert (found.messages, found.customers, tuple(found.by_step)) == (0, 0, ())
