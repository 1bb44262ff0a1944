"""How each feature is told as a reason: a fact with its real value, in both languages.

A sentence states what was observed and never why somebody leaves. `{value}` is the value as people
read it: days, times, a percentage, an amount of money.
"""

from __future__ import annotations

from typing import Final

from tenure.kernel.failures import Sentence

# feature | Chinese | English
_TOLD = """
plan_code            | 套餐是 {value} | The plan is {value}
tier_rank            | 套餐档位为 {value} | The plan is of tier {value}
cycle_months         | 每 {value} 个月付费一次 | Months paid at a time: {value}
price_minor          | 本期价格 {value} | This term costs {value}
tenure_days          | 在网 {value} 天 | Days as a customer: {value}
term_number          | 正处于第 {value} 个周期 | Now in term number {value}
days_left            | 距到期 {value} 天 | Days to the end of the term: {value}
term_age_days        | 本周期已过 {value} 天 | Days into the term: {value}
auto_renew           | 自动续费：{value} | Automatic renewal: {value}
is_business          | 企业客户：{value} | Business customer: {value}
is_elderly           | 老年客户：{value} | Elderly customer: {value}
has_email            | 留有邮箱：{value} | E-mail address known: {value}
has_phone            | 留有电话：{value} | Telephone known: {value}
days_since_login     | 已有 {value} 天没有登录 | Days without a login: {value}
logins_7             | 近 7 天登录 {value} 次 | Logins in 7 days: {value}
logins_30            | 近 30 天登录 {value} 次 | Logins in 30 days: {value}
logins_90            | 近 90 天登录 {value} 次 | Logins in 90 days: {value}
active_days_30       | 近 30 天只有 {value} 天活跃 | Active days of the last 30: {value}
active_days_90       | 近 90 天只有 {value} 天活跃 | Active days of the last 90: {value}
sessions_30          | 近 30 天使用 {value} 次 | Sessions in 30 days: {value}
usage_minutes_30     | 近 30 天使用 {value} 分钟 | Minutes of use in 30 days: {value}
usage_gb_30          | 近 30 天流量 {value} GB | Traffic in 30 days: {value} GB
usage_gb_90          | 近 90 天流量 {value} GB | Traffic in 90 days: {value} GB
usage_trend          | 近 30 天用量是此前月均的 {value} | Use is {value} of an earlier average month
distinct_features_30 | 近 30 天用过 {value} 个功能 | Features used in 30 days: {value}
core_days_30         | 近 30 天有 {value} 天用了核心功能 | Days with the core feature in 30: {value}
days_since_core      | 已有 {value} 天没用核心功能 | Days without the core feature: {value}
integrations_30      | 近 30 天与 {value} 个其他系统集成 | Integrations used in 30 days: {value}
speed_ratio_30       | 近 30 天实测网速是套餐的 {value} | Measured speed is {value} of the plan
slow_evenings_30     | 近 30 天有 {value} 个晚间卡顿 | Slow evenings in 30 days: {value}
outages_30           | 近 30 天断网 {value} 次 | Outages in 30 days: {value}
outage_minutes_90    | 近 90 天断网 {value} 分钟 | Minutes without service in 90 days: {value}
tickets_30           | 近 30 天提交工单 {value} 个 | Tickets in 30 days: {value}
tickets_90           | 近 90 天提交工单 {value} 个 | Tickets in 90 days: {value}
open_tickets         | 有 {value} 个工单还未关闭 | Tickets still open: {value}
complaints_180       | 近 180 天投诉 {value} 次 | Complaints in 180 days: {value}
days_since_ticket    | 上次提交工单在 {value} 天前 | Days since the last ticket: {value}
resolution_hours_90  | 近 90 天工单平均 {value} 小时处理完 | Mean hours to resolve a ticket: {value}
sla_misses_180       | 近 180 天有 {value} 次超时未修 | Missed repair promises in 180 days: {value}
nps_last             | 最近推荐分 {value}（满分 10） | Last recommendation score: {value} of 10
csat_last            | 最近满意度 {value}（满分 5） | Last satisfaction score: {value} of 5
days_since_survey    | 上次调研回复在 {value} 天前 | Days since the last survey answer: {value}
payments_failed_365  | 近一年扣款失败 {value} 次 | Failed payments in a year: {value}
late_payments_730    | 近两年逾期续费 {value} 次 | Late renewals in two years: {value}
discount_share_last  | 本期享受了 {value} 的折扣 | This term was sold at {value} off
paid_total_minor     | 累计付费 {value} | Paid in total: {value}
price_change_share   | 本期月均价格变动 {value} | Monthly price changed by {value}
renewals_count       | 已续费 {value} 次 | Renewals so far: {value}
compare_visits_30    | 近 30 天浏览比价页 {value} 次 | Price comparisons seen in 30 days: {value}
exports_30           | 近 30 天导出数据 {value} 次 | Data exports in 30 days: {value}
contacts_30          | 近 30 天收到 {value} 条消息 | Messages received in 30 days: {value}
opens_90             | 近 90 天打开消息 {value} 次 | Messages opened in 90 days: {value}
marketing_consent    | 同意营销：{value} | Agreed to marketing: {value}
"""

UNKNOWN: Final = Sentence(zh="没有“{name}”的记录", en="Nothing is recorded of “{name}”")
YES: Final = Sentence(zh="是", en="yes")
NO: Final = Sentence(zh="否", en="no")


def _declared(table: str) -> dict[str, Sentence]:
    found: dict[str, Sentence] = {}
    for line in table.strip().splitlines():
        name, zh, en = (cell.strip() for cell in line.split("|"))
        found[name] = Sentence(zh=zh, en=en)
    return found


TOLD: Final[dict[str, Sentence]] = _declared(_TOLD)
