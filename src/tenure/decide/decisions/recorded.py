"""Choices as they were made, from nothing but what the log wrote down about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tenure.decide.decisions.evaluation import ALWAYS, looked_at, rule_columns
from tenure.decide.decisions.expressions import with_rules
from tenure.decide.decisions.points import Points
from tenure.strategy.sections import Strategy
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.engines import arrow_kind

if TYPE_CHECKING:
    import pyarrow as pa

KEYS: Final = ("account_id", "term_id", "currency", "estimator_id")
_WORDS: Final = frozenset(
    {"currency", "state", "reason_1", "reason_2", "reason_3", "has_now", "withdrawn", "most_used"}
)

type Row = Mapping[str, Any]


def points_of(rows: Sequence[Row], *, strategy: Strategy, places: Sequence[int]) -> Points:
    """The choices of some rows of the log with every flag that a strategy asks for.

    Args:
        rows: with KEYS and `inputs`.
        places: where the step of each row stands among the steps.
    """
    import pyarrow as pa

    names = list(dict.fromkeys(name for row in rows for name in row["inputs"]))
    kinds = {one.name: arrow_kind(one) for one in FEATURES.columns}
    columns: dict[str, pa.Array] = {
        name: _column([row["inputs"].get(name) for row in rows], name, kinds=kinds)
        for name in names
        if name not in KEYS
    }
    for name in KEYS:
        columns[name] = _column([row[name] for row in rows], name, kinds=kinds)
    for name in _asked(strategy) - columns.keys():
        columns[name] = pa.nulls(len(rows), kinds.get(name, pa.float64()))
    columns["place"] = pa.array(np.asarray(places, dtype=np.int64))
    return Points(with_rules(pa.table(columns), rule_columns(strategy)))


def _asked(strategy: Strategy) -> set[str]:
    return {*ALWAYS, *looked_at(strategy)}


def _column(values: list[Any], name: str, *, kinds: Mapping[str, pa.DataType]) -> pa.Array:
    import pyarrow as pa

    if name in _WORDS:
        return pa.array(values, pa.string())
    if name in kinds:
        return pa.array(values, kinds[name])
    whole = all(one is None or isinstance(one, int) for one in values)
    return pa.array(values, pa.int64() if whole else pa.float64())
