"""A year of weekly choices in the reference market, by the engine's own parts (E1 to E3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tenure.decide.decisions.rules import Actions, Chosen, Draw, Options, choose
from tenure.decide.effects.drift import changes, without_what_is_over
from tenure.decide.effects.estimator.shared import SharedEffect
from tenure.decide.effects.history import History, Stakes
from tenure.decide.effects.lessons import Asked, Lesson, lesson_of, taught
from tenure.decide.effects.selection import Verdict, learn
from tenure.decide.offers.rules import Believed, lifted
from tenure.decide.offpolicy.rules import Flags, Floats
from tenure.world.reference.actions import CONTACT_COST, DISCOUNT_SHARE, NAMES
from tenure.world.reference.people import SEEN
from tenure.world.reference.trials import run_trial
from tenure.world.reference.truth import Reference, reference_market
from tests.simulation.markets import a_history, stakes_of

ARMS: Final = len(NAMES)
A_WEEK: Final = 1_000
HOLDOUT: Final = 0.05
EXPLORING: Final = 0.10
SURE_Z, HIGH_Z = 0.8416, 1.96
ACTIONS: Final = Actions(
    gives=DISCOUNT_SHARE > 0,
    is_counted=np.zeros(ARMS, dtype=bool),
    reminds=np.zeros(ARMS, dtype=bool),
    capacity=np.full(ARMS, np.inf),
    contact=CONTACT_COST,
)
# Nothing is believed of an action before its trial, and that with a wide doubt.
UNKNOWN: Final = Believed(np.zeros((ARMS, 1)), np.ones((ARMS, 1)))


@dataclass(frozen=True, slots=True)
class Year:
    """What is played: `delay` weeks until an outcome is known, learned anew every `every` weeks.

    From week `flips_in` on, the action `flipped` does the opposite of what it did.
    """

    seed: int
    weeks: int = 52
    warm: int = 10_000
    delay: int = 4
    every: int = 4
    flipped: int = 0
    flips_in: int = 10_000


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of a year, per week: the true gain per customer, and each action's share."""

    gain: np.ndarray
    share: np.ndarray
    held_out: float
    least_propensity: float
    changed: tuple[tuple[int, int], ...]  # the week in which it was noticed, and the action


def live(year: Year) -> Lived:
    """Play a year: every week is chosen for by what was known when it began."""
    rng = np.random.default_rng([20261128, year.seed])
    market = reference_market(year.weeks * A_WEEK, seed=10_000 + year.seed)
    trial = run_trial(market)
    stakes = stakes_of(trial)
    warm, warm_stakes = a_history(reference_market(year.warm, seed=year.seed))
    known = [(warm, warm_stakes, np.full(len(warm), -7 * year.delay - 7))]
    gain, share, held, least, noticed = [], [], 0, 1.0, []
    lesson: Lesson | None = None
    over: dict[int, int] = {}
    for week in range(year.weeks):
        here = slice(week * A_WEEK, (week + 1) * A_WEEK)
        true = _flipped(market, year) if week >= year.flips_in else market
        if lesson is None or week % year.every == 0:
            lesson, found = _learned(known, week=week, year=year, last=lesson)
            noticed += [(week, arm) for arm in found if arm not in over]
            over |= dict.fromkeys(found, week)
        at = np.arange(here.start, here.stop)
        chosen, kept_out = _chosen(trial.features[here], stakes.of(at), lesson=lesson, rng=rng)
        choice = np.where(kept_out, 0, chosen.choice)
        rows = np.flatnonzero(~kept_out)
        gain.append(float((true.net_value[at, choice] - true.net_value[at, 0]).mean()))
        share.append(np.bincount(choice, minlength=ARMS) / A_WEEK)
        held += int(kept_out.sum())
        chance = chosen.propensity.T[rows]
        least = min(least, float(np.where(chosen.plausible.T[rows], chance, 1.0).min()))
        renewed = true.renews[at, choice].astype(float)[rows]
        lived = History(SEEN, NAMES, trial.features[here][rows], choice[rows], renewed, chance)
        own = stakes.of(at[rows])
        known.append((lived, own, np.full(len(rows), 7 * week)))
    return Lived(
        np.array(gain), np.array(share), held / (year.weeks * A_WEEK), least, tuple(noticed)
    )


def _flipped(market: Reference, year: Year) -> Reference:
    lift = market.lift.copy()
    lift[:, year.flipped] *= -1
    return replace(market, lift=lift, logit=market.logit - market.lift + lift)


def _learned(
    known: list[tuple[History, Stakes, np.ndarray]], *, week: int, year: Year, last: Lesson | None
) -> tuple[Lesson, tuple[int, ...]]:
    """From what has matured; the gate is asked each quarter, the effects each time."""
    ripe = [one for place, one in enumerate(known) if place == 0 or place - 1 <= week - year.delay]
    history, day = _together([one[0] for one in ripe]), np.concatenate([one[2] for one in ripe])
    changed = changes(history, day)
    stakes = Stakes(
        np.concatenate([one[1].worth for one in ripe]),
        np.concatenate([one[1].cost for one in ripe]),
    )
    if changed:
        history, kept = without_what_is_over(history, day, changed=changed)
        stakes = stakes.of(kept)
    # As the engine does: where an arm was not plausible then, nothing is concluded about it now.
    stakes = stakes.where_tried(history.propensity)
    verdict = last.verdict if last is not None else Verdict.NOTHING
    if last is None or week % 13 == 0:
        verdict = learn(history, stakes, challengers=()).verdict
    marks, times = tuple("" for _ in NAMES), np.ones(ARMS)
    fitted = SharedEffect().fit(history)
    lesson = lesson_of(history, fitted, verdict=verdict, marks=marks, times=times)
    return lesson, tuple(one.arm for one in changed)


def _together(parts: list[History]) -> History:
    columns = (
        np.concatenate([getattr(one, name) for one in parts])
        for name in ("rows", "action", "outcome", "propensity")
    )
    return History(SEEN, NAMES, *columns)


def _chosen(
    rows: Floats, stakes: Stakes, *, lesson: Lesson, rng: np.random.Generator
) -> tuple[Chosen, Flags]:
    """The engine's own choice for one week, with a holdout that nothing is chosen for."""
    count = len(rows)
    asked = Asked(rows, NAMES, tuple("" for _ in NAMES), np.ones((ARMS, count)))
    wide = Believed(np.tile(UNKNOWN.lift, (1, count)), np.tile(UNKNOWN.sd, (1, count)))
    believed, _ = taught(lesson, asked, assumed=wide)
    believed.lift[0], believed.sd[0] = 0.0, 0.0
    base = lesson.effects.outcome(rows)[:, 0]
    worth, cost = stakes.worth.T, stakes.cost.T

    def margin(z: float) -> Floats:
        p = np.stack([lifted(base, believed.lift[a] + z * believed.sd[a]) for a in range(ARMS)])
        found: Floats = p * worth - cost - base * worth[0]
        return found

    options = Options(
        refused=np.full((ARMS, count), -1),
        margin=margin(0.0),
        margin_surely=margin(-SURE_Z),
        margin_high=margin(HIGH_Z),
        cost=np.abs(cost),
    )
    draw = Draw(
        share=EXPLORING,
        explores=rng.random(count) < EXPLORING,
        ticket=rng.integers(0, 2**63, count).astype(np.uint64),
        order=rng.integers(0, 2**63, count).astype(np.uint64),
    )
    found = choose(options, ACTIONS, draw=draw, budget=1e12, codes=())
    return found, rng.random(count) < HOLDOUT
