"""Choose again as on a past day, from what was written down, and say whether it comes out alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from tenure.decide.decisions import past
from tenure.decide.decisions.actions import chosen_within
from tenure.decide.decisions.evaluation import evaluate
from tenure.decide.decisions.expressions import deciding_steps
from tenure.decide.decisions.learning import of_learning
from tenure.decide.decisions.limits import read_back
from tenure.decide.decisions.models import Choosing, Decision
from tenure.decide.decisions.recorded import points_of
from tenure.decide.decisions.rows import alternatives_of
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.strategies.queries import by_hash
from tenure.strategy.sections import Strategy

_READ: Final = (
    "pk", "account_id", "term_id", "journey", "step", "currency", "estimator_id", "action",
    "reason", "explored", "alternatives", "inputs",
)  # fmt: skip


class NothingToReplay(Refusal):
    """A decision of before its limits were written down."""

    code = "nothing_to_replay"
    said = Sentence(
        zh="决策 {decision} 作出时还没有记录当日的预算与额度，无法重放。",
        en="Decision {decision} was made before budgets and capacities of the day were written "
        "down; it cannot be replayed.",
    )


class ChosenElsewhere(Refusal):
    """A choice that no step of a journey asked for."""

    code = "chosen_elsewhere"
    said = Sentence(
        zh="决策 {decision} 出自活动或个人方案，不是每日的选择；每日的选择才能重放。",
        en="Decision {decision} was made by a campaign or a personal plan and not by the choosing "
        "of a day; only that can be replayed.",
    )


@dataclass(frozen=True, slots=True)
class Replayed:
    """One decision beside what choosing again comes to."""

    decision_id: int
    action: str
    reason: str
    explored: bool
    alternatives: list[dict[str, Any]]
    is_same: bool


def replay(decision: Decision) -> Replayed:
    """Choose again for everybody of that choosing, and tell this one.

    Raises:
        NothingToReplay: what limited the choice was not written down.
        ChosenElsewhere: a campaign or a person's plan chose, and not the night.
    """
    choosing = Choosing.objects.filter(as_of=decision.as_of, at=decision.decided_at).first()
    if choosing is None:
        raise NothingToReplay(decision=decision.pk)
    for one in replay_all(choosing):
        if one.decision_id == decision.pk:
            return one
    raise ChosenElsewhere(decision=decision.pk)


def replay_all(choosing: Choosing) -> list[Replayed]:
    """Choose again for everybody of a past choosing, in the order in which it was written."""
    strategy = _as_it_bound(by_hash(choosing.strategy_hash).at(choosing.as_of), choosing)
    steps = deciding_steps(strategy.journeys)
    place_of = {(one.journey.id, one.step.id): place for place, one in enumerate(steps)}
    made = Decision.objects.filter(as_of=choosing.as_of, decided_at=choosing.at)
    # Campaigns and personal plans of the same night are no part of this choosing.
    rows = [
        row
        for row in made.order_by("pk").values(*_READ)
        if (row["journey"], row["step"]) in place_of
    ]
    places = [place_of[row["journey"], row["step"]] for row in rows]
    points = points_of(rows, strategy=strategy, places=places)
    accounts = points.listed("account_id")
    earlier = past.past_of(accounts, as_of=choosing.as_of, before=choosing.at)
    lesson = of_learning(choosing.learning_id).lesson
    evaluated = evaluate(points, strategy=strategy, past=earlier, lesson=lesson)
    limits = read_back(choosing.budget_minor, choosing.capacities, offers=evaluated.offers)
    chosen = chosen_within(limits, steps, strategy=strategy, found=(points, evaluated))
    alternatives = alternatives_of(evaluated, points, chosen=chosen)
    return [
        _told(
            row,
            action=evaluated.offers[chosen.choice[place]].id,
            reason=str(chosen.reason[place]),
            explored=bool(chosen.explored[place]),
            alternatives=alternatives[place],
        )
        for place, row in enumerate(rows)
    ]


def _as_it_bound(strategy: Strategy, choosing: Choosing) -> Strategy:
    """The strategy as that choosing read it: once, arms between offers bound at any time."""
    if choosing.arms_wait:
        return strategy
    form, experiments = strategy.form("experiments"), strategy.experiments
    between = {key: replace(one, starts_on=date.min) for key, one in experiments.between.items()}
    then = replace(form, value=replace(experiments, between=between))
    return replace(strategy, dated={**strategy.dated, "experiments": (then,)})


def _told(row: dict[str, Any], *, alternatives: list[dict[str, Any]], **found: Any) -> Replayed:
    is_same = all(row[name] == value for name, value in found.items())
    is_same = is_same and row["alternatives"] == alternatives
    return Replayed(decision_id=row["pk"], alternatives=alternatives, is_same=is_same, **found)
