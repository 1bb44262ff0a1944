"""For whom a step is due on a day, by the rules of the journey: set at a time, from features."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.conf import settings

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.periods import day_number
from tenure.strategy.fields import settled
from tenure.strategy.journeys import Journey, Step
from tenure.strategy.rules import AllOf, Rule
from tenure.understand.features.registry import FEATURES
from tenure.understand.segments.population import Cuts, cuts_of, fields_of, population
from tenure.warehouse.engines import Engine, Frame, open_engine
from tenure.warehouse.rules import compiled
from tenure.warehouse.store import Store, current_store

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
    cuts: Cuts

    def due(self, journey: Journey, step: Step) -> Due:
        """The terms whose days left lie in the step's window and whom the rules mean."""
        import narwhals.stable.v2 as nw

        low, high = window(step)
        meant = settled(AllOf((journey.applies, step.condition)), self.cuts)
        found = self.rows.filter(
            nw.col("days_left").is_between(low, high), compiled(meant, row="term_id")
        )
        work = settled(step.todo_when, self.cuts)
        worked = found.filter(compiled(work, row="term_id")) if step.todo else found[:0]
        return Due(tuple(found["term_id"].to_list()), tuple(worked["term_id"].to_list()))

    def a_day_before(self) -> "Near":
        """The same terms with one day more left."""
        import narwhals.stable.v2 as nw

        return replace(self, rows=self.rows.with_columns(nw.col("days_left") + 1))


def near_terms(journeys: Collection[Journey], *, as_of: date, ahead: int = 0) -> Near:
    """Read once what every step of these journeys needs.

    Args:
        ahead: so many days later, as far as the day tells: ends are nearer, and what else the
            rules look at stays as it is.

    Raises:
        NotFilled: the day has no features.
    """
    import narwhals.stable.v2 as nw

    day, store = day_number(as_of), _filled(as_of)
    with open_engine(settings.TENURE_ENGINE) as engine:
        near, cuts = _near(journeys, day=day, ahead=ahead, store=store, engine=engine)
        return Near(nw.from_native(engine.collect(near), eager_only=True), cuts)


def of_rule(rule: Rule, terms: Collection[int], *, as_of: date) -> tuple[int, ...]:
    """Those of some terms that a rule meant on the last filled day, in the order of numbers.

    Before the first such day nobody is known to be meant.
    """
    import narwhals.stable.v2 as nw

    store = current_store()
    days = store.days(FEATURES, to_day=day_number(as_of))
    if not days:
        return ()
    day = days[-1]
    with open_engine(settings.TENURE_ENGINE) as engine:
        everyone = population(fields_of([rule]), day=day, store=store, engine=engine)
        plain = settled(rule, cuts_of([rule], everyone, engine=engine))
        some = everyone.filter(nw.col("term_id").is_in(sorted(terms)))
        rows = nw.from_native(engine.collect(some), eager_only=True)
        found = rows.filter(compiled(plain, row="term_id"))["term_id"]
    return tuple(sorted(found.to_list()))


def window(step: Step) -> tuple[int, int]:
    """The least and the most days left with which a step is due."""
    return step.days_before - step.valid_days + 1, step.days_before


def _filled(as_of: date) -> Store:
    day, store = day_number(as_of), current_store()
    if not store.paths(FEATURES, from_day=day, to_day=day):
        raise NotFilled(as_of=as_of)
    return store


def _near(
    journeys: Collection[Journey], *, day: int, ahead: int, store: Store, engine: Engine
) -> tuple[Frame, Cuts]:
    """The terms inside some window, with every column that a rule looks at."""
    import narwhals.stable.v2 as nw

    rules = [rule for one in journeys for rule in _rules(one)]
    windows = sorted({window(step) for one in journeys for step in one.steps})
    inside = reduce(or_, (nw.col("days_left").is_between(low, high) for low, high in windows))
    fields = {"days_left", *fields_of(rules)}
    everyone = population(fields, day=day, store=store, engine=engine)
    if ahead:
        everyone = everyone.with_columns(nw.col("days_left") - ahead)
    return everyone.filter(inside).sort("term_id"), cuts_of(rules, everyone, engine=engine)


def _rules(journey: Journey) -> list[Rule]:
    """Every rule of a journey."""
    of_steps = [rule for step in journey.steps for rule in (step.condition, step.todo_when)]
    return [journey.applies, *of_steps]
