"""Plan what is due on a day, and start the plays of tags and events."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import batched

from tenure.act.journeys.due import named_for, near_terms
from tenure.act.journeys.entering import enter
from tenure.act.journeys.exits import leave_reached
from tenure.act.journeys.meant import of_rule, read_once
from tenure.act.journeys.openings import opening_of_play, openings_of
from tenure.act.journeys.planning import Occasion, Planned, plan_step
from tenure.act.journeys.versions import Version, versions_in_use
from tenure.act.journeys.withdrawals import withdraw_moved, withdraw_over
from tenure.records.strategies.queries import current
from tenure.strategy.plays import Alarm, Play
from tenure.strategy.rules import ALWAYS
from tenure.strategy.sections import Strategy

_BATCH_SIZE = 5_000


@read_once()
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
            due, zone = near.due(version.journey, step), strategy.business.zone
            for opening in openings_of(version.journey, step, due=due, on=as_of, zone=zone):
                told = named_for(step, on=as_of, entry=opening.entry)
                plan_step(version, told, opening=opening, occasion=occasion, done=done)
    return done


def start_plays(
    tag: str, term_ids: Iterable[int], *, on: date, at: datetime, by: str = "loop"
) -> Planned:
    """Start the plays and journeys of a tag for the terms that entered it on a day (TAG-02).

    Each once; a play or journey is for those of them who are in its segment (SEG-06). What a night
    finds leaves on the morning after: from that day a journey counts.
    """
    strategy, occasion, terms = current().at(on), Occasion(on, at, by), list(term_ids)
    opened = [one for one in strategy.journeys.values() if tag and one.start.tag == tag]
    morning = on + timedelta(days=1)
    done = enter(opened, terms, strategy=strategy, entered_on=morning, occasion=occasion)
    bound = [play for play in strategy.plays.values() if tag and play.tag == tag]
    return _start(bound, terms, strategy=strategy, occasion=occasion, done=done)


def start_event_plays(
    event: str, term_ids: Iterable[int], *, on: date, at: datetime, by: str = "loop"
) -> Planned:
    """Start the plays and journeys of an event for the terms of those who did it (JRN-07).

    Args:
        on: the day on which it arrived, however late it is looked at.
    """
    strategy, occasion, terms = current().at(on), Occasion(on, at, by), list(term_ids)
    opened = [one for one in strategy.journeys.values() if event and one.start.event == event]
    done = enter(opened, terms, strategy=strategy, entered_on=on, occasion=occasion)
    bound = [play for play in strategy.plays.values() if event and play.event == event]
    return _start(bound, terms, strategy=strategy, occasion=occasion, done=done)


def start_alarm_plays(
    alarm: Alarm, term_ids: Iterable[int], *, on: date, at: datetime, by: str = "loop"
) -> Planned:
    """Start the plays of an alarm for terms of which no person was told; each once (PRD-03)."""
    strategy = current().at(on)
    bound = [play for play in strategy.plays.values() if play.alarm is alarm]
    occasion = Occasion(on, at, by)
    return _start(bound, term_ids, strategy=strategy, occasion=occasion, done=Planned())


def _start(
    bound: Iterable[Play],
    term_ids: Iterable[int],
    *,
    strategy: Strategy,
    occasion: Occasion,
    done: Planned,
) -> Planned:
    on, at = occasion.as_of, occasion.at
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
