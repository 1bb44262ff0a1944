"""Wide tables: the places that tell most, chosen anew by every fit from the rows it may see.

docs/decisions/0089 says why, and what it costs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from tenure.observe.uploads.width import luck, rows_needed
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.ensemble import Ensemble, Floats, Matrix
from tenure.understand.churn.estimator.fitting import Additive, Learner
from tenure.understand.churn.estimator.linear import Linear

# A matrix of more places is wide: each fit then learns from the places that tell most, so many.
# More of them cost minutes and tell next to nothing.
WIDE_FROM: Final = 150
MOST_PLACES: Final = 100
# A place is looked at by its value, by its distance from the middle and by whether it is known.
_LOOKS: Final = 3
# Where so many places and rows are, some rows say as well which places tell.
_MOST_CELLS: Final = 20_000_000
_BLOCK_PLACES: Final = 256
_FURTHEST: Final = 3.0


@dataclass(frozen=True)
class Screened:
    """A kind that looks at the places which tell most; those of `always` are never left out.

    What it leaves as a fit reads the whole matrix, so judging and storing know nothing of it.
    `remembered` are choices by the digest of their cases: several kinds learn from the same rows.
    """

    learner: Learner
    most: int = MOST_PLACES
    always: tuple[str, ...] = ()
    remembered: dict[bytes, np.ndarray] = field(default_factory=dict, repr=False, compare=False)

    def fit(self, cases: Cases) -> Additive:
        """Choose from these cases alone, and learn from what was chosen."""
        kept = self._chosen(cases)
        names = tuple(cases.names[place] for place in kept.tolist())
        rows = np.ascontiguousarray(cases.rows[:, kept])
        return _widened(
            self.learner.fit(Cases(names, rows, cases.outcome)), kept, width=len(cases.names)
        )

    def _chosen(self, cases: Cases) -> np.ndarray:
        read = hashlib.blake2b(np.ascontiguousarray(cases.rows).data)
        read.update(np.ascontiguousarray(cases.outcome).data)
        which = read.digest()
        if which not in self.remembered:
            self.remembered[which] = chosen(cases, most=self.most, always=self.always)
        return self.remembered[which]


def screened(kinds: Mapping[str, Learner], *, always: tuple[str, ...]) -> dict[str, Learner]:
    """Every kind screened; whoever learns from the same rows chooses once."""
    remembered: dict[bytes, np.ndarray] = {}
    return {
        kind: Screened(one, always=always, remembered=remembered) for kind, one in kinds.items()
    }


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands out in a wide table from what luck alone would bring.

    `best` is how far the place that tells most follows the outcome, `luck` how far the luckiest of
    so many that say nothing would, `beyond` how many follow it further, and `need` the rows from
    which a weak one (a correlation of 0.1) is told from luck.
    """

    rows: int
    places: int
    best: float
    luck: float
    beyond: int
    need: int

    @property
    def is_hopeless(self) -> bool:
        """Whether nothing stands out, and nothing weak could."""
        return not self.beyond and self.rows < self.need


def standing(cases: Cases) -> Standing:
    """What stands out in all the rows; nothing is chosen by it."""
    told = telling(cases.rows, cases.outcome)
    rows, places = cases.rows.shape
    by_luck = luck(_LOOKS * places, rows=rows)
    return Standing(
        rows=rows,
        places=places,
        best=float(told.max()),
        luck=by_luck,
        beyond=int((told > by_luck).sum()),
        need=rows_needed(_LOOKS * places),
    )


def chosen(cases: Cases, *, most: int, always: tuple[str, ...] = ()) -> np.ndarray:
    """The places that tell most by themselves, in the order of the matrix."""
    told = telling(cases.rows, cases.outcome)
    told[[place for place, name in enumerate(cases.names) if name in always]] = np.inf
    return np.sort(np.argsort(-told, kind="stable")[:most])


def telling(rows: Matrix, outcome: Floats) -> Floats:
    """How far each place follows the outcome by itself, 0 to 1.

    The largest correlation of the outcome with its value, with how far it is from the middle, and
    with whether it is known.
    """
    every = max(1, rows.size // _MOST_CELLS)
    seen, happened = rows[::every], outcome[::every]
    blocks = range(0, seen.shape[1], _BLOCK_PLACES)
    return np.concatenate(
        [_telling(seen[:, at : at + _BLOCK_PLACES].astype(np.float64), happened) for at in blocks]
    )


def _telling(rows: Floats, outcome: Floats) -> Floats:
    known = ~np.isnan(rows)
    # Twice, so that one typing error does not hide what everybody else says.
    values = _drawn_in(_drawn_in(np.where(known, rows, np.nan), known), known)
    of_value = _correlation(values, outcome)
    of_distance = _correlation(np.square(values), outcome)
    of_known = _correlation(known.astype(np.float64), outcome)
    return np.maximum(np.maximum(of_value, of_distance), of_known)


def _drawn_in(values: Floats, known: np.ndarray) -> Floats:
    """Deviations from the mean, none of them far; 0 where nothing is known."""
    count = np.maximum(1, known.sum(axis=0))
    filled = np.where(known, values, 0.0)
    centred = np.where(known, filled - filled.sum(axis=0) / count, 0.0)
    scale = np.sqrt(np.square(centred).sum(axis=0) / count)
    found: Floats = np.clip(centred / np.where(scale > 0, scale, 1.0), -_FURTHEST, _FURTHEST)
    return found


def _correlation(values: Floats, outcome: Floats) -> Floats:
    centred = values - values.mean(axis=0)
    happened = outcome - outcome.mean()
    length = np.sqrt(np.square(centred).sum(axis=0) * np.square(happened).sum())
    found: Floats = np.abs(happened @ centred) / np.where(length > 0, length, np.inf)
    return found


def _widened(fitted: Additive, kept: np.ndarray, *, width: int) -> Additive:
    """The same fit over the whole matrix; a place that was left out adds nothing."""
    if isinstance(fitted, Ensemble):
        nodes = fitted.nodes.copy()
        split = nodes["feature"] >= 0
        nodes["feature"][split] = kept[nodes["feature"][split]]
        return replace(fitted, nodes=nodes, features=width)
    assert isinstance(fitted, Linear), "trees or a line"
    band = fitted.band_column
    return replace(
        fitted,
        centre=_spread(fitted.centre, kept, width=width),
        scale=_spread(fitted.scale, kept, width=width, empty=1.0),
        weight=_spread(fitted.weight, kept, width=width),
        missing=_spread(fitted.missing, kept, width=width),
        unknown_share=_spread(fitted.unknown_share, kept, width=width),
        band_column=int(kept[band]) if band >= 0 else band,
    )


def _spread(values: Floats, kept: np.ndarray, *, width: int, empty: float = 0.0) -> Floats:
    found = np.full(width, empty)
    found[kept] = values
    return found
