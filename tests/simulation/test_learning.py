"""Learning in a market whose truth is known; the long runs are rows of the benchmarks.

Science dossier §11, K3 to K5: floors of the small sizes, a few seconds each (AI-02, STD-03).
"""

from functools import cache

import numpy as np
import pytest

from tenure.decide.effects.estimator.shared import Belief, SharedEffect
from tenure.decide.effects.history import logged
from tenure.decide.effects.selection import Learned, Verdict, best, learn
from tenure.decide.offpolicy.rules import certain, doubly_robust, ips
from tenure.world.reference.actions import NAMES
from tenure.world.reference.conditions import Conditions
from tenure.world.reference.trials import Logging, run_trial
from tenure.world.reference.truth import Reference, reference_market
from tests.simulation.markets import a_history, stakes_of

NULL = Conditions(effects=False)
PLAIN = Conditions()


@cache
def fresh(conditions: Conditions = PLAIN) -> Reference:
    """Customers whom nobody learned from."""
    return reference_market(30_000, seed=777, conditions=conditions)


def gained(learned: Learned, conditions: Conditions = PLAIN) -> float:
    """What following the verdict truly adds per head of fresh customers."""
    market = fresh(conditions)
    trial = run_trial(market)
    return market.gain(learned.choose(trial.features, stakes_of(trial)))


def test_ten_thousand_customers_teach_more_than_any_single_action() -> None:
    """K4: at least 4.5 in the mean of four seeds, never below doing nothing; a reminder to all
    brings about 3.1 and coupons to those at risk nothing."""
    found = [
        gained(learn(*a_history(reference_market(10_000, seed=seed)))) for seed in range(40, 44)
    ]

    assert np.mean(found) >= 4.5, found
    assert min(found) > 0, found


def test_forty_thousand_teach_most_of_what_can_be_known() -> None:
    learned = learn(*a_history(reference_market(40_000, seed=41)), challengers=())

    assert learned.verdict is Verdict.PERSONAL
    assert gained(learned) >= 7.8


def test_where_nothing_works_the_gate_stays_shut() -> None:
    """K5 in small: of five null markets at most one is acted upon."""
    markets = [reference_market(10_000, seed=seed, conditions=NULL) for seed in range(60, 65)]
    found = [learn(*a_history(one)) for one in markets]

    acted = [one for one in found if one.verdict is not Verdict.NOTHING]
    losses = [-gained(one, NULL) for one in found]
    assert len(acted) <= 1
    assert np.mean(losses) <= 0.5


def test_fresh_values_hold_the_truth_and_a_models_own_word_does_not() -> None:
    """C3 in small: a fixed policy is valued by its intervals; doubly robust is the narrower."""
    market = reference_market(40_000, seed=9)
    taught = SharedEffect().fit(a_history(market)[0])
    target = best(taught.outcome(market.people.seen), stakes_of(run_trial(market)))
    hits, widths = 0, []
    for seed in range(100, 140):
        world = reference_market(2_000, seed=seed)
        history, stakes = a_history(world, logging=Logging.SKEWED)
        policy = certain(np.resize(target, 2_000), arms=10)
        past = logged(history, stakes)
        fitted = SharedEffect(rounds=1).fit(a_history(reference_market(2_000, seed=seed + 500))[0])
        predicted = stakes.value(fitted.outcome(history.rows))
        value = doubly_robust(past, policy, predicted=predicted)
        truth = float(
            (policy * (world.probability * stakes.worth - stakes.cost)).sum(axis=1).mean()
        )
        hits += value.low <= truth <= value.high
        widths.append(value.deviation / ips(past, policy).deviation)

    assert hits >= 34
    assert np.mean(widths) < 0.6


def test_a_past_that_chose_by_an_unwritten_risk_is_called_doubtful() -> None:
    """K3: the naive answer is wrong there, and the engine says so."""
    confounded, _ = a_history(reference_market(10_000, seed=5), logging=Logging.CONFOUNDED)
    even, stakes = a_history(reference_market(10_000, seed=5))

    assert learn(confounded, stakes, challengers=()).doubts
    assert learn(even, stakes, challengers=()).doubts == ()


def test_few_outcomes_leave_what_the_operator_believes_and_many_replace_it() -> None:
    belief = Belief(lift=np.array([0.0] + [0.4] * 9), sd=np.array([0.0] + [0.1] * 9))
    learner = SharedEffect(belief=belief)
    few, _ = a_history(reference_market(300, seed=3))
    many, _ = a_history(reference_market(60_000, seed=3))
    recap = NAMES.index("recap")

    thin = learner.fit(few).lift(few.rows)
    taught = learner.fit(many).lift(many.rows)

    assert thin.mean[:, recap].mean() == pytest.approx(0.4, abs=0.12)
    assert taught.mean[:, recap].mean() < 0.1
    assert taught.sd[:, recap].mean() < thin.sd[:, recap].mean()


def test_each_customer_has_an_interval_for_each_action() -> None:
    """STD-03: the true effects of customers with like predictions lie in their intervals."""
    market = reference_market(20_000, seed=8)
    history, _ = a_history(market)
    place = NAMES.index("coupon_20")

    middle, low, high = (one[:, place] for one in SharedEffect().fit(history).effect(history.rows))

    truth = (market.probability - market.probability[:, :1])[:, place]
    groups = np.array_split(np.argsort(middle), 10)
    held = [low[one].mean() <= truth[one].mean() <= high[one].mean() for one in groups]
    assert np.all((low <= middle) & (middle <= high))
    assert sum(held) >= 9
