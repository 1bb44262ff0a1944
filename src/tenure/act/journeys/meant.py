"""Whom a rule means on a day: everybody with a live term is read once for all that is asked."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from tenure.kernel.periods import date_of, day_number
from tenure.records.strategies.queries import NoStrategy, current
from tenure.strategy.fields import EVENT, quantiles_of, settled
from tenure.strategy.journeys import Clock
from tenure.strategy.rules import Rule, features_of
from tenure.understand.features.registry import FEATURES
from tenure.understand.segments.population import Cuts, cuts_of, fields_of, population
from tenure.warehouse.engines import open_engine
from tenure.warehouse.rules import compiled
from tenure.warehouse.store import Store, current_store
from tenure.warehouse.tables.understanding import HEALTH, RISKS, TAG_MASKS

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

_READ: Final = (FEATURES, HEALTH, RISKS, TAG_MASKS)
# Days that are kept while a block runs: of an entry, and of the ends that steps look back at.
_MOST_DAYS: Final = 3


@dataclass(frozen=True, slots=True)
class _Everybody:
    """The live terms of a day in memory, with what some rules look at."""

    rules: tuple[Rule, ...]
    rows: "nw.DataFrame[Any]"
    cuts: Cuts

    def knows(self, rule: Rule) -> bool:
        """Whether all that a rule looks at was read."""
        is_known = fields_of([rule]) <= set(self.rows.columns)
        return is_known and quantiles_of(rule) <= self.cuts.keys()


type _Key = tuple[int, tuple[str, ...]]
_kept: ContextVar[dict[_Key, _Everybody] | None] = ContextVar("kept", default=None)


@contextmanager
def read_once() -> Iterator[None]:
    """Within, everybody of a day is read once, however many rules are asked about that day.

    A file of a day that is written anew meanwhile is read anew.
    """
    token = _kept.set({} if (known := _kept.get()) is None else known)
    try:
        yield
    finally:
        _kept.reset(token)


def of_rule(rule: Rule, terms: Collection[int], *, as_of: date) -> tuple[int, ...]:
    """Those of some terms that a rule meant on the last filled day, in the order of numbers.

    Before the first such day nobody is known to be meant.
    """
    import narwhals.stable.v2 as nw

    store = current_store()
    day = store.latest_day(FEATURES, on_or_before=day_number(as_of))
    if day is None:
        return ()
    everybody = _everybody(rule, day=day, store=store)
    asked = nw.col("term_id").is_in(sorted(terms))
    plain = settled(rule, everybody.cuts)
    found = everybody.rows.filter(asked).filter(compiled(plain, row="term_id"))["term_id"]
    return tuple(sorted(found.to_list()))


def _everybody(rule: Rule, *, day: int, store: Store) -> _Everybody:
    kept = _kept.get()
    if kept is None:
        return _read([rule], day=day, store=store)
    key = (day, tuple(sorted(store.names(_READ, day=day).values())))
    known = kept.get(key)
    if known is None or not known.knows(rule):
        others = _asked_often(day) if known is None else known.rules
        kept[key] = _read([rule, *others], day=day, store=store)
        for oldest in list(kept)[:-_MOST_DAYS]:
            del kept[oldest]
    return kept[key]


def _read(rules: Collection[Rule], *, day: int, store: Store) -> _Everybody:
    import narwhals.stable.v2 as nw

    with open_engine(settings.TENURE_ENGINE) as engine:
        everyone = population(fields_of(rules), day=day, store=store, engine=engine)
        cuts = cuts_of(rules, everyone, engine=engine)
        rows = nw.from_native(engine.collect(everyone), eager_only=True)
    return _Everybody(tuple(rules), rows, cuts)


def _asked_often(day: int) -> list[Rule]:
    """The rules of whatever tags, events and alarms start; those that count events are read late.

    Counting events goes through months of them, and few rules ask for it.
    """
    try:
        strategy = current().at(date_of(day))
    except NoStrategy:
        return []
    rules = [play.applies for play in strategy.plays.values()]
    for journey in strategy.journeys.values():
        if journey.clock is Clock.ENTRY:
            steps = [rule for one in journey.steps for rule in (one.condition, one.todo_when)]
            rules += [journey.applies, journey.goal, *steps]
    return [one for one in rules if not any(of.startswith(EVENT) for of in features_of(one))]
