"""Until when a message of a step may be sent, for the terms for which it is due."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import batched

from tenure.act.journeys.due import Due, days_to_festival
from tenure.act.journeys.rules import expires_of
from tenure.act.journeys.sorting import Opening
from tenure.kernel.clock import instant
from tenure.records.subscriptions.models import Term
from tenure.strategy.journeys import Clock, Journey, Step
from tenure.strategy.plays import Play

BATCH_SIZE = 5_000


def openings_of(
    journey: Journey, step: Step, *, due: Due, on: date, zone: str
) -> Iterator[Opening]:
    """The due terms with their expiries, in batches where their ends lie anywhere.

    Args:
        on: the day that is planned.
    """
    if journey.clock is Clock.END:
        if due.terms:
            yield Opening(due, expires_of(step, as_of=on, zone=zone))
        return
    if journey.clock is Clock.ENTRY:
        yield from _of_entries(step, due=due, on=on, zone=zone)
        return
    worked = set(due.with_todo)
    for terms in batched(due.terms, BATCH_SIZE):
        found = _expires(journey, step, ends=_ends(terms), on=on, zone=zone)
        some = Due(terms, tuple(one for one in terms if one in worked))
        if found:
            yield Opening(some, found)


def opening_of_play(
    play: Play, terms: tuple[int, ...], *, on: date, at: datetime, zone: str
) -> Opening:
    """The play's time is over some days after the tag was entered, or when the term is."""
    over = on + timedelta(days=play.step.valid_days + 1)
    last = on + timedelta(days=play.within_days)
    expires = {
        end: instant(min(over, end), time(0), zone=zone) for end in _ends(terms) if end <= last
    }
    open_still = {end: until for end, until in expires.items() if until > at}
    return Opening(Due(terms, terms if play.step.todo else ()), open_still)


def opening_of_entry(
    step: Step, due: Due, *, entry: str, open_after: datetime, zone: str
) -> Opening:
    """The step of those who entered on one day: its time is over with its window, or the term.

    Args:
        due: the terms of that entry.
        open_after: whose time is over by then is left out.
    """
    over = date.fromisoformat(entry) + timedelta(days=step.valid_days - step.days_before)
    expires = {
        end: instant(min(over, end), time(0), zone=zone)
        for terms in batched(due.terms, BATCH_SIZE)
        for end in _ends(terms)
    }
    still = {end: until for end, until in expires.items() if until > open_after}
    return Opening(due, still, entry)


def _of_entries(step: Step, *, due: Due, on: date, zone: str) -> Iterator[Opening]:
    worked, begins = set(due.with_todo), instant(on + timedelta(days=1), time(0), zone=zone)
    for entry, everybody in due.entries.items():
        for terms in batched(everybody, BATCH_SIZE):
            some = Due(terms, tuple(one for one in terms if one in worked))
            found = opening_of_entry(step, some, entry=entry, open_after=begins, zone=zone)
            if found.expires:
                yield found


def _ends(terms: Collection[int]) -> list[date]:
    named = Term.objects.filter(pk__in=terms)
    return list(named.values_list("ends_on", flat=True).distinct())


def _expires(
    journey: Journey, step: Step, *, ends: Collection[date], on: date, zone: str
) -> Mapping[date, datetime]:
    """For each end of a term, until when: never on the day on which a running term is over."""
    if journey.clock is Clock.LAPSE:
        stays = timedelta(days=step.valid_days - step.days_before + 1)
        return {end: instant(end + stays, time(0), zone=zone) for end in ends}
    if journey.clock is Clock.FESTIVAL:
        festival = on + timedelta(days=1 + days_to_festival(step, on=on))
        over_on = festival + timedelta(days=step.valid_days - step.days_before)
    else:
        over_on = on + timedelta(days=step.valid_days + 1)
    return {
        end: instant(min(over_on, end), time(0), zone=zone)
        for end in ends
        if end > on + timedelta(days=1)
    }
