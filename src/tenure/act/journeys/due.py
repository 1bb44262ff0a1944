"""For whom a step is due on a day, by the rules of the journey: set at a time, from features."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.periods import day_number
from tenure.strategy.features import SCORED
from tenure.strategy.journeys import Journey, Step
from tenure.strategy.rules import ALWAYS, AllOf, features_of
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.engines import Engine, Frame, open_engine
from tenure.warehouse.rules import compiled
from tenure.warehouse.store import Store, current_store
from tenure.warehouse.tables.understanding import HEALTH, RISKS


class NotFilled(Refusal):
    """Nobody can say who is due before the features of the day are there."""

    code = "features_not_filled"
    said = Sentence(
        zh="{as_of} 的特征还没有算出来；请先运行 `tenure run --as-of {as_of}`。",
        en="The features of {as_of} are not filled; run `tenure run --as-of {as_of}` first.",
    )


@dataclass(frozen=True, slots=True)
class Due:
    """The terms for which a step is due, and those of them for which a person has work to do."""

    terms: tuple[int, ...]
    with_todo: tuple[int, ...]


def due_terms(journey: Journey, *, as_of: date) -> Mapping[str, Due]:
    """Step → the live terms whose days left lie in its window and whom its rules mean.

    Raises:
        NotFilled: the day has no features.
    """
    day, store = day_number(as_of), current_store()
    if not store.paths(FEATURES, from_day=day, to_day=day):
        raise NotFilled(as_of=as_of)
    with open_engine(settings.TENURE_ENGINE) as engine:
        near = engine.frame(engine.collect(_near(journey, day=day, store=store, engine=engine)))
        return {step.id: _due(journey, step, near=near, engine=engine) for step in journey.steps}


def _near(journey: Journey, *, day: int, store: Store, engine: Engine) -> Frame:
    """The rows inside the window of any step, with the columns that its rules look at."""
    import narwhals.stable.v2 as nw

    looked_at = features_of(_rules(journey))
    windows = (_window(step) for step in journey.steps)
    days = sorted({left for low, high in windows for left in range(low, high + 1)})
    near = (
        store.read(FEATURES, engine=engine, from_day=day, to_day=day)
        .filter(nw.col("days_left").is_in(days))
        .select("term_id", *sorted({"days_left", *looked_at} - SCORED.keys()))
    )
    if "health" in looked_at:
        scores = store.read(HEALTH, engine=engine, from_day=day, to_day=day)
        near = _with(near, scores.select("term_id", nw.col("score").alias("health")))
    if "p_lapse" in looked_at:
        risks = store.read(RISKS, engine=engine, from_day=day, to_day=day)
        near = _with(near, risks.select("term_id", "p_lapse"))
    return near


def _with(near: Frame, scored: Frame) -> Frame:
    return near.join(scored, on="term_id", how="left")


def _due(journey: Journey, step: Step, *, near: Frame, engine: Engine) -> Due:
    import narwhals.stable.v2 as nw

    low, high = _window(step)
    meant = AllOf((journey.applies, step.condition))
    todo = compiled(step.todo_when, row="term_id") if step.todo else nw.lit(False)
    rows = near.filter(
        nw.col("days_left").is_between(low, high), compiled(meant, row="term_id")
    ).select("term_id", todo.alias("todo"))
    found: dict[str, list[Any]] = engine.collect(rows.sort("term_id")).to_pydict()
    return Due(
        terms=tuple(found["term_id"]),
        with_todo=tuple(
            term for term, wanted in zip(found["term_id"], found["todo"], strict=True) if wanted
        ),
    )


def _window(step: Step) -> tuple[int, int]:
    return step.days_before - step.valid_days + 1, step.days_before


def _rules(journey: Journey) -> AllOf:
    steps = [part for one in journey.steps for part in (one.condition, one.todo_when)]
    return AllOf((journey.applies, *steps, ALWAYS))
