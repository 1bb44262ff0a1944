"""What a copy of somebody's data holds: one sheet per kind of record, every column explained."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Model

from tenure.kernel.failures import Sentence
from tenure.records.access.models import CustomerSession
from tenure.records.billing.models import Payment
from tenure.records.brought.models import BroughtFile
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Account, Consent, ConsentRequest, ContactPoint, Person
from tenure.records.documents.models import Document
from tenure.records.feedback.models import Answer, LossReason
from tenure.records.gifts.models import Gift
from tenure.records.journal.models import Entry
from tenure.records.service.models import Ticket
from tenure.records.subscriptions.benefits.models import Benefit
from tenure.records.subscriptions.models import Subscription, Term

type Columns = tuple[tuple[str, Sentence], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of record of an account: where it stands, whose it is, and what is told of it."""

    name: str
    title: Sentence
    model: type[Model]
    owner: str  # the lookup that leads to the account's id
    columns: Columns

    @property
    def attributes(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.columns)


def _s(zh: str, en: str) -> Sentence:
    return Sentence(zh=zh, en=en)


_NUMBER: Final = _s("编号", "number")
_CURRENCY: Final = _s("币种（ISO 4217）", "currency, ISO 4217")
_STATE: Final = _s("状态", "state")
_CHANNEL: Final = _s("渠道", "channel")
_ID: Final = ("external_id", _NUMBER)

