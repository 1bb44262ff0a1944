"""What is known of one action for one term, as the lines that may refuse it see it.

Flags are 0 or 1, amounts minor units, shares 0 to 1; nothing where it is not known. BASELINE is a
discount of a tenth for a customer whom nothing speaks against: the examples of guardrails.toml
change a few of its values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.features import FeatureKind, FeatureName
from tenure.strategy.rules import Scalar

_NONE = Sentence(zh="", en="")

# name | kind | in the baseline | Chinese | English
_FIELDS = """
held_out                | flag   | 0     | 属于对照组         | belongs to the holdout
asked_to_stop           | flag   | 0     | 已要求停用         | asked to stop
is_own_currency         | flag   | 1     | 币种一致           | in our currency
is_scored               | flag   | 1     | 已评分             | was scored
p_renew                 | share  | 0.6   | 续费概率           | probability of renewing
marketing_consent       | flag   | 1     | 同意营销           | agreed to marketing
is_personalised         | flag   | 1     | 接受个性化         | accepts personalised choices
has_phone               | flag   | 1     | 有电话             | has a telephone number
extended_days           | number | 0     | 已延长天数         | days extended
open_fault              | flag   | 0     | 有未解决故障       | has an open fault
days_since_complaint    | number |       | 距上次投诉         | days since a complaint
cap_room                | number | 8     | 还可触达次数       | messages still allowed
discounts_in_year       | number | 0     | 一年内优惠次数     | discounts within a year
days_since_offer        | number |       | 距上次优惠         | days since the last offer
holds_offer             | flag   | 0     | 已持有优惠         | holds another offer
most_used               | text   |       | 最常用模块         | module used most
is_nothing              | flag   | 0     | 不打扰             | leaves alone
is_reminder             | flag   | 0     | 是提醒             | is a reminder
is_call                 | flag   | 0     | 是电话             | is a call
is_extension            | flag   | 0     | 是延长             | adds days
is_marketing            | flag   | 1     | 属于营销           | is marketing
is_discount             | flag   | 1     | 是折扣             | is a discount
gives                   | flag   | 1     | 给出优惠           | gives something
is_withdrawn            | flag   | 0     | 已停发             | is withdrawn
is_alone                | flag   | 0     | 不可叠加           | stands alone
has_it                  | flag   | 0     | 已拥有             | has it already
is_other_module         | flag   | 0     | 非常用模块         | is of another module
is_other_arm            | flag   | 0     | 属于另一组         | belongs to the other arm
is_sold                 | flag   | 1     | 有售               | is sold
is_shorter              | flag   | 0     | 周期更短           | is a shorter term
is_eligible             | flag   | 1     | 符合条件           | is eligible
uses_left               | number | 1     | 剩余次数           | uses left
above_cost_minor        | money  | 34920 | 高于成本           | above the cost by
left_share              | share  | 0.42  | 毛利占比           | part of the price that remains
discount_share          | share  | 0.10  | 折扣               | discount
discounts_in_year_minor | money  | 8280  | 一年优惠合计       | discounts within a year
dearer_than_now_minor   | money  | -690  | 比现在贵           | dearer than now by
held_beyond_minor       | money  | -8280 | 已持有更优         | held beyond this one
"""


def _declared() -> tuple[dict[str, FeatureName], dict[str, Scalar | None]]:
    fields: dict[str, FeatureName] = {}
    baseline: dict[str, Scalar | None] = {}
    for line in _FIELDS.strip().splitlines():
        name, kind, value, zh, en = (cell.strip() for cell in line.split("|"))
        fields[name] = FeatureName(name, FeatureKind(kind), Sentence(zh=zh, en=en), _NONE)
        number = float(value) if "." in value else int(value or 0)
        baseline[name] = number if value else None
    return fields, baseline


_READ = _declared()
FIELDS: Final[Mapping[str, FeatureName]] = _READ[0]
BASELINE: Final[Mapping[str, Scalar | None]] = _READ[1]
