"""Whom an estimator scored when it was fitted, kept beside it: what later days are held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from tenure.understand.churn.estimator.ensemble import Matrix
from tenure.understand.churn.history import Past, matrix

if TYPE_CHECKING:
    import pyarrow as pa

ROWS: Final = 2_000


@dataclass(frozen=True)
class Sample:
    """Rows of named columns, NaN where a value was not known."""

    names: tuple[str, ...]
    rows: Matrix


def store_sample(sample: Sample, path: Path) -> None:
    """Keep some of the rows, drawn by a fixed seed."""
    rng = np.random.default_rng(0)
    chosen = np.sort(rng.permutation(len(sample.rows))[:ROWS])
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as stream:
        np.savez_compressed(
            stream, allow_pickle=False, names=np.array(sample.names), rows=sample.rows[chosen]
        )
    unfinished.rename(path)


def load_sample(path: Path) -> Sample | None:
    """What `store_sample` kept; None where nothing was."""
    if not path.exists():
        return None
    with np.load(path, allow_pickle=False) as arrays:
        return Sample(tuple(str(name) for name in arrays["names"]), arrays["rows"])


def near_rows(features: pa.Table, names: Sequence[str], *, past: Past) -> Matrix:
    """The rows of those near enough to their end to be learned from once they are decided."""
    left = np.asarray(features["days_left"].to_numpy())
    return matrix(features, names)[(left >= 1) & (left <= past.most_lead)]
