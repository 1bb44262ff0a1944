"""What is learned from, how it is split in time, and what stands in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.understand.churn.rules import (
    Seen,
    TooFewOutcomes,
    bands,
    base_rate,
    base_rates,
    decision_days,
    enough,
    out_of_time,
    risen,
)


def test_decision_days_go_back_from_the_last_known_outcome() -> None:
    assert decision_days(100, 200) == [110, 155, 200]
    assert decision_days(100, 99) == []
    assert len(decision_days(0, 10_000)) == 16


@given(
    st.lists(st.integers(0, 600), min_size=1, max_size=60),
    st.integers(7, 90),
    st.integers(1, 120),
    st.integers(0, 30),
)
def test_whatever_is_learned_was_known_before_the_first_decision_of_the_test(
    ends: list[int], validation: int, lead: int, grace: int
) -> None:
    ends_day = np.array(ends)

    split = out_of_time(ends_day, validation_days=validation, most_lead=lead, grace_days=grace)

    learned = split.fit | split.calibrate
    first_decision = ends_day[split.test].min() - lead
    assert (ends_day[learned] + grace < first_decision).all()
    assert not (learned & split.test).any()
    assert not (split.fit & split.calibrate).any()
    if split.calibrate.any():
        assert ends_day[split.fit].max() < ends_day[split.calibrate].min()


def test_too_little_is_refused_with_what_is_needed() -> None:
    outcome = np.array([1.0] * 49 + [0.0] * 951)

    with pytest.raises(TooFewOutcomes) as refused:
        enough(outcome, terms=1_000, least_terms=500)

    assert refused.value.data == {"terms": 1_000, "lapsed": 49, "need": 500, "each": 50}
    assert "500" in refused.value.sentence("zh-Hans")
    assert "50 of either outcome" in refused.value.sentence("en")


def test_too_few_terms_are_refused_however_often_each_was_looked_at() -> None:
    with pytest.raises(TooFewOutcomes):
        enough(np.array([1.0, 0.0] * 600), terms=400, least_terms=500)


def test_an_average_is_drawn_towards_the_assumption_while_little_was_seen() -> None:
    assert base_rate(Seen(0, 0)) == 0.2
    assert base_rate(Seen(20, 20)) == pytest.approx(24 / 40)
    assert base_rate(Seen(20_000, 1_000)) == pytest.approx(0.05, abs=0.001)


def test_each_plan_is_drawn_towards_the_whole_business() -> None:
    overall, by_plan = base_rates({"big": Seen(980, 96), "small": Seen(0, 0)})

    assert overall == pytest.approx(0.1)
    assert by_plan["small"] == overall
    assert by_plan["big"] == pytest.approx((96 + 2) / 1_000)


def test_an_edge_belongs_to_the_band_above() -> None:
    edges = [0.10, 0.25, 0.50]

    assert bands(np.array([0.0, 0.099, 0.10, 0.25, 0.49, 0.50, 1.0]), edges).tolist() == [
        1,
        1,
        2,
        3,
        3,
        4,
        4,
    ]


def test_a_risk_rises_when_it_becomes_high_and_not_while_it_is() -> None:
    """HLT-02, PRD-03: once per rise."""
    band = np.array([3, 4, 3, 2, 4])
    before = np.array([2, 3, 0, 4, 1])

    assert risen(band, before).tolist() == [True, False, True, False, True]
