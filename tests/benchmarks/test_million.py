"""Each measure and its alternative come to the same, small: what is compared is the same work."""

import math
from pathlib import Path
from typing import Any

import pytest

from benchmarks import features, increments, million, sold


@pytest.fixture(autouse=True)
def few_customers(settings: Any, tmp_path: Path) -> None:
    settings.TENURE_HOME = tmp_path / "3000"


@pytest.mark.django_db
def test_metrics_from_changes_end_where_customer_by_month_does() -> None:
    """MET-02: the revenue at the end, scaled, to the unit."""
    sold.terms_made_up()

    ours, theirs = sold.metrics(), sold.metrics_by_month()

    assert ours["said"] == theirs["said"]
    assert isinstance(ours["said"], int)
    assert ours["said"] > 0


def test_segments_count_whom_the_engine_counts() -> None:
    """SEG-05: ten rules in one pass, customers and not terms."""
    counts = million.segments()["said"]

    assert counts == million.segments_by_hand()["said"]
    assert isinstance(counts, list)
    assert all(0 < count < 3_000 for count in counts)


def test_survival_and_purchases_find_the_same_parameters() -> None:
    """MET-03, B2: whether equal histories are counted once or looked at one by one."""
    for ours, theirs in (
        (million.bgnbd(), million.bgnbd_one_by_one()),
        (million.sbg(), million.sbg_one_by_one()),
    ):
        assert isinstance(ours["said"], list)
        assert isinstance(theirs["said"], list)
        for one, other in zip(ours["said"], theirs["said"], strict=True):
            assert math.isclose(one, other, rel_tol=2e-3)


def test_a_day_that_goes_on_counts_the_logins_that_all_events_have() -> None:
    """TOP-18: the increment and the full pass come to the same."""
    increments.events_made_up()

    assert increments.use_from_the_day_before()["said"] == increments.use_from_all_events()["said"]


@pytest.mark.django_db
def test_features_are_those_of_hand_written_sql() -> None:
    """TOP-18: the same terms, and the same sums of what everybody did."""
    sold.terms_made_up()
    increments.events_made_up()

    ours, theirs = features.features_from_events(), features.features_by_hand()

    assert ours["said"] == theirs["said"]
    assert isinstance(ours["said"], list)
    assert all(one > 0 for one in ours["said"])
