"""Plan what is due on a day, and start the plays of tags."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from tenure.act.journeys.due import Due, near_terms, of_rule
from tenure.act.journeys.planning import Occasion, Opening, Planned, plan_step
from tenure.act.journeys.rules import expires_of
from tenure.act.journeys.versions import Version, versions_in_use
from tenure.act.journeys.withdrawals import withdraw_moved, withdraw_over
from tenure.kernel.clock import instant
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.strategy.plays import Play
from tenure.strategy.rules import ALWAYS
from tenure.strategy.sections import Strategy

_BATCH_SIZE = 5_000


def plan_due(*, as_of: date, at: datetime, by: str = "loop") -> Planned:
    """Make a message or work for a person of every step that is due (JRN-01, TOP-02).

    Set at a time and repeatable: what the unique keys hold already is not planned again. A term
    in a journey keeps the version in which it began.
    """
    strategy = current().at(as_of)
    occasion, done = Occasion(as_of, at, by), Planned()
    done.withdrawn = withdraw_moved(at=at, by=by) + withdraw_over(at=at, by=by)
    versions = list(versions_in_use(strategy))
    if not versions:
        return done
    near = near_terms([version.journey for version in versions], as_of=as_of)
    for version in versions:
        for step in version.journey.steps:
            due = near.due(version.journey, step)
            if due.terms:
                opening = Opening(due, expires_of(step, as_of=as_of, zone=strategy.business.zone))
                plan_step(version, step, opening=opening, occasion=occasion, done=done)
    return done


def start_plays(
    tag: str, term_ids: Iterable[int], *, on: date, at: datetime, by: str = "loop"
) -> Planned:
    """Start the plays of a tag for the terms that entered it on a day; each once (TAG-02).

    A play is for those of them who are in its segment (SEG-06).
    """
    strategy, done = current().at(on), Planned()
    bound = [play for play in strategy.plays.values() if play.tag == tag]
    entered = tuple(sorted(set(term_ids)))
    for play in bound:
        everybody = play.applies == ALWAYS
        terms = entered if everybody else of_rule(play.applies, entered, as_of=on)
        version = Version(play.journey, strategy, play.journey.version)
        for start in range(0, len(terms), _BATCH_SIZE):
            chosen = terms[start : start + _BATCH_SIZE]
            occasion = Occasion(on, at, by)
            opening = _opening_of_play(play, chosen, occasion=occasion, strategy=strategy)
            if opening.expires:
                plan_step(version, play.step, opening=opening, occasion=occasion, done=done)
    return done


def _opening_of_play(
    play: Play, terms: tuple[int, ...], *, occasion: Occasion, strategy: Strategy
) -> Opening:
    """The play's time is over some days after the tag was entered, or when the term is."""
    zone, on = strategy.business.zone, occasion.as_of
    over, last = (
        on + timedelta(days=days) for days in (play.step.valid_days + 1, play.within_days)
    )
    near = Term.objects.filter(pk__in=terms, ends_on__lte=last)
    ends = near.values_list("ends_on", flat=True).distinct()
    expires = {end: instant(min(over, end), time(0), zone=zone) for end in ends}
    open_still = {end: until for end, until in expires.items() if until > occasion.at}
    return Opening(Due(terms, terms if play.step.todo else ()), open_still)
