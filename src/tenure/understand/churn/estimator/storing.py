"""A fitted estimator as one file of plain arrays: nothing in it can run."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import cast

import numpy as np

from tenure.understand.churn.estimator.calibration import Calibration, Shape
from tenure.understand.churn.estimator.ensemble import NODE, Ensemble, Link
from tenure.understand.churn.estimator.fitting import Cases, Fitted


def store(estimator: Fitted, path: Path) -> None:
    """Write beside the place and rename, so that no half of a file is ever read."""
    ensemble, calibration = estimator.ensemble, estimator.calibration
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as stream:
        np.savez_compressed(
            stream,
            allow_pickle=False,
            names=np.array(estimator.names),
            link=np.array(ensemble.link),
            base=np.array(ensemble.base),
            roots=ensemble.roots,
            calibration=np.array(calibration.shape),
            calibration_x=calibration.x,
            calibration_y=calibration.y,
            **{f"node_{field}": ensemble.nodes[field] for field in NODE.names or ()},
        )
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.rename(path)


def load(path: Path) -> Fitted:
    """Read what `store` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        nodes = np.zeros(len(arrays["node_value"]), dtype=NODE)
        for field in NODE.names or ():
            nodes[field] = arrays[f"node_{field}"]
        names = tuple(str(name) for name in arrays["names"])
        ensemble = Ensemble(
            link=cast("Link", str(arrays["link"])),
            base=float(arrays["base"]),
            nodes=nodes,
            roots=arrays["roots"],
            features=len(names),
        )
        shape = cast("Shape", str(arrays["calibration"]))
        calibration = Calibration(shape, arrays["calibration_x"], arrays["calibration_y"])
    return Fitted(names, ensemble, calibration)


def digest(cases: Cases) -> str:
    """64 hex digits that change with any name, value or outcome."""
    hashed = hashlib.sha256("|".join(cases.names).encode())
    hashed.update(np.ascontiguousarray(cases.rows).tobytes())
    hashed.update(np.ascontiguousarray(cases.outcome).tobytes())
    return hashed.hexdigest()
