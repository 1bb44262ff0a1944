"""Brings the lines of a file of terms together, subscription by subscription."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import batched
from tempfile import TemporaryFile
from typing import IO, Final

from tenure.observe.imports.files.tables import BATCH_ROWS, Row
from tenure.observe.imports.lines import Line, LineReader
from tenure.observe.imports.mapping.fields import TERM

# So many lines are sorted in memory; longer files are merged from such pieces on the disk.
_PIECE_ROWS: Final = 100_000

type _Keyed = tuple[str, str, int, list[str]]  # subscription, start, line, cells


def chunks_of(rows: Iterable[Row], reader: LineReader, *, is_by_term: bool) -> Iterator[list[Line]]:
    """Lines in chunks; those of one subscription's terms never lie in two."""
    if not is_by_term:
        for chunk in batched(rows, BATCH_ROWS):
            yield [reader.read(row) for row in chunk]
        return
    with ExitStack() as pieces:
        yield from _grouped(_by_subscription(rows, reader, pieces))


def _grouped(lines: Iterable[Line]) -> Iterator[list[Line]]:
    chunk: list[Line] = []
    for line in lines:
        if len(chunk) >= BATCH_ROWS and _key(line) != _key(chunk[-1]):
            yield chunk
            chunk = []
        chunk.append(line)
    if chunk:
        yield chunk


def _by_subscription(rows: Iterable[Row], reader: LineReader, pieces: ExitStack) -> Iterator[Line]:
    """The lines that cannot be read as they are met, then the others sorted."""
    unread: list[Line] = []
    files = [
        _written(sorted(piece), pieces)
        for piece in batched(_keyed(rows, reader, unread), _PIECE_ROWS)
    ]
    yield from unread
    for _, _, number, cells in heapq.merge(*map(_read, files)):
        yield reader.read(Row(number, cells))


def _keyed(rows: Iterable[Row], reader: LineReader, unread: list[Line]) -> Iterator[_Keyed]:
    for row in rows:
        line = reader.read(row)
        if line.fault is not None:
            unread.append(line)
        else:
            yield _key(line), _start(line), row.line, list(row.cells)


def _written(piece: list[_Keyed], pieces: ExitStack) -> IO[str]:
    """One sorted piece on the disk; it vanishes with the stack."""
    with ExitStack() as made:
        file = made.enter_context(TemporaryFile("w+", encoding="utf-8"))
        file.writelines(json.dumps(one) + "\n" for one in piece)
        file.seek(0)
        pieces.push(made.pop_all())
    return file


def _read(file: IO[str]) -> Iterator[_Keyed]:
    for text in file:
        subscription, start, number, cells = json.loads(text)
        yield subscription, start, number, cells


def _key(line: Line) -> str:
    """The subscription of a line; lines without one come first."""
    found = (one.values["subscription"] for one in line.records if one.making.kind is TERM)
    return next(found, "")


def _start(line: Line) -> str:
    found = (str(one.values["starts_on"]) for one in line.records if one.making.kind is TERM)
    return next(found, "")
