"""Why an offer to stay was or was not shown: one sentence for each why that is stored (R-A-086)."""

from typing import Final

from tenure.kernel.failures import Sentence

WHYS: Final[dict[str, Sentence]] = {
    "": Sentence(zh="已展示", en="shown"),
    "jurisdiction": Sentence(
        zh="客户所在地的法规不允许在取消流程中展示优惠",
        en="the law of the customer's place allows no offer while cancelling",
    ),
    "porting": Sentence(
        zh="客户正在转网，不作挽留", en="the customer is porting; nobody holds them up"
    ),
    "bypass": Sentence(
        zh="客户说明的原因不作挽留", en="the reason given is one that no offer answers"
    ),
    "holdout": Sentence(zh="永久对照组", en="permanent holdout"),
    "abuse_limit": Sentence(
        zh="12 个月内已接受过挽留优惠", en="took an offer to stay within 12 months already"
    ),
    "open_fault": Sentence(zh="有故障未恢复，先修复", en="a fault is open: repair comes first"),
    "no_fault": Sentence(zh="没有未恢复的故障", en="no fault is open"),
    "other_reason": Sentence(
        zh="与客户说明的原因无关", en="does not answer the reason that was given"
    ),
    "not_eligible": Sentence(zh="不符合公布的条件", en="the published rule does not hold"),
    "other_rung": Sentence(zh="不是本次该到的阶梯", en="another step of the ladder is due"),
    "shown_before": Sentence(zh="以前的取消中已展示过", en="shown on an earlier visit"),
    "not_possible": Sentence(zh="对该客户无法执行", en="cannot be done for this customer"),
    "not_better": Sentence(
        zh="不比客户现有的价格更优", en="no better than the price the customer has"
    ),
    "another_first": Sentence(
        zh="每次最多一项，已有更相关的", en="one a visit at most, and another comes first"
    ),
    "offer_holdout": Sentence(
        zh="随机对照：这项优惠对该客户不展示", en="kept back by lot, to measure the offer's effect"
    ),
}
