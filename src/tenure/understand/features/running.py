"""What customers did in the last 90 days, kept from day to day.

A day reads its own events and those that leave a window, four days instead of ninety. Where
anything else of the window was written since, or is read by other rules, all of it is read again,
so that the numbers are always those of the events (docs/decisions/0056).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import narwhals.stable.v2 as nw

from tenure.kernel.clock import to_us
from tenure.records.jobs.models import Fill, StoredFile
from tenure.understand.features.expressions.use import (
    DISTINCT,
    SUMS,
    counts,
    distinct,
    leaving_days,
    marks_of,
    measures,
    told,
)
from tenure.understand.features.growing import grown, grown_pairs
from tenure.understand.features.moments import WINDOW_DAYS, Moment
from tenure.understand.features.sources import Desk
from tenure.warehouse.engines import ROW_GROUP_ROWS, write_parquet
from tenure.warehouse.fills import Filled, complete
from tenure.warehouse.in_memory import known_in_memory
from tenure.warehouse.tables.declaration import Column, Table
from tenure.warehouse.tables.events import EVENTS

if TYPE_CHECKING:
    import pyarrow as pa

    from tenure.warehouse.engines import Frame

# Raised when anything is counted in another way.
VERSION: Final = "2"
PAIRS_DAYS: Final = 30
_MEASURES: Final = tuple(one.name for one in measures(Moment(WINDOW_DAYS, 0, 0, ((0, 0),))))

RUNNING_USE: Final = Table(
    name="running_use",
    grain="one row per account with an event in the last 90 days",
    key=("account_id",),
    columns=(
        Column("account_id", "int64"),
        *(Column(name, "float64" if name in SUMS else "int32") for name in _MEASURES),
    ),
)
RUNNING_FEATURES: Final = Table(
    name="running_product_features",
    grain="one row per account and feature or integration that it used in the last 30 days",
    key=DISTINCT,
    columns=(
        Column("account_id", "int64"),
        Column("is_integration", "int64"),
        Column("feature", "string"),
        Column("last_day", "int64", "days since 1970"),
    ),
)


@dataclass(frozen=True)
class Rules:
    """By what events are read: features that the product is bought for, and the zone of days."""

    core: Collection[str]
    zone: str


def use_of_day(desk: Desk, moment: Moment, *, rules: Rules, at: datetime) -> Frame:
    """The measures of a day, and what the next day needs to go on from them.

    Returns:
        `expressions.use.use` of the day.
    """
    store, engine, day = desk.store, desk.engine, moment.day
    files = _files(day)
    if _goes_on(files, moment=moment, rules=rules):
        use, pairs = _went_on(desk, moment, rules=rules)
    else:
        events = desk.events(moment)
        somebody = events.filter(~nw.col("account_id").is_null())
        counted = counts(somebody, moment=moment, core=rules.core)
        use = engine.collect(counted.sort(*RUNNING_USE.key))
        pairs = engine.collect(distinct(somebody, moment=moment).sort(*RUNNING_FEATURES.key))
    kept = ((RUNNING_USE, use), (RUNNING_FEATURES, pairs))

    def write(paths: Mapping[str, Path]) -> dict[str, int]:
        return {table.name: _written(rows, table, paths[table.name]) for table, rows in kept}

    store.place([table for table, _ in kept], day=day, at=at, fill=write)
    version = _digest(files, day=day, rules=rules)
    complete(Filled(RUNNING_USE.name, day, version), row_count=use.num_rows, at=at)
    store.forget([table for table, _ in kept], before_day=day - 1, at=at)
    return told(engine.frame(use), engine.frame(pairs))


def _written(rows: pa.Table, table: Table, path: Path) -> int:
    """Store what is in memory already; an engine would make a plan first."""
    known = known_in_memory(rows, table)
    assert known is not None, "rows are in memory"
    return write_parquet(known.to_reader(ROW_GROUP_ROWS), path, codec="lz4_raw")


def _went_on(desk: Desk, moment: Moment, *, rules: Rules) -> tuple[pa.Table, pa.Table]:
    """Use, and features of the product, from those of the day before."""
    store, engine, day = desk.store, desk.engine, moment.day
    days = [*leaving_days(moment), day]
    events = engine.scan(list(store.files({EVENTS: days}).values()), EVENTS)
    marks = engine.collect(marks_of(events, moment=moment, core=rules.core))
    today = engine.collect(distinct(events.filter(nw.col("day") == day), moment=moment))
    use, pairs = (
        store.rows(table, day=day - 1, engine=engine) for table in (RUNNING_USE, RUNNING_FEATURES)
    )
    newest = known_in_memory(today, RUNNING_FEATURES)
    assert newest is not None, "rows are in memory"
    since = moment.since(PAIRS_DAYS)
    return grown(use, marks, moment=moment), grown_pairs(pairs, newest, since=since)


def _files(day: int) -> list[StoredFile]:
    """The files of the days that the windows of a day and of the day before hold."""
    valid = StoredFile.objects.filter(table=EVENTS.name, replaced_at__isnull=True)
    return list(valid.filter(day__gte=day - WINDOW_DAYS, day__lte=day).order_by("day"))


def _goes_on(files: Collection[StoredFile], *, moment: Moment, rules: Rules) -> bool:
    """Whether the day before was counted from the very files that are there now.

    A file that was written after the count may hold what was not known then, or lack what was.
    """
    day = moment.day - 1
    before = Fill.objects.filter(entry=RUNNING_USE.name, day=day).first()
    if before is None or before.version != _digest(files, day=day, rules=rules):
        return False
    if to_us(before.filled_at) > moment.known_us:
        return False
    kept = StoredFile.objects.filter(
        table__in=(RUNNING_USE.name, RUNNING_FEATURES.name), day=day, replaced_at__isnull=True
    )
    numbers = list(kept.values_list("pk", flat=True))
    return len(numbers) == 2 and all(
        one.pk < min(numbers) and one.written_at <= before.filled_at
        for one in files
        if one.day <= day
    )


def _digest(files: Iterable[StoredFile], *, day: int, rules: Rules) -> str:
    """By what rules, and from which days, the use of a day is counted."""
    inside = [one.day for one in files if day - WINDOW_DAYS < one.day <= day]
    said = (VERSION, RUNNING_USE.column_names, sorted(rules.core), rules.zone, inside)
    return hashlib.sha256(repr(said).encode()).hexdigest()
