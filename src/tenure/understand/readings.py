"""Reads what the stages of this room left about one account, for screens and the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Subquery

from tenure.kernel.periods import date_of, day_number
from tenure.records.jobs.models import Fill, StoredFile
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
    days = {table: [filled.day]}
    rows = _rows(days, current_store().files(days), account_id=account_id)[table.name]
    return Reading(date_of(filled.day), filled.version, [row for _, row in rows])


def history_of_account(
    table: Table, *, account_id: int, from_day: int, to_day: int
) -> list[tuple[int, dict[str, Any]]]:
    """Day and row of one account on each complete day of a span, in order."""
    filled = Fill.objects.filter(entry=table.name, day__gte=from_day, day__lte=to_day)
    days = {table: list(filled.order_by("day").values_list("day", flat=True))}
    return _rows(days, current_store().files(days), account_id=account_id)[table.name]


@dataclass(frozen=True, slots=True)
class Book:
    """What several tables say of one account on the same complete day, and some on days before."""

    on: date
    versions: Mapping[str, str]
    rows: Mapping[str, list[tuple[int, dict[str, Any]]]]
    files: Mapping[tuple[str, int], Path]

    def reading(self, table: Table) -> Reading | None:
        """A table on the day of the book; None where it was not filled on that day."""
        if table.name not in self.versions:
            return None
        today = day_number(self.on)
        rows = [row for day, row in self.rows[table.name] if day == today]
        return Reading(self.on, self.versions[table.name], rows)

    def history(self, table: Table) -> list[tuple[int, dict[str, Any]]]:
        """Day and row of a table on every day that was asked for and is complete, in order."""
        return self.rows.get(table.name, [])


def book_of(
    account_id: int, *, on: date, tables: Sequence[Table], before: Mapping[str, Sequence[int]]
) -> Book:
    """Read several tables about one account at once: one query and one engine.

    Args:
        on: the day that every table is read for.
        before: table name → days before it that are wanted too, where they are complete.
    """
    today = day_number(on)
    wanted = {table.name: {today, *before.get(table.name, ())} for table in tables}
    file = StoredFile.objects.filter(
        table=OuterRef("entry"), day=OuterRef("day"), replaced_at__isnull=True
    )
    filled = Fill.objects.filter(entry__in=wanted, day__in=set().union(*wanted.values()))
    found = [
        one
        for one in filled.annotate(path=Subquery(file.values("path")[:1]))
        .order_by("entry", "day")
        .values_list("entry", "day", "version", "path")
        if one[1] in wanted[one[0]]
    ]
    days = {table: [day for name, day, _, _ in found if name == table.name] for table in tables}
    versions = {name: version for name, day, version, _ in found if day == today}
    home = current_store().home
    files = {(name, day): home / path for name, day, _, path in found if path}
    return Book(on, versions, _rows(days, files, account_id=account_id), files)


def _rows(
    days: Mapping[Table, Sequence[int]],
    files: Mapping[tuple[str, int], Path],
    *,
    account_id: int,
) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    """Table name → day and row of one account, in the order of the days and of the key."""
    import narwhals.stable.v2 as nw

    found: dict[str, list[tuple[int, dict[str, Any]]]] = {}
    with open_engine(settings.TENURE_ENGINE, threads=1) as engine:
        for table in days:
            dated = [
                engine.scan([path], table)
                .filter(nw.col("account_id") == account_id)
                .with_columns(nw.lit(day).alias(_DAY))
                for (name, day), path in files.items()
                if name == table.name
            ]
            rows = (
                engine.collect(nw.concat(dated).sort(_DAY, *table.key)).to_pylist() if dated else []
            )
            found[table.name] = [(row.pop(_DAY), row) for row in rows]
    return found
