"""A receipt never moves a message backwards (R-C-002)."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.records.contacts.rules import MESSAGE, RECEIPTS, after_receipt
from tenure.records.contacts.states import MessageState

ORDER = [MessageState.SENT, MessageState.DELIVERED, MessageState.READ]


@pytest.mark.parametrize("reports", list(permutations(ORDER)))
def test_receipts_in_any_order_end_at_the_furthest(reports: tuple[MessageState, ...]) -> None:
    state = MessageState.SENT

    for reported in reports:
        state = after_receipt(state, reported)

    assert state == MessageState.READ


@pytest.mark.parametrize(
    ("state", "reported", "expected"),
    [
        (MessageState.SENT, MessageState.FAILED, MessageState.FAILED),
        (MessageState.DELIVERED, MessageState.FAILED, MessageState.DELIVERED),
        (MessageState.READ, MessageState.DELIVERED, MessageState.READ),
        (MessageState.FAILED, MessageState.DELIVERED, MessageState.FAILED),
        (MessageState.SUPPRESSED, MessageState.DELIVERED, MessageState.SUPPRESSED),
    ],
)
def test_old_news_changes_nothing(
    state: MessageState, reported: MessageState, expected: MessageState
) -> None:
    assert after_receipt(state, reported) == expected


@given(
    state=st.sampled_from(MessageState),
    reports=st.lists(st.sampled_from(sorted(RECEIPTS)), max_size=8),
)
def test_no_row_of_receipts_goes_backwards(
    state: MessageState, reports: list[MessageState]
) -> None:
    """The law: along sent, delivered, read a message only ever advances, and doubles do nothing."""
    for reported in reports:
        before, state = state, after_receipt(state, reported)
        if before in ORDER and state in ORDER:
            assert ORDER.index(state) >= ORDER.index(before)
        assert after_receipt(state, reported) == state


def test_every_state_of_a_message_is_reached() -> None:
    assert MESSAGE.reachable == set(MessageState)
    assert MESSAGE.start == MessageState.PLANNED
