"""Arrays as the values that a database driver takes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from tenure.world.calendar import to_utc_us
from tenure.world.chance import Floats, Wholes

HOUR_SECONDS = 3600
DAY_SECONDS = 86_400


def dates(days: Wholes) -> list[date | None]:
    """Days since 1970 as dates; −1 as nothing."""
    found: list[date | None] = days.astype("datetime64[D]").astype(object).tolist()
    if (days >= 0).all():
        return found
    return [one if known else None for one, known in zip(found, days >= 0, strict=True)]


def instants(local_seconds: Wholes, *, zone: str) -> list[datetime | None]:
    """Wall-clock seconds since 1970 as UTC instants; −1 as nothing."""
    us = to_utc_us(np.maximum(local_seconds, 0), zone=zone)
    naive: Iterable[datetime] = us.astype("datetime64[us]").astype(object).tolist()
    aware = (one.replace(tzinfo=UTC) for one in naive)
    return [one if known else None for one, known in zip(aware, local_seconds >= 0, strict=True)]


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
