"""What the operator says of each guardrail: why it stands there, and examples of what it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tenure.kernel.failures import Sentence
from tenure.strategy.cases import BASELINE, FIELDS
from tenure.strategy.features import FeatureKind
from tenure.strategy.reading import Reader
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rules import Rule, Scalar


@dataclass(frozen=True, slots=True)
class Example:
    """A named case, and whether the line refuses it: checked whenever the strategy is."""

    name: Sentence
    case: Mapping[str, Scalar | None]
    is_refused: bool


@dataclass(frozen=True, slots=True)
class GuardLine:
    """One line with its reason and its examples.

    A line of our own needs neither `said` nor `refuses`; one that the operator adds has both.
    """

    id: str
    reason: Sentence
    said: Sentence | None
    refuses: Rule | None
    examples: tuple[Example, ...]


_NEEDS_BOTH = Sentence(
    zh="自定规则须同时写 said 与 refuses", en="a line of your own needs both said and refuses"
)


def stated(reader: Reader) -> Mapping[str, GuardLine]:
    """Read every [[line]] of guardrails.toml."""
    return {(line := _line(one)).id: line for one in reader.each("line", unique="id")}


def _line(reader: Reader) -> GuardLine:
    found = GuardLine(
        id=reader.name("id"),
        reason=reader.sentence("reason"),
        said=reader.sentence("said") if reader.has("said") else None,
        refuses=rule_at(reader, "refuses", features=FIELDS) if reader.has("refuses") else None,
        examples=tuple(_example(one) for one in reader.each("example")),
    )
    if (found.said is None) != (found.refuses is None):
        reader.refuse("refuses", _NEEDS_BOTH)
    return found


def _example(reader: Reader) -> Example:
    values = reader.below("case")
    changed = {name: _value(values, values.known_key(name, FIELDS)) for name in values.table}
    values.done()
    return Example(
        name=reader.sentence("name"),
        case={**BASELINE, **changed},
        is_refused=reader.flag("refused"),
    )


def _amount(reader: Reader, name: str) -> int:
    """An amount as everywhere, which may here also lie below zero."""
    text = reader.text(name)
    below_zero = text.startswith("-")
    whole = Reader({name: text.removeprefix("-")}, file=reader.file, path=reader.path)
    minor = whole.money(name).amount_minor
    return -minor if below_zero else minor


def _value(reader: Reader, name: str) -> Scalar:
    kind = FIELDS[name].kind
    if kind is FeatureKind.MONEY:
        return _amount(reader, name)
    if kind is FeatureKind.SHARE:
        return float(reader.share(name))
    if kind is FeatureKind.FLAG:
        return int(reader.flag(name))
    if kind is FeatureKind.TEXT:
        return reader.text(name)
    return reader.number(name)
