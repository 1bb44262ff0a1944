"""Learning where the truth is known, at promised sizes: weeks of choices, and null markets."""

from collections.abc import Mapping

import numpy as np

from tenure.decide.effects.selection import Learned, Verdict, learn
from tenure.world.reference.actions import NAMES
from tenure.world.reference.conditions import Conditions
from tenure.world.reference.trials import run_trial
from tenure.world.reference.truth import Reference, reference_market
from tests.simulation.markets import a_history, stakes_of
from tests.simulation.weeks import Year, live

SEEDS = range(40, 44)
NULL_SEEDS = range(60, 110)
NULL = Conditions(effects=False)
# Instalments to everybody: the arm that turns in the middle of a year.
TURNING = NAMES.index("instalments")
LAST_QUARTER = 13
TURNS_IN = 26
WITHIN_WEEKS = 10


def weekly() -> Mapping[str, object]:
    """E1 to E3: 52 weeks of 1,000 after a trial of 10,000, outcomes known after 4 and 8 weeks."""
    soon = [live(Year(seed)) for seed in SEEDS]
    late = [live(Year(seed, delay=8)) for seed in SEEDS]
    turned = live(Year(SEEDS[0], every=1, weeks=TURNS_IN + WITHIN_WEEKS + 1, flipped=TURNING,
                       flips_in=TURNS_IN))  # fmt: skip
    share = turned.share[:, TURNING]
    return {
        "gain": float(np.mean([one.gain.mean() for one in soon])),
        "last_quarter": float(np.mean([one.gain[-LAST_QUARTER:].mean() for one in soon])),
        "gain_late": float(np.mean([one.gain.mean() for one in late])),
        "held_out": float(np.mean([one.held_out for one in soon])),
        "least_propensity": min(one.least_propensity for one in soon),
        "share_before": float(share[TURNS_IN - 4 : TURNS_IN].mean()),
        "share_after": float(share[-1]),
    }


def null_market() -> Mapping[str, object]:
    """K5: in how many of 50 markets in which nothing works the gate stays shut, and what is lost.

    `covered`: how often the interval of the claimed gain holds what the choices on which it was
    judged truly brought.
    """
    fresh = reference_market(50_000, seed=777, conditions=NULL)
    trial = run_trial(fresh)
    stakes = stakes_of(trial)
    kept, losses, covered = 0, [], 0
    for seed in NULL_SEEDS:
        market = reference_market(10_000, seed=seed, conditions=NULL)
        history, own = a_history(market)
        learned = learn(history, own)
        is_cheapest = NAMES[learned.single_arm] == "reminder" and learned.verdict is Verdict.SINGLE
        kept += learned.verdict is Verdict.NOTHING or is_cheapest
        losses.append(-fresh.gain(learned.choose(trial.features, stakes)))
        truth = _what_was_claimed(market, learned)
        covered += learned.gains.personal.low <= truth <= learned.gains.personal.high
    return {
        "seeds": len(NULL_SEEDS),
        "kept": kept / len(NULL_SEEDS),
        "loss": float(np.mean(losses)),
        "covered": covered / len(NULL_SEEDS),
    }


def _what_was_claimed(market: Reference, learned: Learned) -> float:
    """What the judged choices truly brought per head, as the claim weighs its customers."""
    later, choice = learned.later, learned.judged.choice
    net = (market.net_value - market.net_value[:, :1])[later.numbers > 0]
    return float(later.weights(choice) @ net[np.arange(len(choice)), choice])
