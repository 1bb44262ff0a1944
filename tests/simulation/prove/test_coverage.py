"""Intervals and checks against truths that are known, many times over; seeds are printed."""

from datetime import date
from math import sqrt

import numpy as np
import pyarrow as pa
import pytest

from tenure.prove.experiments.analysis import analyse
from tenure.prove.experiments.plan import Plan
from tenure.prove.statistics.adjusting import (
    by_the_past,
    from_sums,
    of_values,
    sums_by_place,
)
from tenure.prove.statistics.groups import difference, yes_or_no
from tenure.prove.statistics.sample_ratio import (
    SampleRatio,
    always_valid_ratio,
    chi_squared_tail,
    sample_ratio_level,
)
from tenure.prove.statistics.sequential import always_valid, obrien_fleming, spending_lines
from tenure.prove.statistics.strata import Stratified, StratumWithoutArm
from tests.prove.statistics.stratified import pairs_of

SEED = 20261128
TIMES = 1000


def _within(covered: int, *, of: int, share: float) -> bool:
    """Within what chance allows: three and a half standard errors of the share itself."""
    return abs(covered / of - share) < 3.5 * sqrt(share * (1 - share) / of)


def test_the_plain_interval_covers_the_truth() -> None:
    """G15, K3: between 93 % and 97 % of 1,000 replications."""
    rng = np.random.default_rng(SEED)
    yes = rng.binomial(900, [0.80, 0.76], size=(TIMES, 2))

    found = [difference(yes_or_no(900, yes=a), yes_or_no(900, yes=b)) for a, b in yes.tolist()]

    covered = sum(one.low <= 0.04 <= one.high for one in found)
    assert 0.93 <= covered / TIMES <= 0.97, f"seed {SEED}"


def test_looking_every_day_at_a_true_null_stops_wrongly_in_one_of_twenty_at_most() -> None:
    """F2, TOP-04: 60 daily looks; the plain interval would stop in more than every fifth."""
    rng = np.random.default_rng(SEED)
    yes = rng.binomial(100, 0.7, size=(TIMES, 60, 2)).cumsum(axis=1)
    stopped, plainly = 0, 0
    for looks in yes.tolist():
        ones = [
            difference(yes_or_no(100 * day, yes=a), yes_or_no(100 * day, yes=b))
            for day, (a, b) in enumerate(looks, start=1)
        ]
        shown = [always_valid(one, accounts=200 * day, tuning=6000)
                 for day, one in enumerate(ones, start=1)]  # fmt: skip
        stopped += any(not one.low <= 0 <= one.high for one in shown)
        plainly += any(not one.low <= 0 <= one.high for one in ones)

    assert stopped / TIMES <= 0.05, f"seed {SEED}"
    assert plainly / TIMES > 0.20, f"seed {SEED}"


def test_planned_looks_spend_what_was_allowed() -> None:
    """F2: O'Brien-Fleming over 20 looks stops a true null in 4 to 6 %."""
    rng = np.random.default_rng(SEED)
    steps = rng.standard_normal((20_000, 20)).cumsum(axis=1) / np.sqrt(np.arange(1, 21))

    for lines in (obrien_fleming(20), spending_lines([look / 20 for look in range(1, 21)])):
        stopped = (np.abs(steps) > np.array(lines)).any(axis=1).mean()

        assert 0.04 <= stopped <= 0.06, f"seed {SEED}"


@pytest.mark.parametrize("rho", [0.3, 0.5, 0.7])
def test_the_past_takes_away_its_share_of_the_noise(rho: float) -> None:
    """F3: unbiased over 1,000 seeds, the variance ratio is 1 − ρ² within 0.02, and the interval
    holds the truth in 93 to 97 %."""
    effects, ratios, covered = [], [], 0
    for seed in range(TIMES):
        rng = np.random.default_rng([SEED, seed])
        past = rng.standard_normal(2000)
        treated = rng.random(2000) < 0.5
        noise = rng.standard_normal(2000)
        outcome = 0.1 * treated + rho * past + np.sqrt(1 - rho**2) * noise
        adjusted = by_the_past(outcome, past, treated=treated)
        one = difference(adjusted.treated, adjusted.control)
        effects.append(one.effect)
        ratios.append(adjusted.ratio)
        covered += one.low <= 0.1 <= one.high

    assert abs(np.mean(effects) - 0.1) < 3.5 * np.std(effects) / np.sqrt(TIMES), f"seed {SEED}"
    assert np.mean(ratios) == pytest.approx(1 - rho**2, abs=0.02)
    assert 0.93 <= covered / TIMES <= 0.97, f"seed {SEED}"
    assert _within(covered, of=TIMES, share=0.95), f"seed {SEED}"


