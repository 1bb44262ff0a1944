"""A rule as data, read on a table in memory: the third reading of `strategy/rules.py`.

An engine binds a plan for every comparison of every rule, which for the rules of a day takes longer
than comparing. A comparison that several rules share is made once (docs/decisions/0100).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from tenure.strategy.rules import AllOf, AnyOf, Leaf, Not, Op, Rule, Scalar

if TYPE_CHECKING:
    import pyarrow as pa

type Flags = NDArray[np.bool_]

_COMPARISONS: Final = {
    Op.EQUAL: "equal",
    Op.DIFFERENT: "not_equal",
    Op.BELOW: "less",
    Op.AT_MOST: "less_equal",
    Op.ABOVE: "greater",
    Op.AT_LEAST: "greater_equal",
}


def flags_of(rules: Mapping[str, Rule], rows: pa.Table) -> Iterator[tuple[str, Flags]]:
    """Each rule by its name, and for which rows it holds.

    Args:
        rows: with a column for every feature of the rules; what is not known is null.
    Returns:
        One flag a row. A comparison with null is false, and `not` makes that true.
    """
    reading = _Reading(rows)
    for name, rule in rules.items():
        yield name, reading.flags(rule)


def flags(rule: Rule, rows: pa.Table) -> Flags:
    """For which rows one rule holds."""
    return _Reading(rows).flags(rule)


class _Reading:
    """Rules on one table, each comparison made once. What holds for every row alike is a bool."""

    def __init__(self, rows: pa.Table) -> None:
        self.rows = rows
        self.known: dict[Leaf, Any] = {}

    def flags(self, rule: Rule) -> Flags:
        found = self._read(rule)
        if isinstance(found, bool):
            return np.full(self.rows.num_rows, found)
        return cast("Flags", found.to_numpy())

    def _read(self, rule: Rule) -> Any:
        match rule:
            case AllOf(parts):
                return self._joined(parts, "and_", rest=True)
            case AnyOf(parts):
                return self._joined(parts, "or_", rest=False)
            case Not(part):
                inner = self._read(part)
                return not inner if isinstance(inner, bool) else _called("invert", inner)
            case Leaf():
                if rule not in self.known:
                    self.known[rule] = _compared(rule, self.rows[rule.feature])
                return self.known[rule]

    def _joined(self, parts: tuple[Rule, ...], how: str, *, rest: bool) -> Any:
        """The parts together; one that says `rest` of every row changes nothing."""
        told = [self._read(one) for one in parts]
        if any(isinstance(one, bool) and one is not rest for one in told):
            return not rest
        some = [one for one in told if not isinstance(one, bool)]
        return reduce(lambda left, right: _called(how, left, right), some) if some else rest


def _compared(leaf: Leaf, values: pa.ChunkedArray) -> Any:
    if leaf.op is Op.UNKNOWN:
        return _called("is_null", values)
    if leaf.op is Op.KNOWN:
        return _called("is_valid", values)
    if leaf.op is Op.AMONG:
        among = cast("tuple[Scalar, ...]", leaf.value)
        each = [_with(Op.EQUAL, values, one) for one in among]
        return reduce(lambda left, right: _called("or_", left, right), each) if each else False
    return _with(leaf.op, values, cast("Scalar", leaf.value))


def _with(op: Op, values: pa.ChunkedArray, value: Scalar) -> Any:
    """Each value against one; false where it is not known."""
    import pyarrow as pa

    if isinstance(value, float) and pa.types.is_integer(values.type):
        # Beyond 2^53 a whole number has no float of its own: the nearest will do.
        values = values.cast(pa.float64(), safe=False)
    return _called("fill_null", _called(_COMPARISONS[op], values, value), False)


def _called(name: str, *given: Any) -> Any:
    import pyarrow.compute as pc

    return getattr(pc, name)(*given)
