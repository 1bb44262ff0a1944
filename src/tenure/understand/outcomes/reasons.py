"""What moves a probability, by the columns of the file, as sentences in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.failures import Sentence
from tenure.understand.churn.estimator.ensemble import Floats, Matrix
from tenure.understand.churn.estimator.fitting import Fitted
from tenure.understand.outcomes.columns import Kind
from tenure.understand.outcomes.encoding import OTHER, Encoding

REASONS: Final = 3
NO_REASON: Final = -1
_SAMPLE: Final = 2_000
_IS: Final = Sentence(zh="{column} 为 {value}", en="{column} is {value}")
_UNKNOWN: Final = Sentence(zh="{column} 没有填写", en="{column} is not filled in")
_UNREAD: Final = Sentence(zh="{column} 填了但读不出来", en="{column} cannot be read")
_DAYS: Final = Sentence(zh="{column} 在 {value} 天前", en="{column} was {value} days before")
_RARE: Final = Sentence(zh="{column} 为少见的值", en="{column} has a rare value")


def by_column(shares: Floats, encoding: Encoding) -> tuple[list[str], Floats]:
    """Shares of the matrix added up by the column of the file that they come from."""
    columns = list(dict.fromkeys(place.column for place in encoding.places))
    total = np.zeros((len(shares), len(columns)))
    for at, place in enumerate(encoding.places):
        total[:, columns.index(place.column)] += shares[:, at]
    return columns, total


def strongest(total: Floats) -> tuple[NDArray[np.int64], Floats]:
    """The three columns, or groups of them, that raise each row most; where fewer do, those that
    lower it follow.

    `NO_REASON` where one moves nothing.
    """
    raising = total > 0
    rank = np.where(raising, total + 1.0 + np.abs(total).max(initial=0.0), -total)
    order = np.argsort(-rank, axis=1, kind="stable")[:, :REASONS]
    found = np.take_along_axis(total, order, axis=1)
    return np.where(found != 0, order, NO_REASON), found


def drivers(fitted: Fitted, encoding: Encoding, *, rows: Matrix) -> list[dict[str, Any]]:
    """How far each column moves the probability of a row up or down, on average."""
    every = max(1, len(rows) // _SAMPLE)
    _, _, shares = fitted.contributions(np.ascontiguousarray(rows[::every]))
    columns, total = by_column(shares, encoding)
    mean = np.abs(total).mean(axis=0)
    order = np.argsort(-mean, kind="stable")
    return [{"column": columns[at], "mean_points": float(100 * mean[at])} for at in order]


def told(
    column: str, encoding: Encoding, *, row: Sequence[float], is_filled: bool = False
) -> Sentence:
    """What a row says in a column: "Contract is Month-to-month".

    Args:
        is_filled: whether something stands there, be it readable or not.
    """
    places = [(at, one) for at, one in enumerate(encoding.places) if one.column == column]
    first, place = places[0]
    if place.kind is Kind.CATEGORY:
        level = next((one.level for at, one in places if row[at]), None)
        return _word(column, level, words=encoding.words.get(column, ()))
    value = float(row[first])
    if np.isnan(value):
        return (_UNREAD if is_filled else _UNKNOWN).fill(column=column)
    said = _DAYS if place.kind is Kind.DATE else _IS
    return said.fill(column=column, value=f"{value:.6g}")


def _word(column: str, level: str | None, *, words: Sequence[str]) -> Sentence:
    """The word that has its place; of two words the other one where the place is empty."""
    if level is None and len(words) == 2:
        level = min(words)
    if level is None or level == OTHER:
        return _RARE.fill(column=column)
    return _IS.fill(column=column, value=level) if level else _UNKNOWN.fill(column=column)
