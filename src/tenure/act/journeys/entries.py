"""Who is under way in journeys that a tag or an event starts, and since which day."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tenure.act.journeys.models import Enrolment
from tenure.records.subscriptions.states import TermState
from tenure.strategy.journeys import Clock, Journey, Step

type Version = tuple[str, str]  # journey, version
_RUNNING = (TermState.RUNNING, TermState.CANCELLING)


@dataclass(frozen=True, slots=True)
class Entered:
    """Journey and version → day of entry → terms, as far as some step may still be due."""

    by_version: Mapping[Version, Mapping[str, tuple[int, ...]]]

    @property
    def terms(self) -> list[int]:
        """Everybody under way, each once, in the order of numbers."""
        days = (one for entries in self.by_version.values() for one in entries.values())
        return sorted({term for terms in days for term in terms})

    def open(self, journey: Journey, step: Step, *, on: date) -> Mapping[str, tuple[int, ...]]:
        """Day of entry → terms whose step may leave on the morning after a day."""
        first, last = entries_between(step, on=on)
        entries = self.by_version.get((journey.id, journey.version), {})
        return {entry: terms for entry, terms in sorted(entries.items()) if first <= entry <= last}


def entries_between(step: Step, *, on: date) -> tuple[str, str]:
    """The first and the last entry for which a step leaves on the morning after a day."""
    leaves_on = on + timedelta(days=1)
    last = leaves_on + timedelta(days=step.days_before)
    return str(last - timedelta(days=step.valid_days - 1)), str(last)


def entered(journeys: Collection[Journey], *, on: date) -> Entered:
    """Read once who is under way in any version of some journeys.

    The day before is looked at, too, so that one may ask who was due then.
    """
    started = [one for one in journeys if one.clock is Clock.ENTRY]
    if not started:
        return Entered({})
    steps = [step for one in started for step in one.steps]
    first = min(entries_between(step, on=on - timedelta(days=1))[0] for step in steps)
    kept = Enrolment.objects.filter(
        journey__in={one.id for one in started},
        entry__gte=first,
        left_at__isnull=True,
        term__state__in=_RUNNING,
    ).exclude(entry="")
    found: defaultdict[Version, defaultdict[str, list[int]]] = defaultdict(
        lambda: defaultdict(list)
    )
    rows = kept.order_by("term_id").values_list("journey", "version", "entry", "term_id")
    for journey, version, entry, term in rows:
        found[journey, version][entry].append(term)
    return Entered(
        {
            version: {entry: tuple(terms) for entry, terms in entries.items()}
            for version, entries in found.items()
        }
    )
