"""NPS, CSAT and CES with n and interval: G12, MET-05, MET-06, R-M-011."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.understand.voice.rules import figure_of, nps_change, nps_error, rounded_points, wilson

NPS = [10, 10, 9, 9, 9, 8, 8, 7, 7, 6, 5, 3, 0]


def test_the_golden_answers_give_the_golden_figures() -> None:
    """G12."""
    nps = figure_of("nps", NPS)
    csat = figure_of("csat", [5, 5, 4, 4, 3, 2, 1, 5])
    ces = figure_of("ces", [7, 6, 5, 7, 3, 2, 6])

    assert (nps.n, nps.value, rounded_points(Fraction(100, 13))) == (13, Fraction(100, 13), 8)
    assert f"{nps_error(NPS):.4f}" == "22.9781"
    assert csat.value == Fraction(5, 8)
    assert ces.value == Fraction(5, 7)
    assert ces.mean is not None
    assert f"{float(ces.mean):.2f}" == "5.14"


def test_few_answers_are_hidden_or_marked_and_none_give_no_number() -> None:
    assert figure_of("nps", [10] * 4).is_hidden
    assert figure_of("nps", [10] * 29).is_thin
    assert not figure_of("nps", [10] * 30).is_thin
    assert figure_of("csat", []).value is None


def test_rounds_are_compared_with_their_interval() -> None:
    change, low, high = nps_change([10] * 60 + [0] * 40, [10] * 40 + [0] * 60)

    assert change == pytest.approx(40.0)
    assert low == pytest.approx(40 - 1.959964 * 2**0.5 * 100 * 0.96**0.5 / 10, abs=1e-3)
    assert high > change > low > 0


@given(st.lists(st.integers(0, 10), min_size=1, max_size=200))
def test_an_interval_holds_its_figure(scores: list[int]) -> None:
    figure = figure_of("nps", scores)

    assert figure.value is not None
    assert figure.low is not None
    assert figure.high is not None
    assert -100 <= figure.low <= figure.value + 1e-9
    assert figure.value - 1e-9 <= figure.high <= 100
    low, high = wilson(sum(1 for one in scores if one > 5), len(scores))
    assert 0 <= low <= high <= 1
