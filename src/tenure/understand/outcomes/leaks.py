"""Columns that know the future: found one by one, told by name, and left out.

docs/algorithms/leaks.md says what each check is for and how sure it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.failures import Sentence
from tenure.understand.churn.estimator.fitting import LEAKS_FROM_AUC
from tenure.understand.churn.estimator.quality import roc_auc
from tenure.understand.outcomes.columns import Column, Kind
from tenure.understand.outcomes.values import Floats

# A value filled in for one outcome alone, in at least so many rows of it.
_LEAST_FILLED: Final = 20
_FILLED_GAP: Final = 0.5
# Dates that lie in the future for some but not for all are written as things happen.
_LATE_SHARE: Final = 0.001
_KNOWN_AHEAD: Final = 0.95
# A column that follows a product this closely is that product.
_SAME_AS_PRODUCT: Final = 0.98
_FOLDS: Final = 5
_MOST_BINS: Final = 50
# So many rows show which product a column follows; the correlation itself is that of all.
_PRODUCT_ROWS: Final = 2_000
_FEW_NUMBERS: Final = 12
# All columns together are hardly ever this good where each of them was known before.
TOO_GOOD: Final = 0.99
_LENGTH: Final = re.compile(
    r"tenure|duration|lifetime|length|months?[_\s]*(active|since|on|in|as)|age[_\s]*of[_\s]*account"
    r"|在网(时长|月|天)|网龄|时长|入网月",
    re.I,
)

ALMOST_ALL: Final = Sentence(
    zh="单独这一列就几乎能判定结果（AUC {auc}），说明它是事后才写入的",
    en="it all but determines the outcome by itself (AUC {auc}), so it was written afterwards",
)
ONLY_FOR_ONE: Final = Sentence(
    zh="离开者中 {left} 有值，留下者中 {stayed} 有值：是否填写本身就泄露了结果",
    en="it is filled for {left} of those who left and {stayed} of those who stayed: whether it is "
    "filled gives the outcome away",
)
AFTER_THE_DAY: Final = Sentence(
    zh="{rows} 行的日期晚于观察日（{share}），那时还不可能知道",
    en="in {rows} rows ({share}) its date lies after the day of observation, when it could not be "
    "known",
)
STANDS_OUT: Final = Sentence(
    zh="单独这一列的 AUC {auc} 高过其余所有列合起来的 {others}，很可能是事后才写入的",
    en="its AUC of {auc} by itself is above the {others} of all other columns together, so it was "
    "most likely written afterwards",
)
CARRIES_DURATION: Final = Sentence(
    zh="它约等于 {duration} × {other}（相关 {correlation}）：它随时长一起增长，"
    "在时长模型里等于知道人何时离开",
    en="it is about {duration} × {other} (correlation {correlation}): it grows with the time "
    "lived, so a model of that time would know when somebody left",
)
FOLLOWS_DURATION: Final = Sentence(
    zh="它与时长 {duration} 几乎同步（相关 {correlation}），在时长模型里等于知道人何时离开",
    en="it moves with the duration {duration} (correlation {correlation}), so a model of that time "
    "would know when somebody left",
)
GROWS_WITH_DURATION: Final = Sentence(
    zh="它约等于 {duration} × {other}（相关 {correlation}）：它随 {duration} 一起增长；"
    "如果要预测的是时长，请用 --duration {duration}，它就会被拒绝",
    en="it is about {duration} × {other} (correlation {correlation}) and grows with {duration}: "
    "where that time is the question, give --duration {duration} and it is refused",
)
TAKEN_AS_LENGTH: Final = Sentence(
    zh="它是一段时长，不是观察时间：按 --duration 处理；--time 需要一列日期",
    en="it is a length of time and no moment of observation, so it was taken as --duration; --time "
    "needs a column of dates",
)
ONE_SIDED: Final = Sentence(
    zh="值“{value}”出现 {rows} 行，结果全部相同：请确认它不是事后写入的",
    en="the value “{value}” stands in {rows} rows, all with the same outcome: make sure that it "
    "was not written afterwards",
)

TOGETHER: Final = Sentence(
    zh="所有列合起来几乎能判定结果（AUC {auc}），而这一列为“{value}”的 {rows} 行结果全部相同："
    "它与其他列一起写明了结果，是事后才知道的",
    en="all columns together all but determine the outcome (AUC {auc}), and the value “{value}” of "
    "this one stands in {rows} rows that all ended alike: together with others it says the "
    "outcome, and was written afterwards",
)
TOO_GOOD_TO_BE_TRUE: Final = Sentence(
    zh="所有列合起来的 AUC 为 {auc}，好得可疑，而这一列起的作用最大：请确认它在结果发生之前就已知",
    en="all columns together reach an AUC of {auc}, too good to be true, and this one moves most: "
    "make sure that it was known before the outcome",
)


@dataclass(frozen=True, slots=True)
class Leak:
    """A column and what gave it away; `refused` where it is left out, else only to be looked at.

    `one_sided` is a value whose rows all ended alike, and how many those are.
    """

    column: str
    why: Sentence
    refused: bool = True
    one_sided: tuple[str, int] | None = None


def together(leaks: Sequence[Leak], *, auc: float) -> list[Leak]:
    """What is to be looked at for a one-sided value, refused: all columns are too good together.

    Args:
        auc: the area of all used columns together, on rows not seen.
    """
    if auc < TOO_GOOD:
        return []
    return [
        Leak(leak.column, TOGETHER.fill(auc=f"{auc:.3f}", value=value, rows=rows))
        for leak in leaks
        if leak.one_sided is not None and not leak.refused
        for value, rows in [leak.one_sided]
    ]


def leaks_of(
    columns: Sequence[Column],
    outcome: Floats,
    *,
    at_day: Floats | None,
    alone: Mapping[str, float],
) -> list[Leak]:
    """What each column shows by itself.

    Args:
        outcome: 1 where the row left.
        at_day: the day of observation of each row, where it is known.
        alone: the `area` of each column.
    """
    found = []
    for column in columns:
        leak = (
            _after_the_day(column, at_day=at_day)
            or _almost_all(column, alone[column.name])
            or _only_for_one(column, outcome)
            or _one_sided(column, outcome)
        )
        if leak is not None:
            found.append(leak)
    return found


def standing_out(column: str, *, alone: float, others: float) -> Leak | None:
    """A column that orders the outcomes better than all others do together, and well.

    Args:
        alone, others: areas under the curve.
    """
    if alone < 0.85 or alone < others + 0.03 or 1 - alone > 0.6 * (1 - others):
        return None
    return Leak(column, STANDS_OUT.fill(auc=f"{alone:.3f}", others=f"{others:.3f}"))


def is_length(name: str) -> bool:
    """Whether a column is called a length of time that was lived."""
    return bool(_LENGTH.search(name))


def carrying_duration(
    columns: Sequence[Column], *, duration: Column, is_question: bool = True
) -> list[Leak]:
    """Columns that are the duration, or the duration times another column.

    Args:
        is_question: a model of that time is asked for; else only the products are told.
    """
    assert duration.values is not None, "a duration is a number"
    numbers = [one for one in columns if one.kind is Kind.NUMBER and one.name != duration.name]
    found = []
    for column, other in zip(numbers, _nearest_product(numbers, duration.values), strict=True):
        assert column.values is not None, "numbers have values"
        plain = _correlation(column.values, duration.values)
        if abs(plain) >= _SAME_AS_PRODUCT:
            why = FOLLOWS_DURATION.fill(duration=duration.name, correlation=f"{plain:.3f}")
            if is_question:
                found.append(Leak(column.name, why))
            continue
        if other is None or other.values is None:
            continue
        best = _correlation(column.values, duration.values * other.values)
        if best >= _SAME_AS_PRODUCT and best > plain:
            said = CARRIES_DURATION if is_question else GROWS_WITH_DURATION
            why = said.fill(duration=duration.name, other=other.name, correlation=f"{best:.3f}")
            found.append(Leak(column.name, why))
    return found


def _nearest_product(numbers: Sequence[Column], duration: Floats) -> list[Column | None]:
    """For each number the other one that, times the duration, it follows most closely."""
    if len(numbers) < 2:
        return [None] * len(numbers)
    some = slice(None, None, max(1, len(duration) // _PRODUCT_ROWS))
    rows = np.column_stack([one.values[some] for one in numbers if one.values is not None])
    plain, product = _standard(rows), _standard(rows * duration[some, None])
    together = plain.T @ product
    np.fill_diagonal(together, -np.inf)
    return [numbers[place] for place in np.argmax(together, axis=1).tolist()]


def _standard(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Columns about nothing, of length one; what is not known stands at the mean."""
    known = ~np.isnan(rows)
    mean = np.where(known, rows, 0.0).sum(axis=0) / np.maximum(1, known.sum(axis=0))
    centred = np.where(known, rows - mean, 0.0)
    length = np.sqrt(np.square(centred).sum(axis=0))
    found: NDArray[np.float64] = centred / np.where(length > 0, length, 1.0)
    return found


