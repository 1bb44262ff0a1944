"""How much of the time the lines worked, and what is owed for the rest (golden example G24)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Final

import narwhals.stable.v2 as nw
import numpy as np

from tenure.kernel.money import rounded
from tenure.understand.metrics.book import Book, Figure
from tenure.understand.metrics.columns import UNKNOWN, Codes, Column, Wholes, numbered
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


@dataclass(frozen=True)
class _Lines:
    """The lines that bring revenue now; `node` is a place in `nodes`, `fee` a month's (scaled)."""

    nodes: Wholes
    node: Codes
    region: Column
    fee: Wholes


def service(book: Book) -> Iterator[Figure]:
    """Availability in all and by region, and what is owed; nothing where no line is known."""
    lines = _lines(book)
    if not len(lines.node):
        return
    found = _by_node(book)
    places = _worked(lines, found)
    for place in sorted(places):
        worked, count = places[place]
        yield Figure("availability", Rate(worked, count * _WHOLE), count, book.as_of, *place)
    yield Figure("credit_due", Rate(_owed(lines, found), 1), len(lines.node), book.as_of)


def _lines(book: Book) -> _Lines:
    sold = book.sold
    live = sold.covers(book.today, grace_days=book.grace) & sold.is_ours
    rows = np.flatnonzero(live & (sold.node_id != UNKNOWN))
    nodes, node = numbered(sold.node_id[rows])
    return _Lines(nodes, node, sold.customers.region.taken(sold.who[rows]), sold.monthly[rows])


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


def _worked(lines: _Lines, found: Found) -> dict[tuple[str, str], tuple[int, int]]:
    """Minutes that lines worked and how many lines there are, in all and by region."""
    names = lines.region.names
    cell = lines.node * np.int64(len(names)) + np.maximum(lines.region.codes, 0)
    counts = np.bincount(cell, minlength=len(lines.nodes) * len(names)).reshape(-1, len(names))
    down = [found[node].down_minutes if node in found else 0 for node in lines.nodes.tolist()]
    worked = (_WHOLE - np.array(down, dtype=np.int64)) @ counts
    every = counts.sum(axis=0)
    by_region = {
        ("region", names[one]): (int(worked[one]), int(every[one]))
        for one in np.flatnonzero(every).tolist()
    }
    return by_region | {_EVERYWHERE: (int(worked.sum()), int(every.sum()))}


def _owed(lines: _Lines, found: Found) -> int:
    """What is given back for all lines of nodes that were down, each by its fee."""
    was_down = np.array([node in found for node in lines.nodes.tolist()], dtype=np.bool_)
    rows = np.flatnonzero(was_down[lines.node])
    fees, fee = numbered(lines.fee[rows])
    alike, counts = np.unique(lines.node[rows] * np.int64(len(fees)) + fee, return_counts=True)
    owed = 0
    for one, count in zip(alike.tolist(), counts.tolist(), strict=True):
        node, place = divmod(one, len(fees))
        fee_minor = rounded(Fraction(int(fees[place]), MONTHLY_SCALE))
        owed += count * given_back_minor(found[int(lines.nodes[node])], fee_minor=fee_minor)
    return owed


def _instant(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(microseconds))
