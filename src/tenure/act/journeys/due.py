"""For whom a step is due on a day, by the rules of the journey: set at a time, from features."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Exists, OuterRef

from tenure.act.journeys.entries import Entered, entered
from tenure.act.journeys.meant import of_rule
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.festivals import next_festival
from tenure.kernel.periods import day_number
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.strategy.fields import settled
from tenure.strategy.journeys import Clock, Journey, Step
from tenure.strategy.rules import ALWAYS, NEVER, AllOf, Not, Rule, features_of, holds
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
    """The terms for which a step is due, and those of them for which a person has work to do.

    Where days are counted from an entry, `entries` holds the terms by the day of theirs.
    """

    terms: tuple[int, ...]
    with_todo: tuple[int, ...]
    entries: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


NOBODY = Due((), ())
_ENDED = (TermState.GRACE, TermState.LAPSED)
_CLOCKS = {Clock.END: "days_left", Clock.START: "tenure_days", Clock.TERM: "term_age_days"}
# By how much each clock moves from one day to the next.
_DAILY = {"days_left": -1, "tenure_days": 1, "term_age_days": 1}


@dataclass(frozen=True, slots=True)
class Near:
    """The live terms inside a window of some step, with what the rules look at, in memory.

    `on` is the day that is planned; messages of that night leave on the day after it.
    """

    rows: "nw.DataFrame[Any]"
    cuts: Cuts
    on: date
    entered: Entered

    def due(self, journey: Journey, step: Step) -> Due:
        """The terms whose clock lies in the step's window and whom the rules mean."""
        if journey.clock is Clock.LAPSE:
            return ended_due(journey, step, on=self.on)
        if journey.clock is Clock.ENTRY:
            return self._entered_due(journey, step)
        if journey.clock is Clock.FESTIVAL and not step.is_due(days_to_festival(step, on=self.on)):
            return NOBODY
        rules = (journey.applies, step.condition, without(journey.goal))
        return self._meant(AllOf(rules), step, inside=_inside(journey, step))

    def _meant(self, rule: Rule, step: Step, *, inside: list["nw.Expr"]) -> Due:
        meant = settled(rule, self.cuts)
        found = self.rows.filter(*inside, compiled(meant, row="term_id"))
        work = settled(step.todo_when, self.cuts)
        worked = found.filter(compiled(work, row="term_id")) if step.todo else found[:0]
        return Due(tuple(found["term_id"].to_list()), tuple(worked["term_id"].to_list()))

    def _entered_due(self, journey: Journey, step: Step) -> Due:
        """Who entered so many days ago; whom the journey is for was asked at the entry."""
        import narwhals.stable.v2 as nw

        by_entry = self.entered.open(journey, step, on=self.on)
        if not by_entry:
            return NOBODY
        inside = nw.col("term_id").is_in([one for terms in by_entry.values() for one in terms])
        rule = AllOf((step.condition, without(journey.goal)))
        found = self._meant(rule, step, inside=[inside])
        known = set(found.terms)
        entries = {
            entry: tuple(one for one in terms if one in known) for entry, terms in by_entry.items()
        }
        return replace(found, entries={entry: terms for entry, terms in entries.items() if terms})

    def a_day_before(self) -> "Near":
        """The same terms with one day more left."""
        import narwhals.stable.v2 as nw

        back = [nw.col(one) - days for one, days in _DAILY.items() if one in self.rows.columns]
        return replace(self, rows=self.rows.with_columns(*back), on=self.on - timedelta(days=1))


def near_terms(journeys: Collection[Journey], *, as_of: date, ahead: int = 0) -> Near:
    """Read once what every step of these journeys needs.

    Args:
        ahead: so many days later, as far as the day tells: ends are nearer, and what else the
            rules look at stays as it is.

    Raises:
        NotFilled: the day has no features.
    """
    import narwhals.stable.v2 as nw

    day, store, on = day_number(as_of), _filled(as_of), as_of + timedelta(days=ahead)
    under_way = entered(journeys, on=on)
    with open_engine(settings.TENURE_ENGINE) as engine:
        everyone, cuts = _population(journeys, day=day, ahead=ahead, store=store, engine=engine)
        inside = [_is_near(one, step, on=on) for one in journeys for step in one.steps]
        if under_way.terms:
            inside.append(nw.col("term_id").is_in(under_way.terms))
        near = everyone.filter(reduce(or_, inside)).sort("term_id")
        rows = nw.from_native(engine.collect(near), eager_only=True)
    return Near(rows, cuts, on, under_way)