def area(column: Column, outcome: Floats) -> float:
    """How well a column by itself orders the outcomes, in either direction.

    Numbers by their size and by their share of leavers in equal bins; words by the share of
    leavers among the rows of the other folds with the same word.
    """
    if column.values is None:
        return _by_word(_codes(column), outcome)
    values = column.values
    known = ~np.isnan(values)
    if known.sum() < _LEAST_FILLED or outcome[known].min() == outcome[known].max():
        return 0.5
    straight = roc_auc(values[known], outcome[known])
    binned = np.where(known, _binned(values), -1.0).astype(np.int64)
    return max(straight, 1 - straight, _by_word(binned, outcome))


def _almost_all(column: Column, found: float) -> Leak | None:
    if found < LEAKS_FROM_AUC:
        return None
    return Leak(column.name, ALMOST_ALL.fill(auc=f"{found:.3f}"))


def _only_for_one(column: Column, outcome: Floats) -> Leak | None:
    left, stayed = (column.known[outcome == one] for one in (1, 0))
    shares = float(left.mean()), float(stayed.mean())
    little, much = min(shares), max(shares)
    filled = int(left.sum() if shares[0] > shares[1] else stayed.sum())
    # Filled for one outcome alone, or for hardly anybody of the other.
    alone = (little == 0 and much >= 0.1) or (little <= 0.01 and much >= 0.3)
    if filled < _LEAST_FILLED or not (alone or (much - little >= _FILLED_GAP and little < 0.2)):
        return None
    why = ONLY_FOR_ONE.fill(left=f"{shares[0]:.0%}", stayed=f"{shares[1]:.0%}")
    return Leak(column.name, why)


