"""What the kinds of the table and the lists below them are called."""

from collections.abc import Mapping
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.retention import Kept, Span

KINDS: Final[Mapping[Kept, Sentence]] = {
    Kept.RAW_EVENTS: Sentence(zh="原始使用事件", en="Events as they came"),
    Kept.MESSAGE_BODIES: Sentence(zh="消息正文", en="Texts of messages"),
    Kept.RECEIPTS: Sentence(zh="投递回执", en="Receipts of deliveries"),
    Kept.SCORES: Sentence(zh="特征与评分", en="Features and scores"),
    Kept.AUDIT: Sentence(zh="操作与变更日志", en="The journal"),
    Kept.BOOKS: Sentence(zh="票据与账簿", en="Papers and the ledger"),
    Kept.SESSIONS: Sentence(zh="登录会话", en="Sign-ins"),
}
LISTS: Final[Mapping[str, Sentence]] = {
    "message_bodies": Sentence(zh="消息正文", en="texts of messages"),
    "notice_bodies": Sentence(zh="告知的正文", en="texts of notices"),
    "carriages": Sentence(zh="交付记录", en="hand-overs to providers"),
    "channel_events": Sentence(zh="服务商回报", en="reports of providers"),
    "webhook_attempts": Sentence(zh="Webhook 请求", en="requests to webhooks"),
    "webhook_deliveries": Sentence(zh="Webhook 投递", en="deliveries to webhooks"),
    "journal": Sentence(zh="日志条目", en="entries of the journal"),
    "inbox": Sentence(zh="收件箱事件", en="events of the inbox"),
    "quarantine": Sentence(zh="隔离记录", en="rows of the quarantine"),
    "customer_sessions": Sentence(zh="客户登录", en="sign-ins of customers"),
    "login_codes": Sentence(zh="登录验证码", en="codes for signing in"),
    "consent_requests": Sentence(zh="未确认的同意", en="consents that nobody confirmed"),
    "staff_sessions": Sentence(zh="员工登录", en="sign-ins of staff"),
    "files:events": Sentence(zh="事件文件的行", en="rows of event files"),
    "files:features": Sentence(zh="特征的行", en="rows of features"),
    "files:feature_corrections": Sentence(zh="特征更正的行", en="rows of corrected features"),
    "files:tag_masks": Sentence(zh="标签的行", en="rows of tags"),
    "files:segment_masks": Sentence(zh="人群的行", en="rows of segments"),
    "files:health": Sentence(zh="健康评分的行", en="rows of health"),
    "files:risks": Sentence(zh="流失概率的行", en="rows of risks"),
    "files:risk_ends": Sentence(zh="流失方式的行", en="rows of ways to end"),
    "documents": Sentence(zh="收据等票据", en="receipts and other papers"),
    "invoices": Sentence(zh="发票申请", en="requests for invoices"),
    "bookings": Sentence(zh="账簿分录", en="bookings of the ledger"),
}
_MONTHS: Final = Sentence(zh="{n} 个月", en="{n} months")
_DAYS: Final = Sentence(zh="{n} 天", en="{n} days")


def length(span: Span) -> Sentence:
    """How long, in words."""
    return _MONTHS.fill(n=span.months) if span.months else _DAYS.fill(n=span.days)


def lines_of(counts: Mapping[str, int]) -> list[tuple[Sentence, int]]:
    """Counts by list, in the order in which a night goes through them."""
    return [(LISTS[name], counts[name]) for name in LISTS if counts.get(name)]
