"""A line that refuses an action for a term, as a rule with a code and a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tenure.kernel.failures import Sentence
from tenure.strategy.features import FeatureKind
from tenure.strategy.rules import Leaf, Op, Rule, Scalar, holds


@dataclass(frozen=True, slots=True)
class Refusing:
    """One line that an action may not cross: it is refused where `rule` holds of the case.

    The sentence may show {value}, the column `shows` of the case, and {limit}; both are written
    as `kind` says.
    """

    code: str
    sentence: Sentence
    rule: Rule
    shows: str = ""
    limit: Scalar | None = None
    kind: FeatureKind = FeatureKind.NUMBER


def first_refusal(lines: Sequence[Refusing], case: Mapping[str, object]) -> Refusing | None:
    """The first line that refuses a case, or None; leaving alone is never refused.

    Args:
        lines: in the order in which they are named.
        case: a value for each of `cases.FIELDS`, None where it is not known.
    """
    if case["is_nothing"] == 1:
        return None
    return next((line for line in lines if holds(line.rule, case)), None)


def flag(column: str, value: int = 1) -> Leaf:
    """Whether a flag of the case is set (or, with 0, is not)."""
    return Leaf(column, Op.EQUAL, value)
