"""Formulas over metrics: a small language of its own, read strictly and computed exactly.

Numbers, names of entries, `+ - * /`, powers of whole numbers, parentheses, `min` and `max`; nothing
else. Whatever divides by zero, or names an entry without a value, has no value.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy.reading import nearest

MOST_CHARACTERS: Final = 500
MOST_POWER: Final = 24
_TWO: Final[Mapping[type[ast.operator], Callable[[Fraction, Fraction], Fraction | None]]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right if right else None,
}
_CALLS: Final[Mapping[str, Callable[..., Fraction]]] = {"min": min, "max": max}


class BadFormula(Refusal):
    """A text that is no formula."""

    code = "bad_formula"
    said = Sentence(
        zh="公式第 {place} 个字符处有误：{why}。可用：指标名、数字、+ - * / ( )、min、max。",
        en="The formula is wrong at character {place}: {why}. It takes names of metrics, numbers, "
        "+ - * / ( ), min and max.",
    )


class UnknownEntry(Refusal):
    """A formula that names a metric that is not there."""

    code = "unknown_entry"
    said = Sentence(
        zh="公式中的“{name}”不是指标{nearest}。",
        en="“{name}” in the formula is no metric{nearest}.",
    )


_CANNOT = Sentence(zh="这里不能写“{what}”", en="“{what}” cannot stand here")
_BROKEN = Sentence(zh="写法不完整", en="it does not read as one expression")
_TOO_LONG = Sentence(zh="超过 {most} 个字符", en="it is longer than {most} characters")
_POWER = Sentence(
    zh="指数只能是 0 到 {most} 的整数", en="a power is a whole number from 0 to {most}"
)
_NO_ENTRY = Sentence(zh="没有用到任何指标", en="it names no metric")


def read_formula(text: str, *, known: Collection[str]) -> ast.expr:
    """Read a formula.

    Raises:
        BadFormula: it holds anything but what the language has; says where.
        UnknownEntry: it names a metric that is not among `known`.
    """
    if len(text) > MOST_CHARACTERS:
        raise BadFormula(place=MOST_CHARACTERS, why=_TOO_LONG.fill(most=MOST_CHARACTERS))
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadFormula(place=getattr(error, "offset", 1) or 1, why=_BROKEN) from error
    _check(body, text=text.strip(), known=known)
    if not entries_of(body):
        raise BadFormula(place=1, why=_NO_ENTRY)
    return body


def entries_of(formula: ast.expr) -> tuple[str, ...]:
    """The metrics that a formula names, in the order of their first use."""
    names = (node for node in ast.walk(formula) if isinstance(node, ast.Name))
    ordered = sorted(names, key=lambda name: name.col_offset)
    return tuple(dict.fromkeys(name.id for name in ordered if name.id not in _CALLS))


def value_of(formula: ast.expr, values: Mapping[str, Fraction | None]) -> Fraction | None:
    """Compute a formula that `read_formula` read; None where a part has no value."""
    match formula:
        case ast.Constant():
            return _number(str(formula.value))
        case ast.Name():
            return values.get(formula.id)
        case ast.UnaryOp():
            inner = value_of(formula.operand, values)
            if inner is None or isinstance(formula.op, ast.UAdd):
                return inner
            return -inner
        case ast.BinOp():
            return _two(formula, values)
        case ast.Call():
            found = [value_of(one, values) for one in formula.args]
            given = [one for one in found if one is not None]
            name = formula.func.id if isinstance(formula.func, ast.Name) else ""
            return _CALLS[name](given) if len(given) == len(found) else None
    raise AssertionError("read_formula lets nothing else pass")


@lru_cache(maxsize=256)
def _number(text: str) -> Fraction:
    return Fraction(Decimal(text))


def _two(formula: ast.BinOp, values: Mapping[str, Fraction | None]) -> Fraction | None:
    left, right = value_of(formula.left, values), value_of(formula.right, values)
    if left is None or right is None:
        return None
    if isinstance(formula.op, ast.Pow):
        return Fraction(left**right.numerator)
    return _TWO[type(formula.op)](left, right)


def _check(node: ast.expr, *, text: str, known: Collection[str]) -> None:
    """Refuse whatever the language does not have, the innermost place first."""
    for inner in _parts(node, text=text):
        _check(inner, text=text, known=known)
    if isinstance(node, ast.Name) and node.id not in known:
        raise UnknownEntry(name=node.id, nearest=nearest(node.id, known))


def _parts(node: ast.expr, *, text: str) -> list[ast.expr]:
    match node:
        case ast.Name():
            return []
        case ast.Constant(value=int() | float() as number) if _is_plain(number):
            return []
        case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            return [node.operand]
        case ast.BinOp(op=ast.Pow()):
            if not _is_small(node.right):
                raise BadFormula(place=node.right.col_offset + 1, why=_POWER.fill(most=MOST_POWER))
            return [node.left, node.right]
        case ast.BinOp() if type(node.op) in _TWO:
            return [node.left, node.right]
        case ast.Call(func=ast.Name(id="min" | "max"), keywords=[]) if node.args:
            return list(node.args)
    what = ast.get_source_segment(text, node) or text
    raise BadFormula(place=node.col_offset + 1, why=_CANNOT.fill(what=what[:40]))


def _is_plain(number: float) -> bool:
    """Whether a constant is a number as people write one: no truth value, nothing infinite."""
    return not isinstance(number, bool) and math.isfinite(number)


def _is_small(node: ast.expr) -> bool:
    """Whether an exponent keeps numbers at a sane size."""
    if not isinstance(node, ast.Constant) or type(node.value) is not int:
        return False
    return 0 <= node.value <= MOST_POWER
