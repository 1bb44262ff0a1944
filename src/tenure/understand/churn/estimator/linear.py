"""Logistic lines: the floor under every kind of trees, and the hazard of each further term.

A discrete-time hazard is a logistic line in which every band of the time already lived has a level
of its own: the chance to leave now, given that one has come so far.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.ensemble import Floats, Link, Matrix

BANDS: Final = 8
# Nobody is further from the mean than this many deviations: one typing error moves nothing.
_FURTHEST: Final = 8.0
_NO_BANDS: Final = -1
_BLOCK_ROWS: Final = 2_048


@dataclass(frozen=True)
class Linear:
    """A logit that adds up: `base` plus a row's shares is its raw output.

    A value that is not known adds `missing` in place of its weight. With a `band_column` of 0 or
    more, the band of that column's value between `edges` adds its level, too.
    """

    base: float
    centre: Floats
    scale: Floats
    weight: Floats
    missing: Floats
    unknown_share: Floats
    band_column: int = _NO_BANDS
    edges: Floats = field(default_factory=lambda: np.zeros(0))
    levels: Floats = field(default_factory=lambda: np.zeros(0))
    link: Link = "logit"

    @property
    def features(self) -> int:
        return len(self.weight)

    def shares(self, rows: Matrix) -> Floats:
        """What every value of every row adds to the logit; a block stays in the cache."""
        found = np.empty(rows.shape)
        for start in range(0, len(rows), _BLOCK_ROWS):
            block = slice(start, start + _BLOCK_ROWS)
            found[block] = self._shares(rows[block])
        return found

    def _shares(self, rows: Matrix) -> Floats:
        values, unknown = _standard(rows, centre=self.centre, scale=self.scale)
        shares = values * self.weight + (unknown - self.unknown_share) * self.missing
        if self.band_column >= 0:
            shares[:, self.band_column] += self.levels[
                _bands(rows[:, self.band_column], self.edges)
            ]
        return shares


@dataclass(frozen=True, slots=True)
class Logistic:
    """Ridge-penalised logistic regression on standardised columns."""

    strength: float = 1.0

    def fit(self, cases: Cases) -> Linear:
        """The line of these cases."""
        return _fitted(cases, band_column=_NO_BANDS, strength=self.strength)


@dataclass(frozen=True, slots=True)
class Hazard:
    """Discrete-time hazard: a level for each band of the time lived, and a line beside it."""

    duration: str
    strength: float = 1.0

    def fit(self, cases: Cases) -> Linear:
        """The hazards of these cases; a plain line where the duration tells nothing apart."""
        named = self.duration in cases.names
        column = cases.names.index(self.duration) if named else _NO_BANDS
        return _fitted(cases, band_column=column, strength=self.strength)


def _fitted(cases: Cases, *, band_column: int, strength: float) -> Linear:
    from sklearn.linear_model import LogisticRegression

    rows = cases.rows.astype(np.float64)
    unknown_share = np.isnan(rows).mean(axis=0)
    known = np.where(np.isnan(rows), 0.0, rows)
    centre = known.sum(axis=0) / np.maximum((~np.isnan(rows)).sum(axis=0), 1)
    scale = np.sqrt(np.nanmean(np.square(rows - centre), axis=0))
    scale = np.where(np.isfinite(scale) & (scale > 0), scale, 1.0)
    values, unknown = _standard(cases.rows, centre=centre, scale=scale)
    # A column that is known of everybody would add noughts, and take as long as any other.
    gappy = np.flatnonzero(unknown_share)
    parts = [values, unknown[:, gappy] - unknown_share[gappy]]
    edges = np.zeros(0)
    if band_column >= 0:
        edges = _edges(rows[:, band_column])
        parts.append(np.eye(len(edges) + 2)[_bands(cases.rows[:, band_column], edges)])
    line = LogisticRegression(C=strength, max_iter=1_000)
    line.fit(np.column_stack(parts), cases.outcome.astype(np.int64))
    weights, width = line.coef_[0], rows.shape[1]
    missing = np.zeros(width)
    missing[gappy] = weights[width : width + len(gappy)]
    levels = weights[width + len(gappy) :]
    level = float(levels.mean()) if len(levels) else 0.0
    return Linear(
        base=float(line.intercept_[0]) + level,
        centre=centre,
        scale=scale,
        weight=weights[:width],
        missing=missing,
        unknown_share=unknown_share,
        band_column=band_column,
        edges=edges,
        levels=levels - level,
    )


def _standard(rows: Matrix, *, centre: Floats, scale: Floats) -> tuple[Floats, Floats]:
    """Deviations from the mean, 0 where not known; and where that is."""
    values = (rows.astype(np.float64) - centre) / scale
    unknown = np.isnan(values)
    return np.clip(np.where(unknown, 0.0, values), -_FURTHEST, _FURTHEST), unknown.astype(float)


def _edges(values: Floats) -> Floats:
    known = values[~np.isnan(values)]
    return np.unique(np.quantile(known, np.arange(1, BANDS) / BANDS)) if len(known) else known


def _bands(values: Matrix, edges: Floats) -> np.ndarray:
    """Which band each value lies in; a value that is not known has the last for itself."""
    placed = np.searchsorted(edges, values.astype(np.float64), side="left")
    return np.where(np.isnan(values), len(edges) + 1, placed)
