"""A table laid beside another in memory says what an engine's join says."""

from typing import Any

import narwhals.stable.v2 as nw
import pyarrow as pa
import pytest

from tenure.warehouse.beside import beside
from tenure.warehouse.engines import open_engine

ROWS = pa.table(
    {
        "row": [1, 2, 3, 4],
        "account_id": pa.array([7, None, 9, 7], pa.int64()),
        "action": ["call", "call", None, "wait"],
        "told": ["a", "b", "c", "d"],
    }
)
MORE = pa.table(
    {
        "account_id": pa.array([9, 7, None], pa.int64()),
        "action": ["call", "wait", "call"],
        "told": ["nine", "seven", "nobody"],
        "left": pa.array([None, 3, 4], pa.int64()),
    }
)


def joined(more: pa.Table, *, on: str | tuple[str, ...]) -> list[list[dict[str, Any]]]:
    """The rows by an engine, and in memory."""
    with open_engine(threads=1) as engine:
        laid = beside(engine.frame(ROWS), engine.frame(more), on=on, suffix="_more")
        by_engine = engine.collect(laid.sort("row")).to_pylist()
    here, there = (nw.from_native(one, eager_only=True).lazy() for one in (ROWS, more))
    in_memory = beside(here, there, on=on, suffix="_more").collect().to_native().to_pylist()
    return [by_engine, in_memory]


@pytest.mark.parametrize("on", ["account_id", ("account_id", "action")])
def test_in_memory_and_by_an_engine_it_is_the_same(on: str | tuple[str, ...]) -> None:
    more = MORE.drop_columns("action") if on == "account_id" else MORE

    by_engine, in_memory = joined(more, on=on)

    assert in_memory == by_engine
    told = {row["row"]: (row["told_more"], row["left"]) for row in in_memory}
    nine = ("nine", None) if on == "account_id" else (None, None)
    first = ("seven", 3) if on == "account_id" else (None, None)
    assert told == {1: first, 2: (None, None), 3: nine, 4: ("seven", 3)}


def test_a_table_without_rows_says_nothing() -> None:
    by_engine, in_memory = joined(MORE.slice(0, 0), on=("account_id", "action"))

    assert in_memory == by_engine
    assert {(row["told_more"], row["left"]) for row in in_memory} == {(None, None)}
