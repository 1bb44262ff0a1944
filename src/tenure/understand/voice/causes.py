"""Why customers left, ranked by the revenue that was lost; and complaints against their clock."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from tenure.kernel.office_hours import OfficeHours, Pause, due_at, ran
from tenure.records.cancellations.models import Cancellation
from tenure.records.feedback.models import LossReason, TicketCause
from tenure.records.service.models import Ticket, TicketPause
from tenure.understand.voice.taxonomy import Taxonomy

COMPLAINT: Final = "complaint"
_BEFORE_LEAVING: Final = timedelta(days=180)
# Of two that name a reason for one term, whoever spoke with the customer knows more.
_TRUSTED: Final = ("interview", "survey", "cancel")


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason: terms lost for it, by whom it was told, and a year's revenue that went.

    `complained` counts those of its customers whose tickets had spoken of it before they left.
    """

    reason: str
    terms: int
    revenue_minor: int
    share: float
    told_by: Mapping[str, int]
    complained: int


@dataclass(frozen=True, slots=True)
class _Lost:
    term_id: int | None
    account_id: int
    source: str
    reason: str
    on: date
    revenue_minor: int


def causes(*, since: date, until: date, currency: str, taxonomy: Taxonomy) -> list[Cause]:
    """The one ranked table of what was told in `[since, until)` (CHR-01, CHR-02).

    Cancellations, exit surveys, interviews and imports name reasons of the one list. A term counts
    once, by whoever knows most; a cancellation that was taken back does not count.
    """
    lost = _lost(since=since, until=until, currency=currency)
    spoken = _spoken_of(lost, taxonomy=taxonomy)
    by_reason: defaultdict[str, list[_Lost]] = defaultdict(list)
    for one in lost:
        by_reason[one.reason].append(one)
    whole = sum(one.revenue_minor for one in lost)
    found = []
    for reason, ones in by_reason.items():
        revenue = sum(one.revenue_minor for one in ones)
        found.append(
            Cause(
                reason,
                len(ones),
                revenue,
                revenue / whole if whole else 0.0,
                dict(Counter(one.source for one in ones).most_common()),
                len({one.account_id for one in ones if reason in spoken.get(one.account_id, ())}),
            )
        )
    return sorted(found, key=lambda one: (-one.revenue_minor, -one.terms, one.reason))


def _lost(*, since: date, until: date, currency: str) -> list[_Lost]:
    told = LossReason.objects.filter(given_on__gte=since, given_on__lt=until)
    columns = ("term_id", "account_id", "source", "reason")
    price = ("term__price_minor", "term__cycle_months", "term__currency")
    rows = [
        _Lost(term, account, source, reason, on, _yearly(*paid, wanted=currency))
        for term, account, source, reason, on, *paid in told.values_list(
            *columns, "given_on", *price
        )
    ]
    left = Cancellation.objects.filter(
        state="confirmed", undone_at=None, settled_on__gte=since, settled_on__lt=until
    ).exclude(reason="")
    rows += [
        _Lost(term, account, "cancel", reason, on, _yearly(*paid, wanted=currency))
        for term, account, reason, on, *paid in left.values_list(
            "term_id", "account_id", "reason", "settled_on", *price
        )
    ]
    best: dict[tuple[int | None, int], _Lost] = {}
    for one in sorted(rows, key=lambda row: (_trust(row.source), row.on), reverse=True):
        best[one.term_id, one.account_id] = one
    return list(best.values())


def _trust(source: str) -> int:
    return _TRUSTED.index(source) if source in _TRUSTED else len(_TRUSTED)


def _yearly(price: int | None, months: int | None, currency: str | None, *, wanted: str) -> int:
    if price is None or currency != wanted:
        return 0
    return price * 12 // max(months or 12, 1)


