"""MET-03, TOP-16: lifetime models reproduce the published parameters on data nobody here made."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.understand.value.estimator.bgnbd import BetaGeometricNbd, Purchases, fit_bgnbd
from tenure.understand.value.estimator.gamma_gamma import fit_gamma_gamma
from tenure.understand.value.estimator.refusals import (
    NobodyReturned,
    NothingWasLost,
    TooFewPeriods,
)
from tenure.understand.value.estimator.sbg import ShiftedBetaGeometric, fit_sbg

DATA = Path(__file__).parents[4] / "shared" / "data" / "cdnow"
# Survivors of 1,000 customers after 0 to 7 renewals (Fader and Hardie 2007, table 1).
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
CALIBRATED_UNTIL = date(1997, 9, 30)
WEEKS_AHEAD = 39


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta", "log_likelihood"),
    [(HIGH_END, 0.668, 3.806, -1611.16), (REGULAR, 0.704, 1.182, -1680.27)],
)
def test_b1_sbg_finds_the_published_parameters(
    survivors: list[int], alpha: float, beta: float, log_likelihood: float
) -> None:
    found = fit_sbg(survivors)

    assert found.alpha == pytest.approx(alpha, abs=0.0005)
    assert found.beta == pytest.approx(beta, abs=0.0005)
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=0.005)


def test_sbg_forecasts_the_years_that_it_did_not_see() -> None:
    seen = {8: 468, 9: 445, 10: 427, 11: 409, 12: 394}

    forecast = 1000 * fit_sbg(HIGH_END).survival(np.array(list(seen), dtype=float))

    errors = np.abs(forecast / np.array(list(seen.values())) - 1)
    assert errors.mean() == pytest.approx(0.0283, abs=0.0005)


def test_sbg_values_a_customer_by_age() -> None:
    """B1: the residual before the first to the fifth renewal, at 10 % a year."""
    found = fit_sbg(REGULAR)

    residuals = [found.expected_residual(one, discount_per_period=0.1) for one in range(1, 6)]

    assert residuals == pytest.approx([2.964, 4.103, 4.870, 5.442, 5.894], abs=0.0005)
    assert found.expected_lifetime(discount_per_period=0.1) == pytest.approx(3.695, abs=0.0005)


@given(st.floats(0.05, 5), st.floats(0.05, 10), st.integers(1, 12), st.floats(0.01, 0.3))
def test_the_closed_form_is_the_sum(alpha: float, beta: float, renewal: int, rate: float) -> None:
    model = ShiftedBetaGeometric(alpha, beta)
    ages = np.arange(renewal, renewal + 6_000, dtype=float)
    weights = np.exp(-np.log1p(rate) * (ages - renewal))
    left = model.survival(ages) / model.survival(np.array([renewal - 1.0]))

    closed = model.expected_residual(renewal, discount_per_period=rate)

    assert closed == pytest.approx(float(weights @ left), rel=1e-6)


@given(st.floats(0.05, 5), st.floats(0.05, 10))
def test_survival_is_the_product_of_retentions(alpha: float, beta: float) -> None:
    model = ShiftedBetaGeometric(alpha, beta)

    product = np.cumprod([model.retention(one) for one in range(1, 20)])

    assert model.survival(np.arange(1.0, 20.0)) == pytest.approx(product, rel=1e-9)


def test_a_cohort_that_says_nothing_is_refused_with_what_is_missing() -> None:
    with pytest.raises(TooFewPeriods, match="at least 2"):
        fit_sbg([100, 80])
    with pytest.raises(NothingWasLost, match="100"):
        fit_sbg([100, 100, 100])


@pytest.fixture(scope="module")
def summary() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    with gzip.open(_path("cdnow_customers_summary.csv.gz"), "rt") as stream:
        rows = list(csv.DictReader(stream))
    repeats, last, seen = (
        np.array([float(row[name]) for row in rows]) for name in ("frequency", "recency", "T")
    )
    return repeats, last, seen


def test_b1_bgnbd_finds_the_published_parameters(
    summary: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    found = fit_bgnbd(grouped(summary))

    assert (found.r, found.alpha) == pytest.approx((0.2426, 4.4135), abs=0.002)
    assert (found.a, found.b) == pytest.approx((0.7929, 2.4258), abs=0.002)
    assert found.log_likelihood == pytest.approx(-9582.43, abs=0.01)


def test_bgnbd_expects_what_the_paper_expects() -> None:
    model = BetaGeometricNbd(0.2426, 4.4135, 0.7929, 2.4258)

    found = model.expected_purchases(
        np.array([2.0]), np.array([30.43]), seen_for=np.array([38.86]), ahead=39.0
    )

    assert found[0] == pytest.approx(1.226, abs=0.001)


def test_whoever_bought_once_is_alive_and_silence_counts_against_the_busy() -> None:
    model = BetaGeometricNbd(0.2426, 4.4135, 0.7929, 2.4258)

    alive = model.p_alive(
        np.array([0.0, 2.0, 10.0]), np.array([0.0, 10.0, 10.0]), seen_for=np.full(3, 38.0)
    )

    assert alive[0] == 1
    assert alive[0] > alive[1] > alive[2]


def test_b3_the_weeks_that_were_not_seen_are_forecast_with_little_bias(
    summary: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    repeats, last, seen = summary
    later = np.zeros(len(repeats))
    for place, days in enumerate(_purchase_days().values()):
        later[place] = sum(one > CALIBRATED_UNTIL for one in days)
    model = fit_bgnbd(grouped(summary))

    expected = model.expected_purchases(repeats, last, seen_for=seen, ahead=float(WEEKS_AHEAD))

    assert later.sum() == 1882
    assert np.abs(expected - later).mean() <= 0.80
    assert abs(expected.sum() / later.sum() - 1) <= 0.15


def test_b1_gamma_gamma_finds_the_published_parameters() -> None:
    repeats, means = _repeat_spend()

    found = fit_gamma_gamma(repeats, means)

    assert len(repeats) == 946
    assert (found.p, found.q, found.v) == pytest.approx((6.249, 3.745, 15.448), abs=0.01)
    assert found.mean_spend == pytest.approx(35.17, abs=0.02)


@given(st.integers(0, 2**32 - 1))
def test_equal_histories_are_counted_and_never_lost(seed: int) -> None:
    rng = np.random.default_rng(seed)
    repeats = rng.integers(0, 3, 200).astype(float)
    last, seen = repeats * 2, 10 + rng.integers(0, 2, 200).astype(float)

    found = Purchases.grouped(repeats, last, seen_for=seen)

    assert found.customers.sum() == 200
    assert found.customers @ found.repeats == repeats.sum()
    assert len(found.customers) == len({*zip(repeats, last, seen, strict=True)})


def test_purchases_without_a_repetition_are_refused() -> None:
    nobody = np.zeros(5)

    with pytest.raises(NobodyReturned, match="5"):
        fit_bgnbd(Purchases.grouped(nobody, nobody, seen_for=nobody + 10))


def grouped(summary: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Purchases:
    repeats, last, seen = summary
    return Purchases.grouped(repeats, last, seen_for=seen)


def _path(name: str) -> Path:
    if not DATA.is_dir():
        pytest.skip("the folder shared/ with the public data sets is missing")
    return DATA / name


def _rows() -> Iterator[tuple[str, date, float]]:
    with gzip.open(_path("CDNOW_sample.txt.gz"), "rt") as stream:
        for line in stream:
            _, customer, on, _, spent = line.split()
            yield customer, date.fromisoformat(on), float(spent)


def _purchase_days() -> dict[str, set[date]]:
    found: defaultdict[str, set[date]] = defaultdict(set)
    for customer, on, _ in _rows():
        found[customer].add(on)
    return dict(sorted(found.items()))


def _repeat_spend() -> tuple[np.ndarray, np.ndarray]:
    """Per customer with a repeat until the calibration's end: how many, and their mean amount."""
    spent: defaultdict[str, defaultdict[date, float]] = defaultdict(lambda: defaultdict(float))
    for customer, on, amount in _rows():
        if on <= CALIBRATED_UNTIL:
            spent[customer][on] += amount
    means, repeats = [], []
    for days in spent.values():
        amounts = [amount for on, amount in sorted(days.items())][1:]
        if amounts and sum(amounts) > 0:
            repeats.append(float(len(amounts)))
            means.append(sum(amounts) / len(amounts))
    return np.array(repeats), np.array(means)