def _after_the_day(column: Column, *, at_day: Floats | None) -> Leak | None:
    """A date behind the day of observation; one that nearly everybody has is known ahead."""
    if column.kind is not Kind.DATE or at_day is None:
        return None
    assert column.values is not None, "dates have values"
    known = ~np.isnan(column.values) & ~np.isnan(at_day)
    if not known.any():
        return None
    late = column.values[known] > at_day[known]
    share = float(late.mean())
    if not _LATE_SHARE < share < _KNOWN_AHEAD:
        return None
    return Leak(column.name, AFTER_THE_DAY.fill(rows=int(late.sum()), share=f"{share:.1%}"))


def _one_sided(column: Column, outcome: Floats) -> Leak | None:
    """A frequent word, or one of few numbers, whose rows all ended alike.

    To be looked at, since it may be honest.
    """
    few = column.kind is Kind.NUMBER and column.levels <= _FEW_NUMBERS
    if column.kind is not Kind.CATEGORY and not few:
        return None
    codes = _codes(column)
    counts = np.bincount(codes)
    left = np.bincount(codes, weights=outcome)
    rare = min(float(outcome.mean()), 1 - float(outcome.mean()))
    needed = max(50, round(12 / rare))
    pure = (counts >= needed) & ((left == 0) | (left == counts))
    if not pure.any():
        return None
    code = int(np.argmax(np.where(pure, counts, 0)))
    value = column.text[int(np.flatnonzero(codes == code)[0])].as_py()
    why = ONE_SIDED.fill(value=value, rows=int(counts[code]))
    return Leak(column.name, why, refused=False, one_sided=(str(value), int(counts[code])))


def _codes(column: Column) -> NDArray[np.int64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    filled = pc.if_else(pa.array(column.known), column.text, "")
    return np.asarray(filled.dictionary_encode().indices, dtype=np.int64)


def _binned(values: Floats) -> Floats:
    """Places in bins of about equal counts; equal values are never parted."""
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _MOST_BINS + 1)[1:-1]))
    return np.searchsorted(edges, values, side="left").astype(np.float64)


def _by_word(codes: NDArray[np.int64], outcome: Floats) -> float:
    """The area of each word's share of leavers, always taken from the other folds."""
    codes = codes - codes.min()
    if codes.max() > len(codes) / 3:
        return 0.5
    fold = np.arange(len(codes)) * 2_654_435_761 % 4_294_967_296 * _FOLDS // 4_294_967_296
    size = int(codes.max()) + 1
    counts, left = np.bincount(codes, minlength=size), np.bincount(
        codes, weights=outcome, minlength=size
    )  # fmt: skip
    base = float(outcome.mean())
    told = np.empty(len(codes))
    for one in range(_FOLDS):
        inside = fold == one
        own = np.bincount(codes[inside], minlength=size)
        own_left = np.bincount(codes[inside], weights=outcome[inside], minlength=size)
        rate = (left - own_left + 5 * base) / (counts - own + 5)
        told[inside] = rate[codes[inside]]
    return roc_auc(told, outcome)


def _correlation(one: Floats, other: Floats) -> float:
    known = ~np.isnan(one) & ~np.isnan(other)
    if known.sum() < _LEAST_FILLED:
        return 0.0
    left, right = one[known], other[known]
    if left.std() == 0 or right.std() == 0:
        return 0.0
    return float(np.corrcoef(left, right)[0, 1])
