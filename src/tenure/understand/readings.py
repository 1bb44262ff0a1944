"""Reads what the stages of this room left about one account, for screens and the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from tenure.kernel.periods import date_of, day_number
from tenure.records.jobs.models import Fill
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.declaration import Table

_DAY = "read_from_day"


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows of one account on the last complete day, and under which version it was filled."""

    on: date
    version: str
    rows: list[dict[str, Any]]


def last_fill(entry: str, *, as_of: date) -> Fill | None:
    """The last complete day of an entry, on or before a day."""
    days = Fill.objects.filter(entry=entry, day__lte=day_number(as_of))
    return days.order_by("-day").first()


def of_account(table: Table, *, account_id: int, as_of: date) -> Reading | None:
    """What a table says of one account; None before the table was first filled."""
    filled = last_fill(table.name, as_of=as_of)
    if filled is None:
        return None
    rows = history_of_account(table, account_id=account_id, from_day=filled.day, to_day=filled.day)
    return Reading(date_of(filled.day), filled.version, [row for _, row in rows])


def history_of_account(
    table: Table, *, account_id: int, from_day: int, to_day: int
) -> list[tuple[int, dict[str, Any]]]:
    """Day and row of one account on each complete day of a span, in order."""
    import narwhals.stable.v2 as nw

    filled = Fill.objects.filter(entry=table.name, day__gte=from_day, day__lte=to_day)
    days = list(filled.order_by("day").values_list("day", flat=True))
    if not days:
        return []
    store = current_store()
    with open_engine(settings.TENURE_ENGINE, threads=1) as engine:
        dated = [
            store.read(table, engine=engine, from_day=day, to_day=day)
            .filter(nw.col("account_id") == account_id)
            .with_columns(nw.lit(day).alias(_DAY))
            for day in days
        ]
        found = engine.collect(nw.concat(dated).sort(_DAY, *table.key)).to_pylist()
    return [(row.pop(_DAY), row) for row in found]
