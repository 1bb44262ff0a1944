"""From a table to an estimator with its figures: checked, compared, fitted on everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tenure.kernel.failures import Sentence
from tenure.observe.uploads.whole import Sheet
from tenure.understand.churn.estimator.calibration import Calibration, logit
from tenure.understand.churn.estimator.cases import Cases
from tenure.understand.churn.estimator.chance import Chance, chance_of
from tenure.understand.churn.estimator.ensemble import Floats
from tenure.understand.churn.estimator.fitting import (
    Boosting,
    Fitted,
    Forest,
    Learner,
    silent_columns,
)
from tenure.understand.churn.estimator.linear import Hazard, Logistic
from tenure.understand.churn.estimator.quality import roc_auc
from tenure.understand.outcomes.columns import Column
from tenure.understand.outcomes.drawing import Drawn, draw
from tenure.understand.outcomes.encoding import Encoding, encoded, encoding_of
from tenure.understand.outcomes.judging import (
    SEEDS,
    Judged,
    Part,
    folds_of,
    judged,
    later_parts,
)
from tenure.understand.outcomes.leaks import Leak, standing_out, together
from tenure.understand.outcomes.outcome import found_name
from tenure.understand.outcomes.refusals import TooWide
from tenure.understand.outcomes.rows import last_day
from tenure.understand.outcomes.screening import (
    MOST_PLACES,
    WIDE_FROM,
    Screened,
    Standing,
    screened,
    standing,
)
from tenure.understand.outcomes.wish import Wish

# Above this one round of folds says as much as two.
_TWO_ROUNDS_TO: Final = 20_000
_DEEP_FROM: Final = 1_000
# A column this good by itself is compared with all others together.
_SUSPECT_FROM: Final = 0.85
# Shuffled outcomes of a wide table are tried on so many folds; each costs a choice of its own.
_SHUFFLED_OF_WIDE: Final = 2

KIND_NAMES: Final = {
    "gradient_boosting": Sentence(zh="梯度提升（浅）", en="gradient boosting, shallow"),
    "gradient_boosting_deep": Sentence(zh="梯度提升（深）", en="gradient boosting, deeper"),
    "random_forest": Sentence(zh="随机森林", en="random forest"),
    "logistic": Sentence(zh="逻辑回归", en="logistic regression"),
    "hazard": Sentence(zh="离散时间风险", en="discrete-time hazard"),
}


@dataclass(frozen=True)
class Lesson:
    """Everything that was learned: the estimators, the champion first, and how they were judged.

    `shuffled_auc` is what the champion's kind makes of shuffled outcomes; `shift` is added to the
    logit where the table holds another share of leavers than the business. `screened_to` is how
    many places each fit chose of a wide table, 0 where it saw all; `standing` is what stands out
    in such a table.
    """

    drawn: Drawn
    encoding: Encoding
    cases: Cases
    judged: Sequence[Judged]
    fitted: Sequence[Fitted]
    is_by_time: bool
    chance: Chance
    shuffled_auc: float
    shift: float
    screened_to: int = 0
    standing: Standing | None = None

    @property
    def champion(self) -> Judged:
        """The kind with the least log loss on rows that it had not seen."""
        return self.judged[0]


def learn(sheet: Sheet, wish: Wish, *, kinds: Mapping[str, Learner] | None = None) -> Lesson:
    """Learn who leaves.

    Args:
        kinds: what is compared; `learners` where not given.
    Raises:
        Refusal: the table, a column or the outcome does not allow it; see `refusals`.
    """
    drawn = draw(sheet, wish)
    wish = drawn.wish
    alone = _standing_out(drawn)
    if alone:
        drawn = drawn.without(alone)
    jointly = _jointly(drawn)
    if jointly:
        drawn = drawn.without(jointly)
    encoding, cases = _cases(drawn, wish)
    found = _wide(drawn, cases)
    is_wide = found is not None
    rounds, is_by_time = _rounds(drawn, is_wide=is_wide)
    duration = found_name(wish.duration, sheet.names) if wish.duration else ""
    compared = kinds or learners(rows=len(cases.outcome), duration=duration, is_wide=is_wide)
    if is_wide:
        compared = screened(compared, always=(duration,))
    every = [judged(kind, one, cases=cases, rounds=rounds) for kind, one in compared.items()]
    every.sort(key=lambda one: one.figures["log_loss"])
    shift = _shift(wish.base_rate, cases.outcome)
    return Lesson(
        drawn=drawn,
        encoding=encoding,
        cases=cases,
        judged=every,
        fitted=[_on_everything(one, cases, shift=shift) for one in every],
        is_by_time=is_by_time,
        chance=chance_of(every[0].probability, cases.outcome),
        shuffled_auc=_shuffled_auc(
            every[0].learner, cases, parts=rounds[0][:_SHUFFLED_OF_WIDE] if is_wide else rounds[0]
        ),
        shift=shift,
        screened_to=MOST_PLACES if is_wide else 0,
        standing=found,
    )


def learners(*, rows: int, duration: str = "", is_wide: bool = False) -> dict[str, Learner]:
    """Every kind that is compared: deeper trees from 1,000 rows, the hazard with a duration.

    In a wide table the deeper trees cost most of the time and learn the luck of its columns.
    """
    kinds: dict[str, Learner] = {
        "gradient_boosting": Boosting(),
        "random_forest": Forest(trees=200, least_in_leaf=5),
        "logistic": Logistic(),
    }
    if rows >= _DEEP_FROM and not is_wide:
        kinds["gradient_boosting_deep"] = Boosting(
            trees=300, least_in_leaf=20, leaves=15, learning_rate=0.05
        )
    return kinds | ({"hazard": Hazard(duration)} if duration else {})


def _cases(drawn: Drawn, wish: Wish) -> tuple[Encoding, Cases]:
    """The matrix of the columns that are left, without places that tell nobody apart."""
    used = drawn.used
    day = last_day(used, today=wish.as_of or wish.today)
    encoding = encoding_of(used, day=day)
    by_name = {one.name: one for one in used}
    rows = encoded(encoding, by_name, at_day=drawn.at_day)
    cases = Cases(encoding.names, rows, drawn.outcome.left)
    silent = set(silent_columns(cases))
    places = tuple(one for one in encoding.places if one.name not in silent)
    return replace(encoding, places=places), cases.without(list(silent))


def _wide(drawn: Drawn, cases: Cases) -> Standing | None:
    """What stands out in a wide table; None where every fit can look at every place.

    Raises:
        TooWide: nothing stands out, and there are too few rows for anything weak to be seen.
    """
    if len(cases.names) <= WIDE_FROM:
        return None
    found = standing(cases)
    if found.is_hopeless:
        raise TooWide(
            columns=len(drawn.used),
            rows=found.rows,
            luck=f"{found.luck:.2f}",
            best=f"{found.best:.2f}",
            need=found.need,
        )
    return found


def _rounds(drawn: Drawn, *, is_wide: bool) -> tuple[list[list[Part]], bool]:
    """Later times where the table has several, else five folds by lot, twice if that is cheap."""
    outcome = drawn.outcome.left
    if drawn.moments is not None and not drawn.moments.is_one:
        parts = later_parts(outcome, drawn.moments)
        if parts:
            return [parts], True
    seeds = SEEDS if len(outcome) <= _TWO_ROUNDS_TO and not is_wide else SEEDS[:1]
    return [folds_of(outcome, groups=drawn.groups, seed=seed) for seed in seeds], False


def _standing_out(drawn: Drawn) -> list[Leak]:
    """Columns that by themselves beat all the others together."""
    alone = {one.name: drawn.alone[one.name] for one in drawn.used}
    suspects = sorted((name for name in alone if alone[name] >= _SUSPECT_FROM), key=alone.get)  # type: ignore[arg-type]
    others = [one for one in drawn.used if one.name not in suspects]
    if not suspects or not others:
        return []
    rest = _together(drawn, others)
    found = (standing_out(name, alone=alone[name], others=rest) for name in suspects)
    return [one for one in found if one is not None]


def _jointly(drawn: Drawn) -> list[Leak]:
    """Columns that say the outcome with others, as what became of somebody, written in parts."""
    if not any(leak.one_sided and not leak.refused for leak in drawn.leaks):
        return []
    return together(drawn.leaks, auc=_together(drawn, drawn.used))


def _together(drawn: Drawn, columns: Sequence[Column]) -> float:
    """The area of some columns in one quick model, on rows that it has not seen."""
    outcome = drawn.outcome.left
    encoding = encoding_of(columns, day=0.0)
    rows = encoded(encoding, {one.name: one for one in columns}, at_day=drawn.at_day)
    parts = folds_of(outcome, groups=drawn.groups, seed=0)
    cases = Cases(encoding.names, rows, outcome)
    learner: Learner = Boosting(trees=100, learning_rate=0.1)
    if len(cases.names) > WIDE_FROM:
        learner = Screened(learner)
    return judged("", learner, cases=cases, rounds=[parts]).figures["auc"]


def _on_everything(one: Judged, cases: Cases, *, shift: float) -> Fitted:
    fitted = one.learner.fit(cases)
    calibration = one.calibration
    if shift:
        line = calibration.y if calibration.shape == "platt" else np.array([0.0, 1.0])
        calibration = Calibration("platt", np.zeros(0), line + np.array([shift, 0.0]))
    return Fitted(cases.names, fitted, calibration)


def _shift(base_rate: float | None, outcome: Floats) -> float:
    """What turns the share of leavers in the table into that of the business, on the logit."""
    if base_rate is None:
        return 0.0
    line = logit(np.array([base_rate, float(outcome.mean())]))
    return float(line[0] - line[1])


def _shuffled_auc(learner: Learner, cases: Cases, *, parts: Sequence[Part]) -> float:
    """What the same kind makes of shuffled outcomes: about one half, or something leaks."""
    rng = np.random.default_rng(0)
    shuffled = replace(cases, outcome=rng.permutation(cases.outcome))
    areas = []
    for part in parts:
        fitted = Fitted(
            cases.names,
            learner.fit(shuffled.of(part.fit)),
            Calibration("none", np.zeros(0), np.zeros(0)),
        )
        told = fitted.predict(cases.rows[part.test])
        areas.append(roc_auc(told, shuffled.outcome[part.test]))
    return float(np.mean(areas))
