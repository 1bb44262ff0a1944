"""How much of the time the lines worked, and what is owed for the rest (golden example G24)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any, Final

import narwhals.stable.v2 as nw
import numpy as np

from tenure.kernel.money import rounded
from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.columns import UNKNOWN, numbered
from tenure.understand.metrics.rules.rates import Rate
from tenure.understand.metrics.sold import MONTHLY_SCALE
from tenure.understand.network.rules import Availability, Outage, availability, given_back_minor
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.facts import INCIDENTS

WINDOW_DAYS: Final = 30
_DAY_US: Final = 86_400_000_000
_WHOLE: Final = WINDOW_DAYS * 24 * 60
_EVERYWHERE: Final = ("", "")

type Found = Mapping[int, Availability]


def service(book: Book) -> Iterator[Figure]:
    """Availability in all and by region, and what is owed; nothing where no line is known."""
    rows = _lines(book)
    if not rows:
        return
    found = _by_node(book)
    places = _worked(rows, found)
    for place in sorted(places):
        worked, count = places[place]
        yield Figure("availability", Rate(worked, count * _WHOLE), count, book.as_of, *place)
    owed = sum(_owed(row, found[row["node_id"]]) for row in rows if row["node_id"] in found)
    yield Figure("credit_due", Rate(owed, 1), places[_EVERYWHERE][1], book.as_of)


def _lines(book: Book) -> list[dict[str, Any]]:
    """The lines that bring revenue now, by node, region and monthly fee (scaled)."""
    sold = book.sold
    live = sold.covers(book.today, grace_days=book.grace) & sold.is_ours
    rows = np.flatnonzero(live & (sold.node_id != UNKNOWN))
    region = sold.customers.region.taken(sold.who[rows])
    nodes, node = numbered(sold.node_id[rows])
    fees, fee = numbered(sold.monthly[rows])
    regions = np.int64(len(region.names) + 1)
    alike = (node * regions + region.codes + 1) * len(fees) + fee
    every, lines = np.unique(alike, return_counts=True)
    place, fee_of = np.divmod(every, max(1, len(fees)))
    node_of, code = np.divmod(place, regions)
    told = (nodes[node_of], code, fees[fee_of], lines)
    return [
        {"node_id": node, "region": ("", *region.names)[code], "monthly": fee, "lines": count}
        for node, code, fee, count in zip(*(one.tolist() for one in told), strict=True)
    ]


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


def _worked(
    rows: Sequence[Mapping[str, Any]], found: Found
) -> dict[tuple[str, str], tuple[int, int]]:
    """Minutes that lines worked and how many lines there are, in all and by region."""
    minutes: dict[tuple[str, str], int] = defaultdict(int)
    lines: dict[tuple[str, str], int] = defaultdict(int)
    down = {node: one.down_minutes for node, one in found.items()}
    for row in rows:
        count = row["lines"]
        worked = count * (_WHOLE - down.get(row["node_id"], 0))
        for place in (_EVERYWHERE, ("region", row["region"])):
            minutes[place] += worked
            lines[place] += count
    return {place: (minutes[place], lines[place]) for place in lines}


def _owed(row: Mapping[str, Any], one: Availability) -> int:
    """Of lines of one node that cost the same a month."""
    fee = rounded(Fraction(int(row["monthly"]), MONTHLY_SCALE))
    return int(row["lines"]) * given_back_minor(one, fee_minor=fee)


def _instant(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(microseconds))
