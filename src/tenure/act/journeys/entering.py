"""Enter journeys that a tag or an event starts: once for each entry, first steps at once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import batched

from django.db import transaction

from tenure.act.journeys.due import Due, named_for, without
from tenure.act.journeys.meant import of_rule
from tenure.act.journeys.models import Enrolment
from tenure.act.journeys.openings import opening_of_entry
from tenure.act.journeys.planning import Occasion, Planned, plan_step
from tenure.act.journeys.versions import Version
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.strategy.journeys import Journey
from tenure.strategy.rules import ALWAYS, AllOf, Rule
from tenure.strategy.sections import Strategy

ENTERED = "journey.entered"
_RUNNING = (TermState.RUNNING, TermState.CANCELLING)
_BATCH_SIZE = 5_000
_COLUMNS = (
    "account_id", "term_id", "journey", "version", "strategy_hash", "ends_on", "enrolled_at",
    "entry",
)  # fmt: skip


def enter(
    journeys: Iterable[Journey],
    term_ids: Collection[int],
    *,
    strategy: Strategy,
    entered_on: date,
    occasion: Occasion,
) -> Planned:
    """Let terms enter journeys on a day, and plan the steps of that day; repeatable.

    The day is that of what started it, not that of running, so whoever was killed in between
    enters nobody twice. A term that is in already, or entered less than `again_after_days` ago,
    stays as it is. Whom the journey is for is asked here, once.
    """
    done, everybody = Planned(), tuple(sorted(set(term_ids)))
    for journey in journeys:
        way_in = _WayIn(Version(journey, strategy, journey.version), entered_on, occasion)
        rule = AllOf((journey.applies, without(journey.goal)))
        for terms in batched(_meant(rule, everybody, on=occasion.as_of), _BATCH_SIZE):
            _enrol(terms, way_in)
            _first_steps(_inside(terms, way_in), way_in, done=done)
    return done


@dataclass(frozen=True, slots=True)
class _WayIn:
    """A journey, the day of an entry into it, and the occasion on which it is written."""

    version: Version
    entered_on: date
    occasion: Occasion

    @property
    def journey(self) -> Journey:
        return self.version.journey

    @property
    def entry(self) -> str:
        return str(self.entered_on)


def _meant(rule: Rule, terms: Sequence[int], *, on: date) -> Sequence[int]:
    plain = [one for one in (rule.parts if isinstance(rule, AllOf) else (rule,)) if one != ALWAYS]
    return of_rule(AllOf(tuple(plain)), terms, as_of=on) if plain and terms else terms


@transaction.atomic
def _enrol(terms: Collection[int], way_in: _WayIn) -> None:
    journey, entry, occasion = way_in.journey, way_in.entry, way_in.occasion
    again = journey.start.again_after_days
    before = Enrolment.objects.filter(journey=journey.id, term__in=terms).exclude(entry=entry)
    if again:
        before = before.filter(entry__gt=str(way_in.entered_on - timedelta(days=again)))
    rests = set(before.values_list("term_id", flat=True))
    fresh = Term.objects.filter(pk__in=set(terms) - rests)
    live = fresh.filter(state__in=_RUNNING, ends_on__gt=way_in.entered_on)
    found = list(live.order_by("pk").values_list("pk", "account_id", "ends_on"))
    content_hash = way_in.version.strategy.hash
    rows = (
        (account, term, journey.id, journey.version, content_hash, ends_on, occasion.at, entry)
        for term, account, ends_on in found
    )
    insert_rows(Enrolment, rows, columns=_COLUMNS)
    facts = (
        Fact(ENTERED, on=occasion.as_of, account_id=account, term_id=term,
             content={"journey": journey.id, "entry": entry},
             once_key=f"entered:{journey.id}:{entry}:{term}")
        for term, account, _ in found
    )  # fmt: skip
    append_many(facts, at=occasion.at, by=occasion.by)


def _inside(terms: Collection[int], way_in: _WayIn) -> tuple[int, ...]:
    """Who is in by this entry, in the version of today, and has not left."""
    journey = way_in.journey
    kept = Enrolment.objects.filter(
        journey=journey.id, version=journey.version, entry=way_in.entry, term__in=terms,
        left_at__isnull=True,
    )  # fmt: skip
    return tuple(kept.order_by("term_id").values_list("term_id", flat=True))


def _first_steps(terms: Sequence[int], way_in: _WayIn, *, done: Planned) -> None:
    """Plan at once what leaves on the day of the entry."""
    on, zone = way_in.occasion.as_of, way_in.version.strategy.business.zone
    for step in way_in.journey.steps:
        if not terms or not step.is_due(0):
            continue
        met = tuple(_meant(step.condition, terms, on=on))
        worked = tuple(_meant(step.todo_when, met, on=on)) if step.todo else ()
        opening = opening_of_entry(
            step,
            Due(met, worked),
            entry=way_in.entry,
            open_after=way_in.occasion.at,
            zone=zone,
        )
        if opening.expires:
            told = named_for(step, on=on, entry=way_in.entry)
            plan_step(way_in.version, told, opening=opening, occasion=way_in.occasion, done=done)
