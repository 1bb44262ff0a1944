"""What a strategy would have brought on the business's own past, from choices made by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

import numpy as np

from tenure.decide.decisions.evaluation import Evaluated, evaluate, mark_of, options_of
from tenure.decide.decisions.learning import Past, Row, matured, past_choices, usable
from tenure.decide.decisions.past import past_of
from tenure.decide.decisions.recorded import points_of
from tenure.decide.effects.estimator.folds import fold_of, out_of_fold
from tenure.decide.effects.estimator.shared import SharedEffect
from tenure.decide.effects.history import logged
from tenure.decide.effects.selection import FOLDS, LEAST_ROWS
from tenure.decide.offpolicy.refusals import TooFewRows
from tenure.decide.offpolicy.rules import (
    Floats,
    Ints,
    certain,
    check,
    doubly_robust,
    imbalances,
    ips,
    mean_of,
    overlap,
    scores,
    snips,
)
from tenure.records.strategies.queries import current
from tenure.strategy.sections import Strategy

# What a rehearsal draws its folds by.
_SEED: Final = 0


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The arm that a strategy wants for each row, −1 where the past could never have given it."""

    arm: Ints
    is_known: np.ndarray


def on_own_past(strategy: Strategy, *, as_of: date) -> dict[str, Any]:
    """The value of a strategy's choices over matured choices of the log, per customer.

    Amounts are minor units beyond what is expected of leaving everybody alone. Customers for whom
    the strategy wants what chance could never have given are counted and left out: nothing is
    known of them. Budgets and capacities are not played: this is what the choices are worth.

    Raises:
        TooFewRows, ArmWithoutOutcomes, NotAProbability: nothing can be concluded.
    """
    now = current().at(as_of)
    rows = matured(as_of, outcome_days=now.experiments.outcome_days)
    kept: list[Row] = []
    past = past_choices(rows, now, kept=kept)
    if len(past.history) < LEAST_ROWS:
        raise TooFewRows(rows=len(past.history), least=LEAST_ROWS)
    wanted = _wanted(kept, strategy.at(as_of), past=past, as_of=as_of)
    return {"as_of": as_of.isoformat(), **_valued(past, wanted)}


def _wanted(rows: Sequence[Row], strategy: Strategy, *, past: Past, as_of: date) -> _Wanted:
    points = points_of(rows, strategy=strategy, places=[0] * len(rows))
    # The past of an account beyond these choices is not known again: no use is counted twice.
    nobody = past_of([], as_of=as_of)
    evaluated = evaluate(points, strategy=strategy, past=nobody, lesson=usable(as_of=as_of).lesson)
    choice = _best(evaluated)
    arm_of = np.full(len(evaluated.offers), -1, dtype=np.int64)
    marks = {(one.id, mark_of(one)): arm for arm, one in enumerate(past.offers)}
    for place, offer in enumerate(evaluated.offers):
        arm_of[place] = marks.get((offer.id, mark_of(offer)), -1)
    arm_of[0] = 0
    arm = arm_of[choice]
    chance = past.history.propensity[np.arange(len(arm)), np.maximum(arm, 0)]
    return _Wanted(arm, (arm >= 0) & (chance > 0))


def _best(evaluated: Evaluated) -> Ints:
    """The open action of the greatest expected margin, a gift only where it surely pays."""
    options = options_of(evaluated)
    gives = np.array([one.gives for one in evaluated.offers])
    with np.errstate(invalid="ignore"):
        pays = (options.refused < 0) & (options.margin > 0)
        pays &= ~gives[:, None] | (options.margin_surely > 0)
    value = np.where(pays, options.margin, -np.inf)
    value[0] = 0.0
    choice: Ints = np.argmax(value, axis=0)
    return choice


def _valued(past: Past, wanted: _Wanted) -> dict[str, Any]:
    known = np.flatnonzero(wanted.is_known)
    told: dict[str, Any] = {"rows": len(past.history), "left_out": len(past.history) - len(known)}
    if len(known) < LEAST_ROWS:
        raise TooFewRows(rows=len(known), least=LEAST_ROWS)
    history, stakes = past.history.of(known), past.stakes.of(known)
    record = logged(history, stakes)
    # An arm that the strategy does not want need not have been seen among these.
    check(record, least_outcomes=0)
    policy = certain(wanted.arm[known], arms=len(history.arms))
    fold = fold_of(len(history), folds=FOLDS, seed=_SEED)
    learner = SharedEffect(belief=past.belief)
    predicted: Floats = stakes.value(out_of_fold(learner, history, fold=fold))
    gamma, every = scores(record, predicted), np.arange(len(history))
    return told | {
        "dr": asdict(doubly_robust(record, policy, predicted=predicted)),
        "ips": asdict(ips(record, policy)),
        "snips": asdict(snips(record, policy)),
        "past": asdict(mean_of(record.reward)),
        "beyond_nothing": asdict(mean_of(gamma[every, wanted.arm[known]] - gamma[:, 0])),
        "overlap": asdict(overlap(record, policy)),
        "doubts": [asdict(one) for one in imbalances(record, history.rows, names=history.names)],
        "choices": {
            name: int((wanted.arm[known] == arm).sum()) for arm, name in enumerate(history.arms)
        },
    }
