"""How much of the time the lines worked, and what is owed for the rest (golden example G24)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

import narwhals.stable.v2 as nw

from tenure.kernel.money import rounded
from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.expressions.revenue import MONTHLY_SCALE, lines_of
from tenure.understand.metrics.rules.rates import Rate
from tenure.understand.network.rules import Availability, Outage, availability, given_back_minor
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.facts import INCIDENTS

WINDOW_DAYS: Final = 30
_DAY_US: Final = 86_400_000_000

type Found = Mapping[int, Availability]


def service(book: Book) -> Iterator[Figure]:
    """Availability in all and by region, and what is owed; nothing where no line is known."""
    ours = (nw.col("currency") == book.currency).fill_null(value=True)
    lines = lines_of(book.terms.filter(ours), book.accounts, day=book.today, grace_days=book.grace)
    rows = book.rows(lines.sort("node_id", "region", "monthly"))
    if not rows:
        return
    found = _by_node(book)
    places: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        places["", ""].append(row)
        places["region", row["region"] or ""].append(row)
    for place in sorted(places):
        mine = places[place]
        count = sum(row["lines"] for row in mine)
        yield Figure("availability", _share(mine, found), count, book.as_of, *place)
    owed = sum(_owed(row, found) for row in rows)
    yield Figure("credit_due", Rate(owed, 1), sum(row["lines"] for row in rows), book.as_of)


def _by_node(book: Book) -> Found:
    """Node → its availability in the last 30 days, where it was ever down in them."""
    first_us, end_us = (book.today - WINDOW_DAYS + 1) * _DAY_US, (book.today + 1) * _DAY_US
    incidents = current_store().read_latest(INCIDENTS, on_or_before=book.today, engine=book.engine)
    ended = nw.col("ended_us").fill_null(end_us)
    rows = book.rows(incidents.filter(nw.col("started_us") < end_us, ended > first_us))
    outages: dict[int, list[Outage]] = defaultdict(list)
    for row in rows:
        until = end_us if row["ended_us"] is None else min(row["ended_us"], end_us)
        outages[row["node_id"]].append(Outage(_instant(row["started_us"]), _instant(until)))
    begins, ends = _instant(first_us), _instant(end_us)
    return {node: availability(those, begins=begins, ends=ends) for node, those in outages.items()}


def _share(rows: Sequence[Mapping[str, Any]], found: Found) -> Rate:
    whole = WINDOW_DAYS * 24 * 60
    worked = sum(row["lines"] * (whole - _down(row, found)) for row in rows)
    return Rate(worked, sum(row["lines"] for row in rows) * whole)


def _down(row: Mapping[str, Any], found: Found) -> int:
    one = found.get(row["node_id"])
    return one.down_minutes if one else 0


def _owed(row: Mapping[str, Any], found: Found) -> int:
    """Of lines of one node that cost the same a month."""
    one = found.get(row["node_id"])
    if one is None:
        return 0
    fee = rounded(Fraction(int(row["monthly"]), MONTHLY_SCALE))
    return int(row["lines"]) * given_back_minor(one, fee_minor=fee)


def _instant(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(microseconds))