SHEETS: Final = (
    Sheet(
        "account",
        _s("账户", "Account"),
        Account,
        "pk",
        (
            ("external_id", _s("客户号", "customer number")),
            ("name", _s("名称", "name")),
            ("kind", _s("类型", "kind")),
            ("country", _s("国家或地区", "country")),
            ("region", _s("地区", "region")),
            ("zone", _s("时区", "time zone")),
            ("currency", _CURRENCY),
            ("sales_channel", _s("销售渠道", "sales channel")),
            ("started_on", _s("开始日期", "customer since")),
            ("attributes", _s("其他资料（JSON）", "further attributes, JSON")),
        ),
    ),
    Sheet(
        "people",
        _s("联系人", "People"),
        Person,
        "account_id",
        (
            _ID,
            ("name", _s("姓名", "name")),
            ("language", _s("语言", "language")),
            ("zone", _s("时区", "time zone")),
            ("is_primary", _s("是否主要联系人", "is the primary person")),
            ("born_year", _s("出生年份", "year of birth")),
            ("preferred_channels", _s("偏好渠道", "preferred channels, best first")),
            ("preferred_from", _s("偏好时段开始", "preferred hours from")),
            ("preferred_until", _s("偏好时段结束", "preferred hours until")),
            ("personalised", _s("接受个性化推荐", "accepts personalised choices")),
        ),
    ),
    Sheet(
        "contact_points",
        _s("联系方式", "Contact points"),
        ContactPoint,
        "person__account_id",
        (
            ("channel", _CHANNEL),
            ("address", _s("地址或号码", "address or number")),
            ("bounced_at", _s("退信时间（UTC）", "bounced at, UTC")),
        ),
    ),
    Sheet(
        "consents",
        _s("同意记录", "Consents"),
        Consent,
        "person__account_id",
        (
            ("purpose", _s("用途", "purpose")),
            ("channel", _CHANNEL),
            ("basis", _s("依据", "legal basis")),
            ("text_version", _s("文本版本", "version of the text")),
            ("given_at", _s("给出时间（UTC）", "given at, UTC")),
            ("withdrawn_at", _s("撤回时间（UTC）", "withdrawn at, UTC")),
            ("evidence", _s("凭据", "evidence")),
            ("double_opt_in_at", _s("点击确认时间（UTC）", "confirmed by a click at, UTC")),
        ),
    ),
    Sheet(
        "consent_requests",
        _s("待确认的同意", "Consents to confirm"),
        ConsentRequest,
        "person__account_id",
        (
            ("purpose", _s("用途", "purpose")),
            ("channel", _CHANNEL),
            ("address", _s("地址或号码", "address or number")),
            ("text_version", _s("文本版本", "version of the text")),
            ("disclosure", _s("文本", "text")),
            ("asked_at", _s("勾选时间（UTC）", "asked at, UTC")),
            ("asked_ip", _s("勾选时的网络地址", "network address then")),
            ("confirmed_at", _s("确认时间（UTC）", "confirmed at, UTC")),
            ("confirmed_ip", _s("确认时的网络地址", "network address at confirming")),
        ),
    ),
    Sheet(
        "subscriptions",
        _s("订阅", "Subscriptions"),
        Subscription,
        "account_id",
        (
            _ID,
            ("plan_version__plan__code", _s("套餐", "plan")),
            ("cycle_months", _s("周期（月）", "cycle in months")),
            ("quantity", _s("数量", "quantity")),
            ("auto_renew", _s("自动续费", "renews automatically")),
            ("state", _STATE),
            ("started_on", _s("开始日期", "started on")),
            ("ended_on", _s("结束日期", "ended on")),
            ("attributes", _s("其他资料（JSON）", "further attributes, JSON")),
        ),
    ),
    Sheet(
        "terms",
        _s("各期", "Terms"),
        Term,
        "account_id",
        (
            ("subscription__external_id", _s("订阅编号", "subscription")),
            ("number", _s("第几期", "which term")),
            ("plan_version__plan__code", _s("套餐", "plan")),
            ("starts_on", _s("开始日期", "starts on")),
            ("ends_on", _s("到期日（不含）", "ends on, not included")),
            ("price_minor", _s("实付（最小货币单位）", "price paid, minor units")),
            ("list_price_minor", _s("标价（最小货币单位）", "list price, minor units")),
            ("currency", _CURRENCY),
            ("state", _STATE),
        ),
    ),
    Sheet(
        "payments",
        _s("付款", "Payments"),
        Payment,
        "account_id",
        (
            _ID,
            ("amount_minor", _s("金额（最小货币单位）", "amount, minor units")),
            ("currency", _CURRENCY),
            ("method", _s("方式", "method")),
            ("state", _STATE),
            ("paid_on", _s("日期", "day")),
        ),
    ),
    Sheet(
        "documents",
        _s("单据", "Documents"),
        Document,
        "account_id",
        (
            ("number", _NUMBER),
            ("kind", _s("类型", "kind")),
            ("gross_minor", _s("含税金额（最小货币单位）", "gross amount, minor units")),
            ("currency", _CURRENCY),
            ("issued_on", _s("开具日期", "issued on")),
            ("content", _s("内容（JSON）", "content, JSON")),
        ),
    ),
    Sheet(
        "tickets",
        _s("服务单", "Tickets"),
        Ticket,
        "account_id",
        (
            _ID,
            ("kind", _s("类型", "kind")),
            ("subject", _s("主题", "subject")),
            ("opened_at", _s("提出时间（UTC）", "opened at, UTC")),
            ("resolved_at", _s("解决时间（UTC）", "resolved at, UTC")),
        ),
    ),
    Sheet(
        "answers",
        _s("调研回答", "Survey answers"),
        Answer,
        "account_id",
        (
            ("survey", _s("调研", "survey")),
            ("score", _s("分数", "score")),
            ("text", _s("留言", "text")),
            ("answered_on", _s("日期", "day")),
        ),
    ),
    Sheet(
        "reasons",
        _s("离开原因", "Reasons for leaving"),
        LossReason,
        "account_id",
        (
            ("reason", _s("原因", "reason")),
            ("text", _s("留言", "text")),
            ("given_on", _s("日期", "day")),
        ),
    ),
    Sheet(
        "messages",
        _s("我们发给您的消息", "Messages to you"),
        Message,
        "account_id",
        (
            ("channel", _CHANNEL),
            ("address", _s("地址或号码", "address or number")),
            ("message_class", _s("类别", "class")),
            ("subject", _s("主题", "subject")),
            ("body", _s("正文", "text")),
            ("state", _STATE),
            ("reason", _s("未发原因", "why it was not sent")),
            ("sent_at", _s("发送时间（UTC）", "sent at, UTC")),
        ),
    ),
    Sheet(
        "benefits",
        _s("权益", "Benefits"),
        Benefit,
        "account_id",
        (
            ("kind", _s("类型", "kind")),
            ("name_en", _s("名称（英文）", "name")),
            ("reason_en", _s("原因（英文）", "why it was given")),
            ("starts_on", _s("开始日期", "from")),
            ("ends_on", _s("结束日期（不含）", "until, not included")),
            ("ended_on", _s("实际结束", "ended on")),
        ),
    ),
    Sheet(
        "gifts",
        _s("礼物", "Presents"),
        Gift,
        "account_id",
        (
            ("public_id", _NUMBER),
            ("rule_id", _s("选择", "what was chosen")),
            ("recipient", _s("收件人", "to")),
            ("phone", _s("电话", "telephone")),
            ("address", _s("地址", "address")),
            ("tracking", _s("运单号", "tracking number")),
            ("state", _STATE),
        ),
    ),
    Sheet(
        "brought",
        _s("从别处带来的资料", "Data brought along"),
        BroughtFile,
        "account_id",
        (
            ("public_id", _NUMBER),
            ("data_id", _s("内容", "what it holds")),
            ("name", _s("文件名", "name of the file")),
            ("rows", _s("各行（JSON）", "rows, JSON")),
            ("brought_on", _s("日期", "day")),
        ),
    ),
    Sheet(
        "sessions",
        _s("登录记录", "Sessions"),
        CustomerSession,
        "account_id",
        (
            ("door", _s("登录方式", "way in")),
            ("device", _s("设备", "device")),
            ("opened_at", _s("登录时间（UTC）", "opened at, UTC")),
            ("closed_at", _s("退出时间（UTC）", "closed at, UTC")),
        ),
    ),
    Sheet(
        "journal",
        _s("处理记录", "What was done"),
        Entry,
        "account_id",
        (
            ("at", _s("时间（UTC）", "instant, UTC")),
            ("kind", _s("事项", "what")),
            ("actor", _s("由谁", "by whom")),
            ("content", _s("内容（JSON）", "content, JSON")),
        ),
    ),
)
