"""From columns to the matrix of an estimator, and the same again for a table that comes later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tenure.understand.churn.estimator.ensemble import Matrix
from tenure.understand.outcomes.columns import Column, Kind

# The most frequent words have a place of their own; the others share one.
MOST_LEVELS: Final = 30
LEAST_OF_LEVEL: Final = 8
_MOST_REMEMBERED: Final = 500
OTHER: Final = "\u2026"


@dataclass(frozen=True, slots=True)
class Place:
    """One column of the matrix: a number, days before the time of observation, or one word."""

    column: str
    kind: Kind
    level: str = ""

    @property
    def name(self) -> str:
        """How it is called in the stored estimator."""
        return f"{self.column}={self.level}" if self.kind is Kind.CATEGORY else self.column


@dataclass(frozen=True)
class Encoding:
    """The places of the matrix, and the day from which dates count where no row has its own.

    `words` holds what each category said; only columns of few words are remembered whole.
    """

    places: tuple[Place, ...]
    day: float
    words: Mapping[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the matrix's columns."""
        return tuple(place.name for place in self.places)

    def as_json(self) -> dict[str, Any]:
        """What has to be kept to encode another table."""
        places = [[one.column, str(one.kind), one.level] for one in self.places]
        words = {name: list(told) for name, told in self.words.items()}
        return {"places": places, "day": self.day, "words": words}

    @staticmethod
    def from_json(kept: Mapping[str, Any]) -> Encoding:
        """What `as_json` kept."""
        places = (Place(column, Kind(kind), level) for column, kind, level in kept["places"])
        words = {name: tuple(told) for name, told in kept["words"].items()}
        return Encoding(tuple(places), float(kept["day"]), words)


def encoding_of(columns: Sequence[Column], *, day: float) -> Encoding:
    """A place for each number and date, and one for each frequent word of a category."""
    places: list[Place] = []
    words: dict[str, tuple[str, ...]] = {}
    for column in columns:
        if column.kind is not Kind.CATEGORY:
            places.append(Place(column.name, column.kind))
            continue
        counted = _counted(column)
        places += [Place(column.name, column.kind, level) for level in _levels(counted)]
        if len(counted) <= _MOST_REMEMBERED:
            words[column.name] = tuple(word for word, _ in counted)
    return Encoding(tuple(places), day, words)


def encoded(
    encoding: Encoding, columns: Mapping[str, Column], *, at_day: NDArray[np.float64] | None
) -> Matrix:
    """The matrix: NaN where nothing is known; a word never seen before counts as rare.

    Args:
        at_day: the day on which each row was observed; None where the table has one day.
    """
    rows = len(next(iter(columns.values())).known)
    matrix = np.empty((rows, len(encoding.places)), dtype=np.float32)
    own = {place.column: _own_levels(encoding, place.column) for place in encoding.places}
    day = np.full(rows, encoding.day) if at_day is None else at_day
    coded: dict[str, NDArray[np.int64]] = {}
    for at, place in enumerate(encoding.places):
        column = columns[place.column]
        if place.kind is not Kind.CATEGORY:
            assert column.values is not None, "numbers and dates have values"
            matrix[:, at] = day - column.values if place.kind is Kind.DATE else column.values
            continue
        levels = own[place.column]
        if place.column not in coded:
            coded[place.column] = _codes(column, levels)
        matrix[:, at] = coded[place.column] == levels.index(place.level)
    # What is too large for a float of 32 bits is no measurement.
    return np.where(np.isfinite(matrix), matrix, np.float32(np.nan))


def unseen(encoding: Encoding, column: Column) -> list[str]:
    """Words of a category that nobody had when it was learned from, where all are remembered."""
    known = encoding.words.get(column.name)
    return [] if known is None else sorted({word for word, _ in _counted(column)} - {*known, ""})


def _own_levels(encoding: Encoding, column: str) -> list[str]:
    return [one.level for one in encoding.places if one.column == column]


def _counted(column: Column) -> list[tuple[str, int]]:
    """Words with their rows, the most frequent first; an empty one where nothing is filled."""
    import pyarrow as pa
    import pyarrow.compute as pc

    filled = pc.if_else(pa.array(column.known), column.text, "")
    counted = [(one["values"], one["counts"]) for one in pc.value_counts(filled).to_pylist()]
    return sorted(counted, key=lambda one: (-one[1], one[0]))


def _levels(counted: Sequence[tuple[str, int]]) -> list[str]:
    """The frequent words and a place for the rest; of two words the second says it all."""
    if len(counted) == 2:
        return [max(word for word, _ in counted)]
    frequent = [word for word, count in counted if count >= LEAST_OF_LEVEL][:MOST_LEVELS]
    return [*sorted(frequent), OTHER] if len(frequent) < len(counted) else sorted(frequent)


def _codes(column: Column, levels: Sequence[str]) -> NDArray[np.int64]:
    """Which level each row has; the place of the rest where it has none, -1 where there is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    filled = pc.if_else(pa.array(column.known), column.text, "")
    found = pc.index_in(filled, value_set=pa.array(levels, pa.string()))
    rest = levels.index(OTHER) if OTHER in levels else -1
    return np.asarray(pc.fill_null(found, rest), dtype=np.int64)
