"""What a probability is associated with, in sentences. Never a cause, and never what would help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.features import OBSERVED, FeatureKind
from tenure.understand.churn.sentences import NO, TOLD, UNKNOWN, YES
from tenure.understand.features.concepts import TOPICS
from tenure.understand.features.registry import REGISTRY

# What stands above a list of reasons, wherever it is shown.
HEADING: Final = Sentence(
    zh="与不续费概率升高相关的情况（相关不等于原因）",
    en="What a higher probability of not renewing is associated with (not: caused by)",
)
POINTS: Final = Sentence(zh="{points} 个百分点", en="{points} points")


@dataclass(frozen=True, slots=True)
class Reason:
    """One observation that goes with a higher (or lower) probability.

    `share` is what its topic adds to the probability, 0 to 1; `is_actionable` says whether
    somebody could do something about it.
    """

    feature: str
    topic: Sentence
    sentence: Sentence
    share: float
    is_actionable: bool

    @property
    def points(self) -> str:
        """The share in percentage points with its sign, such as "+9.4"."""
        return f"{100 * self.share:+.1f}"


def reason(feature: str, value: object, *, share: float, currency: str) -> Reason:
    """A feature with its value as a sentence in both languages.

    Args:
        value: None where it is not known.
        share: what the feature's topic adds to the probability.
        currency: of amounts.
    """
    declared = REGISTRY[feature]
    return Reason(
        feature=feature,
        topic=TOPICS[declared.concept].name,
        sentence=sentence(feature, value, currency=currency),
        share=share,
        is_actionable=declared.is_actionable,
    )


def sentence(feature: str, value: object, *, currency: str) -> Sentence:
    """What was observed: "Measured speed is 31 % of the plan"."""
    if value is None:
        return UNKNOWN.fill(name=OBSERVED[feature].name)
    return TOLD[feature].fill(value=shown(feature, value, currency=currency))


def shown(feature: str, value: object, *, currency: str) -> Sentence | str:
    """A value as people read it: a percentage, an amount, yes or no, a number without noise."""
    kind = OBSERVED[feature].kind
    if kind is FeatureKind.TEXT:
        return str(value)
    assert isinstance(value, int | float), "a feature is a number or a word"
    if kind is FeatureKind.FLAG:
        return YES if value else NO
    if kind is FeatureKind.MONEY:
        return str(Money(int(value), currency))
    if kind is FeatureKind.SHARE:
        return _percent(feature, float(value))
    return _number(float(value))


def _percent(feature: str, value: float) -> Sentence:
    sign = "+" if feature == "price_change_share" and value > 0 else ""
    text = _number(round(100 * value))
    return Sentence(zh=f"{sign}{text}%", en=f"{sign}{text} %")


def _number(value: float) -> str:
    """Whole from ten on, one decimal below."""
    return f"{value:.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.1f}"


def reasons_of(
    risk: Mapping[str, object], features: Mapping[str, object], *, currency: str
) -> list[Reason]:
    """The reasons of one row of `risks` with the values of the same row of `features`."""
    found = []
    for place in (1, 2, 3):
        name, share = risk[f"reason_{place}"], risk[f"share_{place}"]
        if isinstance(name, str) and isinstance(share, float):
            found.append(reason(name, features[name], share=share, currency=currency))
    return found
