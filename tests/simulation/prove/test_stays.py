"""Times until customers leave, and ratios of unequal customers, against truths that are known."""

import numpy as np
from numpy.typing import NDArray

from tenure.prove.statistics.groups import Group, difference
from tenure.prove.statistics.sequential import always_valid
from tenure.prove.statistics.survival import Stays, longer_stay

SEED = 20261128
TIMES = 1000
HORIZON = 90


def followed(stay: NDArray[np.float64], until: NDArray[np.float64]) -> Stays:
    """Seen until they left or until today, whichever came first."""
    return Stays(np.minimum(stay, until), stay <= until)


def test_intervals_of_a_longer_stay_cover_the_truth() -> None:
    """K3: exponential stays of 200 and 150 days, followed for 60 to 180; 93 to 97 % of 1,000.

    The mean stay up to a horizon h of an exponential of mean m is m(1 − e^(−h/m)).
    """
    rng = np.random.default_rng(SEED)
    means = np.array([200.0, 150.0])
    truth = float(np.diff(-means * (1 - np.exp(-HORIZON / means)))[0])
    covered = 0
    for _ in range(TIMES):
        treated, control = (
            followed(rng.exponential(mean, 300), rng.uniform(60, 180, 300)) for mean in means
        )
        found = longer_stay(treated, control, horizon=HORIZON)
        covered += found.low <= truth <= found.high

    assert 0.93 <= covered / TIMES <= 0.97, f"seed {SEED}"


def test_a_stay_that_is_looked_at_every_fortnight_stops_a_true_null_in_one_of_twenty_at_most() -> (
    None
):
    """F2, TOP-04: customers enter over 300 days and age; the plain interval stops in a tenth."""
    rng = np.random.default_rng(SEED)
    stopped, plainly, times = 0, 0, 300
    for _ in range(times):
        stays, entered = rng.exponential(150, (2, 400)), rng.uniform(0, 300, (2, 400))
        crossed = [_crossings(stays, entered, day) for day in range(120, 421, 15)]
        stopped += any(always for always, _ in crossed)
        plainly += any(plain for _, plain in crossed)

    assert stopped / times <= 0.05, f"seed {SEED}"
    assert plainly / times > 0.10, f"seed {SEED}"


def _crossings(
    stays: NDArray[np.float64], entered: NDArray[np.float64], day: int
) -> tuple[bool, bool]:
    """Whether the interval of any look, and that of one look, leave zero out on a day."""
    here = entered < day
    treated, control = (
        followed(stays[arm][here[arm]], day - entered[arm][here[arm]]) for arm in range(2)
    )
    plain = longer_stay(treated, control, horizon=HORIZON)
    shown = always_valid(plain, accounts=int(here.sum()), tuning=400)
    return not shown.low <= 0 <= shown.high, not plain.low <= 0 <= plain.high


def test_intervals_of_a_ratio_cover_where_customers_differ_in_size() -> None:
    """K3, EXP-02: revenue for each term; whoever has more terms renews more alike.

    Customers have 1, 2 or 6 terms and a rate of their own; the ratio of sums is 40 and 44.
    """
    rng = np.random.default_rng(SEED)
    covered = 0
    for _ in range(TIMES):
        treated, control = (_arm(rng, mean) for mean in (44.0, 40.0))
        found = difference(treated, control)
        covered += found.low <= 4.0 <= found.high

    assert 0.93 <= covered / TIMES <= 0.97, f"seed {SEED}"


def _arm(rng: np.random.Generator, mean: float) -> Group:
    terms = rng.choice([1.0, 2.0, 6.0], 400)
    total = terms * rng.gamma(2, mean / 2, 400)
    return Group(
        accounts=400, terms=float(terms.sum()), total=float(total.sum()),
        squares=float(total @ total), products=float(terms @ total),
        term_squares=float(terms @ terms),
    )  # fmt: skip
