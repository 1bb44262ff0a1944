"""Columns as arrays of small numbers: names are places in a list, days are days since 1970."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

# The day of whatever has not happened: later than any.
NEVER: Final = 2**31 - 1
UNKNOWN: Final = -1
_FIRST_MONTH: Final = 1970 * 12
# A table by number is quicker than sorting while so many numbers in each are taken.
_LEAST_TAKEN: Final = 8

type Wholes = NDArray[np.int64]
type Codes = NDArray[np.int32]
type Days = NDArray[np.int32]
type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]
type Places = NDArray[np.intp]


@dataclass(frozen=True)
class Column:
    """Values as places in a sorted list of names, which begins with none; -1 where not known."""

    names: tuple[str, ...]
    codes: Codes

    def taken(self, chosen: NDArray[Any]) -> Column:
        """Some of the rows."""
        return Column(self.names, self.codes[chosen])


class Filled:
    """A column of whole numbers that comes batch by batch, in memory of its own."""

    def __init__(self, rows: int, kind: type[np.integer[Any]]) -> None:
        self.values: NDArray[Any] = np.empty(rows, dtype=kind)
        self._rows = 0

    def add(self, more: NDArray[Any]) -> None:
        """The next rows."""
        self.values[self._rows : self._rows + len(more)] = more
        self._rows += len(more)


class Names:
    """A column of text that comes batch by batch, and is numbers as soon as it is here."""

    def __init__(self, rows: int) -> None:
        self._numbers = {"": 0}
        self._codes = Filled(rows, np.int32)

    def add(self, values: pa.Array) -> None:
        """The next rows, whether their words come apart or not."""
        import pyarrow as pa
        import pyarrow.compute as pc

        told = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
        known = [
            self._numbers.setdefault(name, len(self._numbers))
            for name in told.dictionary.to_pylist()
        ]
        places = pc.fill_null(told.indices, len(known)) if told.null_count else told.indices
        self._codes.add(np.array([*known, UNKNOWN], dtype=np.int32)[places.to_numpy()])

    def column(self) -> Column:
        """All of them, the names in order."""
        names = sorted(self._numbers)
        places = {name: place for place, name in enumerate(names)}
        order = [*(places[name] for name in self._numbers), UNKNOWN]
        # The last one is asked where nothing is known.
        return Column(tuple(names), np.array(order, dtype=np.int32)[self._codes.values])


def numbers(values: pa.Array, *, unknown: int) -> NDArray[Any]:
    """Whole numbers as they lie in a batch; they are gone with it."""
    import pyarrow.compute as pc

    known = pc.fill_null(values, unknown) if values.null_count else values
    return np.asarray(known.to_numpy(zero_copy_only=False))


def summed(amounts: Wholes, *, by: NDArray[Any], size: int) -> Wholes:
    """Whole-numbered amounts added up by the place that each has, to the last unit."""
    found = np.zeros(size, dtype=np.int64)
    # Places of a pointer's size are taken as they are, several times as fast.
    np.add.at(found, by.astype(np.intp, copy=False), amounts)
    return found


def numbered(ids: Wholes) -> tuple[Wholes, Codes]:
    """Ids in order, each once, and the place of each row's id among them."""
    if not len(ids):
        return ids, np.zeros(0, dtype=np.int32)
    first = int(ids.min())
    room = int(ids.max()) - first + 1
    if room > _LEAST_TAKEN * len(ids):
        sorted_ids, place = np.unique(ids, return_inverse=True)
        return sorted_ids, place.astype(np.int32)
    taken, at = np.zeros(room, dtype=np.bool_), ids - first
    taken[at] = True
    places = np.cumsum(taken, dtype=np.int32)
    places -= 1
    return np.flatnonzero(taken) + first, places[at]


def looked_up(ids: Wholes, *, among: Wholes) -> Places:
    """The place of each id in a list of ids in any order; -1 where it is not among them."""
    if not len(among):
        return np.full(len(ids), UNKNOWN, dtype=np.intp)
    order = None if np.all(among[1:] > among[:-1]) else np.argsort(among, kind="stable")
    known = among if order is None else among[order]
    place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    found = np.where(known[place] == ids, place if order is None else order[place], UNKNOWN)
    return cast("Places", found)


def months_of(days: Days) -> Codes:
    """The month that holds each day, as year × 12 + month − 1; the days are some that were."""
    if not len(days):
        return np.zeros(0, dtype=np.int32)
    first = int(days.min())
    # Few days, many rows: each day is asked once.
    every = np.arange(first, int(days.max()) + 1).astype("datetime64[D]").astype("datetime64[M]")
    return cast("Codes", (every.astype(np.int32) + np.int32(_FIRST_MONTH))[days - first])
