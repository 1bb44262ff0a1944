"""Walk every row through every tree and book each step to the feature that it asked about.

These are Saabas' path contributions: cheap, exactly additive, and the first reason is in nine
cases of ten that of exact Shapley values (docs/decisions/0008). The kernel is compiled where Numba
is; `walked_by_numpy` is its twin, held equal by a test, and serves small tables without the half
second that importing Numba takes.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tenure.understand.churn.estimator.ensemble import LEAF, Ensemble, Floats, Matrix

# What a node asks, in 16 bytes: the nodes of a tree then stay in the cache.
QUESTION: Final = np.dtype(
    [
        ("threshold", np.float32),
        ("feature", np.int16),
        ("missing_left", np.int16),
        ("left", np.int32),
        ("right", np.int32),
    ]
)
# Below this many rows the twin is quicker than loading the compiled kernel.
COMPILED_FROM_ROWS = 512
_BLOCK_ROWS = 4_096


def walked(ensemble: Ensemble, rows: Matrix) -> tuple[Floats, Floats]:
    """Raw output and contributions.

    Args:
        rows: float32, one column per feature, NaN where a value is not known.
    Returns:
        The raw output of each row, and rows × features contributions; for each row
        `ensemble.base` plus its contributions is its raw output.
    """
    assert rows.shape[1] == ensemble.features, "a column per feature"
    if len(rows) < COMPILED_FROM_ROWS:
        return walked_by_numpy(ensemble, rows)
    return walked_by_numba(ensemble, rows)


def walked_by_numba(ensemble: Ensemble, rows: Matrix) -> tuple[Floats, Floats]:
    """The compiled kernel, a block of rows at a time so that block and tree stay in the cache.

    Blocks do not touch each other and the kernel holds no lock: each core takes the next one.
    """
    from tenure.understand.churn.estimator.kernel import walk

    shares = np.zeros((len(rows), ensemble.features))
    trees = (questions(ensemble), np.ascontiguousarray(ensemble.nodes["value"]), ensemble.roots)

    def walk_block(start: int) -> None:
        block = np.ascontiguousarray(rows[start : start + _BLOCK_ROWS])
        walk(trees, (block, shares[start : start + _BLOCK_ROWS]))

    with ThreadPoolExecutor(max_workers=cpu_count()) as cores:
        list(cores.map(walk_block, range(0, len(rows), _BLOCK_ROWS)))
    return ensemble.base + shares.sum(axis=1), shares


def questions(ensemble: Ensemble) -> NDArray[Any]:
    """The nodes as small as they can be.

    Rows are float32, so the largest float32 up to a threshold parts them as the threshold does.
    """
    assert ensemble.features < 2**15, "a feature's place takes two bytes"
    found = np.zeros(len(ensemble.nodes), dtype=QUESTION)
    for name in ("feature", "missing_left", "left", "right"):
        found[name] = ensemble.nodes[name]
    exact = ensemble.nodes["threshold"]
    with np.errstate(over="ignore"):
        near = exact.astype(np.float32)
    below = np.nextafter(near, np.float32(-np.inf))
    found["threshold"] = np.where(near.astype(np.float64) > exact, below, near)
    return found


def walked_by_numpy(ensemble: Ensemble, rows: Matrix) -> tuple[Floats, Floats]:
    """All rows go down one tree together, one level at a time."""
    nodes, shares = ensemble.nodes, np.zeros((len(rows), ensemble.features))
    for root in ensemble.roots:
        here = np.full(len(rows), root)
        moving = np.arange(len(rows))
        while len(moving := moving[nodes["feature"][here[moving]] != LEAF]):
            at = here[moving]
            feature = nodes["feature"][at]
            values = rows[moving, feature]
            goes_left = np.where(
                np.isnan(values), nodes["missing_left"][at] == 1, values <= nodes["threshold"][at]
            )
            to = np.where(goes_left, nodes["left"][at], nodes["right"][at])
            shares[moving, feature] += nodes["value"][to] - nodes["value"][at]
            here[moving] = to
    return ensemble.base + shares.sum(axis=1), shares
