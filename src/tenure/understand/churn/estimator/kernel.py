"""The walk through the trees, compiled. Imported only where many rows are scored.

Its machine code is kept on disk beside this file, so that it is compiled once per installation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def walk(
    trees: tuple[NDArray[Any], NDArray[np.float64], NDArray[np.int64]],
    block: tuple[NDArray[np.float32], NDArray[np.float64]],
) -> None:
    """Book every step of every row of a block to the feature that was asked about.

    Args:
        trees: questions (`paths.QUESTION`), the values of their nodes, and the roots.
        block: rows, and their shares so far.
    """
    questions, values, roots = trees
    rows, shares = block
    for root in roots:
        for row in range(rows.shape[0]):
            node = root
            before, asks = values[node], questions[node]
            while asks.feature >= 0:
                value = rows[row, asks.feature]
                goes_left = asks.missing_left == 1 if np.isnan(value) else value <= asks.threshold
                node = asks.left if goes_left else asks.right
                after = values[node]
                shares[row, asks.feature] += after - before
                before, asks = after, questions[node]
