"""What the catalogue and the benefits hold that is about a reason to leave.

A reason explains a risk; it does not say what will help. So this names what could be offered to
this customer about it, in the order of the strategy, and leaves the choice to the decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.offers import OfferKind
from tenure.strategy.rules import features_of, holds
from tenure.strategy.sections import Strategy
from tenure.understand.features.concepts import Concept
from tenure.understand.features.registry import REGISTRY

MOST: Final = 3
_KINDS: Final[Mapping[Concept, frozenset[OfferKind]]] = {
    Concept.PLAN: frozenset({OfferKind.TERM_DISCOUNT}),
    Concept.PRICE: frozenset({OfferKind.TERM_DISCOUNT, OfferKind.COUPON}),
    Concept.LOYALTY: frozenset(
        {OfferKind.VALUE_RECAP, OfferKind.TERM_DISCOUNT, OfferKind.GOODS, OfferKind.MAKE_UP}
    ),
    Concept.VISITS: frozenset(
        {OfferKind.VALUE_RECAP, OfferKind.COUPON, OfferKind.CALL, OfferKind.CREDIT}
    ),
    Concept.USAGE: frozenset(
        {OfferKind.VALUE_RECAP, OfferKind.CALL, OfferKind.BENEFIT, OfferKind.EXPERT}
    ),
    Concept.DEPTH: frozenset(
        {OfferKind.VALUE_RECAP, OfferKind.CALL, OfferKind.BENEFIT, OfferKind.EXPERT}
    ),
    Concept.NETWORK: frozenset({OfferKind.CALL, OfferKind.EXTENSION}),
    Concept.SUPPORT: frozenset({OfferKind.CALL, OfferKind.EXTENSION}),
    Concept.VOICE: frozenset({OfferKind.CALL}),
    Concept.PAYMENT: frozenset({OfferKind.REMINDER, OfferKind.EXTENSION}),
    Concept.LEAVING: frozenset({OfferKind.TERM_DISCOUNT, OfferKind.COUPON, OfferKind.CALL}),
    Concept.CONTACT: frozenset({OfferKind.REMINDER, OfferKind.CALL}),
}
# Somebody who uses little may not know what there is: a trial shows it.
_TRIED: Final = frozenset({Concept.USAGE, Concept.DEPTH, Concept.PLAN})
_BUNDLED: Final = frozenset({Concept.PRICE, Concept.PLAN, Concept.LOYALTY})


def answers_to(
    feature: str, case: Mapping[str, object], *, strategy: Strategy
) -> tuple[Sentence, ...]:
    """The names of offers, trials and bundles about a feature's topic that fit this customer.

    Args:
        feature: of the reason.
        case: the customer's features with `p_lapse`; what a rule asks and is missing here is taken
            as not fulfilled.
        strategy: as of the day.
    Returns:
        At most three names, in the order of the strategy.
    """
    concept, plan = REGISTRY[feature].concept, case.get("plan_code")
    kinds = _KINDS.get(concept, frozenset())
    found = [
        one.name
        for one in strategy.offers.values()
        if one.kind in kinds
        and features_of(one.eligible) <= case.keys()
        and holds(one.eligible, case)
    ]
    if concept in _TRIED:
        trials = strategy.benefits.trials.values()
        found += [one.name for one in trials if not one.plans or plan in one.plans]
    if concept in _BUNDLED:
        bundles = strategy.benefits.bundles.values()
        found += [
            one.name
            for one in bundles
            if (not one.plans or plan in one.plans)
            and features_of(one.when) <= case.keys()
            and holds(one.when, case)
        ]
    return tuple(found[:MOST])
