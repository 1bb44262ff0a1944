"""How long the customers of an experiment stay, from the day of their lot on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from tenure.prove.statistics.survival import Curve, Stays
from tenure.records.rows import select_rows

STAYS: Final = Path(__file__).parent / "stays.sql"
NOBODY: Final = Stays(np.zeros(0), np.zeros(0, dtype=bool))
_DIGITS: Final = 4


def stays(key: str, *, as_of: date) -> Mapping[str, Stays]:
    """Arm → for each customer the days since the lot, and whether a contract then ended for good.

    Who has not left is followed until `as_of`: customers of any age count as far as they got.
    """
    found: dict[str, list[tuple[int, bool, int]]] = {}
    for arm, since, left_on, many in select_rows(STAYS, {"key": key, "as_of": as_of}):
        until = as_of if left_on is None else _day(left_on)
        seen = ((until - _day(since)).days, left_on is not None, int(many))
        found.setdefault(arm, []).append(seen)
    return {arm: _together(rows) for arm, rows in found.items()}


def _together(rows: list[tuple[int, bool, int]]) -> Stays:
    days, left, many = zip(*rows, strict=True)
    return Stays(np.repeat(np.array(days, dtype=np.float64), many), np.repeat(np.array(left), many))


def curve(one: Stays, *, horizon_days: int) -> list[float]:
    """The share that stays beyond each day from 0 on, as far as anybody was followed."""
    if not len(one.seen):
        return []
    line = Curve.of(one)
    last = min(horizon_days, int(one.seen.max()))
    return [round(line.at(day), _DIGITS) for day in range(last + 1)]


def _day(stored: Any) -> date:
    return stored if isinstance(stored, date) else date.fromisoformat(stored)
