"""For whom a step is due on a day, by the rules of the journey: set at a time, from features."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.conf import settings

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.periods import day_number
from tenure.strategy.features import SCORED
from tenure.strategy.journeys import Journey, Step
from tenure.strategy.rules import AllOf, features_of
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.engines import Engine, Frame, open_engine
from tenure.warehouse.rules import compiled
from tenure.warehouse.store import Store, current_store
from tenure.warehouse.tables.understanding import HEALTH, RISKS

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw


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


@dataclass(frozen=True, slots=True)
class Near:
    """The live terms inside a window of some step, with what the rules look at, in memory."""

    rows: "nw.DataFrame[Any]"

    def due(self, journey: Journey, step: Step) -> Due:
        """The terms whose days left lie in the step's window and whom the rules mean."""
        import narwhals.stable.v2 as nw

        low, high = window(step)
        meant = AllOf((journey.applies, step.condition))
        found = self.rows.filter(
            nw.col("days_left").is_between(low, high), compiled(meant, row="term_id")
        )
        worked = found.filter(compiled(step.todo_when, row="term_id")) if step.todo else found[:0]
        return Due(tuple(found["term_id"].to_list()), tuple(worked["term_id"].to_list()))


def near_terms(journeys: Collection[Journey], *, as_of: date) -> Near:
    """Read once what every step of these journeys needs.

    Raises:
        NotFilled: the day has no features.
    """
    import narwhals.stable.v2 as nw

    day, store = day_number(as_of), current_store()
    if not store.paths(FEATURES, from_day=day, to_day=day):
        raise NotFilled(as_of=as_of)
    with open_engine(settings.TENURE_ENGINE) as engine:
        near = _near(journeys, day=day, store=store, engine=engine)
        return Near(nw.from_native(engine.collect(near), eager_only=True))


def window(step: Step) -> tuple[int, int]:
    """The least and the most days left with which a step is due."""
    return step.days_before - step.valid_days + 1, step.days_before


def _near(journeys: Collection[Journey], *, day: int, store: Store, engine: Engine) -> Frame:
    import narwhals.stable.v2 as nw

    looked_at = frozenset[str]().union(*(_features(one) for one in journeys))
    windows = sorted({window(step) for one in journeys for step in one.steps})
    inside = reduce(or_, (nw.col("days_left").is_between(low, high) for low, high in windows))
    near = (
        store.read(FEATURES, engine=engine, from_day=day, to_day=day)
        .filter(inside)
        .select("term_id", *sorted({"days_left", *looked_at} - SCORED.keys()))
    )
    if "health" in looked_at:
        scores = store.read(HEALTH, engine=engine, from_day=day, to_day=day)
        near = _with(near, scores.select("term_id", nw.col("score").alias("health")))
    if "p_lapse" in looked_at:
        risks = store.read(RISKS, engine=engine, from_day=day, to_day=day)
        near = _with(near, risks.select("term_id", "p_lapse"))
    return near.sort("term_id")


def _with(near: Frame, scored: Frame) -> Frame:
    return near.join(scored, on="term_id", how="left")


def _features(journey: Journey) -> frozenset[str]:
    """The features that any rule of a journey looks at."""
    rules = [part for step in journey.steps for part in (step.condition, step.todo_when)]
    return features_of(AllOf((journey.applies, *rules)))
