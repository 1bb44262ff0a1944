"""The understand stage at its limit: numbers of many customers, made up here and timed apart.

Each measure makes its own tables outside the clock. How many customers there are is the name of
the home folder.
"""

import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from django.conf import settings
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

from benchmarks.by_hand import condition
from tenure.strategy.rules import AllOf, AnyOf, Leaf, Not, Op, Rule
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.fitting import Boosting, Fitted, fitted
from tenure.understand.churn.scoring import scores
from tenure.understand.features.registry import LEARNED
from tenure.understand.segments.reading import gathered
from tenure.understand.tags.expressions import asked, masks
from tenure.understand.value.estimator.bgnbd import Purchases, fit_bgnbd
from tenure.understand.value.estimator.sbg import fit_sbg
from tenure.warehouse.engines import open_engine

AS_OF = date(2026, 10, 31)
LEARNED_FROM = 20_000

type Array = npt.NDArray[np.float64]
type About = Mapping[str, object]


def customers() -> int:
    """How many there are."""
    return int(Path(settings.TENURE_HOME).name)


def timed(work: Callable[[], object]) -> dict[str, object]:
    """Seconds of the clock and of the processor that some work takes, and what it says."""
    begun, used = time.perf_counter(), time.process_time()
    said = work()
    return {
        "processor_seconds": time.process_time() - used,
        "seconds": time.perf_counter() - begun,
        "said": said,
    }


RULES: Mapping[str, Rule] = {
    "high_value": Leaf("paid_total_minor", Op.AT_LEAST, 300_000),
    "low_frequency": Leaf("active_days_30", Op.BELOW, 4),
    "first_term": Leaf("term_number", Op.EQUAL, 1),
    "falling": AllOf((Leaf("usage_trend", Op.BELOW, 0.6), Leaf("usage_gb_30", Op.ABOVE, 0))),
    "elderly": Leaf("is_elderly", Op.EQUAL, 1),
    "business": Leaf("is_business", Op.EQUAL, 1),
    "gamer": AnyOf((Leaf("usage_gb_90", Op.ABOVE, 900), Leaf("core_days_30", Op.AT_LEAST, 28))),
    "due_soon": AllOf((Leaf("days_left", Op.AT_MOST, 30), Leaf("auto_renew", Op.EQUAL, 0))),
    "troubled": AllOf((Leaf("outages_30", Op.AT_LEAST, 2), Not(Leaf("tickets_30", Op.EQUAL, 0)))),
    "quiet": AllOf((Leaf("days_since_login", Op.AT_LEAST, 60), Leaf("logins_90", Op.BELOW, 2))),
}


def segments() -> About:
    """Ten rules in one pass: who is in which, and how many customers each holds."""
    table = _features()
    with open_engine() as engine:
        frame = engine.frame(table)

        def work() -> list[int]:
            people = gathered(masks(engine.collect(frame.select(*asked(RULES))), RULES))
            return [people.count(bit) for bit in range(len(RULES))]

        return timed(work)


def segments_by_hand() -> About:
    """Ten counts of customers, a query a rule; nobody learns who is in them."""
    connection = duckdb.connect()
    connection.register("features", _features())

    def work() -> list[int]:
        counts = []
        for rule in RULES.values():
            query = f"SELECT count(DISTINCT account_id) FROM features WHERE {condition(rule)}"
            counts += [row[0] for row in connection.execute(query).fetchall()]
        return counts

    return timed(work)


def _features() -> pa.Table:
    chance, count = np.random.default_rng(1), customers()
    ids = np.arange(1, count + 1)

    def whole(most: int) -> npt.NDArray[np.int64]:
        return chance.integers(0, most + 1, size=count)

    return pa.table({
        "term_id": ids, "subscription_id": ids, "account_id": ids - ids % 20 // 19,
        "paid_total_minor": whole(500_000), "active_days_30": whole(30), "term_number": whole(5),
        "usage_trend": chance.random(count) * 2, "usage_gb_30": chance.random(count) * 400,
        "usage_gb_90": chance.random(count) * 1_000, "core_days_30": whole(30),
        "is_elderly": whole(1), "is_business": whole(1), "days_left": whole(364),
        "auto_renew": whole(1), "outages_30": whole(4), "tickets_30": whole(2),
        "days_since_login": whole(90), "logins_90": whole(9),
    })  # fmt: skip


