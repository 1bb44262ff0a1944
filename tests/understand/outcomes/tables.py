"""Small tables of a business that were never anywhere else."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

ROWS = 400


def a_table(rows: int = ROWS, *, seed: int = 0) -> dict[str, list[object]]:
    """Whoever pays by the month and comes rarely leaves more often."""
    rng = np.random.default_rng(seed)
    monthly = rng.random(rows) < 0.5
    visits = rng.poisson(6, rows)
    left = rng.random(rows) < 1 / (1 + np.exp(-(2.2 * monthly - 0.6 * visits + 1.4)))
    return {
        "customer_id": [f"C{number:05d}" for number in range(rows)],
        "contract": ["monthly" if one else "yearly" for one in monthly],
        "visits": visits.tolist(),
        "fee": [f"{30 + place % 17}.50" if place % 40 else " " for place in range(rows)],
        "churn": ["Yes" if one else "No" for one in left],
    }


def left_of(table: Mapping[str, Sequence[object]]) -> np.ndarray:
    """Who left, as the table says."""
    return np.array([one == "Yes" for one in table["churn"]])


def written(
    table: Mapping[str, Sequence[object]],
    path: Path,
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
) -> Path:
    """The table as a file with a line of names."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(table)
        writer.writerows(zip(*table.values(), strict=True))
    return path
