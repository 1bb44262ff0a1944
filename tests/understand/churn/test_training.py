"""A champion is judged on later terms, and never sees a column that knows the outcome."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from tenure.strategy.churn import Churn, EstimatorKind
from tenure.strategy.loading import load
from tenure.understand.churn.contest import learner_of
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.fitting import Boosting, Forest
from tenure.understand.churn.history import History
from tenure.understand.churn.rules import NotBetterThanChance, TooFewOutcomes
from tenure.understand.churn.training import train

TERMS, DAYS = 1_500, 700


@pytest.fixture(scope="module")
def churn() -> Churn:
    strategy = load(Path(settings.TENURE_STRATEGIES) / "broadband")
    return replace(strategy.churn, trees=30)


def history(*, leak: bool = False, late_lapses: bool = True) -> History:
    """Two looks at each term, 30 and 75 days before its end; few visits, and it lapses."""
    rng = np.random.default_rng(2)
    ends = np.sort(rng.integers(100, DAYS, TERMS))
    visits = rng.poisson(4, TERMS)
    lapsed = (rng.random(TERMS) < 0.45 * np.exp(-0.3 * visits)).astype(np.float64)
    if not late_lapses:
        lapsed[ends > DAYS - 61] = 0.0
    term, lead = np.repeat(np.arange(TERMS), 2), np.tile([30, 75], TERMS)
    rows = np.column_stack([visits[term], lead, rng.normal(size=len(term))]).astype(np.float32)
    names: tuple[str, ...] = ("logins_30", "days_left", "tickets_90")
    if leak:
        rows = np.column_stack([rows, 10 * lapsed[term]]).astype(np.float32)
        names = (*names, "exports_30")
    return History(Cases(names, rows, lapsed[term]), term, ends[term], ends[term] - lead)


def test_the_figures_come_from_terms_that_ended_later(churn: Churn) -> None:
    """PRD-01, R-M-029: out-of-time AUC, and how much was held back for it; never by lot."""
    trained = train(history(), churn, grace_days=15)

    figures = trained.metrics["out_of_time"]
    late = int((history().ends_day > history().ends_day.max() - churn.validation_days).sum())
    assert figures["n"] == late
    assert 0.6 < figures["auc"] < 0.9
    # A gap of lead and grace days lies between what is learned from and the test.
    gap = trained.metrics["fitted_on"] + trained.metrics["calibrated_on"] + late
    assert gap < len(history().ends_day) - 200


def test_a_column_that_knows_the_outcome_is_left_out_by_its_name(churn: Churn) -> None:
    trained = train(history(leak=True), churn, grace_days=15)

    assert trained.metrics["refused_columns"] == ["exports_30"]
    assert "exports_30" not in trained.fitted.names
    assert (
        trained.metrics["out_of_time"]
        == train(history(), churn, grace_days=15).metrics["out_of_time"]
    )


def test_without_lapses_among_the_later_terms_nothing_can_be_judged(churn: Churn) -> None:
    with pytest.raises(TooFewOutcomes) as refused:
        train(history(late_lapses=False), churn, grace_days=15)

    assert refused.value.data["lapsed"] == 0


def test_the_strategy_says_what_is_fitted(churn: Churn) -> None:
    boosting = replace(churn, estimator=EstimatorKind.GRADIENT_BOOSTING)

    assert learner_of(churn) == Forest(trees=30, seed=churn.seed)
    assert learner_of(boosting) == Boosting(trees=60, seed=churn.seed)
    assert train(history(), boosting, grace_days=15).fitted.ensemble.link == "logit"


def test_outcomes_that_go_with_nothing_are_not_better_than_chance(churn: Churn) -> None:
    """TOP-20, PRD-01: shuffled outcomes give no score; the reader learns the interval and n."""
    seen = history()
    lots = np.random.default_rng(5).random(TERMS) < 0.3
    lapsed = lots[seen.term_id].astype(np.float64)
    shuffled = replace(seen, cases=replace(seen.cases, outcome=lapsed))

    with pytest.raises(NotBetterThanChance) as told:
        train(shuffled, churn, grace_days=15)

    assert "not better than chance" in told.value.sentence("en")
    assert "不比猜测更好" in told.value.sentence("zh-Hans")
