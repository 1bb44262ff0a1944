"""The walk through the trees, compiled. Imported only where many rows are scored.

Its machine code is kept on disk beside this file, so that it is compiled once per installation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def step(at: Any, row: Any) -> Any:
    """One question: where the row goes next, its change booked to the feature asked about.

    Args:
        at: all nodes, and the place of the one that asks.
        row: the row's values, and its shares.
    """
    nodes, node = at
    values, shares = row
    here = nodes[node]
    value = values[here.feature]
    goes_left = here.missing_left == 1 if np.isnan(value) else value <= here.threshold
    to = here.left if goes_left else here.right
    shares[here.feature] += nodes[to].value - here.value
    return to


@njit(cache=True, nogil=True)
def walk(
    trees: tuple[NDArray[Any], NDArray[np.int64]],
    block: tuple[NDArray[np.float32], NDArray[np.float64]],
) -> None:
    """Add every step of every row of a block to its shares.

    Args:
        trees: nodes and roots of an ensemble.
        block: rows, and their shares so far.
    """
    nodes, roots = trees
    rows, shares = block
    for root in roots:
        for row in range(rows.shape[0]):
            node = root
            while nodes[node].feature >= 0:
                node = step((nodes, node), (rows[row], shares[row]))
