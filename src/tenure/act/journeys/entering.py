"""Enter journeys that a tag or an event starts: once for each entry, first steps at once."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from itertools import batched

from django.db import transaction

from tenure.act.journeys.due import Due, named_for, of_rule, without
from tenure.act.journeys.models import Enrolment
from tenure.act.journeys.openings import opening_of_entry
from tenure.act.journeys.planning import Occasion, Planned, plan_step
from tenure.act.journeys.versions import Version
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.strategy.journeys import Journey, Step
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
    strategy: Strategy,
    journeys: Iterable[Journey],
    term_ids: Collection[int],
    *,
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
        version = Version(journey, strategy, journey.version)
        rule = AllOf((journey.applies, without(journey.goal)))
        for terms in batched(_meant(rule, everybody, on=occasion.as_of), _BATCH_SIZE):
            _enrol(version, terms, entered_on=entered_on, occasion=occasion)
            inside = _inside(journey, terms, entered_on=entered_on)
            for step in journey.steps:
                if step.is_due(0) and inside:
                    _first(
                        version, step, inside, entry=str(entered_on), occasion=occasion, done=done
                    )
    return done


def _meant(rule: Rule, terms: Sequence[int], *, on: date) -> Sequence[int]:
    plain = [one for one in (rule.parts if isinstance(rule, AllOf) else (rule,)) if one != ALWAYS]
    return of_rule(AllOf(tuple(plain)), terms, as_of=on) if plain and terms else terms


@transaction.atomic
def _enrol(
    version: Version, terms: Collection[int], *, entered_on: date, occasion: Occasion
) -> None:
    journey, entry = version.journey, str(entered_on)
    again = journey.start.again_after_days
    before = Enrolment.objects.filter(journey=journey.id, term__in=terms).exclude(entry=entry)
    if again:
        before = before.filter(entry__gt=str(entered_on - timedelta(days=again)))
    rests = set(before.values_list("term_id", flat=True))
    live = Term.objects.filter(
        pk__in=set(terms) - rests, state__in=_RUNNING, ends_on__gt=entered_on
    )
    found = list(live.order_by("pk").values_list("pk", "account_id", "ends_on"))
    rows = (
        (account, term, journey.id, journey.version, version.strategy.hash, ends_on, occasion.at,
         entry)
        for term, account, ends_on in found
    )  # fmt: skip
    insert_rows(Enrolment, rows, columns=_COLUMNS)
    facts = (
        Fact(ENTERED, on=occasion.as_of, account_id=account, term_id=term,
             content={"journey": journey.id, "entry": entry},
             once_key=f"entered:{journey.id}:{entry}:{term}")
        for term, account, _ in found
    )  # fmt: skip
    append_many(facts, at=occasion.at, by=occasion.by)


def _inside(journey: Journey, terms: Collection[int], *, entered_on: date) -> tuple[int, ...]:
    """Who is in by this entry, in the version of today, and has not left."""
    kept = Enrolment.objects.filter(
        journey=journey.id, version=journey.version, entry=str(entered_on), term__in=terms,
        left_at__isnull=True,
    )  # fmt: skip
    return tuple(kept.order_by("term_id").values_list("term_id", flat=True))


def _first(
    version: Version,
    step: Step,
    terms: Sequence[int],
    *,
    entry: str,
    occasion: Occasion,
    done: Planned,
) -> None:
    on = occasion.as_of
    met = tuple(_meant(step.condition, terms, on=on))
    worked = tuple(_meant(step.todo_when, met, on=on)) if step.todo else ()
    zone = version.strategy.business.zone
    opening = opening_of_entry(
        step, Due(met, worked), entry=entry, open_after=occasion.at, zone=zone
    )
    if opening.expires:
        told = named_for(step, on=on, entry=entry)
        plan_step(version, told, opening=opening, occasion=occasion, done=done)
