"""Agreements as other systems tell them, turned into chains of terms with calendar anchors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from tenure.kernel.periods import Period, add_months, nth_due
from tenure.observe.imports.rules.faults import EndsAsItStarts, EndsBeforeStart
from tenure.records.subscriptions.rules import TermsOverlap
from tenure.records.subscriptions.states import EndKind, TermState


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a source says of one subscription. Days are civil dates in the business's zone.

    `ended_on` is the first day without service; `paid_until` the first day that is not paid, told
    by systems that know the end of the term that runs and not whether it will be renewed.
    """

    starts_on: date
    cycle_months: int
    ended_on: date | None = None
    paid_until: date | None = None
    end_kind: str = ""
    cancel_asked_on: date | None = None


@dataclass(frozen=True, slots=True)
class ToldTerm:
    """One term as a source tells it; `cancelled_on` is the first day without service."""

    starts_on: date
    ends_on: date
    cancelled_on: date | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One term of a chain, in the state in which the source leaves it."""

    starts_on: date
    ends_on: date
    state: TermState
    renewed_on: date | None = None
    closed_on: date | None = None
    cancel_asked_on: date | None = None
    end_kind: str = ""
    extended_days: int = 0

    @property
    def period(self) -> Period:
        """The days of the term."""
        return Period(self.starts_on, self.ends_on)


@dataclass(frozen=True, slots=True)
class Today:
    """The day whose state a source tells, and how long a late payment still renews."""

    as_of: date
    grace_days: int


def expand(told: Agreement, *, today: Today) -> list[Link]:
    """Every term of an agreement, the first one first (golden example G17).

    Due dates are counted from the start. A running agreement reaches the term that holds the day;
    terms before the last one were renewed on the day on which the next one starts. An agreement
    that ended in the middle of a term closes that term on that day.

    Raises:
        EndsBeforeStart: it ends, or is paid, before it starts.
        EndsAsItStarts: it is paid for no day.
    """
    if told.ended_on is not None and told.ended_on < told.starts_on:
        raise EndsBeforeStart(starts_on=told.starts_on, ends_on=told.ended_on)
    if told.paid_until is not None:
        check_period(told.starts_on, told.paid_until)
        links = list(_paid(told, told.paid_until))
    else:
        links = list(_regular(told, today.as_of))
    links = [
        replace(link, state=TermState.RENEWED, renewed_on=following.starts_on)
        for link, following in pairwise(links)
    ] + links[-1:]
    links[-1] = _ended(links[-1], told, today)
    return links


def join(told: Sequence[ToldTerm], *, today: Today) -> list[Link]:
    """Terms told one by one, in order of their start, joined into a chain.

    A term that another one follows within the days of grace was renewed; one after which nothing
    came in time lapsed.

    Raises:
        EndsBeforeStart, EndsAsItStarts: a term has no day.
        TermsOverlap: two terms share a day.
    """
    links: list[Link] = []
    for place, term in enumerate(told):
        check_period(term.starts_on, term.ends_on)
        following = told[place + 1] if place + 1 < len(told) else None
        if following is not None:
            check_apart(term, following)
        links.append(_joined(term, following, today))
    return links


def check_period(starts_on: date, ends_on: date) -> None:
    """Refuse a term without a day.

    Raises:
        EndsBeforeStart, EndsAsItStarts: it has none.
    """
    if ends_on < starts_on:
        raise EndsBeforeStart(starts_on=starts_on, ends_on=ends_on)
    if ends_on == starts_on:
        raise EndsAsItStarts(starts_on=starts_on)


def check_apart(term: ToldTerm, following: ToldTerm) -> None:
    """Refuse a term that starts while the one before it still serves.

    Raises:
        TermsOverlap: it does.
    """
    served_until = min(term.ends_on, term.cancelled_on or term.ends_on)
    if following.starts_on < served_until:
        raise TermsOverlap(
            starts_on=following.starts_on,
            ends_on=following.ends_on,
            other_starts_on=term.starts_on,
            other_ends_on=term.ends_on,
        )


def _joined(term: ToldTerm, following: ToldTerm | None, today: Today) -> Link:
    running = Link(term.starts_on, term.ends_on, TermState.RUNNING)
    if term.cancelled_on is not None:
        if term.cancelled_on < term.starts_on:
            raise EndsBeforeStart(starts_on=term.starts_on, ends_on=term.cancelled_on)
        return _stopped(running, term.cancelled_on, asked_on=None, as_of=today.as_of)
    if following is None:
        return _by_the_clock(running, today)
    if (following.starts_on - term.ends_on).days <= today.grace_days:
        return replace(running, state=TermState.RENEWED, renewed_on=following.starts_on)
    return _lapsed(running, term.ends_on + timedelta(days=today.grace_days))


def _regular(told: Agreement, as_of: date) -> Iterator[Link]:
    """Whole cycles from the start to the one that holds the last day of service known."""
    last_on = as_of
    if told.ended_on is not None:
        last_on = min(as_of, told.ended_on - timedelta(days=1))
    starts_on, k = told.starts_on, 0
    while k == 0 or starts_on <= last_on:
        k += 1
        ends_on = nth_due(told.starts_on, months_per_cycle=told.cycle_months, k=k)
        yield Link(starts_on, ends_on, TermState.RUNNING)
        starts_on = ends_on


def _paid(told: Agreement, paid_until: date) -> Iterator[Link]:
    """Cycles that end with the day until which is paid.

    Where that day is no due date of the start (days were given, or the day was moved once), the
    cycles are counted back from it and the first term holds the days that are left over.
    """
    if _is_due(told, paid_until):
        yield from _cycles_until(told, paid_until)
        return
    bounds = [paid_until]
    while (earlier := add_months(paid_until, -told.cycle_months * len(bounds))) > told.starts_on:
        bounds.append(earlier)
    bounds.reverse()
    given_days = 0
    if earlier != told.starts_on and len(bounds) > 1:
        given_days = (bounds.pop(0) - told.starts_on).days
    starts_on = told.starts_on
    for ends_on in bounds:
        yield Link(starts_on, ends_on, TermState.RUNNING, extended_days=given_days)
        starts_on, given_days = ends_on, 0


def _is_due(told: Agreement, day: date) -> bool:
    """Whether a day is a due date, counted from the start."""
    months = (day.year - told.starts_on.year) * 12 + day.month - told.starts_on.month
    return months % told.cycle_months == 0 and add_months(told.starts_on, months) == day


def _cycles_until(told: Agreement, last_end: date) -> Iterator[Link]:
    starts_on, k = told.starts_on, 0
    while starts_on < last_end:
        k += 1
        ends_on = nth_due(told.starts_on, months_per_cycle=told.cycle_months, k=k)
        yield Link(starts_on, ends_on, TermState.RUNNING)
        starts_on = ends_on


def _ended(last: Link, told: Agreement, today: Today) -> Link:
    """The last term, as the source leaves it."""
    if told.ended_on is None:
        return _by_the_clock(last, today, kind=told.end_kind)
    if told.end_kind in (EndKind.LAPSE, EndKind.INVOLUNTARY) and told.ended_on <= today.as_of:
        return _lapsed(last, told.ended_on, kind=told.end_kind)
    return _stopped(last, told.ended_on, asked_on=told.cancel_asked_on, as_of=today.as_of)


def _by_the_clock(last: Link, today: Today, kind: str = "") -> Link:
    """Running until its end, then in grace, then lapsed: what the loop would have made of it."""
    if last.ends_on > today.as_of:
        return last
    if kind == EndKind.VOLUNTARY:
        return _stopped(last, last.ends_on, asked_on=None, as_of=today.as_of)
    closed_on = last.ends_on + timedelta(days=today.grace_days)
    if today.as_of < closed_on:
        return replace(last, state=TermState.GRACE)
    return _lapsed(last, closed_on, kind=kind or EndKind.LAPSE)


def _lapsed(link: Link, closed_on: date, kind: str = EndKind.LAPSE) -> Link:
    return replace(link, state=TermState.LAPSED, closed_on=closed_on, end_kind=str(kind))


def _stopped(link: Link, ended_on: date, *, asked_on: date | None, as_of: date) -> Link:
    """Cancelled, or to be cancelled where the end is still to come."""
    if ended_on <= as_of:
        return replace(
            link,
            state=TermState.CANCELLED,
            closed_on=ended_on,
            cancel_asked_on=asked_on,
            end_kind=str(EndKind.VOLUNTARY),
        )
    if ended_on > link.ends_on:
        return link  # it will be renewed at least once more
    return replace(
        link,
        ends_on=ended_on,
        state=TermState.CANCELLING,
        cancel_asked_on=min(asked_on or as_of, as_of),
    )
