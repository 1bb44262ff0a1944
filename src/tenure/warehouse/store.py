"""Where the tables lie: Parquet files by day, and the list of those that count.

A file is written beside its place, flushed to the disk and renamed; only then, in one transaction,
its row in `StoredFile` becomes the valid one for its table and day. Whoever is killed in between
leaves a file that no reader sees and that the next run removes.
"""

from __future__ import annotations

import fcntl
import filecmp
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from tenure.kernel.failures import Outage, Refusal, Sentence
from tenure.records.jobs.models import StoredFile
from tenure.warehouse.days_of_files import Days
from tenure.warehouse.engines import (
    NO_ROOM,
    ROW_GROUP_ROWS,
    Engine,
    Frame,
    Written,
    as_declared,
    write_parquet,
)
from tenure.warehouse.files import begun, file_name, files, flush
from tenure.warehouse.in_memory import as_it_lies, known_in_memory
from tenure.warehouse.tables.declaration import Column, Table

if TYPE_CHECKING:
    import pyarrow as pa

# A reader may still be busy with a file that was replaced; no reading takes this long.
KEPT_AFTER_REPLACED = timedelta(days=1)

type Fill = Callable[[Mapping[str, Path]], Mapping[str, int]]


class WrongColumns(Refusal):
    """The rows do not have the columns that their table declares."""

    code = "wrong_columns"
    said = Sentence(
        zh="表“{table}”的列与声明不符：缺少 {missing}，多出 {unknown}，类型不符 {mistyped}。",
        en=(
            "The columns of “{table}” are not the declared ones: missing {missing};"
            " unknown {unknown}; of another type {mistyped}."
        ),
    )


class StoreFull(Outage):
    """The disk below the warehouse has no room."""

    code = "store_full"
    said = Sentence(
        zh="{home} 所在磁盘已满；请腾出空间后重新运行，已有数据未受影响。",
        en="The disk below {home} is full; make room and run again. Nothing stored was touched.",
    )


