"""Many days of one table, written by whom you like and counted all at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction

from tenure.records.jobs.models import StoredFile
from tenure.warehouse.files import UNFINISHED, begun, file_name, flush
from tenure.warehouse.tables.declaration import Table


@dataclass(frozen=True)
class Days:
    """Days of one table that are being written; whoever writes them may be another process."""

    home: Path
    table: Table
    at: datetime
    _names: dict[int, str] = field(default_factory=dict)
    _rows: dict[int, int] = field(default_factory=dict)

    def path(self, day: int) -> Path:
        """Where the rows of a day are to be written."""
        self._names[day] = file_name(self.table, day)
        return begun(self.home / self._names[day])

    def add(self, day: int, *, rows: int) -> None:
        """The file of a day is written: wait until the disk has it."""
        path = self.home / self._names[day]
        flush(path.with_suffix(UNFINISHED))
        path.with_suffix(UNFINISHED).rename(path)
        self._rows[day] = rows

    def count(self) -> None:
        """From here on the files that were added are their days."""
        if not self._rows:
            return
        flush((self.home / next(iter(self._names.values()))).parent)
        with transaction.atomic():
            before = StoredFile.objects.filter(
                table=self.table.name, day__in=self._rows, replaced_at__isnull=True
            )
            before.update(replaced_at=self.at)
            StoredFile.objects.bulk_create(
                StoredFile(
                    table=self.table.name,
                    day=day,
                    path=self._names[day],
                    row_count=rows,
                    written_at=self.at,
                )
                for day, rows in self._rows.items()
            )

    def clear_away(self) -> None:
        """Remove what was begun and not finished."""
        for name in self._names.values():
            (self.home / name).with_suffix(UNFINISHED).unlink(missing_ok=True)
