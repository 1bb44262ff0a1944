"""Acceptance numbers of the science dossier that rest on chance: D1, D4, E4, G3; seeded."""

import numpy as np

from tenure.decide.effects.estimator.shared import SharedEffect
from tenure.decide.offpolicy.rules import Logged, certain, doubly_robust
from tenure.decide.optimiser.menu import Menu
from tenure.decide.optimiser.rules import best_plan
from tenure.prove.statistics.groups import difference, yes_or_no
from tenure.world.reference.actions import CONTACT_COST, DISCOUNT_SHARE, NAMES
from tenure.world.reference.trials import run_trial
from tenure.world.reference.truth import reference_market
from tests.simulation.markets import a_history, stakes_of

SEED = 20261128
COUPONS = [NAMES.index(f"coupon_{depth}") for depth in (10, 20, 30)]


def test_what_a_plan_really_costs_stays_near_what_it_was_expected_to() -> None:
    """D1: of 1,000 draws of who renews, at most 1 % cost above 3 % more than the budget."""
    rng = np.random.default_rng(SEED)
    market = reference_market(20_000, seed=3)
    value = (market.net_value - market.net_value[:, :1]).T
    budget = 3.0 * 20_000
    menu = Menu(
        value=np.where(np.arange(len(NAMES))[:, None] == 0, 0.0, value),
        use=np.where(np.arange(len(NAMES))[:, None] == 0, 0.0, market.cost.T)[None],
        limits=np.array([budget]),
        order=rng.integers(0, 2**63, 20_000).astype(np.uint64),
    )

    plan = best_plan(menu)

    every = np.arange(20_000)
    p = market.probability[every, plan.choice]
    given = DISCOUNT_SHARE[plan.choice] * market.people.fee
    contact = float(CONTACT_COST[plan.choice].sum())
    paid = [(rng.random(20_000) < p) @ given + contact for _ in range(1_000)]
    assert plan.spent[0] <= budget * (1 + 1e-9)
    assert plan.gap <= 5e-4
    assert np.mean(np.array(paid) > 1.03 * budget) <= 0.01, f"seed {SEED}"


def test_a_learned_plan_gives_less_to_those_who_renew_anyway_than_a_blanket_coupon() -> None:
    """D4: coupons to all leak 84 % at least; those of a learned plan 80 % at most, together."""
    taught = SharedEffect().fit(a_history(reference_market(40_000, seed=41))[0])
    fresh = reference_market(30_000, seed=777)
    trial = run_trial(fresh)
    choice = stakes_of(trial).value(taught.outcome(trial.features)).argmax(axis=1)

    def leak(choice: np.ndarray) -> float:
        given = DISCOUNT_SHARE[choice] * fresh.people.fee
        both = fresh.renews[:, 0] & fresh.renews[np.arange(len(choice)), choice]
        paid = fresh.renews[np.arange(len(choice)), choice]
        return float((given * both).sum() / (given * paid).sum())

    blanket = [leak(np.full(30_000, one)) for one in COUPONS]
    planned = leak(np.where(np.isin(choice, COUPONS), choice, 0))
    assert np.isin(choice, COUPONS).any()
    assert min(blanket) >= 0.84
    assert planned <= 0.80


def test_an_adaptive_log_biases_the_naive_mean_and_not_the_weighted_one() -> None:
    """E4: two equal arms; the one that was unlucky first is hardly tried again."""
    rng = np.random.default_rng(SEED)
    naive, covered, times = [], 0, 400
    for _ in range(times):
        action, reward, propensity = _adaptive(rng)
        naive.append(reward[action == 1].mean() - 0.5)
        logged = Logged(("none", "offer"), action, reward, propensity)
        policy = certain(np.ones(len(action), dtype=np.int64), arms=2)
        found = doubly_robust(logged, policy, predicted=np.full((len(action), 2), 0.5))
        covered += found.low <= 0.5 <= found.high

    assert np.mean(naive) < -4 * np.std(naive) / np.sqrt(times), f"seed {SEED}"
    assert 0.92 <= covered / times <= 0.98, f"seed {SEED}"


def _adaptive(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ten batches of sixty; from the second on, nine of ten get what looks better so far."""
    action, reward, propensity = [], [], []
    share = 0.5
    for _ in range(10):
        chosen = (rng.random(60) < share).astype(np.int64)
        action.append(chosen)
        reward.append((rng.random(60) < 0.5).astype(float))
        propensity.append(np.tile([1 - share, share], (60, 1)))
        seen, won = np.concatenate(action), np.concatenate(reward)
        share = 0.9 if won[seen == 1].mean() > won[seen == 0].mean() else 0.1
    return np.concatenate(action), np.concatenate(reward), np.concatenate(propensity)


def test_coupon_effects_of_trials_hold_the_truth_and_rise_with_depth() -> None:
    """G3: 250 randomised trials; intervals of the effect of 20 % cover 92 to 98 %."""
    covered, times, found = 0, 250, []
    for seed in range(times):
        market = reference_market(1_500, seed=seed)
        trial = run_trial(market)
        yes = [int(trial.renewed[trial.action == one].sum()) for one in (0, *COUPONS)]
        size = [int((trial.action == one).sum()) for one in (0, *COUPONS)]
        arms = [yes_or_no(n, yes=k) for n, k in zip(size, yes, strict=True)]
        effects = [difference(arm, arms[0]) for arm in arms[1:]]
        truth = float((market.probability[:, COUPONS[1]] - market.probability[:, 0]).mean())
        covered += effects[1].low <= truth <= effects[1].high
        found.append([one.effect for one in effects])

    rising = np.mean(found, axis=0)
    assert 0.92 <= covered / times <= 0.98
    assert rising[0] < rising[1] < rising[2]
