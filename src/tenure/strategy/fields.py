"""What a segment's rule may look at: every feature, and four families of names beside them.

`tag:ID` the customer carries a tag · `account:NAME` an attribute of the account · `event:NAME:DAYS`
how often something happened in the last days · `quantile:FEATURE` where the customer stands among
all live terms, 0 the lowest and 1 the highest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.features import ALL, FeatureKind, FeatureName
from tenure.strategy.rules import AllOf, AnyOf, Leaf, Not, Op, Rule

TAG, ACCOUNT, EVENT, QUANTILE = "tag:", "account:", "event:", "quantile:"
MOST_EVENT_DAYS: Final = 365
_EVENT = re.compile(r"event:(?P<name>[^:]{1,120}):(?P<days>[1-9][0-9]{0,2})")
_NONE = Sentence(zh="", en="")

_ATTRIBUTES: Final[dict[str, tuple[FeatureKind, Sentence]]] = {
    "kind": (FeatureKind.TEXT, Sentence(zh="客户类型", en="kind of customer")),
    "region": (FeatureKind.TEXT, Sentence(zh="区域", en="region")),
    "country": (FeatureKind.TEXT, Sentence(zh="国家或地区", en="country")),
    "sales_channel": (FeatureKind.TEXT, Sentence(zh="来源渠道", en="sales channel")),
    "language": (FeatureKind.TEXT, Sentence(zh="语言", en="language")),
    "born_year": (FeatureKind.NUMBER, Sentence(zh="出生年份", en="year of birth")),
}
ATTRIBUTES: Final = tuple(_ATTRIBUTES)


class Fields(Mapping[str, FeatureName]):
    """The names that a segment's rule may use, given the tags of the strategy."""

    def __init__(self, tags: Mapping[str, Sentence]) -> None:
        self._named: dict[str, FeatureName] = dict(ALL)
        for tag, said in tags.items():
            shown = Sentence(zh="标签：{name}", en="tag: {name}").fill(name=said)
            self._named[TAG + tag] = FeatureName(TAG + tag, FeatureKind.FLAG, shown, _NONE)
        for attribute, (kind, said) in _ATTRIBUTES.items():
            name = ACCOUNT + attribute
            self._named[name] = FeatureName(name, kind, said, _NONE)
        for feature in ALL.values():
            if feature.kind not in (FeatureKind.TEXT, FeatureKind.FLAG):
                self._named[QUANTILE + feature.id] = _standing(feature)

    def __getitem__(self, field: str) -> FeatureName:
        found = self._named.get(field)
        return found if found is not None else _event(field)

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)

    def __contains__(self, field: object) -> bool:
        return field in self._named or (isinstance(field, str) and _counts(field) is not None)


def _standing(feature: FeatureName) -> FeatureName:
    name = Sentence(zh="{name}的分位", en="quantile of {name}").fill(name=feature.name)
    return FeatureName(QUANTILE + feature.id, FeatureKind.SHARE, name, _NONE)


def _counts(field: str) -> tuple[str, int] | None:
    found = _EVENT.fullmatch(field)
    if found is None or int(found["days"]) > MOST_EVENT_DAYS:
        return None
    return found["name"], int(found["days"])


def event_of(field: str) -> tuple[str, int]:
    """The name of the event and the number of days that an `event:…` field counts."""
    found = _counts(field)
    assert found is not None, "the field was checked when its rule was read"
    return found


def _event(field: str) -> FeatureName:
    found = _counts(field)
    if found is None:
        raise KeyError(field)
    event, days = found
    name = Sentence(zh="近 {days} 天“{event}”次数", en="“{event}” in {days} days").fill(
        event=event, days=days
    )
    return FeatureName(field, FeatureKind.NUMBER, name, _NONE)


def quantiles_of(rule: Rule) -> frozenset[tuple[str, float]]:
    """The features and shares at which a rule cuts by standing."""
    match rule:
        case AllOf(parts) | AnyOf(parts):
            return frozenset[tuple[str, float]]().union(*map(quantiles_of, parts))
        case Not(part):
            return quantiles_of(part)
        case Leaf(feature, _, value) if feature.startswith(QUANTILE):
            assert isinstance(value, int | float), "a standing is compared with a share"
            return frozenset({(feature.removeprefix(QUANTILE), float(value))})
        case _:
            return frozenset()


def settled(rule: Rule, cuts: Mapping[tuple[str, float], float | None]) -> Rule:
    """The rule with each standing replaced by the value at which it cuts on the day.

    Args:
        cuts: feature and share → the value below which that share lies; None where nobody's is
            known, and then the comparison holds for nobody.
    """
    match rule:
        case AllOf(parts):
            return AllOf(tuple(settled(part, cuts) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(settled(part, cuts) for part in parts))
        case Not(part):
            return Not(settled(part, cuts))
        case Leaf(feature, op, value) if feature.startswith(QUANTILE):
            assert isinstance(value, int | float), "a standing is compared with a share"
            plain = feature.removeprefix(QUANTILE)
            cut = cuts[plain, float(value)]
            return AnyOf(()) if cut is None else Leaf(plain, op, cut)
        case _:
            return rule


ORDERED: Final = frozenset({Op.BELOW, Op.AT_MOST, Op.ABOVE, Op.AT_LEAST})
