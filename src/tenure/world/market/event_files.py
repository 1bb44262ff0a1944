"""Two years of events, one file a day, drawn and written beside the records of the same market.

Drawing is arithmetic and writing is compression, while the records wait for the database: a child
does the one and we do the other, so both cores have something to do.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Final

import django

from tenure.warehouse.days_of_files import Days
from tenure.world.chance import Flags, Wholes
from tenure.world.market.activity import Habits, day_events
from tenure.world.market.event_tables import event_table
from tenure.world.market.market import Market

if TYPE_CHECKING:
    import pyarrow as pa

# Below this many customers starting a child costs more than it saves.
CHILD_FROM_CUSTOMERS: Final = 4_000
_DAYS_AT_ONCE = 20
# The share of the days that we write: the records keep us as busy as the others keep the child.
_OURS = 0.15

type Told = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the events of any day are drawn from."""

    market: Market
    habits: Habits
    account_ids: Wholes


# In the child: what its parts are drawn from, which is sent to it once.
_given: list[Drawing] = []


@dataclass(frozen=True, slots=True)
class Part:
    """Some days with the places of their files, and the child's order where it has one."""

    days: Sequence[tuple[int, Path]]
    ordered: Future[list[int]] | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """Events that are being written: a few days at a time, whose rows are counted when done."""

    drawing: Drawing
    days: Days
    parts: Sequence[Part]

    def finish(self, told: Told) -> int:
        """Wait for every day, and let them count all at once; how many events there are."""
        ours = {
            place: write_days(self.drawing, part.days)
            for place, part in enumerate(self.parts)
            if part.ordered is None
        }
        total = 0
        for place, part in enumerate(self.parts):
            told(place / len(self.parts))
            written = ours[place] if part.ordered is None else part.ordered.result()
            for (day, _), rows in zip(part.days, written, strict=True):
                self.days.add(day, rows=rows)
                total += rows
        self.days.count()
        return total


@contextmanager
def writing(drawing: Drawing, days: Days, *, from_day: int, to_day: int) -> Iterator[Begun]:
    """Begin to write the events of the days of a history, both ends counted."""
    parts = [
        [(day, days.path(day)) for day in some]
        for some in batched(range(from_day, to_day + 1), _DAYS_AT_ONCE)
    ]
    if drawing.market.recipe.customers < CHILD_FROM_CUSTOMERS:
        yield Begun(drawing, days, [Part(part) for part in parts])
        return
    # A child that is begun anew shares no connection and no lock with us.
    anew = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=anew, initializer=django.setup) as child:
        try:
            child.submit(_keep, drawing)
            first_ours = len(parts) - int(len(parts) * _OURS)
            ordered = [Part(part, child.submit(_write_part, part)) for part in parts[:first_ours]]
            yield Begun(drawing, days, [*ordered, *map(Part, parts[first_ours:])])
        except BaseException:
            child.shutdown(wait=False, cancel_futures=True)
            raise


def _keep(drawing: Drawing) -> None:
    """In the child: the orders that follow are drawn from this."""
    _given.append(drawing)


def _write_part(days: Sequence[tuple[int, Path]]) -> list[int]:
    return write_days(_given[-1], days)


def write_days(drawing: Drawing, days: Sequence[tuple[int, Path]]) -> list[int]:
    """Draw each day, and write it where it is said; how many events each has."""
    return [_write_day(drawing, day, path=path) for day, path in days]


def _write_day(drawing: Drawing, day: int, *, path: Path) -> int:
    market = drawing.market
    events = day_events(market, drawing.habits, day=day, active=active_on(market, day))
    zone, ids = market.recipe.zone, drawing.account_ids
    rows = event_table(events, drawing.habits, day=day, zone=zone, account_ids=ids)
    write_events(rows, path)
    return int(rows.num_rows)


def write_events(rows: pa.Table, path: Path) -> None:
    """Write rows that are sorted already."""
    import pyarrow.parquet as pq

    pq.write_table(
        rows,
        path,
        compression="zstd",
        use_dictionary=["source", "name", "feature"],
        write_statistics=["account_id", "day", "at_us", "known_us"],
    )


def active_on(market: Market, day: int) -> Flags:
    """Who is a customer on a day of the history."""
    active: Flags = (market.population.started <= day) & (day < market.ended)
    return active
