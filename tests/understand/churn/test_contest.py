"""A challenger becomes champion only beyond noise, and each end has its own probability."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from tenure.kernel.periods import day_number
from tenure.strategy.churn import Churn, EstimatorKind
from tenure.strategy.loading import load
from tenure.understand.churn.contest import gain
from tenure.understand.churn.endings import load_endings, store_endings
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.reliability import (
    Month,
    by_month,
    gains,
    level_is_off,
    reliability,
    wilson,
)
from tenure.understand.churn.history import History
from tenure.understand.churn.serving import Serving, Verdict
from tenure.understand.churn.training import Trained, train
from tests.builders import AS_OF

TERMS, DAYS = 3_000, 700


@pytest.fixture(scope="module")
def churn() -> Churn:
    return replace(load(Path(settings.TENURE_STRATEGIES) / "broadband").churn, trees=20)


def history(*, checkered: bool) -> History:
    """Payments that failed end involuntarily; visits decide the rest, straight or in checkers."""
    rng = np.random.default_rng(4)
    ends = np.sort(rng.integers(100, DAYS, TERMS))
    visits, failed = rng.integers(0, 10, TERMS), rng.integers(0, 2, TERMS)
    logit = np.where((visits % 2) == failed, 2.0, -2.0) if checkered else 2.0 - 0.6 * visits
    lapsed = rng.random(TERMS) < 1 / (1 + np.exp(-logit))
    kind = np.where(failed & (rng.random(TERMS) < 0.9), 2, np.where(rng.random(TERMS) < 0.6, 1, 3))
    rows = np.column_stack([visits, failed, np.full(TERMS, 30)]).astype(np.float32)
    names = ("logins_30", "payments_failed_365", "days_left")
    return History(
        Cases(names, rows, lapsed.astype(np.float64)),
        np.arange(TERMS),
        ends,
        ends - 30,
        np.where(lapsed, kind, 0),
    )


@pytest.fixture(scope="module")
def checkered(churn: Churn) -> Trained:
    """A line cannot see a checkerboard, trees can."""
    return train(history(checkered=True), churn, grace_days=15, champion=EstimatorKind.LOGISTIC)


def test_a_challenger_that_is_better_beyond_noise_takes_the_place(checkered: Trained) -> None:
    """A challenger's log loss on later terms, with the interval that all share."""
    contest = checkered.metrics["contest"]

    assert checkered.kind in {EstimatorKind.RANDOM_FOREST, EstimatorKind.GRADIENT_BOOSTING}
    assert contest[str(checkered.kind)]["low"] > 0
    assert contest["hazard"]["low"] <= 0
    assert checkered.metrics["held_before"] == "logistic"
    assert {one.kind for one in checkered.others} | {checkered.kind} == set(EstimatorKind)
    assert len(checkered.metrics["reliability"]) == len(checkered.metrics["gains"]) == 10
    assert checkered.metrics["gains"][-1] == 1.0


def test_a_champion_stays_while_nobody_is_better_beyond_noise(churn: Churn) -> None:
    """A straight line is the truth here: the logistic stays, and the strategy's choice waits."""
    trained = train(history(checkered=False), churn, grace_days=15, champion=EstimatorKind.LOGISTIC)

    assert trained.kind is EstimatorKind.LOGISTIC
    assert all(one["low"] <= 0 for one in trained.metrics["contest"].values())


def test_the_ways_to_end_add_up_and_follow_what_goes_with_them(
    checkered: Trained, tmp_path: Path
) -> None:
    """Voluntary, involuntary and natural ends apart: shares of each row add up to one."""
    ends, cases = checkered.endings, checkered.cases
    columns = [cases.names.index(name) for name in ends.names]
    shares = ends.shares(cases.rows[:, columns])
    failed = cases.rows[:, cases.names.index("payments_failed_365")] > 0

    assert np.allclose(shares.sum(axis=1), 1.0)
    assert ends.metrics["is_learned"]
    assert ends.metrics["log_loss"] < ends.metrics["log_loss_of_averages"]
    assert shares[failed, 1].mean() > 0.8 > 0.2 > shares[~failed, 1].mean()
    store_endings(ends, tmp_path / "champion.npz")
    again = load_endings(tmp_path / "champion.npz", {"endings": ends.metrics})
    assert again is not None
    told = again.shares(cases.rows[:, [cases.names.index(name) for name in again.names]])
    assert np.allclose(told, shares, atol=1e-6)


