"""On which day a step of a journey leaves for one term, by the clock of the journey."""

from dataclasses import dataclass
from datetime import date, timedelta

from tenure.kernel.festivals import next_festival
from tenure.records.subscriptions.models import Term
from tenure.strategy.journeys import Clock, Journey, Step

_A_NIGHT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Under:
    """A journey that means a term, in its version; `entry` is the day on which it entered it."""

    journey: Journey
    entry: str = ""


def leaves_on(under: Under, step: Step, *, term: Term, on: date) -> date | None:
    """The day after the night that finds the step due, not before the day of looking.

    None where its window is over, or lies behind an end that nobody knows to be without renewal.
    """
    first = _first(under, step, term=term, on=on)
    if first is None or first + timedelta(days=step.valid_days) <= on or first >= term.ends_on:
        return None
    return max(first, on)


def _first(under: Under, step: Step, *, term: Term, on: date) -> date | None:
    before = timedelta(days=step.days_before)
    match under.journey.clock:
        case Clock.LAPSE:
            return None
        case Clock.FESTIVAL:
            return next_festival(step.festival, on=on) - before
        case Clock.ENTRY:
            return date.fromisoformat(under.entry) - before
        case Clock.START:
            return term.subscription.started_on - before + _A_NIGHT
        case Clock.TERM:
            return term.starts_on - before + _A_NIGHT
        case Clock.END:
            return term.ends_on - before + _A_NIGHT
