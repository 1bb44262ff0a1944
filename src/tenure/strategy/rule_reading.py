"""Rules read from a strategy file: `all`, `any`, `not`, or a feature compared with a value."""

from __future__ import annotations

from collections.abc import Mapping

from tenure.kernel.failures import Sentence
from tenure.strategy.features import FeatureKind, FeatureName
from tenure.strategy.reading import Reader
from tenure.strategy.rules import ALWAYS, AllOf, AnyOf, Leaf, Not, Op, Rule, Scalar

_ONE_FORM = Sentence(
    zh="一条规则只能是 all、any、not 或 feature 之一，这里有：{found}",
    en="a rule is one of all, any, not or feature; here stand: {found}",
)
_NEEDS_WORD = Sentence(
    zh="“{feature}”是文字，要与带引号的文字比较，却是 {found}",
    en="“{feature}” is a word and is compared with text in quotes, not with {found}",
)
_NEEDS_NUMBER = Sentence(
    zh="“{feature}”是数字，要与数字比较，却是 {found}",
    en="“{feature}” is a number and is compared with a number, not with {found}",
)
_NEEDS_FLAG = Sentence(
    zh="“{feature}”是是非项，只能用 == 与 0 或 1 比较",
    en="“{feature}” is yes or no: compare it by == with 0 or 1",
)
_NO_ORDER = Sentence(
    zh="“{feature}”是文字，不分大小；请用 ==、!= 或 in",
    en="“{feature}” is a word and has no order; use ==, != or in",
)
_NO_AMOUNTS = Sentence(
    zh="“{feature}”是金额，不能用 in；请用大小比较",
    en="“{feature}” is an amount and takes no list; compare it by size",
)
_NO_VALUE = Sentence(zh="{op} 不需要 value；请删去", en="{op} takes no value; remove it")
_FORMS = ("all", "any", "not", "feature")
_ORDERED = frozenset({Op.BELOW, Op.AT_MOST, Op.ABOVE, Op.AT_LEAST})


def rule_at(
    reader: Reader, key: str, *, features: Mapping[str, FeatureName], optional: bool = False
) -> Rule:
    """The rule under a key; a list there means that all of its rules must hold.

    With `optional`, an absent key is the rule that always holds.
    """
    if optional and not reader.has(key):
        return ALWAYS
    if isinstance(reader.table.get(key), list):
        return AllOf(_parts(reader, key, features))
    return _rule(reader.below(key), features)


def _parts(reader: Reader, key: str, features: Mapping[str, FeatureName]) -> tuple[Rule, ...]:
    return tuple(_rule(one, features) for one in reader.each(key))


def _rule(reader: Reader, features: Mapping[str, FeatureName]) -> Rule:
    forms = [form for form in _FORMS if reader.has(form)]
    if len(forms) != 1:
        found = forms or sorted(reader.table)
        reader.refuse(forms[-1] if forms else "feature", _ONE_FORM.fill(found=found))
    match forms[0]:
        case "all":
            rule: Rule = AllOf(_parts(reader, "all", features))
        case "any":
            rule = AnyOf(_parts(reader, "any", features))
        case "not":
            rule = Not(_rule(reader.below("not"), features))
        case _:
            rule = _leaf(reader, features)
    reader.done()
    return rule


def _leaf(reader: Reader, features: Mapping[str, FeatureName]) -> Leaf:
    feature = features[reader.known("feature", features)]
    op = reader.choice("op", Op)
    if op is Op.KNOWN or op is Op.UNKNOWN:
        if reader.has("value"):
            reader.refuse("value", _NO_VALUE.fill(op=op))
        return Leaf(feature.id, op)
    if feature.kind is FeatureKind.FLAG:
        if op is not Op.EQUAL or reader.table.get("value") not in (0, 1):
            reader.refuse("value", _NEEDS_FLAG.fill(feature=feature.id))
        return Leaf(feature.id, op, reader.whole("value"))
    if feature.kind is FeatureKind.TEXT and op in _ORDERED:
        reader.refuse("op", _NO_ORDER.fill(feature=feature.id))
    if feature.kind is FeatureKind.MONEY:
        if op is Op.AMONG:
            reader.refuse("op", _NO_AMOUNTS.fill(feature=feature.id))
        amount = reader.money("value")
        return Leaf(feature.id, op, amount.amount_minor, amount.currency)
    if op is Op.AMONG:
        return Leaf(
            feature.id, op, tuple(_scalar(reader, feature, one) for one in reader.values("value"))
        )
    if not reader.has("value"):
        reader.number("value")
    return Leaf(feature.id, op, _scalar(reader, feature, reader.table["value"]))


def _scalar(reader: Reader, feature: FeatureName, found: object) -> Scalar:
    if feature.kind is FeatureKind.TEXT:
        if not isinstance(found, str):
            reader.refuse("value", _NEEDS_WORD.fill(feature=feature.id, found=repr(found)))
        return found
    if not isinstance(found, int | float) or isinstance(found, bool):
        reader.refuse("value", _NEEDS_NUMBER.fill(feature=feature.id, found=repr(found)))
    return found
