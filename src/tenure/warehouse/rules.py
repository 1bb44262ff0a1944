"""A rule as data, read on everyone at once: the second reading of `strategy/rules.py`."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, cast

from tenure.strategy.rules import AllOf, AnyOf, Leaf, Not, Op, Rule, Scalar, features_of

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw


def compiled(rule: Rule, *, row: str = "account_id") -> nw.Expr:
    """The rule as one boolean expression over feature columns, never null.

    Args:
        rule: the tree; every feature of it is a column of the frame.
        row: any column of the frame; a rule without features needs it to know the rows.
    Returns:
        True where the rule holds. A comparison with null is false, and `not` makes that true.
    """
    import narwhals.stable.v2 as nw

    if features_of(rule):
        return _compiled(rule)
    known = ~nw.col(row).is_null()
    return _compiled(rule) & (known | ~known)


def _compiled(rule: Rule) -> nw.Expr:
    import narwhals.stable.v2 as nw

    match rule:
        case AllOf(parts):
            return reduce(lambda left, right: left & right, map(_compiled, parts), nw.lit(True))
        case AnyOf(parts):
            return reduce(lambda left, right: left | right, map(_compiled, parts), nw.lit(False))
        case Not(part):
            return ~_compiled(part)
        case Leaf():
            return _compared(rule)


def _compared(leaf: Leaf) -> nw.Expr:
    import narwhals.stable.v2 as nw

    found = nw.col(leaf.feature)
    if leaf.op is Op.UNKNOWN:
        return found.is_null()
    if leaf.op is Op.KNOWN:
        return ~found.is_null()
    if leaf.op is Op.AMONG:
        values = cast("tuple[Scalar, ...]", leaf.value)
        nobody = found.is_null() & nw.lit(False)
        return found.is_in(values).fill_null(False) if values else nobody
    comparisons: dict[Op, Callable[[], nw.Expr]] = {
        Op.EQUAL: lambda: found == leaf.value,
        Op.DIFFERENT: lambda: found != leaf.value,
        Op.BELOW: lambda: found < leaf.value,
        Op.AT_MOST: lambda: found <= leaf.value,
        Op.ABOVE: lambda: found > leaf.value,
        Op.AT_LEAST: lambda: found >= leaf.value,
    }
    return comparisons[leaf.op]().fill_null(False)
