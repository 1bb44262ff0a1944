"""Where the tables lie: Parquet files by day, and the list of those that count.

A file is written beside its place, flushed to the disk and renamed; only then, in one transaction,
its row in `StoredFile` becomes the valid one for its table and day. Whoever is killed in between
leaves a file that no reader sees and that the next run removes.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from tenure.kernel.failures import Outage, Refusal, Sentence
from tenure.records.jobs.models import StoredFile
from tenure.warehouse.engines import NO_ROOM, Engine, Frame, Written, as_declared
from tenure.warehouse.tables.declaration import Column, Table

# A reader may still be busy with a file that was replaced; no reading takes this long.
KEPT_AFTER_REPLACED = timedelta(days=1)
_UNFINISHED = ".unfinished"


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

    def read_latest(self, table: Table, *, on_or_before: int, engine: Engine) -> Frame:
        """The rows of the last day that was written on or before a day; none: no rows."""
        day = self.latest_day(table, on_or_before=on_or_before)
        if day is None:
            return engine.scan([], table)
        return self.read(table, engine=engine, from_day=day, to_day=day)

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
        name = f"{table.name}/{_shape(table)}/{day}-{secrets.token_hex(4)}.parquet"
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(_UNFINISHED)
        with _held(self.home, exclusive=False):
            try:
                count = engine.write(
                    _known(as_declared(rows, table), table), unfinished, sorted_by=table.sorted_by
                )
                _flush(unfinished)
                unfinished.rename(path)
                _flush(path.parent)
            except OSError as error:
                raise _told(error, self.home) from error
            finally:
                unfinished.unlink(missing_ok=True)
            _register(table, day, name=name, row_count=count, at=at)
        return count

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
            leftover = [
                path
                for path in self.home.rglob("*")
                if path.suffix in {".parquet", _UNFINISHED}
                and str(path.relative_to(self.home)) not in known
            ]
            for path in leftover:
                path.unlink()
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


def _register(table: Table, day: int, *, name: str, row_count: int, at: datetime) -> None:
    """From here on this file is the day, and the one before it is not."""
    with transaction.atomic():
        before = StoredFile.objects.filter(table=table.name, day=day, replaced_at__isnull=True)
        before.update(replaced_at=at)
        StoredFile.objects.create(
            table=table.name, day=day, path=name, row_count=row_count, written_at=at
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


def _shape(table: Table) -> str:
    """A short name of the declared columns, so that files of one folder look alike."""
    text = ",".join(f"{column.name}:{column.kind}" for column in table.columns)
    return f"{zlib.crc32(text.encode()):08x}"


def _flush(path: Path) -> None:
    """Wait until the disk has it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
