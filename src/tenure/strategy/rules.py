"""A rule as data, and its reading on one customer.

The same tree is read on everyone at once by `warehouse/rules.py`, and on a table in memory by
`warehouse/flags.py`. All readings have two truth values: a comparison with a value that is not
known is false, and `not` turns that into true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

Scalar = int | float | str


class Op(StrEnum):
    """How a leaf compares. `known` and `unknown` take no value; `in` takes a list."""

    EQUAL = "=="
    DIFFERENT = "!="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="
    AMONG = "in"
    KNOWN = "known"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One feature compared with a value (a tuple for `in`, None for `known` and `unknown`).

    An amount of money is its minor units; `currency` then says how it is shown.
    """

    feature: str
    op: Op
    value: Scalar | tuple[Scalar, ...] | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when every part is; without parts it is true."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when some part is; without parts it is false."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True when its part is not."""

    part: Rule


type Rule = Leaf | AllOf | AnyOf | Not

ALWAYS = AllOf(())
NEVER = AnyOf(())


def holds(rule: Rule, row: Mapping[str, object]) -> bool:
    """Whether a rule is true of one customer.

    Args:
        rule: the tree.
        row: feature → value, None where it is not known; every feature of the rule is a key.
    """
    match rule:
        case AllOf(parts):
            return all(holds(part, row) for part in parts)
        case AnyOf(parts):
            return any(holds(part, row) for part in parts)
        case Not(part):
            return not holds(part, row)
        case Leaf():
            return _compares(rule, row[rule.feature])


def _compares(leaf: Leaf, found: object) -> bool:
    if leaf.op is Op.KNOWN or leaf.op is Op.UNKNOWN:
        return (found is not None) == (leaf.op is Op.KNOWN)
    if found is None:
        return False
    if leaf.op is Op.AMONG:
        return found in cast("tuple[Scalar, ...]", leaf.value)
    if leaf.op is Op.EQUAL:
        return found == leaf.value
    if leaf.op is Op.DIFFERENT:
        return found != leaf.value
    number, limit = cast(float, found), cast(float, leaf.value)
    if leaf.op is Op.BELOW:
        return number < limit
    if leaf.op is Op.AT_MOST:
        return number <= limit
    if leaf.op is Op.ABOVE:
        return number > limit
    return number >= limit


def leaves(rule: Rule) -> Iterator[Leaf]:
    """The comparisons of a rule, left to right."""
    match rule:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case Leaf():
            yield rule


def features_of(rule: Rule) -> frozenset[str]:
    """The features that a rule looks at."""
    return frozenset(leaf.feature for leaf in leaves(rule))


def written(rule: Rule) -> str:
    """One text per meaning-preserving spelling: the key under which a rule's version is counted."""
    match rule:
        case AllOf(parts):
            return f"all({','.join(map(written, parts))})"
        case AnyOf(parts):
            return f"any({','.join(map(written, parts))})"
        case Not(part):
            return f"not({written(part)})"
        case Leaf(feature, op, value, currency):
            return f"{feature}{op}{value!r}{currency}"
