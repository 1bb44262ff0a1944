"""A rule as plain tables, which `rule_reading` reads back to the same rule."""

from __future__ import annotations

from typing import Any

from tenure.kernel.money import Money
from tenure.strategy.rules import AllOf, AnyOf, Leaf, Not, Op, Rule


def as_table(rule: Rule) -> dict[str, Any]:
    """The tables of a strategy file that say this rule."""
    match rule:
        case AllOf(parts):
            return {"all": [as_table(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [as_table(part) for part in parts]}
        case Not(part):
            return {"not": as_table(part)}
        case Leaf(feature, op, value, currency):
            told: dict[str, Any] = {"feature": feature, "op": str(op)}
            if op is Op.KNOWN or op is Op.UNKNOWN:
                return told
            if currency and isinstance(value, int):
                return {**told, "value": str(Money(value, currency))}
            return {**told, "value": list(value) if isinstance(value, tuple) else value}
