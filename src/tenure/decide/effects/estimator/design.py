"""Columns as the linear estimators see them: centred, scaled, with squares of what varies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tenure.decide.offpolicy.rules import Floats

# Beyond so many standard deviations a value says no more.
_FAR: Final = 6.0
_FAR_SQUARED: Final = 3.0


@dataclass(frozen=True, slots=True)
class Design:
    """How P columns become D: a constant, each column, squares, and whether a value is missing.

    `squared` and `gappy` are places of columns. A missing value reads as the mean.
    """

    centre: Floats
    scale: Floats
    squared: tuple[int, ...]
    gappy: tuple[int, ...]

    @property
    def plain(self) -> int:
        """The constant and the columns themselves stand before this place."""
        return 1 + len(self.centre)

    @property
    def width(self) -> int:
        return self.plain + len(self.squared) + len(self.gappy)

    def columns(self, rows: Floats) -> Floats:
        """The matrix (N, D) of rows (N, P)."""
        missing = np.isnan(rows)
        standard = np.clip((rows - self.centre) / self.scale, -_FAR, _FAR)
        standard = np.where(missing, 0.0, standard)
        near = np.clip(standard[:, list(self.squared)], -_FAR_SQUARED, _FAR_SQUARED)
        return np.concatenate(
            [
                np.ones((len(rows), 1)),
                standard,
                0.5 * (near**2 - 1),
                missing[:, list(self.gappy)].astype(np.float64),
            ],
            axis=1,
        )


def design_of(rows: Floats) -> Design:
    """The design that suits some rows: a column without two values says nothing."""
    known = ~np.isnan(rows)
    counts = np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, rows, 0.0)
    centre = filled.sum(axis=0) / counts
    spread = np.sqrt((np.where(known, rows - centre, 0.0) ** 2).sum(axis=0) / counts)
    varied = [len(np.unique(rows[:, place][known[:, place]])) for place in range(rows.shape[1])]
    return Design(
        centre=centre,
        scale=np.where(spread > 0, spread, 1.0),
        squared=tuple(place for place, values in enumerate(varied) if values > 2),
        gappy=tuple(int(place) for place in np.flatnonzero(~known.all(axis=0) & known.any(axis=0))),
    )
