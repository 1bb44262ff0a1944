"""A lesson kept as a folder: arrays without code, and one JSON that says what they are."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from tenure.kernel.failures import Sentence
from tenure.understand.churn.estimator.ensemble import Matrix
from tenure.understand.churn.estimator.fitting import Fitted
from tenure.understand.churn.estimator.storing import load, store
from tenure.understand.outcomes.columns import Kind
from tenure.understand.outcomes.encoding import Encoding
from tenure.understand.outcomes.learning import Lesson
from tenure.understand.outcomes.refusals import NotAModel
from tenure.understand.outcomes.summary import both, plain, verdict
from tenure.understand.outcomes.wish import Wish

FORM: Final = 1
_MODEL: Final = "model.json"
_SAMPLE: Final = "sample.npz"
# So many rows, without anybody's key, stay beside the model: later tables are compared with them.
_SAMPLE_ROWS: Final = 2_000
_NO_FILE = Sentence(zh="缺少 {name}", en="{name} is missing")
_CHANGED = Sentence(zh="{name} 与存下时不同", en="{name} is not as it was stored")
_UNREADABLE = Sentence(zh="{name} 读不出来", en="{name} cannot be read")


@dataclass(frozen=True)
class Kept:
    """A stored lesson, ready to score with."""

    fitted: Fitted
    encoding: Encoding
    sample: Matrix
    about: dict[str, Any]

    @property
    def offers_score(self) -> bool:
        """Whether it was better than chance."""
        return bool(self.about["better_than_chance"])


def keep(lesson: Lesson, wish: Wish, *, report: dict[str, Any], into: Path) -> Path:
    """Store champion and challengers with their figures and hashes; returns the folder."""
    into.mkdir(parents=True, exist_ok=True)
    files = {}
    for one, fitted in zip(lesson.judged, lesson.fitted, strict=True):
        name = f"{one.kind}.npz"
        store(fitted, into / name)
        files[name] = _hash(into / name)
    rng = np.random.default_rng(0)
    rows = lesson.cases.rows
    some = np.sort(rng.permutation(len(rows))[:_SAMPLE_ROWS])
    with (into / _SAMPLE).open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, rows=rows[some])
    files[_SAMPLE] = _hash(into / _SAMPLE)
    strategy = {
        one.kind: repr(one.learner) for one in sorted(lesson.judged, key=lambda one: one.kind)
    }
    about = {
        "form": FORM,
        "champion": lesson.champion.kind,
        "kinds": [one.kind for one in lesson.judged],
        "better_than_chance": lesson.chance.is_better,
        "verdict": both(verdict(lesson)),
        "outcome": {"column": wish.outcome, "left_when": lesson.drawn.outcome.value},
        "time": wish.time,
        "base_rate": report["base_rate"],
        "rows": len(rows),
        "auc": lesson.champion.figures["auc"],
        "encoding": lesson.encoding.as_json(),
        "kinds_of_columns": {one.name: str(one.kind) for one in lesson.drawn.used},
        "keys": [one.name for one in lesson.drawn.columns if one.kind is Kind.IDENTIFIER],
        "learners": strategy,
        "hashes": report["hashes"]
        | {
            "strategy": hashlib.sha256(json.dumps(strategy, sort_keys=True).encode()).hexdigest(),
            "files": files,
        },
    }
    path = into / _MODEL
    path.write_text(json.dumps(plain(about), ensure_ascii=False, indent=1), encoding="utf-8")
    return into


def kept(path: Path) -> Kept:
    """Read what `keep` wrote.

    Raises:
        NotAModel: something is missing or was changed.
    """
    folder = path.parent if path.name == _MODEL else path
    model = folder / _MODEL
    if not model.is_file():
        raise NotAModel(path=path, why=_NO_FILE.fill(name=_MODEL))
    try:
        about = json.loads(model.read_text(encoding="utf-8"))
        files = about["hashes"]["files"]
        champion = f"{about['champion']}.npz"
        encoding = Encoding.from_json(about["encoding"])
    except (ValueError, KeyError, TypeError) as error:
        raise NotAModel(path=path, why=_UNREADABLE.fill(name=_MODEL)) from error
    for name in (champion, _SAMPLE):
        if not (folder / name).is_file():
            raise NotAModel(path=path, why=_NO_FILE.fill(name=name))
        if _hash(folder / name) != files.get(name):
            raise NotAModel(path=path, why=_CHANGED.fill(name=name))
    try:
        with np.load(folder / _SAMPLE, allow_pickle=False) as arrays:
            sample = arrays["rows"]
        fitted = load(folder / champion)
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise NotAModel(path=path, why=_UNREADABLE.fill(name=champion)) from error
    return Kept(fitted, encoding, sample, about)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
