"""Days of Parquet files that are past their time: gone, but for rows of who is under a hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.conf import settings

from tenure.act.retention.rules import Horizon
from tenure.records.jobs.models import StoredFile
from tenure.records.retention.queries import standing_holds
from tenure.strategy.retention import Kept
from tenure.understand.features.registry import CORRECTIONS, FEATURES
from tenure.warehouse.engines import Engine, open_engine
from tenure.warehouse.store import Store, current_store
from tenure.warehouse.tables.declaration import Table
from tenure.warehouse.tables.events import EVENTS
from tenure.warehouse.tables.understanding import (
    HEALTH,
    RISK_ENDS,
    RISKS,
    SEGMENT_MASKS,
    TAG_MASKS,
)

if TYPE_CHECKING:
    import pyarrow as pa

FILES: Final = (
    (Kept.RAW_EVENTS, EVENTS),
    *(
        (Kept.SCORES, table)
        for table in (FEATURES, CORRECTIONS, TAG_MASKS, SEGMENT_MASKS, HEALTH, RISKS, RISK_ENDS)
    ),
)


def count_old(kept: Kept, table: Table, *, horizon: Horizon) -> int:
    """How many rows a night would take away; those under a hold are not among them."""
    days = _old(table, horizon.day(kept))
    held = _held()
    if not held:
        return sum(rows for _, rows in days)
    store = current_store()
    with open_engine(settings.TENURE_ENGINE) as engine:
        return sum(
            rows - _rows_of(store, table, day=day, held=held, engine=engine).num_rows
            for day, rows in days
        )


def let_go(kept: Kept, table: Table, *, horizon: Horizon, at: datetime) -> Iterator[int]:
    """Take the days before the first one that is kept away, one after another: how many rows.

    Each step is whole when it is given; who stops in between goes on with the days that are left.
    """
    store, held = current_store(), _held()
    days = _old(table, horizon.day(kept))
    if not days:
        return
    with open_engine(settings.TENURE_ENGINE) as engine:
        for day, rows in days:
            held_rows = _rows_of(store, table, day=day, held=held, engine=engine) if held else None
            stays = 0 if held_rows is None else held_rows.num_rows
            if stays == rows and rows:
                continue
            if held_rows is not None and stays:
                store.write(table, day=day, frame=held_rows, at=at, engine=engine)
            else:
                store.forget([table], from_day=day, before_day=day + 1, at=at)
            yield rows - stays


def _old(table: Table, first_kept: int) -> list[tuple[int, int]]:
    """The days of a table that are past their time, and how many rows each holds."""
    files = StoredFile.objects.filter(
        table=table.name, day__lt=first_kept, replaced_at__isnull=True
    )
    return list(files.order_by("day").values_list("day", "row_count"))


def _held() -> list[int]:
    return list(standing_holds().order_by().values_list("account_id", flat=True))


def _rows_of(store: Store, table: Table, *, day: int, held: list[int], engine: Engine) -> pa.Table:
    import narwhals.stable.v2 as nw

    rows = store.read(table, engine=engine, from_day=day, to_day=day)
    return engine.collect(rows.filter(nw.col("account_id").is_in(held)))
