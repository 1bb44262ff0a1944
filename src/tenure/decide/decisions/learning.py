"""Learn once a week, from choices whose outcome is known, what each action does to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from tenure.decide.decisions.evaluation import (
    ALWAYS,
    LOG_ODDS,
    facing_of,
    features_of_points,
    lift_times,
    looked_at,
    mark_of,
    ordered_offers,
)
from tenure.decide.decisions.models import Decision
from tenure.decide.decisions.points import Points
from tenure.decide.decisions.recorded import points_of
from tenure.decide.effects.drift import Change, changes, without_what_is_over
from tenure.decide.effects.estimator.shared import Belief, SharedEffect, SharedEffects
from tenure.decide.effects.history import History, Stakes
from tenure.decide.effects.lessons import Lesson, digest, lesson_of, load, store
from tenure.decide.effects.models import Learning
from tenure.decide.effects.selection import LEAST_ROWS, Learned, learn
from tenure.decide.offers.prices import Floats, offers_of
from tenure.decide.offers.rules import assumed, at_stake
from tenure.decide.offpolicy.refusals import OutcomeBeforeExposure, TooFewRows
from tenure.decide.offpolicy.rules import LEAST_OUTCOMES
from tenure.kernel.failures import Refusal
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import by_hash, current
from tenure.strategy.features import ALL, FeatureKind
from tenure.strategy.offers import Offer
from tenure.strategy.sections import Strategy

# How often it is learned anew, and how old a learning may be to be used.
EVERY: Final = timedelta(days=7)
OLDEST: Final = timedelta(days=60)
# The newest matured choices: more of them would teach little and take long.
MOST_ROWS: Final = 200_000
# What chance or the strategy made of a customer, and no trait of theirs.
_NO_TRAITS: Final = frozenset({"held_out", "is_personalised", "cap_room", "p_lapse"})
_READ: Final = (
    "pk", "account_id", "term_id", "currency", "estimator_id", "action", "alternatives", "inputs",
    "strategy_hash", "term__renewed_on", "as_of",
)  # fmt: skip

# A renewal that became known late may be older than what was chosen for its term; it cannot follow
# from it.
_TOO_EARLY: Final = Q(term__renewed_on__isnull=False, term__renewed_on__lte=F("as_of"))

type Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Usable:
    """What may be used on a day: nothing where the past is thin."""

    learning_id: int | None
    lesson: Lesson | None


@dataclass(frozen=True, slots=True)
class Past:
    """Matured choices as a history, with what was at stake and what the operator states.

    `changed` are the actions whose effect is not what it was; their choices from before are left
    out.
    """

    history: History
    stakes: Stakes
    belief: Belief
    offers: tuple[Offer, ...]
    times: Floats
    changed: tuple[Change, ...] = ()


def usable(*, as_of: date) -> Usable:
    """The last learning that a choice of a day may use."""
    found = Learning.objects.filter(as_of__lte=as_of, as_of__gte=as_of - OLDEST)
    learning = found.order_by("-as_of", "-pk").first()
    return Usable(None, None) if learning is None else of_learning(learning.pk)


def of_learning(learning_id: int | None) -> Usable:
    """One learning, as it is used."""
    if learning_id is None:
        return Usable(None, None)
    learning = Learning.objects.get(pk=learning_id)
    path = Path(settings.TENURE_HOME) / learning.path
    return Usable(learning.pk, load(path) if learning.path and path.exists() else None)


def learn_weekly(*, as_of: date, at: datetime) -> dict[str, int]:
    """Learn where a week has passed since it was last done (AI-02).

    Returns:
        `learned`: matured choices that were learned from, 0 where it is not the day for it.
    """
    if Learning.objects.filter(as_of__gt=as_of - EVERY, as_of__lte=as_of).exists():
        return {"learned": 0}
    strategy = current().at(as_of)
    rows = matured(as_of, outcome_days=strategy.experiments.outcome_days)
    used: list[Row] = []
    try:
        past = _still_true(past_choices(rows, strategy, kept=used), used, strategy=strategy)
        found = learn(
            past.history, past.stakes, first=SharedEffect(belief=past.belief), challengers=()
        )
    except Refusal as why:
        learning = _thin(why, rows, strategy=strategy, as_of=as_of, at=at)
    else:
        learning = _kept(found, past, strategy=strategy, as_of=as_of, at=at)
    early = _known(as_of, strategy.experiments.outcome_days).filter(_TOO_EARLY).count()
    with transaction.atomic():
        learning.save()
        content = {
            "learning": learning.pk, "verdict": learning.verdict, "n": learning.n,
            "changed": learning.metrics.get("changed", []),
        }  # fmt: skip
        append(Fact("effects.learned", on=as_of, content=content), at=at, by="loop")
        if early:
            append(_told_early(early, as_of=as_of), at=at, by="loop")
    return {"learned": learning.n}


def _told_early(count: int, *, as_of: date) -> Fact:
    """One entry a day that says how many outcomes nothing was learned from, and why."""
    why = OutcomeBeforeExposure(rows=count, exposed_at="as_of", outcome_at="renewed_on")
    content = {"rows": count, "code": why.code, "why": why.as_problem()["sentence"]}
    key = f"{why.code}:{as_of}"
    return Fact("effects.outcome_before_exposure", on=as_of, content=content, once_key=key)


def matured(as_of: date, *, outcome_days: int) -> list[Row]:
    """The first choice of each term in which chance had a say and whose outcome is known."""
    chosen = _known(as_of, outcome_days).exclude(_TOO_EARLY).order_by("-as_of", "-pk")
    first: dict[int, Row] = {}
    for row in chosen.values(*_READ)[:MOST_ROWS].iterator(chunk_size=2_000):
        first[row["term_id"]] = row | {"renewed": _renewed(row["term__renewed_on"], as_of)}
    return sorted(first.values(), key=lambda row: int(row["pk"]))


def _known(as_of: date, outcome_days: int) -> QuerySet[Decision]:
    """Choices in which chance had a say, of terms whose outcome is known on a day."""
    return Decision.objects.filter(
        as_of__lte=as_of,
        term__ends_on__lte=as_of - timedelta(days=outcome_days),
        term__reversed_on=None,
        p_without__isnull=False,
        propensity__lt=1,
    ).exclude(outcome=Decision.Outcome.REJECTED)


def _renewed(on: date | None, as_of: date) -> float:
    return float(on is not None and on <= as_of)


def past_choices(rows: Sequence[Row], strategy: Strategy, *, kept: list[Row] | None = None) -> Past:
    """Matured choices among the actions that are offered now as they were then.

    An action with fewer rows than a readout asks for is left out with those who got it; among the
    others chance keeps its proportions.

    Args:
        kept: is filled with the rows that stand in the history.
    Raises:
        TooFewRows: nothing can be concluded.
    """
    offers = ordered_offers(strategy)
    chances = np.array([_chances(row, offers) for row in rows]).reshape(len(rows), len(offers))
    places = {one.id: place for place, one in enumerate(offers)}
    action = np.array([places.get(row["action"], -1) for row in rows], dtype=np.int64)
    is_known = (action >= 0) & (chances[np.arange(len(rows)), action] > 0)
    counts = np.bincount(action[is_known], minlength=len(offers))
    arms = np.flatnonzero(counts >= max(LEAST_OUTCOMES, strategy.experiments.least_per_arm))
    if len(arms) < 2 or arms[0] != 0:
        raise TooFewRows(rows=len(rows), least=max(LEAST_ROWS, _needed(strategy)))
    chances = chances[:, arms]
    is_known &= np.isin(action, arms) & ((chances > 0).sum(axis=1) > 1)
    used = [row for row, is_in in zip(rows, is_known, strict=True) if is_in]
    if kept is not None:
        kept.extend(used)
    propensity = chances[is_known] / chances[is_known].sum(axis=1, keepdims=True)
    return _past(
        used,
        strategy,
        offers=tuple(offers[arm] for arm in arms),
        action=np.searchsorted(arms, action[is_known]).astype(np.int64),
        propensity=propensity,
    )


def _still_true(past: Past, rows: Sequence[Row], *, strategy: Strategy) -> Past:
    """The past without the choices of an action from before its effect changed."""
    day = np.array([one["as_of"].toordinal() for one in rows], dtype=np.int64)
    least = max(LEAST_ROWS, strategy.experiments.least_per_arm)
    changed = changes(past.history, day, belief=past.belief, least=least)
    if not changed:
        return past
    history, kept = without_what_is_over(past.history, day, changed=changed)
    stakes = past.stakes.of(kept).where_tried(history.propensity)
    return replace(past, history=history, stakes=stakes, changed=changed)


def _needed(strategy: Strategy) -> int:
    """Rows with which two arms could have enough each."""
    return 2 * strategy.experiments.least_per_arm


def _chances(row: Row, offers: Sequence[Offer]) -> list[float]:
    """The recorded probability of each action; 0 where it gave something else then."""
    then = by_hash(row["strategy_hash"]).offers
    written = {one["action"]: float(one["propensity"]) for one in row["alternatives"]}
    return [
        written.get(one.id, 0.0)
        if one.id in then and mark_of(then[one.id]) == mark_of(one)
        else 0.0
        for one in offers
    ]


def _past(
    rows: Sequence[Row],
    strategy: Strategy,
    *,
    offers: tuple[Offer, ...],
    action: np.ndarray,
    propensity: Floats,
) -> Past:
    points = points_of(rows, strategy=strategy, places=[0] * len(rows))
    names, columns = _varying(points, traits(strategy))
    history = History(
        names=names,
        arms=tuple(one.id for one in offers),
        rows=columns,
        action=action,
        outcome=np.array([row["renewed"] for row in rows]),
        propensity=propensity,
    )
    priced = offers_of(points.sold, strategy.catalog, offers=offers)
    worth, cost = at_stake(facing_of(points, strategy), offers, priced=priced)
    is_known = ~np.isnan(worth.T) & ~np.isnan(cost.T)
    is_known[:, 0] = True
    known = Stakes(np.nan_to_num(worth.T), np.nan_to_num(cost.T), is_known)
    stakes = known.where_tried(propensity)
    times = lift_times(points, offers)
    stated = assumed(offers, times)
    belief = Belief(lift=stated.lift.mean(axis=1), sd=stated.sd.mean(axis=1))
    return Past(history, stakes, belief, offers, times.mean(axis=1))


def _varying(points: Points, names: tuple[str, ...]) -> tuple[tuple[str, ...], Floats]:
    """The columns that have two values at least; the others say nothing."""
    columns = features_of_points(points, names)
    known = [one[~np.isnan(one)] for one in columns.T]
    kept = [place for place, one in enumerate(known) if len(one) and one.min() < one.max()]
    return tuple(names[place] for place in kept), columns[:, kept]


def traits(strategy: Strategy) -> tuple[str, ...]:
    """The numbers of a customer that effects may depend on."""
    seen = dict.fromkeys((*ALWAYS, *sorted(looked_at(strategy))))
    numbers = [one for one in seen if one in ALL and ALL[one].kind is not FeatureKind.TEXT]
    return (LOG_ODDS, *(one for one in numbers if one not in _NO_TRAITS))


def _thin(
    why: Refusal, rows: Sequence[Row], *, strategy: Strategy, as_of: date, at: datetime
) -> Learning:
    """Nothing is concluded, and it is written down why."""
    return Learning(
        as_of=as_of,
        learned_at=at,
        verdict=Learning.Verdict.THIN,
        n=len(rows),
        metrics={"why": why.as_problem()},
        strategy_hash=strategy.hash,
    )


def _kept(found: Learned, past: Past, *, strategy: Strategy, as_of: date, at: datetime) -> Learning:
    """The lesson in its file, and the row that tells of it."""
    lesson = lesson_of(
        past.history,
        cast("SharedEffects", found.fitted),
        verdict=found.verdict,
        marks=tuple(mark_of(one) for one in past.offers),
        times=past.times,
    )
    data_hash = digest(past.history)
    path = Path("effects") / f"{as_of}-{data_hash[:12]}.npz"
    store(lesson, Path(settings.TENURE_HOME) / path)
    return Learning(
        as_of=as_of,
        learned_at=at,
        verdict=str(found.verdict),
        n=len(past.history),
        metrics=_metrics(found, lesson, past),
        data_hash=data_hash,
        strategy_hash=strategy.hash,
        path=str(path),
    )


def _metrics(found: Learned, lesson: Lesson, past: Past) -> dict[str, Any]:
    mean, sd = lesson.average
    counts = past.history.per_arm.tolist()
    return {
        "arms": [
            {
                "action": name,
                "rows": counts[arm],
                "lift": float(mean[arm]),
                "sd": float(sd[arm]),
                "gain": asdict(found.by_arm[arm]),
            }
            for arm, name in enumerate(past.history.arms)
        ],
        "single": past.history.arms[found.single_arm],
        "gains": {name: asdict(getattr(found.gains, name)) for name in _GAINS},
        "calibration": {
            "slope": asdict(found.calibration.slope),
            "varying": asdict(found.calibration.varying),
        },
        "doubts": [asdict(one) for one in found.doubts],
        "changed": [
            {
                "action": past.history.arms[one.arm],
                "since": date.fromordinal(one.since).isoformat(),
                "moved": one.moved,
                "z": one.z,
            }
            for one in past.changed
        ],
    }


_GAINS: Final = ("personal", "single", "beyond_single")
