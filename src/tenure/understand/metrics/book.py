"""What the metrics of one day are computed from, and the numbers on their way to the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.kernel.periods import date_of
from tenure.understand.metrics.rules.rates import Rate
from tenure.understand.metrics.sold import Sold, read_sold
from tenure.warehouse.batches import Source
from tenure.warehouse.tables.facts import ACCOUNTS, TERMS

if TYPE_CHECKING:
    from tenure.warehouse.engines import Engine, Frame


@dataclass(frozen=True, slots=True)
class Figure:
    """One number about to be stored, as of `on`."""

    metric: str
    rate: Rate
    rows: int
    on: date
    slice_by: str = ""
    slice_value: str = ""
    provisional: bool = False
    spread: tuple[float, float] | None = None

    @property
    def place(self) -> tuple[date, str, str]:
        """The day and the slice: where the numbers of one formula stand."""
        return (self.on, self.slice_by, self.slice_value)


@dataclass(frozen=True)
class Book:
    """The tables of one day, the rules of the business, and where they are read.

    `files` are those in which terms and accounts lie, by the names of the tables; `snapshots` the
    segments of days that were asked for (`by_segment.snapshot`).
    """

    engine: Engine
    terms: Frame
    accounts: Frame
    answers: Frame
    events: Frame
    today: int
    grace: int
    currency: str
    survey_kinds: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    snapshots: dict[int, Any] = field(default_factory=dict, repr=False)

    @property
    def as_of(self) -> date:
        return date_of(self.today)

    @cached_property
    def sold(self) -> Sold:
        """Every term, read once for all who count."""
        terms, accounts = (
            Source(table, frame, self.engine, self.files.get(table.name))
            for table, frame in ((TERMS, self.terms), (ACCOUNTS, self.accounts))
        )
        return read_sold(terms, accounts, currency=self.currency)

    def rows(self, frame: Frame) -> list[dict[str, Any]]:
        """A small table, computed."""
        found: list[dict[str, Any]] = self.engine.collect(frame).to_pylist()
        return found


def month_name(month: int) -> str:
    """2026-06 for a month that is counted as year × 12 + month − 1."""
    return f"{month // 12}-{month % 12 + 1:02d}"
