"""Sentiment and topics of a public table of reviews, which stands beside the repository."""

import csv
import gzip
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from sklearn.metrics import normalized_mutual_info_score

from tenure.strategy.loading import preset
from tenure.understand.voice.estimator.sentiment import fit_sentiment
from tenure.understand.voice.studying import Said, study
from tenure.understand.voice.taxonomy import Taxonomy

_TABLE = Path("shared/data/online_shopping_10_cats/online_shopping_10_cats.csv.gz")
TOPIC_TEXTS = 20_000


def _rows() -> list[dict[str, str]]:
    found = [above / _TABLE for above in Path(__file__).resolve().parents[1:]]
    path = next((one for one in found if one.is_file()), None)
    assert path is not None, f"put {_TABLE} beside the repository"
    with gzip.open(path) as stream:
        return list(csv.DictReader(io.TextIOWrapper(stream, "utf-8-sig")))


def sentiment() -> Mapping[str, object]:
    """Fit on the whole table; the figure is of the fifth that was held back."""
    rows = _rows()
    praise = np.array([row["label"] == "1" for row in rows])
    _, quality = fit_sentiment([row["review"] for row in rows], praise)
    return {"texts": len(rows), "auc": quality.auc}


def topics() -> Mapping[str, object]:
    """Topics of twenty thousand reviews against the ten categories that they came from."""
    rows = _rows()
    chosen = np.random.default_rng(0).permutation(len(rows))[:TOPIC_TEXTS]
    taxonomy = Taxonomy(preset("broadband").topics)
    found = study([Said(rows[n]["review"]) for n in chosen], taxonomy=taxonomy)
    told = normalized_mutual_info_score([rows[n]["cat"] for n in chosen], found.of_text)
    return {"texts": len(chosen), "nmi": float(told), "topics": len(found.topics)}
