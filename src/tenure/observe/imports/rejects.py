"""What was turned away, written down for whoever must correct it: `rejected.csv`."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from tenure.observe.imports.rules.faults import Fault, guarded

HEADER: Final = ("file", "line", "column", "code", "reason_zh", "reason_en", "raw")
SHOWN_AT_MOST: Final = 20
_NAME: Final = "rejected.csv"
_UNFINISHED: Final = ".unfinished"


@dataclass
class Rejects:
    """The lines that were turned away. The file appears when the import is over, whole.

    Args:
        folder: of the batch; None: nothing is written (a dry run).
    """

    folder: Path | None
    first: list[tuple[str, Fault]] = field(default_factory=list)
    _stream: IO[str] | None = None
    _file_starts_at: int = 0
    _first_before: int = 0

    @property
    def path(self) -> Path | None:
        """Where the file is, once there is one."""
        return self.folder / _NAME if self.folder and self._stream else None

    def begin_file(self) -> None:
        """Whatever follows belongs to the next file."""
        self._first_before = len(self.first)
        if self._stream is not None:
            self._stream.flush()
            self._file_starts_at = os.fstat(self._stream.fileno()).st_size

    def drop_file(self) -> None:
        """Forget what was added since the file began: it will be read again."""
        del self.first[self._first_before :]
        if self._stream is not None:
            self._stream.flush()
            os.truncate(self._stream.fileno(), self._file_starts_at)
            self._stream.seek(0, os.SEEK_END)

    def add(self, file: str, faults: Sequence[Fault]) -> None:
        """Write down some lines of a file."""
        self.first += [(file, one) for one in faults[: SHOWN_AT_MOST - len(self.first)]]
        if self.folder is None or not faults:
            return
        if self._stream is None:
            self._stream = self._opened(self.folder)
        csv.writer(self._stream).writerows(_row(file, one) for one in faults)

    def finish(self) -> None:
        """Give the file its name; an empty one is taken away."""
        if self._stream is None or self.folder is None:
            return
        self._stream.flush()
        os.fsync(self._stream.fileno())
        is_empty = os.fstat(self._stream.fileno()).st_size <= self._header_size
        self._stream.close()
        unfinished = self.folder / f"{_NAME}{_UNFINISHED}"
        if is_empty:
            unfinished.unlink()
            self._stream = None
        else:
            unfinished.rename(self.folder / _NAME)

    def _opened(self, folder: Path) -> IO[str]:
        """With a byte order mark, so that spreadsheets read Chinese."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{_NAME}{_UNFINISHED}"
        stream = path.open("w", encoding="utf-8-sig", newline="")
        csv.writer(stream).writerow(HEADER)
        stream.flush()
        self._header_size = self._file_starts_at = os.fstat(stream.fileno()).st_size
        return stream


def _row(file: str, fault: Fault) -> tuple[str, ...]:
    what = fault.refusal.told
    cells = (file, str(fault.line), fault.column, fault.code, what.zh, what.en, fault.raw)
    return tuple(guarded(cell) for cell in cells)
