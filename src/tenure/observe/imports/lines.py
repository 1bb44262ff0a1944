"""A line of a file and the rows that it makes; a line is stored as a whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import msgspec

from tenure.kernel.failures import Refusal
from tenure.observe.imports.files.finding import ToRead
from tenure.observe.imports.files.tables import Row
from tenure.observe.imports.mapping.cells import (
    CellRefused,
    Cells,
    Ground,
    Read,
    cell_reader,
    condition_reader,
)
from tenure.observe.imports.mapping.fields import Field, Form
from tenure.observe.imports.mapping.shapes import Making
from tenure.observe.imports.rules.faults import Fault

_encoder = msgspec.json.Encoder(order="deterministic")
_DIGEST_BYTES = 16


class FieldRefused(Exception):
    """A field of a row that cannot be so, with what is wrong with it."""

    def __init__(self, field_name: str, refusal: Refusal) -> None:
        super().__init__(field_name)
        self.field_name, self.refusal = field_name, refusal


@dataclass(slots=True, eq=False)
class Line:
    """One line: its number, its cells, the rows that it makes, and why it is turned away."""

    number: int
    cells: Sequence[str]
    records: list[Record] = field(default_factory=list)
    fault: Fault | None = None


@dataclass(slots=True, eq=False)
class Record:
    """One row of one kind. `ready` is what would be stored, in a form that can be compared."""

    line: Line
    making: Making
    values: dict[str, Any]
    rest: dict[str, Any]
    key: str = ""
    ready: Any = None
    digest: str = ""

    def seal(self) -> None:
        """Take the digest of what would be stored."""
        content = _encoder.encode(self.ready)
        self.digest = hashlib.blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()

    def refuse(self, field_name: str, refusal: Refusal) -> None:
        """Turn the whole line away because of one of this row's fields."""
        spec = self.making.specs.get(field_name)
        column = ", ".join(spec.columns) if spec and spec.columns else field_name
        raw = self.values.get(field_name)
        self.line.fault = Fault(self.line.number, column, refusal, "" if raw is None else str(raw))


@dataclass(frozen=True, slots=True)
class _Maker:
    making: Making
    wanted: Callable[[Cells], bool]
    reads: Sequence[tuple[str, Read]]
    rest: Sequence[tuple[str, Read]]


class LineReader:
    """Turns the rows of one file into lines with records."""

    def __init__(self, to_read: ToRead, *, zone: str, as_of: date) -> None:
        places = {name: place for place, name in enumerate(to_read.header)}
        ground = Ground(places, zone, as_of)
        self._makers = [_maker(making, ground) for making in to_read.rules.makings]

    def read(self, row: Row) -> Line:
        """The line of a row, with the first thing that is wrong with it."""
        line = Line(row.line, row.cells)
        if row.refusal is not None:
            raw = ",".join(row.cells)
            line.fault = Fault(row.line, "", row.refusal, raw)
            return line
        try:
            for maker in self._makers:
                if maker.wanted(row.cells):
                    values = {name: read(row.cells) for name, read in maker.reads}
                    rest = {name: read(row.cells) for name, read in maker.rest}
                    line.records.append(Record(line, maker.making, values, rest))
        except CellRefused as refused:
            line.fault = Fault(row.line, refused.column, refused.refusal, refused.raw)
        return line


def _maker(making: Making, ground: Ground) -> _Maker:
    specs = making.specs
    reads = [
        (name, cell_reader(spec, making.kind.fields[name], ground=ground))
        for name, spec in specs.items()
    ]
    reads += [
        (f"price_{months}", cell_reader(spec, Field(f"price_{months}", Form.AMOUNT), ground=ground))
        for months, spec in making.prices.items()
    ]
    rest = [
        (name, cell_reader(spec, Field(name, form, limit=40_000), ground=ground))
        for name, (spec, form) in making.rest.items()
    ]
    rest += [
        (one.code, cell_reader(one.quantity, Field(one.code, Form.WHOLE), ground=ground))
        for one in making.gives
        if one.quantity is not None
    ]
    return _Maker(making, condition_reader(making.only_if, ground), reads, rest)
