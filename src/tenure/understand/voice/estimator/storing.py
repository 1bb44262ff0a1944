"""A fitted sentiment as one file of plain arrays: nothing in it can run."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np

from tenure.understand.voice.estimator.refusals import NoSentimentModel
from tenure.understand.voice.estimator.sentiment import Sentiment


def store(model: Sentiment, path: Path) -> None:
    """Write beside the place and rename, so that no half of a file is ever read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    with unfinished.open("wb") as stream:
        np.savez_compressed(
            stream,
            allow_pickle=False,
            vocabulary=model.vocabulary,
            idf=model.idf,
            weights=model.weights,
            intercept=np.array(model.intercept),
        )
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.rename(path)


def load(path: Path) -> Sentiment:
    """Read what `store` wrote.

    Raises:
        NoSentimentModel: the file is something else.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return Sentiment(
                vocabulary=arrays["vocabulary"],
                idf=arrays["idf"],
                weights=arrays["weights"],
                intercept=float(arrays["intercept"]),
            )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile):
        raise NoSentimentModel(path=path) from None
