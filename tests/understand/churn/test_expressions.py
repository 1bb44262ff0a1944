"""What became of past terms, from literal rows."""

from collections.abc import Iterator
from typing import Any

import pytest

from tenure.understand.churn.expressions import (
    closed_or_live,
    decided_by_now,
    lapse_rates,
    outcomes,
)
from tenure.warehouse.engines import Engine, open_engine
from tenure.warehouse.tables.facts import TERMS
from tests.understand.features.literal import NOW_US, TODAY, a_term, frame, today


@pytest.fixture
def engine() -> Iterator[Engine]:
    with open_engine(threads=1) as opened:
        yield opened


def decided(engine: Engine, *terms: dict[str, Any]) -> dict[int, int]:
    found = outcomes(frame(engine, TERMS, *terms), moment=today(), grace_days=15)
    return {row["term_id"]: row["lapsed"] for row in engine.collect(found).to_pylist()}


def test_a_term_counts_once_its_grace_days_are_over(engine: Engine) -> None:
    """PRD-01: only matured labels; an early renewal waits for the others of its time."""
    found = decided(
        engine,
        a_term(-15, term_id=1),
        a_term(-14, term_id=2),
        a_term(-14, term_id=3, renewed_day=TODAY - 40),
        a_term(5, term_id=4, renewed_day=TODAY - 1),
        a_term(-30, term_id=5, known_us=NOW_US + 1),
    )

    assert found == {1: 1}


def test_renewed_within_grace_is_renewed_and_later_is_lost(engine: Engine) -> None:
    """G01 (R-M-001): the last day of grace counts, the day after is a win-back."""
    found = decided(
        engine,
        a_term(-40, term_id=1, renewed_day=TODAY - 60),
        a_term(-40, term_id=2, renewed_day=TODAY - 25),
        a_term(-40, term_id=3, renewed_day=TODAY - 24),
        a_term(-40, term_id=4, closed_day=TODAY - 41),
    )

    assert found == {1: 0, 2: 0, 3: 1, 4: 1}


def test_plans_and_cycles_are_counted_as_far_as_they_are_decided(engine: Engine) -> None:
    rows = [
        a_term(-40, term_id=1, plan_code="basic", closed_day=TODAY - 25),
        a_term(-40, term_id=2, plan_code="basic", renewed_day=TODAY - 50),
        a_term(-2, term_id=3, plan_code="basic", cycle_months=1, closed_day=TODAY - 2),
        a_term(-2, term_id=4, plan_code="basic", cycle_months=1, renewed_day=TODAY - 9),
        a_term(-2, term_id=5, plan_code="basic", cycle_months=1),
        a_term(9, term_id=6, plan_code="plus", renewed_day=TODAY - 9),
    ]
    terms = frame(engine, TERMS, *rows)

    found = engine.collect(lapse_rates(decided_by_now(terms, moment=today()), terms)).to_pylist()

    counted = {
        (row["plan_code"], row["cycle_months"]): (row["due"], row["lapsed"]) for row in found
    }
    assert counted == {("basic", 12): (2, 1), ("basic", 1): (2, 1)}


def test_a_file_without_ends_tells_who_was_closed(engine: Engine) -> None:
    rows = [
        a_term(20, term_id=1, closed_day=TODAY - 1),
        a_term(20, term_id=2),
        a_term(20, term_id=3, starts_day=TODAY + 1),
    ]

    found = engine.collect(closed_or_live(frame(engine, TERMS, *rows), moment=today()))

    assert {row["term_id"]: row["lapsed"] for row in found.to_pylist()} == {1: 1, 2: 0}