@dataclass(frozen=True)
class Store:
    """The warehouse below one folder."""

    home: Path

    def read(
        self,
        table: Table,
        *,
        engine: Engine,
        from_day: int | None = None,
        to_day: int | None = None,
    ) -> Frame:
        """The rows of the valid files from `from_day` to `to_day`, both counted.

        Days are days since 1970 (`kernel.periods.day_number`). A table without files reads as
        no rows of the declared columns.
        """
        return engine.scan(self.paths(table, from_day=from_day, to_day=to_day), table)

    def read_days(self, days: Mapping[Table, Sequence[int]], *, engine: Engine) -> dict[str, Frame]:
        """Table name → its rows on some days, for several tables by one query (see `read`)."""
        found = self.files(days)
        return {
            table.name: engine.scan(
                [path for (of, _), path in found.items() if of == table.name], table
            )
            for table in days
        }

    def rows(
        self, table: Table, *, day: int, engine: Engine, columns: Sequence[str] = ()
    ) -> pa.Table:
        """One day in memory, in the order of its file; all columns where none is named.

        A file of the declared columns is read as it lies: an engine would make a plan first.
        """
        wanted = list(columns) or list(table.column_names)
        paths = self.paths(table, from_day=day, to_day=day)
        found = as_it_lies(paths[0], table, columns=wanted) if paths else None
        if found is not None:
            return found
        return engine.collect(engine.scan(paths, table).select(*wanted))

    def read_latest(self, table: Table, *, on_or_before: int, engine: Engine) -> Frame:
        """The rows of the last day that was written on or before a day; none: no rows."""
        found = self.newest([table], on_or_before=on_or_before).get(table.name)
        return engine.scan([] if found is None else [found[1]], table)

    def latest_day(self, table: Table, *, on_or_before: int) -> int | None:
        """The last written day on or before a day."""
        days = StoredFile.objects.filter(
            table=table.name, day__lte=on_or_before, replaced_at__isnull=True
        )
        return days.order_by("-day").values_list("day", flat=True).first()

    def days(
        self, table: Table, *, from_day: int | None = None, to_day: int | None = None
    ) -> list[int]:
        """The written days, first to last, both ends counted."""
        return list(_valid(table, from_day, to_day=to_day).values_list("day", flat=True))

    def paths(
        self, table: Table, *, from_day: int | None = None, to_day: int | None = None
    ) -> list[Path]:
        """The valid files, first day to last, both ends counted."""
        valid = _valid(table, from_day, to_day=to_day).values_list("path", flat=True)
        return [self.home / path for path in valid]

    def names(self, tables: Sequence[Table], *, day: int) -> dict[str, str]:
        """Table → the name of its valid file of a day, below the home folder."""
        valid = StoredFile.objects.filter(
            table__in=[table.name for table in tables], day=day, replaced_at__isnull=True
        )
        return dict(valid.values_list("table", "path"))

    def files(self, days: Mapping[Table, Sequence[int]]) -> dict[tuple[str, int], Path]:
        """Table name and day → its valid file, for some days of several tables: one query."""
        every = {day for wanted in days.values() for day in wanted}
        valid = StoredFile.objects.filter(
            table__in=[table.name for table in days], day__in=every, replaced_at__isnull=True
        )
        asked = {(table.name, day) for table, wanted in days.items() for day in wanted}
        return {
            (table, day): self.home / path
            for table, day, path in valid.order_by("day").values_list("table", "day", "path")
            if (table, day) in asked
        }

    def newest(self, tables: Sequence[Table], *, on_or_before: int) -> dict[str, tuple[int, Path]]:
        """Table → its last written day on or before a day, and that day's file: one query.

        A table without files has no entry.
        """
        valid = StoredFile.objects.filter(
            table__in=[table.name for table in tables],
            day__lte=on_or_before,
            replaced_at__isnull=True,
        )
        last = valid.filter(table=OuterRef("table")).order_by("-day").values("day")[:1]
        rows = valid.filter(day=Subquery(last)).values_list("table", "day", "path")
        return {table: (day, self.home / path) for table, day, path in rows}

    def write(self, table: Table, *, day: int, frame: Written, at: datetime, engine: Engine) -> int:
        """Make these the rows of `table` on `day`, in place of whatever was there.

        Args:
            frame: a frame of `engine`, an Arrow table or a stream of Arrow batches with exactly
                the declared columns (in any order; whole numbers of any width are taken; a
                string column of nothing but null is cast by the caller). What is not a number
                (NaN) is stored as null: not known.
        Returns:
            The number of rows.
        Raises:
            WrongColumns: other columns, or other types, than the table declares.
            StoreFull: the disk has no room; the day keeps the rows that it had.
        """
        rows = engine.frame(frame)
        _refuse_undeclared(rows, table)
        # What is in memory already needs no plan of an engine to become what is declared.
        kept = known_in_memory(frame, table)

        def fill(paths: Mapping[str, Path]) -> dict[str, int]:
            path = paths[table.name]
            if kept is not None:
                return {table.name: write_parquet(kept.to_reader(ROW_GROUP_ROWS), path)}
            stored = _known(as_declared(rows, table), table)
            return {table.name: engine.write(stored, path, sorted_by=table.sorted_by)}

        return self.place([table], day=day, at=at, fill=fill)[table.name]

    def place(
        self, tables: Sequence[Table], *, day: int, at: datetime, fill: Fill
    ) -> Mapping[str, int]:
        """Let `fill` write a Parquet file per table, and make them the rows of `day`, all at once.

        A file that says what the valid one said already is dropped, so that a run repeated
        changes nothing.

        Args:
            fill: writes one file at each of the paths given by table name, and answers how many
                rows it wrote.
        Raises:
            StoreFull: the disk has no room; the day keeps the rows that it had.
        """
        names = {table.name: file_name(table, day) for table in tables}
        unfinished = {table: begun(self.home / name) for table, name in names.items()}
        with _held(self.home, exclusive=False):
            try:
                counts = fill(unfinished)
                new = {
                    table.name: names[table.name]
                    for table in tables
                    if not self._says_the_same(unfinished[table.name], table=table, day=day)
                }
                for table, name in new.items():
                    _finish(unfinished[table], path=self.home / name)
            except OSError as error:
                raise _told(error, self.home) from error
            finally:
                for path in unfinished.values():
                    path.unlink(missing_ok=True)
            _register(new, day, counts=counts, at=at)
        return counts

    def forget(
        self,
        tables: Sequence[Table],
        *,
        before_day: int,
        at: datetime,
        from_day: int | None = None,
    ) -> None:
        """No reader finds the days before one any more; their files go a day later."""
        for table in tables:
            _valid(table, from_day, to_day=before_day - 1).update(replaced_at=at)

    @contextmanager
    def many_days(self, table: Table, *, at: datetime) -> Iterator[Days]:
        """Write many days of one table, which count all at once or not at all.

        Raises:
            StoreFull: the disk has no room; every day keeps the rows that it had.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        days = Days(self.home, table, at)
        with _held(self.home, exclusive=False):
            try:
                yield days
            except OSError as error:
                raise _told(error, self.home) from error
            finally:
                days.clear_away()

    def _says_the_same(self, path: Path, *, table: Table, day: int) -> bool:
        valid = self.paths(table, from_day=day, to_day=day)
        return bool(valid) and valid[0].exists() and filecmp.cmp(path, valid[0], shallow=False)

    def remove_leftovers(self, *, at: datetime) -> int:
        """Delete files that no row names, and files replaced more than a day ago.

        Called at the start of a run. Does nothing while somebody is writing.
        Returns:
            How many files were deleted.
        """
        self.home.mkdir(parents=True, exist_ok=True)
        with _held(self.home, exclusive=True) as alone:
            if not alone:
                return 0
            old = StoredFile.objects.filter(replaced_at__lte=at - KEPT_AFTER_REPLACED)
            old.delete()
            known = set(StoredFile.objects.values_list("path", flat=True))
            leftover = [name for name in files(self.home) if name not in known]
            for name in leftover:
                (self.home / name).unlink()
        return len(leftover)


def current_store() -> Store:
    """The store of this installation."""
    return Store(home=Path(settings.TENURE_HOME) / "warehouse")


def _valid(table: Table, from_day: int | None, *, to_day: int | None) -> QuerySet[StoredFile]:
    files = StoredFile.objects.filter(table=table.name, replaced_at__isnull=True)
    if from_day is not None:
        files = files.filter(day__gte=from_day)
    if to_day is not None:
        files = files.filter(day__lte=to_day)
    return files.order_by("day")


def _finish(unfinished: Path, *, path: Path) -> None:
    """The whole file is on the disk before it has its name."""
    flush(unfinished)
    unfinished.rename(path)
    flush(path.parent)


def _register(new: Mapping[str, str], day: int, *, counts: Mapping[str, int], at: datetime) -> None:
    """From here on these files are the day, and those before them are not."""
    with transaction.atomic():
        for table, path in new.items():
            before = StoredFile.objects.filter(table=table, day=day, replaced_at__isnull=True)
            before.update(replaced_at=at)
            StoredFile.objects.create(
                table=table, day=day, path=path, row_count=counts[table], written_at=at
            )


def _refuse_undeclared(frame: Frame, table: Table) -> None:
    there = frame.collect_schema()
    missing = [name for name in table.column_names if name not in there]
    unknown = [name for name in there if name not in table.column_names]
    mistyped = [
        f"{column.name} ({there[column.name]}, {column.kind})"
        for column in table.columns
        if column.name in there and not _fits(column, there[column.name])
    ]
    if missing or unknown or mistyped:
        none = Sentence(zh="无", en="none")
        raise WrongColumns(
            table=table.name,
            missing=missing or none,
            unknown=unknown or none,
            mistyped=mistyped or none,
        )


def _fits(column: Column, kind: object) -> bool:
    """Whether values of this Narwhals type can be stored without loss of meaning."""
    import narwhals.stable.v2 as nw

    assert isinstance(kind, nw.dtypes.DType)
    if column.kind == "string":
        return bool(kind == nw.String)
    if column.kind == "float64":
        # DuckDB gives a column of nothing but null the type int32, and a double holds those.
        return kind.is_float() or kind.is_decimal() or kind == nw.Int32
    return kind.is_integer()


def _known(frame: Frame, table: Table) -> Frame:
    """Not-a-number is not a value: it becomes null."""
    import narwhals.stable.v2 as nw

    measures = [nw.col(column.name) for column in table.columns if column.kind == "float64"]
    if not measures:
        return frame
    return frame.with_columns(*(nw.when(~each.is_nan()).then(each) for each in measures))


def _told(error: OSError, home: Path) -> Exception:
    """A full disk is told to the reader; any other trouble with files stays what it is."""
    return StoreFull(home=home) if error.errno in NO_ROOM else error


@contextmanager
def _held(home: Path, *, exclusive: bool) -> Iterator[bool]:
    """Hold the folder with other writers, or alone; False where that is not possible now.

    The operating system lets go when the holder dies.
    """
    descriptor = os.open(home / ".writers", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        if not exclusive:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield True
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)
