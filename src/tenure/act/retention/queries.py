"""The table of a day, what the next night would let go, and when that is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tenure.act.journeys.rules import PLANNED_FROM
from tenure.act.retention.books import old_bookings, old_documents, old_invoices
from tenure.act.retention.files import FILES, count_old
from tenure.act.retention.kinds import GOES
from tenure.act.retention.rules import Horizon
from tenure.records.jobs.queries import last_finished
from tenure.records.strategies.queries import current
from tenure.strategy.retention import Kept, Span


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of the table: how long, and the first day that is kept."""

    kept: Kept
    span: Span
    first_kept: date


def horizon_of(on: date) -> Horizon:
    """The table that holds on a day."""
    strategy = current().at(on)
    sellers = strategy.documents.sellers
    return Horizon(
        on=on,
        zone=strategy.business.zone,
        retention=strategy.retention,
        evidence=strategy.obligations.evidence,
        sellers={key: seller.country for key, seller in sellers.items()},
        here=strategy.business.country,
    )


def table(horizon: Horizon) -> list[Line]:
    """Each kind with its time; of the books the longest, which is that of the ledger."""
    found = []
    for kept in Kept:
        span, first = horizon.retention.spans[kept], horizon.first_kept(kept)
        if kept is Kept.BOOKS:
            span, first = horizon.span_of_books, horizon.books
        found.append(Line(kept, span, first))
    return found


def would_go(horizon: Horizon) -> Mapping[str, int]:
    """List → rows that the night of this day would let go; nothing is changed."""
    counts = {one.name: one.find(horizon).count() for one in GOES}
    for kept, stored in FILES:
        counts[f"files:{stored.name}"] = count_old(kept, stored, horizon=horizon)
    counts["documents"] = old_documents(horizon).count()
    counts["invoices"] = old_invoices(horizon).count()
    counts["bookings"] = old_bookings(horizon).count()
    return {name: count for name, count in counts.items() if count}


def next_run(at: datetime) -> datetime | None:
    """When the next night begins; None while no day was ever run."""
    last = last_finished()
    if last is None:
        return None
    zone = ZoneInfo(current().business.zone)
    due = datetime.combine(last.as_of + timedelta(days=2), PLANNED_FROM, tzinfo=zone)
    return max(due, at)
