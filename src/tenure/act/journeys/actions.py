"""Plan what is due on a day, and start the plays of tags and events."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import batched

from tenure.act.journeys.due import near_terms, of_rule, of_year
from tenure.act.journeys.exits import leave_reached
from tenure.act.journeys.openings import opening_of_play, openings_of
from tenure.act.journeys.planning import Occasion, Planned, plan_step
from tenure.act.journeys.versions import Version, versions_in_use
from tenure.act.journeys.withdrawals import withdraw_moved, withdraw_over
from tenure.records.strategies.queries import current
from tenure.strategy.plays import Alarm, Play
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
    done.withdrawn += leave_reached(strategy, as_of=as_of, at=at, by=by)
    versions = list(versions_in_use(strategy))
    if not versions:
        return done
    near = near_terms([version.journey for version in versions], as_of=as_of)
    for version in versions:
        for step in version.journey.steps:
            due, told = near.due(version.journey, step), of_year(step, on=as_of)
            zone = strategy.business.zone
            for opening in openings_of(version.journey, step, due=due, on=as_of, zone=zone):
                plan_step(version, told, opening=opening, occasion=occasion, done=done)
    return done


def start_plays(
    tag: str, term_ids: Iterable[int], *, on: date, at: datetime, by: str = "loop"
) -> Planned:
    """Start the plays of a tag for the terms that entered it on a day; each once (TAG-02).

    A play is for those of them who are in its segment (SEG-06).
    """
    strategy = current().at(on)
    bound = [play for play in strategy.plays.values() if tag and play.tag == tag]
    return _start(bound, term_ids, strategy=strategy, occasion=Occasion(on, at, by))


def start_event_plays(
    event: str, term_ids: Iterable[int], *, on: date, at: datetime, by: str = "loop"
) -> Planned:
    """Start the plays of an event for the terms of those who did it; each once (JRN-07)."""
    strategy = current().at(on)
    bound = [play for play in strategy.plays.values() if event and play.event == event]
    return _start(bound, term_ids, strategy=strategy, occasion=Occasion(on, at, by))


def start_alarm_plays(
    alarm: Alarm, term_ids: Iterable[int], *, on: date, at: datetime, by: str = "loop"
) -> Planned:
    """Start the plays of an alarm for terms of which no person was told; each once (PRD-03)."""
    strategy = current().at(on)
    bound = [play for play in strategy.plays.values() if play.alarm is alarm]
    return _start(bound, term_ids, strategy=strategy, occasion=Occasion(on, at, by))


def _start(
    bound: Iterable[Play], term_ids: Iterable[int], *, strategy: Strategy, occasion: Occasion
) -> Planned:
    on, at, done = occasion.as_of, occasion.at, Planned()
    entered, zone = tuple(sorted(set(term_ids))), strategy.business.zone
    for play in bound:
        everybody = play.applies == ALWAYS
        terms = entered if everybody else of_rule(play.applies, entered, as_of=on)
        version = Version(play.journey, strategy, play.journey.version)
        for chosen in batched(terms, _BATCH_SIZE):
            opening = opening_of_play(play, chosen, on=on, at=at, zone=zone)
            if opening.expires:
                plan_step(version, play.step, opening=opening, occasion=occasion, done=done)
    return done
