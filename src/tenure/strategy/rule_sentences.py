"""A rule as a sentence that an operator can read aloud."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.features import ALL, FeatureKind, FeatureName
from tenure.strategy.rules import AllOf, AnyOf, Leaf, Not, Op, Rule, Scalar

_ALWAYS = Sentence(zh="所有客户", en="everybody")
_NEVER = Sentence(zh="没有客户", en="nobody")
_AND = Sentence(zh="，并且", en=" and ")
_OR = Sentence(zh="，或者", en=" or ")
_NOT = Sentence(zh="并非（{part}）", en="not ({part})")
_GROUP = Sentence(zh="（{part}）", en="({part})")
_YES = Sentence(zh="“{name}”为是", en="{name}: yes")
_NO = Sentence(zh="“{name}”为否", en="{name}: no")
_OPS = {
    Op.EQUAL: Sentence(zh="{name}为 {value}", en="{name} is {value}"),
    Op.DIFFERENT: Sentence(zh="{name}不为 {value}", en="{name} is not {value}"),
    Op.BELOW: Sentence(zh="{name}低于 {value}", en="{name} is below {value}"),
    Op.AT_MOST: Sentence(zh="{name}不超过 {value}", en="{name} is at most {value}"),
    Op.ABOVE: Sentence(zh="{name}超过 {value}", en="{name} is above {value}"),
    Op.AT_LEAST: Sentence(zh="{name}不少于 {value}", en="{name} is at least {value}"),
    Op.AMONG: Sentence(zh="{name}属于 {value}", en="{name} is one of {value}"),
    Op.KNOWN: Sentence(zh="{name}有记录", en="{name} is known"),
    Op.UNKNOWN: Sentence(zh="{name}没有记录", en="{name} is not known"),
}


def say(rule: Rule, language: str, *, names: Mapping[str, FeatureName] = ALL) -> str:
    """The rule in words, in the reader's language.

    Args:
        rule: the tree.
        language: a language tag; `zh…` reads Chinese, everything else English.
        names: how each feature is called and in what unit it is shown.
    """
    return sentence_of(rule, names=names).say(language)


def sentence_of(rule: Rule, *, names: Mapping[str, FeatureName] = ALL) -> Sentence:
    """The rule in words, in both languages."""
    match rule:
        case AllOf(parts):
            return _joined(parts, _AND, empty=_ALWAYS, names=names)
        case AnyOf(parts):
            return _joined(parts, _OR, empty=_NEVER, names=names)
        case Not(part):
            return _NOT.fill(part=sentence_of(part, names=names))
        case Leaf():
            return _leaf(rule, names[rule.feature])


def _joined(
    parts: tuple[Rule, ...],
    word: Sentence,
    *,
    empty: Sentence,
    names: Mapping[str, FeatureName],
) -> Sentence:
    if not parts:
        return empty
    said = [
        _GROUP.fill(part=sentence_of(part, names=names))
        if isinstance(part, AllOf | AnyOf) and len(part.parts) > 1 and len(parts) > 1
        else sentence_of(part, names=names)
        for part in parts
    ]
    return Sentence(
        zh=word.zh.join(one.zh for one in said), en=word.en.join(one.en for one in said)
    )


def _leaf(leaf: Leaf, feature: FeatureName) -> Sentence:
    if feature.kind is FeatureKind.FLAG and leaf.op is Op.EQUAL:
        return (_YES if leaf.value == 1 else _NO).fill(name=feature.name)
    values = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    shown = [_value(one, leaf=leaf, feature=feature) for one in values]
    return _OPS[leaf.op].fill(name=feature.name, value=shown)


def value_of(leaf: Leaf, value: Scalar | None, *, names: Mapping[str, FeatureName]) -> Sentence:
    """A customer's own value of what a comparison looks at, in the unit that it is shown in."""
    return _value(value, leaf=leaf, feature=names[leaf.feature])


def _value(value: Scalar | None, *, leaf: Leaf, feature: FeatureName) -> Sentence:
    if leaf.currency and isinstance(value, int):
        text = str(Money(value, leaf.currency))
        return Sentence(zh=text, en=text)
    if isinstance(value, str) or value is None:
        return Sentence(zh=f"“{value}”", en=f"“{value}”")
    number = Decimal(str(value))
    if feature.kind is FeatureKind.SHARE:
        text = f"{_plain(number * 100)} %"
        return Sentence(zh=text, en=text)
    unit = feature.unit
    return Sentence(
        zh=f"{_plain(number)} {unit.zh}".rstrip(), en=f"{_plain(number)} {unit.en}".rstrip()
    )


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
