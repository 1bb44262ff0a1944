"""Arrays as the values that a database driver takes."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from tenure.world.calendar import to_utc_us
from tenure.world.chance import Flags, Floats, Wholes

HOUR_SECONDS = 3600
DAY_SECONDS = 86_400


def dates(days: Wholes) -> list[date | None]:
    """Days since 1970 as dates; −1 as nothing."""
    return _shared(days, known=days >= 0, unit="D", made=list)


def instants(local_seconds: Wholes, *, zone: str) -> list[datetime | None]:
    """Wall-clock seconds since 1970 as UTC instants; −1 as nothing."""
    us = to_utc_us(np.maximum(local_seconds, 0), zone=zone)
    return _shared(us, known=local_seconds >= 0, unit="us", made=_aware)


def _aware(naive: Iterable[datetime]) -> list[datetime]:
    return [one.replace(tzinfo=UTC) for one in naive]


def _shared[T](
    numbers: Wholes, *, known: Flags, unit: str, made: Callable[[Iterable[T]], list[T]]
) -> list[T | None]:
    """Each number as a value of its own kind: what comes again is the same object."""
    different, place = np.unique(numbers, return_inverse=True)
    values = np.empty(len(different), dtype=object)
    values[:] = made(different.astype(f"datetime64[{unit}]").astype(object).tolist())
    found = values[place]
    found[~known] = None
    every: list[T | None] = found.tolist()
    return every


def at_hour(days: Wholes, hours: Floats | float) -> Wholes:
    """The wall-clock second at which a day has run for so many hours."""
    return days * DAY_SECONDS + (np.asarray(hours) * HOUR_SECONDS).astype(np.int64)


def texts(names: Sequence[str], places: Wholes) -> list[str]:
    """The text at each place."""
    known = np.array(names, dtype=object)
    found: list[str] = known[places].tolist()
    return found


def rows(*columns: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
    """Columns of one length as rows."""
    return zip(*columns, strict=True)
