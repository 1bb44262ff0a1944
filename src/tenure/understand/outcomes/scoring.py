"""Score another table with a stored lesson: probabilities, reasons, and whether it drifted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.observe.uploads.whole import Sheet
from tenure.understand.churn.estimator.calibration import Calibration, logit
from tenure.understand.churn.estimator.drift import (
    LARGE,
    SMALL,
    TOLD_APART,
    adversary_auc,
    area_by_luck,
    psi_by_luck,
    stability_index,
)
from tenure.understand.churn.estimator.ensemble import Floats, Matrix
from tenure.understand.outcomes.alike import alike, by_group
from tenure.understand.outcomes.columns import Column, Kind, read_as
from tenure.understand.outcomes.encoding import encoded, unseen
from tenure.understand.outcomes.reasons import NO_REASON, by_column, strongest, told
from tenure.understand.outcomes.refusals import (
    ColumnsMissing,
    NoRowsToScore,
    NotBetterThanChance,
    NothingKnown,
    WrongShare,
)
from tenure.understand.outcomes.rows import last_day, moments_of
from tenure.understand.outcomes.storing import Kept
from tenure.understand.outcomes.values import blank

_LEAST_TO_COMPARE: Final = 50
_STEADY = Sentence(
    zh="这张表与训练时相像（对抗 AUC {auc}）", en="The table is like the one learned from "
    "(adversary's AUC {auc})"
)  # fmt: skip
_MOVED = Sentence(
    zh="这张表与训练时不同（对抗 AUC {auc}；变化最大的列：{columns}）：分数可能不再准，"
    "有了结果后请重新训练",
    en="The table differs from the one learned from (adversary's AUC {auc}; moved most: "
    "{columns}): scores may no longer hold; fit again when outcomes are known",
)
_TOO_FEW = Sentence(
    zh="只有 {rows} 行，无法判断是否与训练时相像；至少需要 {need} 行",
    en="{rows} rows are too few to tell whether the table is like the one learned from; {need} "
    "are needed",
)


@dataclass(frozen=True)
class Scored:
    """One row per row of the table: its keys, its probability and up to three reasons.

    The probability is NaN where a row says nothing of what the model reads.
    """

    keys: Mapping[str, Sequence[Any]]
    probability: Floats
    reasons: Sequence[Sequence[tuple[Sentence, float]]]
    drift: dict[str, Any]
    notes: Sequence[Sentence]


_NEW_WORDS = Sentence(
    zh="列“{column}”有训练时没见过的值（{values}），按少见的值处理",
    en="The column “{column}” has values never seen before ({values}); they count as rare",
)
_ONLY_BLANK = Sentence(
    zh="列“{column}”读不出训练时那样的值，全部按未知处理",
    en="The column “{column}” holds nothing of the kind that was learned from; all its rows count "
    "as unknown",
)
_EMPTY = Sentence(
    zh="列“{column}”一行也没有填写，全部按未知处理",
    en="The column “{column}” is filled in no row; all of them count as unknown",
)
_UNKNOWN_ROWS = Sentence(
    zh="{rows} 行在模型需要的列里什么都没填，因此没有分数",
    en="{rows} rows say nothing in the columns that the model reads, so they get no score",
)


def score(model: Kept, sheet: Sheet, *, today: date, base_rate: float | None = None) -> Scored:
    """Score every row.

    Args:
        base_rate: the share of leavers among these rows where it differs from that of the model.
    Raises:
        NotBetterThanChance, ColumnsMissing, NoRowsToScore, NothingKnown, WrongShare.
    """
    if not model.offers_score:
        auc, rows = f"{model.about['auc']:.3f}", model.about["rows"]
        raise NotBetterThanChance(auc=auc, rows=rows)
    if base_rate is not None and not 0 < base_rate < 1:
        raise WrongShare(value=base_rate)
    columns = _columns(model, sheet)
    silent = ~np.any([_says(column) for column in columns.values()], axis=0)
    if silent.all():
        raise NothingKnown(path=sheet.path, rows=sheet.rows, columns=list(columns)[:8])
    rows, notes = _matrix(model, sheet, columns, today=today)
    if silent.any():
        notes.append(_UNKNOWN_ROWS.fill(rows=int(silent.sum())))
    fitted = model.fitted if base_rate is None else _moved(model, base_rate)
    probability, _, shares = fitted.contributions(rows)
    names, total = by_column(shares, model.encoding)
    added, leading = by_group(total, alike(model.encoding, model.sample))
    places, raised = strongest(added)
    columns_of = np.where(
        places == NO_REASON, NO_REASON, np.take_along_axis(leading, np.maximum(places, 0), axis=1)
    )
    probability[silent], columns_of[silent] = np.nan, NO_REASON
    reasons = [
        [
            (
                told(
                    names[at],
                    model.encoding,
                    row=rows[row],
                    is_filled=bool(columns[names[at]].known[row]),
                ),
                float(raised[row, place]),
            )
            for place, at in enumerate(columns_of[row].tolist())
            if at != NO_REASON
        ]
        for row in range(len(rows))
    ]
    keys = {
        name: sheet.columns[name].to_pylist()
        for name in model.about["keys"]
        if name in sheet.columns
    }
    return Scored(keys, probability, reasons, _drift(model, rows), notes)


def _says(column: Column) -> NDArray[np.bool_]:
    """Where a column says something that can be read."""
    return column.known if column.values is None else ~np.isnan(column.values)


def _moved(model: Kept, base_rate: float) -> Any:
    about = model.about["base_rate"]
    before = about["true"] if about["true"] is not None else about["table"]
    line = logit(np.array([base_rate, before]))
    own = model.fitted.calibration
    known = own.y if own.shape == "platt" else np.array([0.0, 1.0])
    moved = known + np.array([float(line[0] - line[1]), 0.0])
    return replace(model.fitted, calibration=Calibration("platt", np.zeros(0), moved))


def _columns(model: Kept, sheet: Sheet) -> dict[str, Column]:
    if not sheet.rows:
        raise NoRowsToScore(path=sheet.path)
    wanted = {place.column: place.kind for place in model.encoding.places}
    plain = {" ".join(name.split()).lower(): name for name in sheet.names}
    spelled = {name: plain.get(" ".join(name.split()).lower()) for name in wanted}
    missing = [name for name, found in spelled.items() if found is None]
    if missing:
        raise ColumnsMissing(columns=missing[:20])
    found = {}
    for name, kind in wanted.items():
        text = sheet.columns[str(spelled[name])]
        found[name] = read_as(Column(name, kind, text, ~blank(text), None, 0), text)
    return found


def _matrix(
    model: Kept, sheet: Sheet, columns: Mapping[str, Column], *, today: date
) -> tuple[Matrix, list[Sentence]]:
    """The rows as the model reads them, and what it could not read."""
    notes = []
    for name, column in columns.items():
        if column.kind is Kind.CATEGORY:
            strange = unseen(model.encoding, column)
            if strange:
                notes.append(_NEW_WORDS.fill(column=name, values=strange[:5]))
        if not column.known.any():
            notes.append(_EMPTY.fill(column=name))
        elif column.values is not None and np.isnan(column.values).all():
            notes.append(_ONLY_BLANK.fill(column=name))
    time = model.about["time"]
    at_day = None
    if time in sheet.columns:
        whole = Column(time, Kind.DATE, sheet.columns[time], ~blank(sheet.columns[time]), None, 0)
        at_day = moments_of(whole, today=today).day
    day = last_day(list(columns.values()), today=today)
    encoding = replace(model.encoding, day=day if at_day is None else float(day_number(today)))
    return encoded(encoding, columns, at_day=at_day), notes


def _drift(model: Kept, rows: Matrix) -> dict[str, Any]:
    """PSI of every place and the adversary's area, against the rows kept with the model."""
    if len(rows) < _LEAST_TO_COMPARE:
        said = _TOO_FEW.fill(rows=len(rows), need=_LEAST_TO_COMPARE)
        return {"adversary_auc": None, "psi": {}, "says": {"zh": said.zh, "en": said.en}}
    before, now = (side.astype(np.float64) for side in (model.sample, rows))
    names = model.encoding.names
    psi = {name: stability_index(before[:, at], now[:, at]) for at, name in enumerate(names)}
    area = adversary_auc(model.sample, rows)
    # Few rows differ by chance: what luck brings is no change.
    luck = psi_by_luck(len(before), len(now), columns=len(names))
    moved = sorted(
        (name for name in psi if psi[name] >= max(SMALL, luck)), key=lambda name: -psi[name]
    )
    large = [name for name in moved if psi[name] >= LARGE]
    is_moved = area >= max(TOLD_APART, area_by_luck(len(before), len(now))) or bool(large)
    said = _MOVED if is_moved else _STEADY
    said = said.fill(auc=f"{area:.3f}", columns=moved[:5]) if is_moved else said.fill(
        auc=f"{area:.3f}"
    )  # fmt: skip
    return {
        "adversary_auc": area,
        "moved": is_moved,
        "psi": psi,
        "says": {"zh": said.zh, "en": said.en},
    }
