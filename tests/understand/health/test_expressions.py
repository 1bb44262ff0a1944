"""The score of everyone at once is the score of each."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tenure.kernel.failures import Sentence
from tenure.strategy.health import Component, Health
from tenure.understand.features.registry import FEATURES
from tenure.understand.health.expressions import scored, with_state
from tenure.warehouse.engines import open_engine
from tenure.warehouse.tables.understanding import HEALTH
from tests.understand.features.literal import frame

USE = Component(
    "use", Sentence("使用", "use"), "active_days_30", 30, ((0.0, 0.0), (10.0, 70.0), (20.0, 100.0))
)
SPEED = Component(
    "speed", Sentence("网速", "speed"), "speed_ratio_30", 10, ((0.2, 0.0), (1.0, 100.0))
)
CALM = Component("calm", Sentence("少报障", "calm"), "tickets_90", 60, ((0.0, 100.0), (4.0, 0.0)))
HEALTHY = Health(threshold=70.0, recover=75.0, components=(USE, SPEED, CALM))


def scores(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    numbered = [
        {"term_id": n, "subscription_id": n, "account_id": n, **row} for n, row in enumerate(rows)
    ]
    with open_engine(threads=1) as engine:
        table = engine.collect(scored(frame(engine, FEATURES, *numbered), HEALTHY))
    found: list[dict[str, Any]] = table.to_pylist()
    return sorted(found, key=lambda row: int(row["term_id"]))


def test_parts_lie_on_their_lines_and_are_weighted() -> None:
    """HLT-01: 5 days 35, ratio 0.6 is 50, one ticket 75: (30·35 + 10·50 + 60·75) ÷ 100."""
    (row,) = scores({"active_days_30": 5, "speed_ratio_30": 0.6, "tickets_90": 1})

    assert json.loads(row["parts"]) == {"use": 35.0, "speed": 50.0, "calm": 75.0}
    assert (row["score"], row["coverage"]) == (60.5, 1.0)


def test_what_is_not_known_is_left_out_and_the_others_weigh_more() -> None:
    part, nothing = scores({"active_days_30": 30, "tickets_90": 9}, {})

    assert json.loads(part["parts"]) == {"use": 100.0, "speed": None, "calm": 0.0}
    assert (part["score"], part["coverage"]) == (round(100 * 30 / 90, 6), 0.9)
    assert (nothing["score"], nothing["coverage"]) == (None, 0.0)


UNKNOWN = st.none()


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "active_days_30": UNKNOWN | st.integers(0, 30),
                "speed_ratio_30": UNKNOWN | st.floats(0, 1.3),
                "tickets_90": UNKNOWN | st.integers(0, 9),
            }
        ),
        min_size=1,
        max_size=8,
    )
)
def test_everyone_at_once_is_each_by_the_strategys_own_rule(rows: list[dict[str, Any]]) -> None:
    for found, row in zip(scores(*rows), rows, strict=True):
        total = HEALTHY.total(HEALTHY.parts(row))
        assert (found["score"] is None) == (total is None)
        assert total is None or abs(found["score"] - total) < 1e-5


def state(score: float | None, *, below_before: int | None, seen: bool = True) -> int | None:
    """Since when one term is low on day 100."""
    columns = ("term_id", "subscription_id", "account_id", "score", "coverage", "parts")
    with open_engine(threads=1) as engine:
        now = engine.frame(engine.literal([(1, 1, 1, score, 1.0, "{}")], columns=columns))
        before = {"term_id": 1, "subscription_id": 1, "below_since_day": below_before}
        then = frame(engine, HEALTH, *([before] if seen else []))
        (row,) = engine.collect(with_state(now, then, day=100, health=HEALTHY)).to_pylist()
    since: int | None = row["below_since_day"]
    return since


def test_the_state_falls_at_one_line_and_recovers_at_another() -> None:
    """HLT-01: hysteresis between 70 and 75."""
    assert state(70.0, below_before=None) is None
    assert state(69.9, below_before=None) == 100
    assert state(69.9, below_before=90) == 90
    assert state(74.9, below_before=90) == 90
    assert state(75.0, below_before=90) is None
    assert state(74.9, below_before=None) is None
    assert state(12.0, below_before=None, seen=False) == 100


def test_what_is_not_known_leaves_the_state_as_it_was() -> None:
    assert state(None, below_before=90) == 90
    assert state(None, below_before=None) is None
