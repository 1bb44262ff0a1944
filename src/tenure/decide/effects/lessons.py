"""What may be used of a learning: personal effects, averages, or only what lowers a belief."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tenure.decide.effects.estimator.design import Design
from tenure.decide.effects.estimator.shared import SharedEffects
from tenure.decide.effects.history import History
from tenure.decide.effects.selection import Verdict
from tenure.decide.offers.rules import Believed
from tenure.decide.offpolicy.rules import Flags, Floats


@dataclass(frozen=True, slots=True)
class Lesson:
    """One learning as it is used: `typical` is the average row of the design, (D,).

    `marks` says what each arm gave, so that an offer that changed is not taken for the one that
    was learned of; `times` is what the strategy's modifiers multiplied its lift by on average.
    """

    verdict: Verdict
    names: tuple[str, ...]
    arms: tuple[str, ...]
    marks: tuple[str, ...]
    times: Floats
    typical: Floats
    effects: SharedEffects

    @property
    def average(self) -> tuple[Floats, Floats]:
        """What each arm adds to the log-odds of the average customer, with its doubt, (A,)."""
        variance = [float(self.typical @ one @ self.typical) for one in self.effects.doubt]
        return self.effects.shift @ self.typical, np.sqrt(np.maximum(variance, 0.0))


def lesson_of(
    history: History, effects: SharedEffects, *, verdict: Verdict, marks: tuple[str, ...],
    times: Floats,
) -> Lesson:  # fmt: skip
    """What a history taught, to be kept."""
    typical = effects.design.columns(history.rows).mean(axis=0)
    return Lesson(verdict, history.names, history.arms, marks, times, typical, effects)


@dataclass(frozen=True, slots=True)
class Asked:
    """What N customers are, and the A actions asked about: ids, marks, and modifiers' factors."""

    rows: Floats
    actions: tuple[str, ...]
    marks: tuple[str, ...]
    times: Floats


def taught(lesson: Lesson, asked: Asked, *, assumed: Believed) -> tuple[Believed, Flags]:
    """What is believed of each action for each customer, and which of it was learned, (A, N).

    Where the gate shut, learning may lower what the operator states and never raise it. An action
    that was not learned of, or gives something else now, keeps what is stated.
    """
    lift, sd = assumed.lift.copy(), assumed.sd.copy()
    learned = np.zeros(lift.shape, dtype=np.bool_)
    own = lesson.effects.lift(asked.rows) if lesson.verdict is Verdict.PERSONAL else None
    mean, doubt = lesson.average
    for place, (action, mark) in enumerate(zip(asked.actions, asked.marks, strict=True)):
        arm = lesson.arms.index(action) if action in lesson.arms else 0
        if arm == 0 or lesson.marks[arm] != mark:
            continue
        if own is not None:
            lift[place], sd[place], learned[place] = own.mean[:, arm], own.sd[:, arm], True
            continue
        times = asked.times[place] / lesson.times[arm]
        found = mean[arm] * times
        used = np.ones(len(found), dtype=np.bool_)
        if lesson.verdict is Verdict.NOTHING:
            used = found < lift[place]
        lift[place] = np.where(used, found, lift[place])
        sd[place] = np.where(used, doubt[arm] * times, sd[place])
        learned[place] = used
    return Believed(lift, sd), learned


_DESIGN: Final = ("centre", "scale")
_PLACES: Final = ("squared", "gappy")
_EFFECTS: Final = ("shared", "shift", "doubt")


def store(lesson: Lesson, path: Path) -> None:
    """Write plain arrays beside the place and rename: nothing in the file can run."""
    effects, design = lesson.effects, lesson.effects.design
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as stream:
        np.savez_compressed(
            stream,
            allow_pickle=False,
            verdict=np.array(str(lesson.verdict)),
            names=np.array(lesson.names),
            arms=np.array(lesson.arms),
            marks=np.array(lesson.marks),
            times=lesson.times,
            typical=lesson.typical,
            units=np.array([effects.middle, effects.unit]),
            **{name: getattr(effects, name) for name in _EFFECTS},
            **{name: getattr(design, name) for name in _DESIGN},
            **{name: np.array(getattr(design, name), dtype=np.int64) for name in _PLACES},
        )
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.rename(path)


def load(path: Path) -> Lesson:
    """Read what `store` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        squared, gappy = (tuple(int(one) for one in arrays[name]) for name in _PLACES)
        design = Design(arrays["centre"], arrays["scale"], squared, gappy)
        middle, unit = (float(one) for one in arrays["units"])
        effects = SharedEffects(
            design, **{name: arrays[name] for name in _EFFECTS}, middle=middle, unit=unit
        )
        words = {
            name: tuple(str(one) for one in arrays[name]) for name in ("names", "arms", "marks")
        }
        return Lesson(
            verdict=Verdict(str(arrays["verdict"])),
            times=arrays["times"],
            typical=arrays["typical"],
            effects=effects,
            **words,
        )


def digest(history: History) -> str:
    """64 hex digits that change with any name, value, action or outcome."""
    hashed = hashlib.sha256("|".join((*history.names, "", *history.arms)).encode())
    for array in (history.rows, history.action, history.outcome, history.propensity):
        hashed.update(np.ascontiguousarray(array).tobytes())
    return hashed.hexdigest()
