"""Whose day an instant belongs to, for whole columns of instants."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tenure.kernel.clock import from_us

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DAY_US = 86_400_000_000
_QUARTER_US = 900_000_000
_MICROSECOND = timedelta(microseconds=1)


def local_days(at_us: NDArray[np.int64], *, zone: str) -> NDArray[np.int32]:
    """The civil day in `zone` (days since 1970) of each instant (microseconds, UTC).

    Zones change their offset on whole quarters of an hour, so one look-up per quarter is enough.
    """
    import numpy as np

    quarters, places = np.unique(at_us // _QUARTER_US, return_inverse=True)
    place = ZoneInfo(zone)
    offsets = np.fromiter(
        (
            # A look-up of an aware instant always knows its offset.
            (from_us(int(quarter) * _QUARTER_US).astimezone(place).utcoffset() or timedelta())
            // _MICROSECOND
            for quarter in quarters
        ),
        dtype=np.int64,
        count=len(quarters),
    )
    return ((at_us + offsets[places]) // _DAY_US).astype(np.int32)
