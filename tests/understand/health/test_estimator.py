"""H1 to H3: learned weights order better, mean what they say, and are worth acting on."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedKFold

from tenure.understand.churn.estimator.quality import roc_auc
from tenure.understand.health.estimator import (
    benefit_curve,
    deciles,
    displayed,
    learned_weights,
    line_of_costs,
    net_benefit,
    odds_of,
    tens,
    weighted,
)

TELCO = Path(__file__).parents[4] / "shared" / "data" / "telco_ibm" / "Telco-Customer-Churn.csv.gz"
NEEDS_TELCO = pytest.mark.skipif(not TELCO.exists(), reason="no data sets beside the project (#2)")
EXPERT = np.array([25.0, 20, 15, 20, 20])
COMMITMENT = {"Month-to-month": 0.0, "One year": 60.0, "Two year": 100.0}
ADD_ONS = ("OnlineSecurity", "OnlineBackup", "DeviceProtection", "TechSupport")
SERVICES = (*ADD_ONS, "StreamingTV", "StreamingMovies")


def dimensions(row: dict[str, str]) -> list[float]:
    """Commitment, tenure, automatic payment, add-ons, value for the price; 0 to 100 each."""
    used = sum(row[one] == "Yes" for one in (*SERVICES, "PhoneService"))
    price = float(row["MonthlyCharges"])
    return [
        COMMITMENT[row["Contract"]],
        float(row["tenure"]) / 0.72,
        100.0 * ("automatic" in row["PaymentMethod"]),
        100.0 * sum(row[one] == "Yes" for one in ADD_ONS) / len(ADD_ONS),
        max(0.0, min(100.0, 100.0 * (1 - (price - 20 - 5 * used) / 60))),
    ]


@pytest.fixture(scope="module")
def telco() -> tuple[np.ndarray, np.ndarray]:
    """Parts and whether the customer stayed."""
    with gzip.open(TELCO, "rt") as file:
        rows = list(csv.DictReader(file))
    stayed = np.array([float(row["Churn"] == "No") for row in rows])
    return np.array([dimensions(row) for row in rows]), stayed


@pytest.fixture(scope="module")
def unseen(telco: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """100 × the chance of staying, of each customer by weights that never saw the customer."""
    parts, stayed = telco
    told = np.empty(len(stayed))
    for fit, test in StratifiedKFold(5, shuffle=True, random_state=0).split(parts, stayed):
        weights = learned_weights(parts[fit], stayed[fit], expert=EXPERT)
        odds = odds_of(weighted(parts[fit], weights), stayed[fit])
        told[test] = displayed(weighted(parts[test], weights), odds)
    return told


@NEEDS_TELCO
def test_learned_weights_order_better_than_the_experts(
    telco: tuple[np.ndarray, np.ndarray], unseen: np.ndarray
) -> None:
    """H1: at least 0.01 more area under the curve, on customers that were not learned from."""
    parts, stayed = telco

    expert = roc_auc(weighted(parts, EXPERT), stayed)

    assert roc_auc(unseen, stayed) >= expert + 0.01


@NEEDS_TELCO
def test_seventy_means_seventy_percent(
    telco: tuple[np.ndarray, np.ndarray], unseen: np.ndarray
) -> None:
    """H2: within 4 points in each band of ten points with 300 customers or more."""
    full = [band for band in tens(unseen, telco[1]) if band.n >= 300]

    assert len(full) >= 5
    assert all(abs(100 * band.share - band.mean) <= 4 for band in full)


@NEEDS_TELCO
def test_acting_below_an_offered_line_beats_acting_on_all_and_on_none(
    telco: tuple[np.ndarray, np.ndarray], unseen: np.ndarray
) -> None:
    """H3: acting on all is worth 0.2654 − 0.7346 p ÷ (1 − p), as by hand."""
    curve = benefit_curve(unseen, telco[1], lines=np.array([90.0, 80, 70, 60]))

    assert [round(one.treat_all, 4) for one in curve] == [0.1837, 0.0817, -0.0495, -0.2244]
    assert all(one.is_worth_it for one in curve)
    assert all(one.net > least for one, least in zip(curve, (0.2, 0.15, 0.11, 0.08), strict=True))


rows = st.lists(st.tuples(*[st.floats(0, 100)] * 3, st.booleans()), min_size=30, max_size=60)


@given(rows=rows, place=st.integers(0, 2), more=st.floats(0, 50))
@settings(max_examples=40, deadline=None)
def test_a_better_part_never_lowers_the_score(
    rows: list[tuple[float, float, float, bool]], place: int, more: float
) -> None:
    """H1: monotone in every part, whatever the customers did."""
    parts = np.array([row[:3] for row in rows])
    renewed = np.array([float(row[3]) for row in rows])
    weights = learned_weights(parts, renewed, expert=np.array([1.0, 1, 1]))
    odds = odds_of(weighted(parts, weights), renewed)
    better = parts.copy()
    better[:, place] = np.minimum(100.0, better[:, place] + more)

    before, after = (displayed(weighted(one, weights), odds) for one in (parts, better))

    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(100)
    assert (after >= before - 1e-9).all()


def test_without_evidence_the_experts_weights_stand() -> None:
    parts = np.full((40, 2), 50.0)

    weights = learned_weights(parts, np.repeat([0.0, 1.0], 20), expert=np.array([3.0, 1.0]))

    assert weights.tolist() == pytest.approx([75.0, 25.0])


def test_what_is_not_known_is_left_out() -> None:
    parts = np.array([[80.0, np.nan], [80.0, 20.0], [np.nan, np.nan]])

    told = weighted(parts, np.array([3.0, 1.0]))

    assert told[:2].tolist() == [80.0, 65.0]
    assert np.isnan(told[2])


def test_tenths_keep_equal_scores_together() -> None:
    score = np.array([10.0] * 5 + [90.0] * 5)
    renewed = np.array([0.0] * 4 + [1.0] * 6)

    low, high = deciles(score, renewed, count=2)

    assert (low.n, low.renewed, low.mean) == (5, 1, 10.0)
    assert (high.n, high.share) == (5, 1.0)
    assert [round(one, 4) for one in low.interval] == [0.0362, 0.6245]  # Wilson, by hand


def test_the_default_line_follows_from_the_costs() -> None:
    """H3: acting pays from (1 + 10) ÷ (0.3 × 200) = 18.3 % on, so below 81.7."""
    assert line_of_costs(contact=1, offer=10, value=200, taken=0.3) == pytest.approx(81.6667)
    assert line_of_costs(contact=1, offer=100, value=200, taken=0.3) == 0
    assert net_benefit(np.array([0.5, 0.1]), np.array([1.0, 0.0]), at=0.2) == 0.5