def test_looks_at_one_term_count_once_in_a_gain() -> None:
    """Copies of the same cases must not narrow the interval."""
    rng = np.random.default_rng(1)
    before, now = rng.random(400), rng.random(400)
    once = gain(before, now, term_id=np.arange(400))
    thrice = gain(np.tile(before, 3), np.tile(now, 3), term_id=np.tile(np.arange(400), 3))

    assert thrice.mean == pytest.approx(once.mean)
    assert thrice.high - thrice.low == pytest.approx(once.high - once.low)
    # 1.96 standard errors on either side, computed by hand.
    half = 1.959964 * (before - now).std(ddof=1) / 20
    assert once.high - once.mean == pytest.approx(half, rel=1e-6)
    assert not gain(before, before, term_id=np.arange(400)).is_beyond_noise


def test_bins_gains_and_months_are_arithmetic() -> None:
    """A6: an alarm where observed ÷ expected is off by more than 15 % twice in a row."""
    told, came = np.array([0.1] * 5 + [0.9] * 5), np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 0.0])
    day = day_number(AS_OF)

    bins = reliability(told, came)
    months = by_month(told, came, ends_day=np.array([day] * 5 + [day + 30] * 5))

    assert (len(bins), sum(one.n for one in bins)) == (10, 10)
    assert wilson(1, n=10) == pytest.approx((0.01787, 0.40415), abs=1e-4)
    assert gains(told, came)[4] == pytest.approx(4 / 5)
    assert [(one.n, one.observed) for one in months] == [(5, 1.0), (5, 4.0)]
    assert [one.expected for one in months] == pytest.approx([0.5, 4.5])
    assert months[0].ratio is None
    off, fine = Month("2026-01", 200, 50.0, 60.0), Month("2026-02", 200, 50.0, 52.0)
    assert (level_is_off([off, fine, off]), level_is_off([fine, off, off])) == (False, True)


def serving_of(trained: Trained, *, until_day: int) -> Serving:
    return Serving(trained.kind, trained.fitted, until_day)


def test_what_serves_is_judged_on_terms_that_it_has_not_seen(
    churn: Churn, checkered: Trained
) -> None:
    """AI-02, PRD-01: kept where it is better beyond noise, replaced where it is worse; with why."""
    straight = train(history(checkered=False), churn, grace_days=15)
    past, new = history(checkered=True), DAYS - 40

    def judged_with(serving: Trained, until: int = new, seen: History = past) -> Trained:
        return train(seen, churn, grace_days=15, serving=serving_of(serving, until_day=until))

    worse = judged_with(straight)
    # Until lately the world was straight: whoever learned from all of it is late for the checkers.
    turned = replace(past, cases=replace(past.cases, outcome=past.cases.outcome.copy()))
    early = past.ends_day < new - 45
    turned.cases.outcome[early] = history(checkered=False).cases.outcome[early]
    kept = judged_with(checkered, seen=turned)
    few = judged_with(straight, until=DAYS + 14)

    assert worse.review is not None
    assert (worse.review.verdict, worse.review.keeps) == (Verdict.BETTER, False)
    told = worse.metrics["served"]
    assert told["low"] > 0
    # Known within the grace days after its end, each term counts once.
    assert told["terms"] == int((past.ends_day + 15 >= new).sum())
    assert kept.review is not None
    assert (kept.review.verdict, kept.review.keeps) == (Verdict.KEPT, True)
    assert kept.served["out_of_time"]["n"] == told["terms"]
    assert few.review is not None
    assert (few.review.verdict, few.metrics["served"]["need"]) == (Verdict.TOO_FEW, 100)


def test_what_serves_goes_when_a_column_of_it_knows_the_outcome(churn: Churn) -> None:
    seen = history(checkered=False)
    trained = train(seen, churn, grace_days=15)
    gone = replace(seen, cases=seen.cases.without(["payments_failed_365"]))
    serving = serving_of(trained, until_day=DAYS - 60)

    found = train(gone, churn, grace_days=15, serving=serving).review

    assert found is not None
    assert (found.verdict, found.gain) == (Verdict.COLUMNS, None)
