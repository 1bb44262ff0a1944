"""Who entered and who left, from the masks of two days."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.understand.tags.rules import Masks, carried, moves

TAGS = ("silent", "loyal", "slow")


def masks(rows: dict[int, int], tags: tuple[str, ...] = TAGS) -> Masks:
    """Subscription → mask; its account is ten times, its term a hundred times its number."""
    subscriptions = np.array(sorted(rows), dtype=np.int64)
    mask = np.array([rows[one] for one in sorted(rows)], dtype=np.int64)
    return Masks(tags, subscriptions, subscriptions * 10, subscriptions * 100, mask)


def told(before: Masks, now: Masks) -> list[tuple[str, str, list[int]]]:
    return [
        (one.tag, "entered" if one.entered else "left", one.subscription_id.tolist())
        for one in moves(before, now)
    ]


def test_only_what_changed_is_told() -> None:
    before = masks({1: 0b001, 2: 0b010, 3: 0b111})
    now = masks({1: 0b011, 2: 0b010, 3: 0b110})

    assert told(before, now) == [("silent", "left", [3]), ("loyal", "entered", [1])]


def test_a_new_subscription_enters_and_one_without_a_live_term_leaves() -> None:
    before, now = masks({1: 0b001, 2: 0b100}), masks({2: 0b100, 7: 0b100})

    (gone, come) = moves(before, now)

    assert (gone.tag, gone.entered, gone.term_id.tolist()) == ("silent", False, [100])
    assert (come.tag, come.entered, come.account_id.tolist()) == ("slow", True, [70])


def test_a_moved_bit_is_the_same_tag() -> None:
    before = masks({1: 0b01, 2: 0b10}, ("loyal", "forgotten"))
    now = masks({1: 0b010, 2: 0b000})

    assert told(before, now) == []


def test_the_tags_of_one_customer_come_in_the_order_of_the_strategy() -> None:
    assert carried(0b101, TAGS) == ["silent", "slow"]
    assert carried(0, TAGS) == []


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.integers(1, 8), st.integers(0, 7)),
    st.dictionaries(st.integers(1, 8), st.integers(0, 7)),
)
def test_moves_lead_from_the_first_day_to_the_second(
    before: dict[int, int], now: dict[int, int]
) -> None:
    held = {who: set(carried(mask, TAGS)) for who, mask in before.items()}

    for one in moves(masks(before), masks(now)):
        for who in one.subscription_id.tolist():
            tags = held.setdefault(who, set())
            assert (one.tag in tags) != one.entered
            (tags.add if one.entered else tags.remove)(one.tag)

    assert {who: tags for who, tags in held.items() if tags} == {
        who: set(carried(mask, TAGS)) for who, mask in now.items() if mask
    }
