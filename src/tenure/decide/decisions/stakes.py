"""What keeping a customer is worth, as a sentence: margin of a term × terms still expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tenure.decide.decisions.evaluation import EXPECTED_TERMS, MARGIN_PER_TERM
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.offers import Offer, OfferKind

_WORTH: Final = Sentence(
    zh="留住这位客户值 {worth}：每期毛利 {margin} × 预计还有 {terms} 期{change}",
    en="keeping this customer is worth {worth}: {margin} a term × {terms} terms still "
    "expected{change}",
)
_CHANGE: Final = Sentence(
    zh="；动作把续费概率改变 {points} 个百分点，花费 {cost}",
    en="; the action changes the chance of renewing by {points} points and costs {cost}",
)
_NO_CHANGE: Final = Sentence(zh="", en="")
_TERM_ONLY: Final = Sentence(
    zh="同类客户已有结果的续费还太少，只计本次订期的毛利 {margin}",
    en="too few renewals of customers like this are decided yet, so only the term at stake counts: "
    "{margin}",
)


@dataclass(frozen=True, slots=True)
class Stake:
    """What a choice counted on beyond the term at stake; amounts are minor units.

    `expected_terms` is None where nobody knows them and the term alone counted; `effect` is the
    change of the probability by the action that was chosen, None where nothing was done.
    """

    margin_minor: int
    expected_terms: float | None
    effect: float | None
    cost_minor: int
    currency: str

    @property
    def worth_minor(self) -> int:
        """Value of keeping the customer: the margin of a term × the terms expected."""
        terms = 1.0 if self.expected_terms is None else max(self.expected_terms, 1.0)
        return int(self.margin_minor * terms + 0.5)

    @property
    def told(self) -> Sentence:
        """The whole of it in one sentence, without a full stop."""
        margin = Money(self.margin_minor, self.currency)
        if self.expected_terms is None:
            return _TERM_ONLY.fill(margin=margin)
        change = _NO_CHANGE
        if self.effect is not None:
            cost = Money(self.cost_minor, self.currency)
            change = _CHANGE.fill(points=f"{self.effect * 100:+.1f}", cost=cost)
        return _WORTH.fill(
            worth=Money(self.worth_minor, self.currency),
            margin=margin,
            terms=f"{max(self.expected_terms, 1.0):.1f}",
            change=change,
        )


def stake_of(
    inputs: Mapping[str, Any],
    alternatives: Sequence[Mapping[str, Any]],
    *,
    offer: Offer,
    currency: str,
) -> Stake | None:
    """What a logged choice of an offer counted on; None where only the term was counted."""
    taken = next((one for one in alternatives if one["action"] == offer.id), None)
    if offer.kind is OfferKind.NOTHING:
        taken = None
    margin = inputs.get(MARGIN_PER_TERM)
    if EXPECTED_TERMS not in inputs or margin is None:
        return None
    return Stake(
        margin_minor=int(margin),
        expected_terms=inputs[EXPECTED_TERMS],
        effect=taken["effect"] if taken else None,
        cost_minor=(taken["cost_minor"] or 0) if taken else 0,
        currency=currency,
    )
