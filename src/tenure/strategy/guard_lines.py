"""The guardrails of a strategy as lines that refuse an action for a term."""

from __future__ import annotations

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.features import FeatureKind
from tenure.strategy.guardrails import Guardrails
from tenure.strategy.refusing import Refusing, flag
from tenure.strategy.rules import AllOf, AnyOf, Leaf, Op, Rule


def lines(guardrails: Guardrails) -> tuple[Refusing, ...]:
    """Every line that the guardrails draw, in the order in which they are named."""
    return (
        *_service(guardrails),
        Refusing(
            "contact_cap",
            Sentence(
                zh="营销触达已到上限", en="marketing has reached the most that this customer gets"
            ),
            AllOf((flag("is_marketing"), Leaf("cap_room", Op.AT_MOST, 0))),
        ),
        *_subsidy(guardrails),
        *_depth(guardrails),
        *_customer(guardrails),
        *_own(guardrails),
    )


def _own(guardrails: Guardrails) -> tuple[Refusing, ...]:
    """The lines that the operator wrote: a rule over what is known of an action for a term."""
    return tuple(
        Refusing(one.id, one.said, one.refuses)
        for one in guardrails.stated.values()
        if one.said is not None and one.refuses is not None
    )


def _service(guardrails: Guardrails) -> tuple[Refusing, ...]:
    days = guardrails.no_promotion_after_complaint_days
    parts: list[Rule] = [Leaf("days_since_complaint", Op.BELOW, days)]
    if guardrails.no_promotion_during_fault:
        parts.append(flag("open_fault"))
    return (
        Refusing(
            "service_issue",
            Sentence(
                zh="故障或投诉未解决，或解决不足 {limit} 天：先修好，再谈优惠",
                en="a fault or complaint is open or was so within {limit} days: repair comes "
                "before any offer",
            ),
            AllOf((flag("is_marketing"), AnyOf(tuple(parts)))),
            limit=days,
        ),
    )


def _subsidy(guardrails: Guardrails) -> tuple[Refusing, ...]:
    sure = float(guardrails.no_discount_above_p_renew)
    floor = float(guardrails.floor_margin_share)
    return (
        Refusing(
            "sure_to_renew",
            Sentence(
                zh="续费概率 {value} 已不低于 {limit}，优惠只会白送",
                en="renews with a probability of {value}, {limit} or more: a gift would change "
                "nothing",
            ),
            AllOf((flag("gives"), Leaf("p_renew", Op.AT_LEAST, sure))),
            shows="p_renew",
            limit=sure,
            kind=FeatureKind.SHARE,
        ),
        Refusing(
            "below_cost",
            Sentence(
                zh="优惠后的价格低于服务成本，差 {value}",
                en="the price after the offer lies below the cost of the service by {value}",
            ),
            AllOf((flag("gives"), Leaf("above_cost_minor", Op.BELOW, 0))),
            shows="above_cost_minor",
            kind=FeatureKind.MONEY,
        ),
        Refusing(
            "floor_margin",
            Sentence(
                zh="扣除服务、优惠与触达后只剩价格的 {value}，低于毛利底线 {limit}",
                en="only {value} of the price would remain, below the floor of {limit}",
            ),
            AllOf((flag("gives"), Leaf("left_share", Op.BELOW, floor))),
            shows="left_share",
            limit=floor,
            kind=FeatureKind.SHARE,
        ),
    )


def _depth(guardrails: Guardrails) -> tuple[Refusing, ...]:
    deepest = float(guardrails.max_discount_share)
    return (
        Refusing(
            "discount_too_deep",
            Sentence(
                zh="折扣 {value} 超过上限 {limit}",
                en="a discount of {value} is more than the most, {limit}",
            ),
            AllOf((flag("is_discount"), Leaf("discount_share", Op.ABOVE, deepest))),
            shows="discount_share",
            limit=deepest,
            kind=FeatureKind.SHARE,
        ),
        Refusing(
            "dearer_than_now",
            Sentence(
                zh="优惠后每月仍比客户现在付的贵 {value}",
                en="after the offer a month would still cost {value} more than the customer pays "
                "now",
            ),
            AllOf((flag("is_discount"), Leaf("dearer_than_now_minor", Op.ABOVE, 0))),
            shows="dearer_than_now_minor",
            kind=FeatureKind.MONEY,
        ),
        Refusing(
            "better_offer_held",
            Sentence(
                zh="客户手里已有同样好或更好的优惠",
                en="the customer already holds an offer that is as good or better",
            ),
            AllOf((flag("is_discount"), Leaf("held_beyond_minor", Op.AT_LEAST, 0))),
        ),
    )


def _customer(guardrails: Guardrails) -> tuple[Refusing, ...]:
    count, days = guardrails.max_discounts_per_year, guardrails.cooling_off_days
    amount: Money = guardrails.max_discount_per_year
    return (
        Refusing(
            "discounts_in_year",
            Sentence(
                zh="一年内已优惠 {value} 次，上限 {limit} 次",
                en="had {value} discounts within a year, and the most is {limit}",
            ),
            AllOf((flag("is_discount"), Leaf("discounts_in_year", Op.AT_LEAST, count))),
            shows="discounts_in_year",
            limit=count,
        ),
        Refusing(
            "discount_amount_in_year",
            Sentence(
                zh="一年内的优惠合计将达 {value}，上限 {limit}",
                en="discounts within a year would add up to {value}, and the most is {limit}",
            ),
            AllOf(
                (
                    flag("is_discount"),
                    Leaf("discounts_in_year_minor", Op.ABOVE, amount.amount_minor),
                )
            ),
            shows="discounts_in_year_minor",
            limit=amount.amount_minor,
            kind=FeatureKind.MONEY,
        ),
        Refusing(
            "cooling_off",
            Sentence(
                zh="距上次优惠仅 {value} 天，冷静期为 {limit} 天",
                en="the last offer was {value} days ago, and {limit} days are left between two",
            ),
            AllOf((flag("gives"), Leaf("days_since_offer", Op.BELOW, days))),
            shows="days_since_offer",
            limit=days,
        ),
    )
