"""Columns of numbers say what the columns of a table say."""

from datetime import date

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.periods import day_number
from tenure.understand.metrics.columns import (
    NEVER,
    Filled,
    Names,
    looked_up,
    months_of,
    numbered,
    numbers,
    summed,
)

IDS = st.lists(st.integers(-3, 40) | st.integers(10**12, 10**12 + 5), max_size=30)


@given(st.lists(st.lists(st.none() | st.sampled_from(["", "home", "office", "b"]), max_size=6)))
def test_names_that_come_in_batches_are_places_in_one_sorted_list(
    batches: list[list[str | None]],
) -> None:
    names = Names(sum(map(len, batches)))
    for batch in batches:
        names.add(pa.array(batch, type=pa.string()))

    column = names.column()

    assert list(column.names) == sorted(column.names)
    assert column.names[0] == ""
    said = [None if code < 0 else column.names[code] for code in column.codes.tolist()]
    assert said == [one for batch in batches for one in batch]


@given(IDS)
def test_each_row_is_numbered_by_its_id(ids: list[int]) -> None:
    """Whether ids lie close together or far apart."""
    every, place = numbered(np.array(ids, dtype=np.int64))

    assert every.tolist() == sorted(set(ids))
    assert every[place].tolist() == ids


@given(IDS, st.lists(st.integers(-5, 45), unique=True, max_size=20))
def test_an_id_is_found_in_a_list_of_any_order(ids: list[int], among: list[int]) -> None:
    place = looked_up(np.array(ids, dtype=np.int64), among=np.array(among, dtype=np.int64))

    assert place.tolist() == [among.index(one) if one in among else -1 for one in ids]


def test_the_month_of_a_day_is_that_of_the_calendar() -> None:
    days = [date(2024, 2, 29), date(1969, 12, 31), date(2026, 6, 1), date(2024, 2, 29)]

    months = months_of(np.array([day_number(one) for one in days], dtype=np.int32))

    assert months.tolist() == [one.year * 12 + one.month - 1 for one in days]
    assert not len(months_of(np.zeros(0, dtype=np.int32)))


def test_amounts_are_added_to_the_last_unit() -> None:
    """Sums that a float would round."""
    large = 2**53

    found = summed(np.array([large, 1, 7]), by=np.array([1, 1, 0], dtype=np.int32), size=3)

    assert found.tolist() == [7, large + 1, 0]


def test_what_is_not_known_is_told_apart_from_any_day() -> None:
    found = Filled(4, np.int32)
    for batch in ([3, None], [], [None, 5]):
        found.add(numbers(pa.array(batch, type=pa.int64()), unknown=NEVER))

    assert found.values.tolist() == [3, NEVER, NEVER, 5]
    assert found.values.dtype == np.int32
