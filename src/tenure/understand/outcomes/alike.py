"""Columns that say the same count as one reason, told by the one of them that moves a row most.

"No internet service" stands in seven columns of one table: which of them a tree asked is luck, and
another sample would ask another. Their shares belong together.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.understand.churn.estimator.ensemble import Floats, Matrix
from tenure.understand.outcomes.encoding import Encoding

# From here on, up or down, two places of the matrix say the same.
ALIKE: Final = 0.95

type Places = NDArray[np.int64]


def alike(encoding: Encoding, rows: Matrix) -> Places:
    """Group of each column of the file, in the order of `by_column`, (C,); groups count from 0.

    Args:
        rows: some rows as the estimator reads them.
    """
    columns = list(dict.fromkeys(place.column for place in encoding.places))
    group = list(range(len(columns)))
    of_place = np.array([columns.index(place.column) for place in encoding.places])
    first, second = np.nonzero(np.triu(_same(rows), k=1))
    for one, other in zip(of_place[first].tolist(), of_place[second].tolist(), strict=True):
        kept, gone = sorted((group[one], group[other]))
        if kept != gone:
            group = [kept if number == gone else number for number in group]
    return np.unique(np.array(group), return_inverse=True)[1].astype(np.int64)


def _same(rows: Matrix) -> NDArray[np.bool_]:
    """Which two places of the matrix rise or fall together; what never varies goes with nothing."""
    known = ~np.isnan(rows)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, rows, 0.0).sum(axis=0, dtype=np.float64) / count
    around = np.where(known, rows - mean, 0.0)
    length = np.sqrt(np.square(around).sum(axis=0))
    varies = length > 0
    scaled = np.divide(around, length, out=np.zeros_like(around), where=varies)
    found: NDArray[np.bool_] = np.abs(scaled.T @ scaled) >= ALIKE
    return found


def by_group(total: Floats, group: Places) -> tuple[Floats, Places]:
    """Shares of each group added up, and the column of it that moves a row most its way, (N, G)."""
    count = int(group.max(initial=-1)) + 1
    added = np.zeros((len(total), count))
    leading = np.zeros((len(total), count), dtype=np.int64)
    for number in range(count):
        columns = np.flatnonzero(group == number)
        added[:, number] = total[:, columns].sum(axis=1)
        way = np.where(added[:, number] < 0, -1.0, 1.0)[:, None]
        leading[:, number] = columns[np.argmax(total[:, columns] * way, axis=1)]
    return added, leading
