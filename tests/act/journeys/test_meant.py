"""TAG-02, CS-06: everybody of a day is read once, and each rule means the same as read alone."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tenure.act.journeys.meant import of_rule, read_once
from tenure.kernel.periods import day_number
from tenure.strategy.rules import AllOf, Leaf, Not, Op, Rule
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tests.act.conftest import PlanDay
from tests.builders import AS_OF, AT, a_term, an_account

pytestmark = pytest.mark.django_db

NEAR = Leaf("days_left", Op.AT_MOST, 90)
LATE = Leaf("tenure_days", Op.BELOW, 0)
NEXT = AS_OF + timedelta(days=1)


def _write_days_left(days: int) -> None:
    """Write the features of the day once more, with so many days left for everybody."""
    store, day = current_store(), day_number(AS_OF)
    with open_engine("duckdb") as engine:
        rows = engine.collect(store.read(FEATURES, engine=engine, from_day=day, to_day=day))
        place = rows.column_names.index("days_left")
        same = pa.array([days] * len(rows), rows.schema.field(place).type)
        rows = rows.set_column(place, "days_left", same)
        store.write(FEATURES, day=day, frame=rows, at=AT, engine=engine)


@pytest.mark.usefixtures("either_database")
def test_each_rule_means_the_same_from_one_reading(plan_day: PlanDay, tmp_path: Path) -> None:
    terms = [a_term(account=an_account(), days_left=days).pk for days in (30, 80, 200)]
    plan_day()
    rules: list[Rule] = [NEAR, Not(NEAR), AllOf((NEAR, Not(LATE))), LATE]
    alone = [of_rule(one, terms[1:], as_of=AS_OF) for one in rules]

    with read_once():
        together = [of_rule(one, terms[1:], as_of=AS_OF) for one in rules]
        for file in tmp_path.rglob("*.parquet"):
            file.unlink()
        again = [of_rule(one, terms[1:], as_of=AS_OF) for one in rules]

    assert alone == [(terms[1],), (terms[2],), (terms[1],), ()]
    assert together == alone
    assert again == alone


def test_a_day_that_is_written_anew_is_read_anew(plan_day: PlanDay) -> None:
    term, other = (a_term(account=an_account(), days_left=days).pk for days in (30, 200))
    plan_day()

    with read_once():
        before = of_rule(NEAR, [term, other], as_of=AS_OF)
        _write_days_left(10)
        after = of_rule(NEAR, [term, other], as_of=AS_OF)

    assert before == (term,)
    assert after == (term, other)


def test_each_day_is_read_for_itself(plan_day: PlanDay) -> None:
    term = a_term(account=an_account(), days_left=91).pk
    plan_day()
    plan_day(NEXT, at=AT + timedelta(days=1))

    with read_once():
        found = [of_rule(NEAR, [term], as_of=day) for day in (AS_OF, NEXT, AS_OF)]

    assert found == [(), (term,), ()]


def test_before_the_first_filled_day_nobody_is_meant(strategy: Any) -> None:
    term = a_term(account=an_account(), days_left=30).pk

    with read_once():
        assert of_rule(NEAR, [term], as_of=AS_OF) == ()
