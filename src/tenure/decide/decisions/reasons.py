"""Every reason of a decision as a sentence, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tenure.decide.decisions import rules
from tenure.decide.eligibility.rules import LINES
from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.features import ALL, FeatureKind
from tenure.strategy.guard_lines import lines
from tenure.strategy.refusing import Refusing
from tenure.strategy.rule_sentences import sentence_of
from tenure.strategy.sections import Strategy

ECONOMIC: Final[Mapping[str, Sentence]] = {
    rules.BEST: Sentence(
        zh="在预算与额度之内，预期增量毛利最高",
        en="it brings the highest expected margin within budget and capacity",
    ),
    rules.EXPLORED: Sentence(
        zh="随机选择，用来学习哪种做法有效",
        en="chosen at random, to learn what works",
    ),
    rules.NOT_SCORED: Sentence(
        zh="还没有续费概率，按默认发送提醒",
        en="nobody has scored this term yet, so the plain reminder goes out",
    ),
    rules.NOT_WORTH_IT: Sentence(
        zh="预期增量毛利不为正，做了反而亏",
        en="it is expected to cost more than it brings",
    ),
    rules.NOT_PROVEN: Sentence(
        zh="预期有利，但对效果的把握不足，不送优惠",
        en="it would probably pay, but we are not sure enough of its effect to give anything away",
    ),
    rules.BUDGET: Sentence(
        zh="今日预算用在了回报更高的客户身上",
        en="today's budget went to customers for whom it brings more",
    ),
    rules.CAPACITY: Sentence(
        zh="今日额度已满，给了回报更高的客户",
        en="today's capacity went to customers for whom it brings more",
    ),
    rules.FAIRNESS: Sentence(
        zh="公开条件相同的客户不能拿到相差太大的价格",
        en="customers equal in what is published may not be offered prices so far apart",
    ),
    rules.FLOOR: Sentence(
        zh="运营方规定的最低数量要求选择这个动作",
        en="a least number that the operator set asked for this action",
    ),
    rules.APPROVED: Sentence(
        zh="由专人审阅后批准的个人方案", en="a person looked at this personal plan and approved it"
    ),
    rules.LOWER_MARGIN: Sentence(
        zh="另一个动作的预期增量毛利更高", en="another action is expected to bring more"
    ),
}

_NAMES: Final[Mapping[str, Sentence]] = {
    "list_price_minor": Sentence(zh="本期目录价", en="list price of this term"),
    "state": Sentence(zh="订期状态", en="state of the term"),
    "band": Sentence(zh="风险档位", en="risk band"),
    "held_out": Sentence(zh="属于对照组", en="belongs to the holdout"),
    "is_personalised": Sentence(zh="接受个性化推荐", en="accepts personalised choices"),
    "open_fault": Sentence(zh="有未解决的故障或投诉", en="has an open fault or complaint"),
    "days_since_complaint": Sentence(
        zh="距上次故障或投诉解决（天）", en="days since the last fault or complaint ended"
    ),
    "cap_room": Sentence(zh="还可营销触达次数", en="marketing messages still allowed"),
    "discounts_in_year": Sentence(zh="一年内优惠次数", en="discounts within a year"),
    "discounted_minor": Sentence(zh="一年内优惠合计", en="discounts within a year, in all"),
    "days_since_offer": Sentence(zh="距上次优惠（天）", en="days since the last offer"),
    "held_minor": Sentence(zh="手里的优惠", en="discount already held"),
    "extended_days": Sentence(zh="本期已延长（天）", en="days this term was extended"),
    "cost_minor_per_month": Sentence(zh="每月服务成本", en="cost of the service a month"),
    "holds_offer": Sentence(zh="本期还有未兑现的优惠", en="holds another offer of this term"),
    "has_now": Sentence(zh="套餐之外已有的权益", en="rights held beside the plan"),
    "most_used": Sentence(zh="用得最多的模块", en="module used most"),
    "most_used_share": Sentence(zh="该模块占使用次数", en="its part of all use"),
    "expected_terms": Sentence(
        zh="预计还会留下的期数（含本次，已折现）",
        en="terms still expected, this one included, discounted",
    ),
    "margin_per_term_minor": Sentence(zh="一个普通订期的毛利", en="margin of an ordinary term"),
    "withdrawn": Sentence(zh="已停发的优惠", en="offers withdrawn"),
    "reason_1": Sentence(zh="风险的首要因素", en="strongest sign of risk"),
    "reason_2": Sentence(zh="风险的第二因素", en="second sign of risk"),
    "reason_3": Sentence(zh="风险的第三因素", en="third sign of risk"),
}
_FLAGS: Final = frozenset({"held_out", "is_personalised", "open_fault", "holds_offer"})
_YES, _NO = Sentence(zh="是", en="yes"), Sentence(zh="否", en="no")
_UNKNOWN: Final = Sentence(zh="未知", en="not known")


def lines_of(strategy: Strategy) -> Mapping[str, Refusing]:
    """Every line that can refuse, by its code."""
    return {line.code: line for line in (*LINES, *lines(strategy.guardrails))}


def sentence_of_reason(
    code: str, *, strategy: Strategy, action: str = "", value: Any = None
) -> Sentence:
    """A reason as a sentence.

    Args:
        code: of a line that refuses, or of the choice itself.
        strategy: the one that decided, as of the day.
        action: the action that is refused; its condition is told where it did not hold.
        value: what the line found, as it stands in the log.
    """
    if code in ECONOMIC and not (code == rules.NOT_SCORED and action):
        return ECONOMIC[code]
    line = lines_of(strategy)[code]
    if "limit" not in line.sentence.slots and "value" not in line.sentence.slots:
        return line.sentence
    currency = strategy.business.currency
    offer = strategy.offers.get(action)
    limit: object = shown(line.limit, kind=line.kind, currency=currency)
    if code == "not_for_them":
        limit = sentence_of(offer.eligible) if offer else _UNKNOWN
    return line.sentence.fill(value=shown(value, kind=line.kind, currency=currency), limit=limit)


def shown(value: Any, *, kind: FeatureKind, currency: str) -> Sentence:
    """One value as people read it."""
    if value is None:
        return _UNKNOWN
    if kind is FeatureKind.MONEY:
        text = str(Money(abs(int(value)), currency))
    elif kind is FeatureKind.SHARE:
        text = f"{float(value) * 100:.1f} %"
    elif kind is FeatureKind.FLAG:
        return _YES if value else _NO
    else:
        text = f"{value:g}" if isinstance(value, float) else str(value)
    return Sentence(zh=text, en=text)


def input_of(name: str, value: Any, *, currency: str) -> tuple[Sentence, Sentence]:
    """One input of a decision: what it is called, and its value."""
    if name.startswith("reason_") and value in ALL:
        return _NAMES[name], ALL[value].name
    if name in ALL:
        feature = ALL[name]
        said = shown(value, kind=feature.kind, currency=currency)
        if value is None or feature.kind is not FeatureKind.NUMBER:
            return feature.name, said
        unit = feature.unit
        return feature.name, Sentence(
            zh=f"{said.zh} {unit.zh}".rstrip(), en=f"{said.en} {unit.en}".rstrip()
        )
    kind = FeatureKind.FLAG if name in _FLAGS else FeatureKind.NUMBER
    if name.endswith("_minor"):
        kind = FeatureKind.MONEY
    label = _NAMES.get(name, Sentence(zh=name, en=name))
    return label, shown(value, kind=kind, currency=currency)
