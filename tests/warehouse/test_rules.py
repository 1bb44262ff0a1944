"""One rule, three readings: on one row, on everyone and on a table in memory they agree."""

from typing import Any

import narwhals.stable.v2 as nw
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.strategy.rules import ALWAYS, AllOf, AnyOf, Leaf, Not, Op, Rule, holds
from tenure.warehouse.engines import open_engine
from tenure.warehouse.flags import flags, flags_of
from tenure.warehouse.rules import compiled
from tenure.warehouse.tables.declaration import Column

COLUMNS = (Column("days", "int64"), Column("share", "float64"), Column("plan", "string"))

whole = st.integers(-3, 3)
real = st.sampled_from([-1.0, -0.5, 0.0, 0.1, 0.5, 1.0])
word = st.sampled_from(["", "gold", "银", "O'Neil"])
ORDERED = [Op.EQUAL, Op.DIFFERENT, Op.BELOW, Op.AT_MOST, Op.ABOVE, Op.AT_LEAST]


def leaf(feature: str, ops: list[Op], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Rule]:
    compared = st.builds(Leaf, st.just(feature), st.sampled_from(ops), values)
    among = st.builds(
        Leaf, st.just(feature), st.just(Op.AMONG), st.lists(values, max_size=3).map(tuple)
    )
    known = st.builds(Leaf, st.just(feature), st.sampled_from([Op.KNOWN, Op.UNKNOWN]))
    return compared | among | known


leaves = (
    leaf("days", ORDERED, whole)
    | leaf("share", ORDERED, real)
    | leaf("plan", [Op.EQUAL, Op.DIFFERENT], word)
)
rules = st.recursive(
    leaves,
    lambda parts: (
        st.builds(AllOf, st.lists(parts, max_size=3).map(tuple))
        | st.builds(AnyOf, st.lists(parts, max_size=3).map(tuple))
        | st.builds(Not, parts)
    ),
    max_leaves=8,
)
rows = st.lists(
    st.tuples(st.none() | whole, st.none() | real, st.none() | word), min_size=1, max_size=6
)


@given(trees=st.lists(rules, min_size=1, max_size=5), people=rows)
@settings(max_examples=60, deadline=None)
def test_all_readings_agree(trees: list[Rule], people: list[tuple[Any, ...]]) -> None:
    numbered = [(number, *person) for number, person in enumerate(people)]
    with open_engine(threads=1) as engine:
        frame = engine.literal(numbered, columns=(Column("row", "int64"), *COLUMNS))
        chosen = [
            compiled(rule, row="row").alias(f"rule_{place}") for place, rule in enumerate(trees)
        ]
        table = engine.collect(frame.select("row", *chosen).sort("row"))
        rows = engine.collect(frame.sort("row"))

    in_memory = dict(flags_of({f"rule_{place}": rule for place, rule in enumerate(trees)}, rows))
    names = [column.name for column in COLUMNS]
    for place, rule in enumerate(trees):
        expected = [holds(rule, dict(zip(names, person, strict=True))) for person in people]
        assert table[f"rule_{place}"].to_pylist() == expected
        assert in_memory[f"rule_{place}"].tolist() == expected


def test_a_rule_filters_a_frame() -> None:
    rule = AllOf((Leaf("days", Op.AT_MOST, 30), Not(Leaf("plan", Op.EQUAL, "gold"))))
    with open_engine(threads=1) as engine:
        frame = engine.literal([(30, None), (30, "gold"), (31, "basic")], columns=["days", "plan"])
        table = engine.collect(frame.filter(compiled(rule)))
        nobody = engine.collect(frame.filter(compiled(Not(ALWAYS), row="plan")).select(nw.len()))
        everybody = engine.collect(frame.filter(compiled(ALWAYS, row="days")).select(nw.len()))

    assert table.to_pylist() == [{"days": 30, "plan": None}]
    assert nobody["len"].to_pylist() == [0]
    assert everybody["len"].to_pylist() == [3]


def test_a_table_in_memory_knows_its_rows_by_any_rule() -> None:
    rows = pa.table({"days": pa.array([30, None, 2**53 + 1]), "plan": ["a", None, "b"]})

    assert flags(ALWAYS, rows).tolist() == [True, True, True]
    assert flags(Not(ALWAYS), rows).tolist() == [False, False, False]
    assert flags(AllOf((ALWAYS, Leaf("days", Op.ABOVE, 30.5))), rows).tolist() == [
        False,
        False,
        True,
    ]
    assert flags(Leaf("plan", Op.AMONG, ()), rows).tolist() == [False, False, False]
    assert flags(Leaf("plan", Op.UNKNOWN), rows.slice(0, 0)).tolist() == []