def _spoken_of(lost: Sequence[_Lost], *, taxonomy: Taxonomy) -> Mapping[int, set[str]]:
    """Account → the reasons that its tickets had named in the half year before it left."""
    if not lost:
        return {}
    first = min(one.on for one in lost) - _BEFORE_LEAVING
    tickets = Ticket.objects.filter(
        account_id__in={one.account_id for one in lost}, opened_at__date__gte=first
    )
    spoken: defaultdict[int, set[str]] = defaultdict(set)
    for account, subject in tickets.values_list("account_id", "subject"):
        reason = taxonomy.reason_of(subject)
        if reason:
            spoken[account].add(reason)
    return spoken


@dataclass(frozen=True, slots=True)
class Complaint:
    """An open complaint and its clock: to be settled by `due_at`; None while the clock stands."""

    ticket: Ticket
    due_at: datetime | None
    hours_left: int
    reason: str

    @property
    def is_late(self) -> bool:
        return self.hours_left < 0


@dataclass(frozen=True, slots=True)
class Week:
    """The complaints that were opened in one week, from its Monday."""

    monday: date
    opened: int
    in_time: int
    settled: int


@dataclass(frozen=True, slots=True)
class Promise:
    """Within how many hours a complaint is settled, and in which hours of the week they run."""

    hours: int
    office: OfficeHours | None = None

    @property
    def length(self) -> timedelta:
        return timedelta(hours=self.hours)


def open_complaints(*, at: datetime, promise: Promise, most: int = 50) -> list[Complaint]:
    """Complaints that are not settled, the one that is due first before the others (FBK-05)."""
    waiting = Ticket.objects.filter(kind=COMPLAINT, resolved_at=None, opened_at__lte=at)
    tickets = list(waiting.select_related("account").order_by("opened_at", "pk")[:most])
    found = dict(TicketCause.objects.filter(ticket__in=tickets).values_list("ticket_id", "reason"))
    stood = _pauses({one.pk for one in tickets})
    complaints = []
    for one in tickets:
        pauses = stood.get(one.pk, [])
        due = due_at(one.opened_at, promised=promise.length, hours=promise.office, pauses=pauses)
        used = ran(one.opened_at, until=at, hours=promise.office, pauses=pauses)
        left = (promise.length - used) // timedelta(hours=1) if used < promise.length else -1
        complaints.append(Complaint(one, due, left, found.get(one.pk, "")))
    last = datetime.max.replace(tzinfo=UTC)
    return sorted(complaints, key=lambda one: (one.due_at or last, one.ticket.pk))


def _pauses(ticket_ids: Collection[int]) -> dict[int, list[Pause]]:
    """Ticket → the spans in which its clock stood: one query."""
    stood: defaultdict[int, list[Pause]] = defaultdict(list)
    rows = TicketPause.objects.filter(ticket_id__in=ticket_ids)
    for ticket, began_at, ended_at in rows.values_list("ticket_id", "began_at", "ended_at"):
        stood[ticket].append(Pause(began_at, ended_at))
    return stood


def complaint_weeks(*, until: date, weeks: int, promise: Promise) -> list[Week]:
    """Complaints by week, the oldest first, with how many were settled within the time."""
    monday = until - timedelta(days=until.weekday())
    first = monday - timedelta(weeks=weeks - 1)
    opened = Ticket.objects.filter(kind=COMPLAINT, opened_at__date__gte=first)
    rows = list(opened.values_list("pk", "opened_at", "resolved_at"))
    stood = _pauses({pk for pk, _, _ in rows})
    counts: dict[date, list[int]] = {first + timedelta(weeks=n): [0, 0, 0] for n in range(weeks)}
    for pk, began, ended in rows:
        week = began.date() - timedelta(days=began.date().weekday())
        if week in counts:
            used = ran(began, until=ended or began, hours=promise.office, pauses=stood.get(pk, ()))
            is_settled = ended is not None
            in_time = is_settled and used <= promise.length
            counts[week] = [
                total + one
                for total, one in zip(counts[week], (1, in_time, is_settled), strict=True)
            ]
    return [Week(week, *counted) for week, counted in counts.items()]


def root_causes(*, since: date) -> list[tuple[str, int]]:
    """Reason → complaints whose root it was found to be since a day, the most frequent first."""
    found = TicketCause.objects.filter(found_on__gte=since).values_list("reason", flat=True)
    return Counter(found).most_common()
