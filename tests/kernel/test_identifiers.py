"""Identifiers say what they name, sort by birth, and can be made again (R-E-025, DAT-01)."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.identifiers import new_id, stable_id, whole

AT = datetime(2026, 3, 12, 1, 40, tzinfo=UTC)
PARTS = st.lists(st.one_of(st.text(max_size=8), st.integers()), min_size=1, max_size=4)
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def number_of(written: str) -> int:
    number = 0
    for letter in written.partition("_")[2]:
        number = number * 32 + ALPHABET.index(letter)
    return number


def test_new_id_is_laid_out_like_uuid_version_7() -> None:
    number = number_of(new_id("cus", AT))

    assert number >> 80 == int(AT.timestamp() * 1000)
    assert number >> 76 & 0xF == 7
    assert number >> 62 & 0b11 == 0b10
    assert number < 1 << 128


def test_new_ids_of_one_instant_differ_and_later_ones_sort_after() -> None:
    now = {new_id("cus", AT) for _ in range(1000)}

    assert len(now) == 1000
    assert max(now) < new_id("cus", AT + timedelta(milliseconds=1))
    assert all(one.startswith("cus_") and len(one) == 30 for one in now)


def test_seeded_entropy_gives_the_same_id_again() -> None:
    first = new_id("sub", AT, entropy=random.Random(7).randbytes)

    assert first == new_id("sub", AT, entropy=random.Random(7).randbytes)


@given(left=PARTS, right=PARTS)
def test_stable_ids_are_equal_exactly_when_their_parts_are(
    left: list[str | int], right: list[str | int]
) -> None:
    same = [str(part) for part in left] == [str(part) for part in right]

    assert (stable_id("inv", *left) == stable_id("inv", *right)) == same
    assert stable_id("inv", *left) != stable_id("sub", *left)


def test_parts_do_not_run_into_one_another() -> None:
    assert stable_id("cus", "ab", "c") != stable_id("cus", "a", "bc")


@pytest.mark.parametrize("prefix", ["Cus", "cus1", "c_s"])
def test_prefix_is_plain_letters(prefix: str) -> None:
    with pytest.raises(AssertionError):
        stable_id(prefix, 1)


@given(st.text(max_size=20))
def test_what_is_no_plain_number_is_none(text: str) -> None:
    """A form is filled in by anybody: no text of it breaks a page."""
    assert 0 <= whole(text) < 10**15


@pytest.mark.parametrize(("text", "number"), [
    ("42", 42), ("007", 7), ("", 0), ("²", 0), ("٣", 0), ("-1", 0), ("1e3", 0), ("9" * 5_000, 0),
])  # fmt: skip
def test_only_plain_digits_are_a_number(text: str, number: int) -> None:
    assert whole(text) == number
