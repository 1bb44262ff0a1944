"""The page of the estimators of risk, and the same by command."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tenure.understand.churn.models import Estimator, RiskWatch
from tests.builders import AS_OF, AT
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.conftest import SignIn
from tests.surfaces.console.test_experiments import CHINESE, ENGLISH, shown
from tests.surfaces.days import finish_day
from tests.understand.warehouses import Warehouse

FIGURES = {
    "auc": 0.781, "log_loss": 0.4312, "brier": 0.1361, "ece": 0.021, "lift_10": 2.81,
    "observed_expected": 1.02,
}  # fmt: skip
BIN = [0.2, 0.22, 0.18, 0.27, 400]


@pytest.fixture
def analyst(broadband: Warehouse, sign_in: SignIn) -> Client:
    finish_day(broadband, a_customer())
    return sign_in("analyst")


def a_contest() -> Estimator:
    """A boosting that took the place of a forest."""
    metrics: dict[str, Any] = {
        "out_of_time": FIGURES,
        "auc_interval": [0.75, 0.81],
        "contest": {"gradient_boosting": {"gain": 0.012, "low": 0.004, "high": 0.02}},
        "held_before": "random_forest",
        "reliability": [BIN] * 10,
        "gains": [0.28, 0.5, 0.63, 0.73, 0.8, 0.86, 0.91, 0.95, 0.98, 1.0],
        "months": [["2026-05", 300, 60.0, 75.0]],
        "terms": 900,
        "refused_columns": [],
        "endings": {
            "counts": {"voluntary": 50, "involuntary": 30, "natural": 120},
            "rates": [0.25, 0.15, 0.6],
            "is_learned": False,
        },
    }
    known = {"as_of": AS_OF, "trained_at": AT, "n": 2500, "data_hash": "ab" * 32,
             "strategy_hash": "cd" * 32}  # fmt: skip
    Estimator.objects.create(
        kind="logistic", path="estimators/l.npz", champion=False,
        metrics={**metrics, "auc_interval": [0.49, 0.55]}, **known,
    )  # fmt: skip
    return Estimator.objects.create(
        kind="gradient_boosting", path="estimators/b.npz", metrics=metrics, **known
    )


def test_the_page_shows_the_contest_its_plots_the_drift_and_who_followed_whom(
    analyst: Client,
) -> None:
    """PRD-01, TOP-20: figures with intervals; what is not better than chance says so."""
    champion = a_contest()
    RiskWatch.objects.create(
        as_of=AS_OF, estimator=champion, n=4, expected=1.2, observed=1, above=0.4, below=0.1,
        told_apart=0.63, shifts={"logins_30": 0.31}, alarms=["inputs"], rings=True,
    )  # fmt: skip

    page = shown(analyst, "/models")
    chinese = shown(analyst, "/models", CHINESE)

    assert "Gradient boosting took the place of Random forest" in page
    assert "0.750–0.810" in page
    assert page.count("not better than chance") == 1
    assert page.count("<circle") == 10
    assert "cdcdcdcdcdcd" in page
    assert "The inputs drifted" in page
    assert "moved much" in page
    assert "梯度提升 取代 随机森林" in chinese
    assert "cannot be told apart better than by their averages" in page


def test_where_averages_stand_in_the_page_says_why(analyst: Client) -> None:
    """TOP-20: no score is shown that could be luck."""
    why = {
        "sentence": {"zh": "风险模型不比猜测更好", "en": "The estimator is not better than chance"}
    }
    Estimator.objects.create(
        kind="base_rate", as_of=AS_OF, trained_at=AT + timedelta(hours=1), n=9, data_hash="",
        strategy_hash="s", metrics={"why": why},
    )  # fmt: skip

    page = shown(analyst, "/models")

    assert "The estimator is not better than chance" in page
    assert "<circle" not in page
    assert analyst.get("/models", headers=ENGLISH).status_code == 200


def test_the_command_tells_the_same(analyst: Client, capsys: pytest.CaptureFixture[str]) -> None:
    from tenure.surfaces.cli.main import run

    a_contest()
    assert run(["models", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert told["champion"]["figures"]["auc"] == 0.781
    assert [one["kind"] for one in told["challengers"]] == ["logistic"]
    assert told["challengers"][0]["not_better_than_chance"] is True
    assert told["history"][0]["promotion"] is True
    assert run(["models"]) == 0
    assert "0.781" in capsys.readouterr().out
