"""The plan that fits one customer, with the reason in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.catalog import Catalog, Plan
from tenure.strategy.rule_sentences import sentence_of
from tenure.strategy.rules import features_of, holds


class Fit(StrEnum):
    """How a plan suits its customer."""

    FITS = "fits"
    TOO_SMALL = "too_small"
    TOO_BIG = "too_big"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The plan that suits a customer, and why, with what their use was."""

    fit: Fit
    plan: str
    reason: Sentence
    used: Mapping[str, object]


_REASONS: Final = {
    Fit.FITS: Sentence(zh="“{now}”与使用情况相符", en="“{now}” suits how it is used"),
    Fit.TOO_SMALL: Sentence(
        zh="“{now}”偏小：{rule}；建议“{better}”",
        en="“{now}” is too small: {rule}; “{better}” suits better",
    ),
    Fit.TOO_BIG: Sentence(
        zh="“{now}”偏大：{rule}；“{better}”已够用",
        en="“{now}” is too big: {rule}; “{better}” is enough",
    ),
}


def recommend(
    catalog: Catalog, plan_code: str, *, features: Mapping[str, object]
) -> Recommendation | None:
    """The plan that suits how one customer uses theirs (CAT-02).

    Args:
        catalog: what is on sale on the day.
        plan_code: the plan that the customer has.
        features: every feature that the plan's rules look at, None where it is not known.
    Returns:
        None for a plan that is not on sale. Where no larger or smaller plan exists, or too
        little is known, the plan that the customer has.
    """
    plan = catalog.plans.get(plan_code)
    if plan is None:
        return None
    for fit, rule, better in (
        (Fit.TOO_SMALL, plan.too_small, _next(catalog, plan, up=True)),
        (Fit.TOO_BIG, plan.too_big, _next(catalog, plan, up=False)),
    ):
        if better is not None and holds(rule, features):
            return Recommendation(
                fit=fit,
                plan=better.code,
                reason=_REASONS[fit].fill(
                    now=plan.name, rule=sentence_of(rule), better=better.name
                ),
                used={name: features[name] for name in sorted(features_of(rule))},
            )
    return Recommendation(Fit.FITS, plan.code, _REASONS[Fit.FITS].fill(now=plan.name), used={})


def _next(catalog: Catalog, plan: Plan, *, up: bool) -> Plan | None:
    """The nearest plan of a higher or a lower tier."""
    others = [
        one
        for one in catalog.plans.values()
        if (one.tier_rank > plan.tier_rank if up else one.tier_rank < plan.tier_rank)
    ]
    nearest = min if up else max
    return nearest(others, key=lambda one: one.tier_rank, default=None)
