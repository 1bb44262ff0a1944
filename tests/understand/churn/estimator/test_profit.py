"""The published vector of EMPC and MPC, and what profit must always obey."""

import csv
import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tenure.understand.churn.estimator.profit import (
    Stakes,
    expected_maximum_profit,
    maximum_profit,
)
from tests.understand.churn.estimator.test_fitting import TELCO

NUMBERS = ("tenure", "MonthlyCharges", "TotalCharges")


@pytest.mark.skipif(not TELCO.exists(), reason="no data sets beside the project (#2)")
def test_the_vector_of_the_telco_file() -> None:
    """A2: a 70/30 split with seed 42, logistic: 10.377730 and 10.326077."""
    with gzip.open(TELCO, "rt", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    words = [name for name in rows[0] if name not in {*NUMBERS, "customerID", "Churn"}]
    table = np.array([[row[name] for name in (*NUMBERS, *words)] for row in rows], dtype=object)
    table[:, :3] = np.where(table[:, :3] == " ", "0", table[:, :3]).astype(np.float64)
    outcome = np.array([float(row["Churn"] == "Yes") for row in rows])
    both = make_column_transformer(
        (StandardScaler(), [0, 1, 2]),
        (OneHotEncoder(drop="if_binary"), list(range(3, table.shape[1]))),
    )
    split = train_test_split(table, outcome, test_size=0.3, random_state=42, stratify=outcome)
    model = make_pipeline(both, LogisticRegression(max_iter=2_000)).fit(split[0], split[2])
    told = model.predict_proba(split[1])[:, 1]

    assert expected_maximum_profit(told, split[3]) == pytest.approx(10.377730, abs=1e-5)
    assert maximum_profit(told, split[3]) == pytest.approx(10.326077, abs=1e-5)


def test_everybody_leaves_and_everybody_is_known() -> None:
    """By hand: γ = 0.3 on average, so each is worth 0.3 · 190 − 1 = 56."""
    outcome, score = np.ones(10), np.linspace(0, 1, 10)

    assert maximum_profit(score, outcome) == pytest.approx(56)
    assert expected_maximum_profit(score, outcome) == pytest.approx(56, abs=0.01)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=30))
def test_profit_is_never_below_leaving_everybody_alone(rows: list[tuple[int, bool]]) -> None:
    score = np.array([one for one, _ in rows], dtype=np.float64)
    outcome = np.array([two for _, two in rows], dtype=np.float64)

    assert expected_maximum_profit(score, outcome) >= -1e-9
    assert maximum_profit(score, outcome) >= 0
    # Choosing the fraction after γ is known is worth at least as much as before.
    assert expected_maximum_profit(score, outcome) >= maximum_profit(score, outcome) - 1e-9
    assert maximum_profit(score, outcome, stakes=Stakes(contact=1_000)) == 0
