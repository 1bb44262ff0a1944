"""Post-stratification against truths that are known, many times over; seeds are printed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from tenure.prove.statistics import groups
from tenure.prove.statistics.adjusting import of_values
from tenure.prove.statistics.groups import difference
from tenure.prove.statistics.sequential import always_valid
from tenure.prove.statistics.strata import Stratified, large_enough
from tests.prove.statistics.stratified import pairs_of

SEED = 20261129
TIMES = 1000
SHARES = np.array([0.1, 0.2, 0.3, 0.4])
LEVELS = np.array([0.2, 0.4, 0.6, 0.8])
GAINS = np.array([0.15, 0.10, 0.05, 0.0])  # who is loyal is helped least
TRUTH = float(SHARES @ GAINS)


@dataclass(frozen=True)
class Draw:
    outcome: NDArray[np.float64]
    strata: NDArray[np.intp]
    treated: NDArray[np.bool_]


def draws(units: int, *, yes_or_no: bool, in_blocks: bool = False) -> Iterator[Draw]:
    """By a coin for each unit, or half of each stratum in turn."""
    for seed in range(TIMES):
        rng = np.random.default_rng([SEED, seed])
        strata = rng.choice(4, units, p=SHARES)
        treated = rng.random(units) < 0.5
        if in_blocks:
            order = np.lexsort([rng.random(units), strata])
            treated[order] = np.arange(units) % 2 == 0
        expected = LEVELS[strata] + GAINS[strata] * treated
        outcome = (
            (rng.random(units) < expected).astype(float)
            if yes_or_no
            else expected + rng.normal(0, 0.1, units)
        )
        yield Draw(outcome, strata, treated)


@pytest.mark.parametrize(("units", "yes_or_no"), [(600, True), (600, False), (120, False)])
def test_the_weighed_interval_covers_what_is_true_of_all(units: int, yes_or_no: bool) -> None:
    """TOP-04: 93 to 97 % of 1,000 replications, unbiased, narrower where strata matter; with a
    dozen customers in the smallest stratum, too.
    """
    covered, effects, narrower = 0, [], []
    for draw in draws(units, yes_or_no=yes_or_no, in_blocks=units < 200):
        found = Stratified.of(pairs_of(draw.outcome, draw.strata, treated=draw.treated))
        test, one = found.students(), found.difference()
        plain = difference(*(of_values(draw.outcome[arm]) for arm in (draw.treated, ~draw.treated)))
        covered += test.low <= TRUTH <= test.high
        effects.append(one.effect)
        narrower.append((one.deviation / plain.deviation) ** 2)

    assert 0.93 <= covered / TIMES <= 0.97, f"seed {SEED}: {covered}"
    assert abs(np.mean(effects) - TRUTH) < 3.5 * np.std(effects) / np.sqrt(TIMES), f"seed {SEED}"
    # What lies between the strata is 4 of 22 parts of such a rate, and 4 of 5 of such an amount.
    assert np.mean(narrower) < (0.9 if yes_or_no else 0.35), f"seed {SEED}"
    assert max(narrower) < 1.05


def test_looked_at_every_day_it_leaves_the_truth_out_in_one_of_twenty_at_most() -> None:
    """TOP-04: ten looks while customers come in; always valid, and never locked."""
    missed = 0
    for draw in draws(1_000, yes_or_no=True):
        for has in range(100, 1_001, 100):
            pairs = pairs_of(draw.outcome[:has], draw.strata[:has], treated=draw.treated[:has])
            if min(min(a.accounts, b.accounts) for a, b in pairs) < 2:
                continue
            one = Stratified.of(pairs).difference()
            shown = always_valid(one, accounts=has, tuning=1_000)
            if not shown.low <= TRUTH <= shown.high:
                missed += 1
                break

    assert missed / TIMES <= 0.05, f"seed {SEED}: {missed}"


def test_many_small_strata_put_together_cover_as_well() -> None:
    """TOP-04: forty strata of 5 to 40 customers, drawn in turn, as the night weighs them."""
    covered, sizes = 0, np.random.default_rng(SEED).integers(5, 40, 40)
    levels = np.linspace(0.1, 0.9, 40)
    for seed in range(TIMES):
        rng = np.random.default_rng([SEED, 7, seed])
        yes = {}
        for place, (size, level) in enumerate(zip(sizes.tolist(), levels.tolist(), strict=True)):
            some = size // 2
            counts = rng.binomial([some, size - some], [level + 0.05, level])
            yes[str(place)] = (
                groups.yes_or_no(some, yes=int(counts[0])),
                groups.yes_or_no(size - some, yes=int(counts[1])),
            )
        found = Stratified.of(list(large_enough(yes, least=10).values())).difference()
        covered += found.low <= 0.05 <= found.high

    assert 0.93 <= covered / TIMES <= 0.97, f"seed {SEED}: {covered}"
