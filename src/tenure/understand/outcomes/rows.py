"""Which rows are learned from: repeats, those that belong together, and when they were seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.periods import date_of, day_number
from tenure.observe.uploads.whole import Sheet
from tenure.understand.outcomes.columns import Column, Kind
from tenure.understand.outcomes.refusals import NotATime, TimeInTheFuture
from tenure.understand.outcomes.values import Floats, days

type Wholes = NDArray[np.int64]

# Repeats that chance alone would bring this often are different customers with equal values.
_BY_CHANCE: Final = 0.1
_KEY_FILLED: Final = 0.5


@dataclass(frozen=True)
class Repeats:
    """Rows that say exactly what an earlier row says.

    `group` is one number for equal rows; `dropped` whether each was kept once only. `by_chance`
    is how many pairs of equal rows independent columns would bring.
    """

    count: int
    by_chance: float
    group: Wholes
    first: NDArray[np.bool_]

    @property
    def dropped(self) -> bool:
        """Whether so many equal rows are mistakes, and not different customers who are alike."""
        return self.count > 0 and self.by_chance < _BY_CHANCE * self.count


def repeats_of(sheet: Sheet) -> Repeats:
    """Rows that are equal in every column."""
    codes = np.column_stack([_codes(column) for column in sheet.columns.values()])
    group, first = _grouped(codes)
    pairs = len(codes) * (len(codes) - 1) / 2
    agree = 1.0
    for place in range(codes.shape[1]):
        shares = np.bincount(codes[:, place]) / len(codes)
        agree *= float(np.square(shares).sum())
    return Repeats(int((~first).sum()), pairs * agree, group, first)


def _codes(text: object) -> Wholes:
    encoded = text.fill_null("").dictionary_encode()  # type: ignore[attr-defined]
    return np.asarray(encoded.indices, dtype=np.int64)


def _grouped(codes: Wholes) -> tuple[Wholes, NDArray[np.bool_]]:
    """A number per different row, and which row is the first of its kind."""
    hashed = np.zeros(len(codes), dtype=np.uint64)
    for place in range(codes.shape[1]):
        mixed = codes[:, place].astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        hashed = (hashed ^ mixed) * np.uint64(0xBF58476D1CE4E5B9)
        hashed ^= hashed >> np.uint64(29)
    _, firsts, group = np.unique(hashed, return_index=True, return_inverse=True)
    first = np.zeros(len(codes), dtype=np.bool_)
    first[firsts] = True
    return group.astype(np.int64), first


def belonging(columns: Sequence[Column], repeats: Repeats) -> Wholes | None:
    """Rows that must not be torn apart: of one key, else equal ones; None where all stand alone.

    A key is what most rows have; whoever has none stands alone.
    """
    for column in columns:
        several = column.kind is Kind.IDENTIFIER and column.levels < int(column.known.sum())
        if several and column.known.mean() >= _KEY_FILLED:
            alone = np.arange(len(column.known)) + len(column.known)
            return np.where(column.known, _codes(column.text), alone)
    return repeats.group if repeats.count and not repeats.dropped else None


@dataclass(frozen=True)
class Moments:
    """When each row was observed.

    `order` sorts the rows; `day` is days since 1970 where the column holds dates. `is_one` says
    that all were observed at once.
    """

    order: Floats
    day: Floats | None

    @property
    def is_one(self) -> bool:
        """Whether every row has the same moment."""
        return bool(self.order.min() == self.order.max())


def moments_of(column: Column, *, today: date) -> Moments:
    """Read the column of time.

    Raises:
        NotATime: it holds neither dates nor numbers, or too many blanks.
        TimeInTheFuture: nothing can have been observed after today.
    """
    is_date, values = column.kind is Kind.DATE, column.values
    if values is None:
        values = days(column.text, known=column.known)
        is_date = values is not None
    if values is None or np.isnan(values).mean() > 0.05:
        words = [one for one in column.text.to_pylist()[:2_000] if one]
        raise NotATime(column=column.name, example=words[0] if words else "")
    filled = np.where(np.isnan(values), np.nanmedian(values), values)
    if not is_date:
        return Moments(filled, None)
    late = filled > day_number(today)
    if late.any():
        example = date_of(int(filled[late].max()))
        raise TimeInTheFuture(
            column=column.name, rows=int(late.sum()), today=today, example=example
        )
    return Moments(filled, filled)


def last_day(columns: Sequence[Column], *, today: date) -> float:
    """The latest day that any column names and that has come; today where none does."""
    limit = day_number(today)
    latest = []
    for column in columns:
        if column.kind is Kind.DATE and column.values is not None:
            come = column.values[column.values <= limit]
            latest += [float(come.max())] if len(come) else []
    return max(latest, default=float(limit))