def bgnbd() -> About:
    """BG/NBD, equal histories counted once, with the slope in closed form."""
    repeats, last_at, seen_for = _histories()

    def work() -> list[float]:
        found = fit_bgnbd(Purchases.grouped(repeats, last_at, seen_for=seen_for))
        return [found.r, found.alpha, found.a, found.b]

    return timed(work)


def bgnbd_one_by_one() -> About:
    """The same likelihood customer by customer, the slope by differences."""
    repeats, last_at, seen_for = _histories()
    unit = seen_for.max()
    last, seen, bought = last_at / unit, seen_for / unit, repeats > 0

    def loss(at: Array) -> float:
        r, alpha, a, b = np.exp(at)
        alive = gammaln(r + repeats) - gammaln(r) + r * np.log(alpha)
        alive += gammaln(a + b) + gammaln(b + repeats) - gammaln(b) - gammaln(a + b + repeats)
        odds = np.where(bought, a / np.where(bought, b + repeats - 1, 1.0), 0.0)
        stays = (r + repeats) * np.log(alpha + seen)
        grown = odds * np.exp(stays - (r + repeats) * np.log(alpha + last))
        return -float(np.mean(alive + np.log1p(grown) - stays))

    def work() -> list[float]:
        found = np.exp(minimize(loss, np.zeros(4), method="L-BFGS-B").x)
        return [found[0], found[1] * unit, found[2], found[3]]

    return timed(work)


def _histories() -> tuple[Array, Array, Array]:
    """Two years by the week of customers who buy and leave as the model says."""
    chance, count = np.random.default_rng(2), customers()
    weeks = np.floor(chance.uniform(20, 104, size=count))
    rate, leaves = chance.gamma(0.25, 1 / 4.4, size=count), chance.beta(0.8, 2.4, size=count)
    repeats, last_at, now = np.zeros(count), np.zeros(count), np.zeros(count)
    is_there = np.ones(count, dtype=bool)
    while is_there.any():
        now[is_there] += chance.exponential(1 / rate[is_there])
        is_there &= now <= weeks
        repeats[is_there] += 1
        last_at[is_there] = np.ceil(now[is_there])
        is_there &= chance.random(count) >= leaves
    return repeats, np.minimum(last_at, weeks), weeks


def sbg() -> About:
    """Survival of contracts from the counts of a cohort."""
    lifetimes = _lifetimes()
    survivors = [int((lifetimes > age).sum()) for age in range(9)]
    return timed(lambda: [fit_sbg(survivors).alpha, fit_sbg(survivors).beta])


def sbg_one_by_one() -> About:
    """The same likelihood contract by contract."""
    lifetimes = _lifetimes()
    gone = lifetimes <= 8
    ages = np.minimum(lifetimes, 8).astype(np.float64)

    def loss(at: Array) -> float:
        alpha, beta = np.exp(at)
        ended = betaln(alpha + 1, beta + ages - 1)
        return -float(np.mean(np.where(gone, ended, betaln(alpha, beta + ages)))) + float(
            betaln(alpha, beta)
        )

    return timed(lambda: np.exp(minimize(loss, np.zeros(2), method="BFGS").x).tolist())


def _lifetimes() -> npt.NDArray[np.int64]:
    chance = np.random.default_rng(3)
    return chance.geometric(chance.beta(0.668, 3.806, size=customers()))


def scoring() -> About:
    """Probability and three reasons of everybody, from a boosted model of 100 × 15."""
    estimator, rows = _boosted(), _rows(customers())
    scores(estimator, rows[:1_000])  # compiled outside the clock, once for an installation
    return timed(lambda: float(scores(estimator, rows).probability.mean()))


def scoring_without_reasons() -> About:
    """The probability alone, asked of scikit-learn's own model of the same size."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    known, rows = _cases(), _rows(customers())
    model = HistGradientBoostingClassifier(max_iter=100, max_leaf_nodes=15, early_stopping=False)
    model.fit(known.rows, known.outcome)
    model.predict_proba(rows[:1_000])
    return timed(lambda: float(model.predict_proba(rows)[:, 1].mean()))


def _boosted() -> Fitted:
    return fitted(Boosting(trees=100, leaves=15), _cases(), later=_cases(seed=5))


def _cases(*, seed: int = 4) -> Cases:
    rows = _rows(LEARNED_FROM, seed=seed)
    chance = np.random.default_rng(seed)
    outcome = (rows[:, 0] - rows[:, 5] + chance.normal(size=len(rows)) > 1).astype(np.float64)
    return Cases(LEARNED, rows, outcome)


def _rows(count: int, *, seed: int = 6) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=(count, len(LEARNED))).astype(np.float32)