def window(step: Step) -> tuple[int, int]:
    """The least and the most days left with which a step is due."""
    return step.days_before - step.valid_days + 1, step.days_before


def _filled(as_of: date) -> Store:
    day, store = day_number(as_of), current_store()
    if not store.paths(FEATURES, from_day=day, to_day=day):
        raise NotFilled(as_of=as_of)
    return store


def _population(
    journeys: Collection[Journey], *, day: int, ahead: int, store: Store, engine: Engine
) -> tuple[Frame, Cuts]:
    """Everyone so many days later, with every column that a rule looks at."""
    import narwhals.stable.v2 as nw

    rules = [rule for one in journeys for rule in _rules(one)]
    clocks = {_CLOCKS[one.clock] for one in journeys if one.clock in _CLOCKS}
    fields = {"days_left", *clocks, *fields_of(rules)}
    everyone = population(fields, day=day, store=store, engine=engine)
    if ahead:
        forth = [nw.col(one) + days * ahead for one, days in _DAILY.items() if one in fields]
        everyone = everyone.with_columns(*forth)
    return everyone, cuts_of(rules, everyone, engine=engine)


def _inside(journey: Journey, step: Step) -> list["nw.Expr"]:
    """The window of a step on the clock of its journey; a festival's is open to everybody."""
    import narwhals.stable.v2 as nw

    if journey.clock not in _CLOCKS:
        return []
    low, high = window(step)
    clock = nw.col(_CLOCKS[journey.clock])
    return [(-clock if journey.clock.counts_up else clock).is_between(low, high)]


def _is_near(journey: Journey, step: Step, *, on: date) -> "nw.Expr":
    """Whether a term may be due; engines compare columns, so everybody and nobody are said so."""
    import narwhals.stable.v2 as nw

    everybody, nobody = nw.col("term_id") >= 0, nw.col("term_id") < 0
    if journey.clock is Clock.FESTIVAL:
        return everybody if step.is_due(days_to_festival(step, on=on)) else nobody
    found = _inside(journey, step)
    return found[0] if found else nobody


def days_to_festival(step: Step, *, on: date) -> int:
    """Days from the morning on which the messages of a night leave until the festival."""
    leaves_on = on + timedelta(days=1)
    # A window may still be open a few days after the festival: the last one counts until then.
    begins = leaves_on - timedelta(days=step.valid_days)
    return (next_festival(step.festival, on=begins) - leaves_on).days


def named_for(step: Step, *, on: date, entry: str = "") -> Step:
    """The step under a name of its own for each year of a festival, and for each entry.

    So each year and each entry is told once; what a step follows is of the same year or entry.
    """
    if step.festival:
        entry = str((on + timedelta(days=1 + days_to_festival(step, on=on))).year)
    if not entry:
        return step
    follows = f"{step.follows}@{entry}" if step.follows else ""
    return replace(step, id=f"{step.id}@{entry}", follows=follows)


def ended_due(journey: Journey, step: Step, *, on: date) -> Due:
    """Terms that ended without renewal inside the step's window; nobody who came back.

    Whom the rules mean is read from the last day on which the term was live.
    """
    low, high = window(step)
    first, last = on + timedelta(days=low), on + timedelta(days=high)
    ended = Term.objects.filter(state__in=_ENDED, ends_on__range=(first, last))
    back = Term.objects.filter(subscription=OuterRef("subscription"), number__gt=OuterRef("number"))
    by_end: defaultdict[date, list[int]] = defaultdict(list)
    for pk, ends_on in ended.exclude(Exists(back)).values_list("pk", "ends_on"):
        by_end[ends_on].append(pk)
    rule = AllOf((journey.applies, step.condition, without(journey.goal)))
    meant: list[int] = []
    is_for_all = not features_of(rule) and holds(rule, {})
    for ends_on, terms in by_end.items():
        meant += terms if is_for_all else of_rule(rule, terms, as_of=ends_on - timedelta(days=1))
    todo = tuple(sorted(meant)) if step.todo else ()
    return Due(tuple(sorted(meant)), todo)


def without(goal: Rule) -> Rule:
    """True of whom a goal is not true of."""
    return ALWAYS if goal == NEVER else Not(goal)


def _rules(journey: Journey) -> list[Rule]:
    """Every rule of a journey."""
    of_steps = [rule for step in journey.steps for rule in (step.condition, step.todo_when)]
    return [journey.applies, journey.goal, *of_steps]
