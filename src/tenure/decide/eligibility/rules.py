"""Lines that refuse an action for a term, read on one case."""

from __future__ import annotations

from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.refusing import Refusing, flag
from tenure.strategy.rules import AllOf, Leaf, Op

LINES: Final = (
    Refusing(
        "holdout",
        Sentence(
            zh="属于长期对照组：只收法定告知与回执",
            en="belongs to the permanent holdout, which receives legal notices and receipts only",
        ),
        flag("held_out"),
    ),
    Refusing(
        "asked_to_stop",
        Sentence(zh="客户已要求到期停用", en="the customer asked to stop at the end"),
        flag("asked_to_stop"),
    ),
    Refusing(
        "other_currency",
        Sentence(
            zh="合同币种与策略币种不同，无法计价",
            en="the contract is in another currency than the strategy's amounts",
        ),
        flag("is_own_currency", 0),
    ),
    Refusing(
        "not_scored",
        Sentence(
            zh="还没有续费概率，只能发送提醒",
            en="nobody has scored this term yet, so only a reminder may go out",
        ),
        AllOf((flag("is_scored", 0), flag("is_reminder", 0))),
    ),
    Refusing(
        "no_consent",
        Sentence(zh="没有营销同意", en="there is no consent to marketing"),
        AllOf((flag("is_marketing"), flag("marketing_consent", 0))),
    ),
    Refusing(
        "not_personalised",
        Sentence(
            zh="客户关闭了个性化推荐，不能按行为或评分选择动作",
            en="the customer switched personalised choices off",
        ),
        AllOf((flag("is_personalised", 0), flag("is_reminder", 0))),
    ),
    Refusing(
        "no_telephone",
        Sentence(zh="没有可用的电话号码", en="there is no telephone number that works"),
        AllOf((flag("is_call"), flag("has_phone", 0))),
    ),
    Refusing(
        "not_sold",
        Sentence(zh="该套餐不以这个周期出售", en="the plan is not sold for a term of this length"),
        flag("is_sold", 0),
    ),
    Refusing(
        "shorter_term",
        Sentence(zh="比客户现在的周期更短", en="it is shorter than the term that the customer has"),
        flag("is_shorter"),
    ),
    Refusing(
        "withdrawn",
        Sentence(
            zh="该优惠已停止发放；已经许诺的照旧兑现",
            en="this offer is withdrawn; what was promised stands",
        ),
        flag("is_withdrawn"),
    ),
    Refusing(
        "has_it_already",
        Sentence(
            zh="客户的套餐或已有权益里已包含它",
            en="the customer's plan or benefits have it already",
        ),
        flag("has_it"),
    ),
    Refusing(
        "other_module",
        Sentence(
            zh="客户最常用的不是这个模块：{value}",
            en="what the customer uses most is another module: {value}",
        ),
        flag("is_other_module"),
        shows="most_used",
    ),
    Refusing(
        "other_arm",
        Sentence(
            zh="对照试验中，这位客户属于另一个优惠的一组",
            en="in the comparison between offers this customer is in the arm of another one",
        ),
        flag("is_other_arm"),
    ),
    Refusing(
        "not_beside_another",
        Sentence(
            zh="本期还有未兑现的优惠，二者不能叠加",
            en="another offer of this term still stands, and the two do not add up",
        ),
        AllOf((flag("is_alone"), flag("holds_offer"))),
    ),
    Refusing(
        "extended_before",
        Sentence(
            zh="本期已延长过 {value} 天，每期只能一次",
            en="this term was already extended by {value} days, which is done once a term",
        ),
        AllOf((flag("is_extension"), Leaf("extended_days", Op.ABOVE, 0))),
        shows="extended_days",
    ),
    Refusing(
        "used_up",
        Sentence(
            zh="该动作对这位客户的次数已用完",
            en="this customer has had this action as often as it may be used",
        ),
        Leaf("uses_left", Op.AT_MOST, 0),
    ),
    Refusing(
        "not_for_them",
        Sentence(zh="不符合条件：{limit}", en="the condition does not hold: {limit}"),
        flag("is_eligible", 0),
    ),
)
