"""A fitted estimator as one file of plain arrays: nothing in it can run."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

from tenure.understand.churn.estimator.calibration import Calibration, Shape
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.ensemble import NODE, Ensemble, Link
from tenure.understand.churn.estimator.fitting import Additive, Fitted
from tenure.understand.churn.estimator.linear import Linear


def store(estimator: Fitted, path: Path) -> None:
    """Write beside the place and rename, so that no half of a file is ever read."""
    calibration = estimator.calibration
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as stream:
        np.savez_compressed(
            stream,
            allow_pickle=False,
            names=np.array(estimator.names),
            calibration=np.array(calibration.shape),
            calibration_x=calibration.x,
            calibration_y=calibration.y,
            **_arrays(estimator.ensemble),
        )
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.rename(path)


def load(path: Path) -> Fitted:
    """Read what `store` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        names = tuple(str(name) for name in arrays["names"])
        shape = cast("Shape", str(arrays["calibration"]))
        calibration = Calibration(shape, arrays["calibration_x"], arrays["calibration_y"])
        estimator = _line(arrays) if "weight" in arrays else _trees(arrays, features=len(names))
    return Fitted(names, estimator, calibration)


_LINE: Final = ("centre", "scale", "weight", "missing", "unknown_share", "edges", "levels")


def _arrays(estimator: Additive) -> dict[str, np.ndarray]:
    base = {"link": np.array(estimator.link), "base": np.array(estimator.base)}
    if isinstance(estimator, Linear):
        line = {name: getattr(estimator, name) for name in _LINE}
        return base | line | {"band_column": np.array(estimator.band_column)}
    nodes = {f"node_{field}": estimator.nodes[field] for field in NODE.names or ()}
    return base | nodes | {"roots": estimator.roots}


def _line(arrays: Mapping[str, np.ndarray]) -> Linear:
    line: dict[str, Any] = {name: arrays[name] for name in _LINE}
    return Linear(base=float(arrays["base"]), band_column=int(arrays["band_column"]), **line)


def _trees(arrays: Mapping[str, np.ndarray], *, features: int) -> Ensemble:
    nodes = np.zeros(len(arrays["node_value"]), dtype=NODE)
    for field in NODE.names or ():
        nodes[field] = arrays[f"node_{field}"]
    return Ensemble(
        link=cast("Link", str(arrays["link"])),
        base=float(arrays["base"]),
        nodes=nodes,
        roots=arrays["roots"],
        features=features,
    )


def digest(cases: Cases) -> str:
    """64 hex digits that change with any name, value or outcome."""
    hashed = hashlib.sha256("|".join(cases.names).encode())
    hashed.update(np.ascontiguousarray(cases.rows).tobytes())
    hashed.update(np.ascontiguousarray(cases.outcome).tobytes())
    return hashed.hexdigest()
