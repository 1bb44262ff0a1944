"""The names of a customer's numbers that rules may use, as people read them.

How each is computed is declared in `understand/features`; a test there holds the two lists
together. `kind` says how a rule may compare it and how a value is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Sentence


class FeatureKind(StrEnum):
    """What a value is: a count or measure, a part of one, minor units, 0 or 1, or a word."""

    NUMBER = "number"
    SHARE = "share"
    MONEY = "money"
    FLAG = "flag"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class FeatureName:
    """One feature as people read it."""

    id: str
    kind: FeatureKind
    name: Sentence
    unit: Sentence


_NONE = Sentence(zh="", en="")
_UNITS: Final = {
    "": _NONE,
    "days": Sentence(zh="天", en="days"),
    "times": Sentence(zh="次", en=""),
    "months": Sentence(zh="个月", en="months"),
    "minutes": Sentence(zh="分钟", en="minutes"),
    "hours": Sentence(zh="小时", en="hours"),
    "gb": Sentence(zh="GB", en="GB"),
    "points": Sentence(zh="分", en="points"),
    "items": Sentence(zh="个", en=""),
}

# id | kind | unit | Chinese | English
_OBSERVED = """
plan_code            | text   |         | 套餐               | plan
tier_rank            | number |         | 套餐档位           | plan tier
cycle_months         | number | months  | 付费周期           | billing cycle
price_minor          | money  |         | 本期价格           | price of this term
tenure_days          | number | days    | 在网天数           | time as a customer
term_number          | number |         | 第几个周期         | number of this term
days_left            | number | days    | 距到期             | time until the end of the term
term_age_days        | number | days    | 本周期已过         | time since the term began
auto_renew           | flag   |         | 已开自动续费       | automatic renewal
is_business          | flag   |         | 企业客户           | business customer
is_elderly           | flag   |         | 老年客户           | elderly customer
has_email            | flag   |         | 有邮箱             | has an e-mail address
has_phone            | flag   |         | 有电话             | has a telephone number
days_since_login     | number | days    | 距上次登录         | time since the last login
logins_7             | number | times   | 近 7 天登录        | logins in 7 days
logins_30            | number | times   | 近 30 天登录       | logins in 30 days
logins_90            | number | times   | 近 90 天登录       | logins in 90 days
active_days_30       | number | days    | 近 30 天活跃       | active days in 30 days
active_days_90       | number | days    | 近 90 天活跃       | active days in 90 days
sessions_30          | number | times   | 近 30 天使用次数   | sessions in 30 days
usage_minutes_30     | number | minutes | 近 30 天使用时长   | use in 30 days
usage_gb_30          | number | gb      | 近 30 天流量       | traffic in 30 days
usage_gb_90          | number | gb      | 近 90 天流量       | traffic in 90 days
usage_trend          | share  |         | 用量与之前相比     | use compared with before
distinct_features_30 | number | items   | 近 30 天用过的功能 | features used in 30 days
core_days_30         | number | days    | 近 30 天用核心功能 | days with the core feature in 30 days
days_since_core      | number | days    | 距上次用核心功能   | time since the core feature was used
integrations_30      | number | items   | 近 30 天用过的集成 | integrations used in 30 days
speed_ratio_30       | share  |         | 实测速率达标率     | measured speed against the plan
slow_evenings_30     | number | days    | 近 30 天晚间卡顿   | slow evenings in 30 days
outages_30           | number | times   | 近 30 天断网       | outages in 30 days
outage_minutes_90    | number | minutes | 近 90 天断网时长   | time without service in 90 days
tickets_30           | number | items   | 近 30 天报障       | tickets in 30 days
tickets_90           | number | items   | 近 90 天报障       | tickets in 90 days
open_tickets         | number | items   | 未关闭的工单       | open tickets
complaints_180       | number | times   | 近 180 天投诉      | complaints in 180 days
days_since_ticket    | number | days    | 距上次报障         | time since the last ticket
resolution_hours_90  | number | hours   | 近 90 天处理时长   | time to resolve in 90 days
sla_misses_180       | number | times   | 近 180 天超时未修  | missed repair promises in 180 days
nps_last             | number | points  | 最近一次推荐分     | last recommendation score
csat_last            | number | points  | 最近一次满意度     | last satisfaction score
days_since_survey    | number | days    | 距上次调研         | time since the last survey
payments_failed_365  | number | times   | 近一年扣款失败     | failed payments in a year
late_payments_730    | number | times   | 近两年逾期续费     | late renewals in two years
discount_share_last  | share  |         | 上次续费折扣       | discount at the last renewal
paid_total_minor     | money  |         | 累计付费           | paid in total
price_change_share   | share  |         | 续费价格变动       | price change at renewal
renewals_count       | number | times   | 已续费次数         | renewals so far
compare_visits_30    | number | times   | 近 30 天比价浏览   | price comparisons seen in 30 days
exports_30           | number | times   | 近 30 天数据导出   | data exports in 30 days
contacts_30          | number | times   | 近 30 天触达       | messages received in 30 days
opens_90             | number | times   | 近 90 天打开       | messages opened in 90 days
marketing_consent    | flag   |         | 同意营销           | agreed to marketing
"""

# Known only after scoring: rules of offers and journeys may use them, tags and health may not.
_SCORED = """
health               | number | points  | 健康分             | health score
p_lapse              | share  |         | 不续费概率         | probability of not renewing
"""


def _declared(table: str) -> dict[str, FeatureName]:
    found: dict[str, FeatureName] = {}
    for line in table.strip().splitlines():
        name, kind, unit, zh, en = (cell.strip() for cell in line.split("|"))
        found[name] = FeatureName(name, FeatureKind(kind), Sentence(zh=zh, en=en), _UNITS[unit])
    return found


OBSERVED: Final[dict[str, FeatureName]] = _declared(_OBSERVED)
SCORED: Final[dict[str, FeatureName]] = _declared(_SCORED)
ALL: Final[dict[str, FeatureName]] = OBSERVED | SCORED