def test_strata_put_right_what_chance_made_uneven() -> None:
    """A stratum of the loyal that fell mostly to one arm is no effect."""
    rng = np.random.default_rng(SEED)
    loyal = np.repeat([True, False], 1000)
    treated = np.concatenate([np.arange(1000) < 800, np.arange(1000) < 200])
    outcome = np.where(loyal, 0.9, 0.3) + 0.05 * treated + rng.normal(0, 0.01, 2000)
    plain = difference(of_values(outcome[treated]), of_values(outcome[~treated]))

    found = Stratified.of(pairs_of(outcome, loyal.astype(int), treated=treated)).difference()

    assert plain.effect > 0.35
    assert found.effect == pytest.approx(0.05, abs=0.003)
    table = pa.table({"paid": outcome, "arm": treated, "side": np.where(treated, "one", "other")})
    with pytest.raises(StratumWithoutArm, match="merge small strata"):
        analyse(table, Plan("arm", ("paid",), strata=("side",)), file="t", on=date(2026, 11, 28))


def test_sums_taken_together_adjust_each_outcome_as_the_values_would() -> None:
    """Two outcomes and two pasts from one pass: the same effect, spread and ratio.

    More rows than are taken at once, some of them unknown, and a third arm that moves the centre.
    """
    rng = np.random.default_rng(SEED)
    past = rng.normal(50, 3, (40_000, 2))
    arm = rng.choice(3, 40_000, p=[0.4, 0.3, 0.3])
    past[arm == 2] += 1.5
    known = rng.random(40_000) < 0.9
    outcomes = past @ np.array([[0.5, -1.0], [0.2, 2.0]]) + rng.normal(7, 2, (40_000, 2))
    outcomes[~known] = np.nan
    centre, arms = sums_by_place([*past.T, *outcomes.T], arm, known=known)
    both, treated = known & (arm < 2), arm == 0
    past, outcomes, treated = past[both], outcomes[both], treated[both]

    for place in range(2):
        plain = by_the_past(outcomes[:, place], past, treated=treated)
        found = from_sums(arms[:1], arms[1:2], past=2, outcome=2 + place, centre=centre)

        [(adjusted, control)] = found.pairs
        one, other = difference(adjusted, control), difference(plain.treated, plain.control)
        assert one.effect == pytest.approx(other.effect, rel=1e-9)
        assert one.deviation == pytest.approx(other.deviation, rel=1e-9)
        assert found.ratio == pytest.approx(plain.ratio, rel=1e-9)
        assert control.mean == pytest.approx(plain.control.mean, rel=1e-12)


def test_sizes_of_arms_looked_at_every_day_raise_few_false_alarms() -> None:
    """F2: 60 daily looks at 1,000 even lots; the check for every day stays below 5 %, and so does
    the page's strict line, where the plain test at 5 % would ring in more than a fifth.
    """
    rng = np.random.default_rng(SEED)
    entering = rng.binomial(100, 0.5, (1_000, 60))
    counts = entering.cumsum(axis=1)
    totals = 100 * np.arange(1, 61)
    rang = {"every day": 0, "strict": 0, "plain": 0}
    for daily, sums in zip(entering, counts, strict=True):
        looks = [(one, 100 - one) for one in daily.tolist()]
        rang["every day"] += always_valid_ratio(looks, weights=(1, 1))[-1] < 0.05
        statistic = float(((sums - totals / 2) ** 2 / (totals / 4)).max())
        least = chi_squared_tail(statistic, freedom=1)
        rang["strict"] += sample_ratio_level(least) is SampleRatio.ALARM
        rang["plain"] += least < 0.05

    assert rang["every day"] <= 50, f"seed {SEED}: {rang}"
    assert rang["strict"] <= 50, f"seed {SEED}: {rang}"
    assert rang["plain"] > 200, f"seed {SEED}: {rang}"
