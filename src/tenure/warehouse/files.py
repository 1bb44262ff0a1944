"""Files of the warehouse: how they are called, and how a whole one comes to its name."""

from __future__ import annotations

import os
import secrets
import zlib
from collections.abc import Iterator
from pathlib import Path

from tenure.warehouse.tables.declaration import Table

UNFINISHED = ".unfinished"


def files(home: Path) -> Iterator[str]:
    """Every table's file below a folder, named as `StoredFile` names it.

    Names stay text: a path object for each of thousands costs more than reading their folders.
    """
    for folder, _, names in home.walk():
        inside = folder.relative_to(home).as_posix()
        for name in names:
            if name.endswith((".parquet", UNFINISHED)):
                yield f"{inside}/{name}" if inside != "." else name


def file_name(table: Table, day: int) -> str:
    return f"{table.name}/{_shape(table)}/{day}-{secrets.token_hex(4)}.parquet"


def begun(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_suffix(UNFINISHED)


def _shape(table: Table) -> str:
    """A short name of the declared columns, so that files of one folder look alike."""
    text = ",".join(f"{column.name}:{column.kind}" for column in table.columns)
    return f"{zlib.crc32(text.encode()):08x}"


def flush(path: Path) -> None:
    """Wait until the disk has it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
