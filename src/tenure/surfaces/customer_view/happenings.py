"""One thing that happened, as a person reads it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tenure.act.messages.own import template_of
from tenure.act.messages.reasons import told as why_not_sent
from tenure.kernel.failures import Sentence
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.customer_view.payments import METHODS, PAID

NOTHING: Final = Sentence(zh="", en="")
MINUTES_PER_HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class Happening:
    """One row of the timeline's query."""

    source: str
    kind: str
    words: tuple[str, ...]
    number: int | None
    at: datetime

    @property
    def content(self) -> Mapping[str, Any]:
        """What a journal entry holds."""
        found: Mapping[str, Any] = json.loads(self.words[1] or "{}")
        return found


@dataclass(frozen=True, slots=True)
class Said:
    """How it is shown; the bare forms, where they differ, leave out people's own words."""

    icon: str
    tone: str
    title: Sentence
    detail: Sentence
    origin: Sentence
    bare_title: Sentence | None = None
    bare_detail: Sentence | None = None


def told(happening: Happening, *, strategy: Strategy) -> Said:
    """The words for one thing that happened."""
    return _TELLERS[happening.source](happening, strategy)


def _plain(text: str) -> Sentence:
    """Somebody's own words, the same in every language."""
    return Sentence(zh=text, en=text)


# What the journal calls it: icon, tone, and the sentence that its content fills.
_CHANGES: Final[Mapping[str, tuple[str, str, Sentence]]] = {
    "term.renewed": (
        "refresh",
        "good",
        Sentence(zh="已续费，新周期到 {ends_on}", en="Renewed, until {ends_on}"),
    ),
    "term.resumed": (
        "refresh",
        "good",
        Sentence(zh="重新购买，新周期到 {ends_on}", en="Bought again, until {ends_on}"),
    ),
    "term.overdue": (
        "hourglass",
        "bad",
        Sentence(zh="已到期，进入宽限期", en="The term ended; grace days run"),
    ),
    "term.lapsed": ("circle-minus", "bad", Sentence(zh="宽限期后流失", en="Lapsed after grace")),
    "term.cancelled": ("circle-minus", "bad", Sentence(zh="已退订", en="Cancelled")),
    "term.cancel_asked": (
        "circle-minus",
        "bad",
        Sentence(zh="要求 {ends_on} 到期停用", en="Asked to stop when the term ends on {ends_on}"),
    ),
    "term.cancel_undone": (
        "arrow-back-up",
        "good",
        Sentence(zh="撤回停用，继续使用", en="Stays: took the cancellation back"),
    ),
    "term.extended": (
        "calendar-plus",
        "good",
        Sentence(zh="到期日延长 {days} 天", en="The term was extended by {days} days"),
    ),
    "subscription.started": ("plus", "accent", Sentence(zh="开始订阅", en="Subscribed")),
    "subscription.auto_renew_switched": (
        "refresh",
        "",
        Sentence(zh="自动续费已{is_on}", en="Automatic renewal switched {is_on}"),
    ),
    "benefit.given": ("gift", "good", Sentence(zh="获得权益：{reason}", en="Given: {reason}")),
    "benefit.ended": ("gift", "", Sentence(zh="权益结束", en="A benefit ended")),
    "promise.made": ("gift", "", Sentence(zh="许诺了续费礼遇", en="Something was promised")),
    "promise.done": ("gift", "good", Sentence(zh="许诺已兑现", en="A promise was kept")),
    "promise.failed": (
        "gift",
        "",
        Sentence(zh="许诺暂未兑现", en="A promise could not be kept yet"),
    ),
    "promise.released": ("gift", "", Sentence(zh="许诺已收回", en="A promise was given back")),
    "gift.chosen": ("gift", "good", Sentence(zh="选了礼物", en="Chose a present")),
    "gift.sent": ("gift", "", Sentence(zh="礼物已寄出", en="A present was sent")),
    "data.brought": (
        "file-text",
        "good",
        Sentence(zh="带来 {rows} 行资料", en="Brought {rows} rows of data"),
    ),
    "health.fell": (
        "trending-down",
        "bad",
        Sentence(
            zh="健康分降到 {score}，低于介入线 {line}",
            en="Health fell to {score}, below the line of {line}",
        ),
    ),
    "health.recovered": (
        "chart-line",
        "good",
        Sentence(zh="健康分恢复到 {score}", en="Health is back at {score}"),
    ),
    "risk.rose": (
        "alert-triangle",
        "bad",
        Sentence(zh="流失风险升到{band}", en="Risk rose to {band}"),
    ),
    "opinion.given": (
        "user",
        "",
        Sentence(zh="客户经理预计续费把握 {renews}", en="The account manager's call: {renews}"),
    ),
    "tag.entered": ("award", "accent", Sentence(zh="获得标签“{tag}”", en="Tag “{tag}” came")),
    "tag.left": ("award", "", Sentence(zh="标签“{tag}”离开", en="Tag “{tag}” went")),
    "todo.opened": (
        "clipboard-plus",
        "accent",
        Sentence(zh="建了待办：{kind}", en="To-do opened: {kind}"),
    ),
    "todo.tried": (
        "phone",
        "",
        Sentence(zh="联系客户：{outcome}", en="Tried to reach the customer: {outcome}"),
    ),
    "todo.taken_back": (
        "phone",
        "",
        Sentence(zh="撤回记录：{outcome}", en="Noted by mistake: {outcome}"),
    ),
    "todo.handed_over": (
        "users",
        "",
        Sentence(zh="待办转交：{why}", en="To-do handed over: {why}"),
    ),
    "todo.dropped": (
        "clipboard-plus",
        "",
        Sentence(zh="待办取消，原因已消失", en="To-do dropped: its reason went away"),
    ),
    "consent.given": (
        "check",
        "good",
        Sentence(zh="同意{channel}{purpose}", en="Agreed to {purpose} by {channel}"),
    ),
    "consent.asked": (
        "mail",
        "",
        Sentence(zh="同意待邮件确认", en="Consent waits for the click in its mail"),
    ),
    "consent.proved": (
        "check",
        "good",
        Sentence(zh="{purpose}同意已有凭证", en="Consent to {purpose} proved"),
    ),
    "consent.withdrawn": (
        "ban",
        "bad",
        Sentence(zh="撤回{purpose}同意", en="Withdrew consent to {purpose}"),
    ),
    # What an import brought up to date.
    "account.changed": ("refresh", "", Sentence(zh="账户资料已更新", en="Details updated")),
    "person.changed": ("refresh", "", Sentence(zh="联系资料已更新", en="Contact details updated")),
    "subscription.changed": ("refresh", "", Sentence(zh="订阅已更新", en="Subscription updated")),
    "term.repriced": (
        "refresh",
        "",
        Sentence(zh="本期价格已更正", en="Price of the term corrected"),
    ),
    "term.corrected": (
        "refresh",
        "",
        Sentence(zh="到期日更正为 {ends_on}", en="End of the term corrected to {ends_on}"),
    ),
    "payment.corrected": ("refresh", "", Sentence(zh="付款已更正", en="Payment corrected")),
    "ticket.changed": ("refresh", "", Sentence(zh="工单已更新", en="Ticket updated")),
    "answer.changed": ("refresh", "", Sentence(zh="调研回答已更正", en="Answer corrected")),
    "loss_reason.changed": ("refresh", "", Sentence(zh="流失原因已更正", en="Reason corrected")),
}
_OTHER: Final = Sentence(zh="{kind}", en="{kind}")
_UNKNOWN: Final = "?"
_ON, _OFF = Sentence(zh="打开", en="on"), Sentence(zh="关闭", en="off")
_BANDS: Final = {
    1: Sentence(zh="低", en="low"),
    2: Sentence(zh="中", en="medium"),
    3: Sentence(zh="高", en="high"),
    4: Sentence(zh="极高", en="critical"),
}
CHANNELS: Final = {
    "email": Sentence(zh="邮件", en="e-mail"),
    "sms": Sentence(zh="短信", en="SMS"),
    "phone": Sentence(zh="电话", en="phone"),
    "push": Sentence(zh="应用推送", en="app push"),
    "wechat": Sentence(zh="微信", en="WeChat"),
    "wecom": Sentence(zh="企业微信", en="WeCom"),
    "banner": Sentence(zh="自助页横幅", en="portal banner"),
    "letter": Sentence(zh="信函", en="letter"),
}
TODO_KINDS: Final = {
    "call": Sentence(zh="电话联系", en="call"),
    "options": Sentence(zh="准备续费方案", en="prepare renewal options"),
    "health": Sentence(zh="关怀", en="look after"),
    "risk": Sentence(zh="风险上升", en="risk rose"),
}
OUTCOMES: Final = {
    "reached": Sentence(zh="已联系上", en="reached"),
    "refused": Sentence(zh="客户不需要", en="wants nothing more"),
    "call_back": Sentence(zh="约定再联系", en="call back later"),
    "no_answer": Sentence(zh="没人接听", en="no answer"),
    "wrong_number": Sentence(zh="号码有误", en="wrong number"),
    "opt_out": Sentence(zh="拒绝营销", en="wants no marketing"),
}
_PURPOSES: Final = {
    "marketing": Sentence(zh="营销", en="marketing"),
    "service": Sentence(zh="服务通知", en="service messages"),
    "billing": Sentence(zh="账单通知", en="billing messages"),
    "profiling": Sentence(zh="个性化推荐", en="personalised choices"),
}
_ORIGINS: Final = {
    "loop": Sentence(zh="系统", en="system"),
    "cli": Sentence(zh="命令行", en="command line"),
    "user": Sentence(zh="人工", en="a person"),
    "import": Sentence(zh="导入", en="import"),
    "api": Sentence(zh="接口", en="API"),
}


def _change(happening: Happening, strategy: Strategy) -> Said:
    icon, tone, sentence = _CHANGES.get(happening.kind, ("history", "", _OTHER))
    known = _named(happening.content, strategy) | {"kind": _kind(happening)}
    values = {slot: known.get(slot, _UNKNOWN) for slot in sentence.slots}
    origin = happening.words[0].partition(":")[0]
    return Said(icon, tone, sentence.fill(**values), NOTHING, _ORIGINS.get(origin, _plain(origin)))


def _kind(happening: Happening) -> object:
    if happening.kind.startswith("todo."):
        kind = str(happening.content.get("kind", _UNKNOWN))
        return TODO_KINDS.get(kind, kind)
    return happening.kind


def _named(content: Mapping[str, Any], strategy: Strategy) -> dict[str, object]:
    """The values of an entry, with names for the codes in it."""
    values = dict(content)
    if "is_on" in values:
        values["is_on"] = _ON if values["is_on"] else _OFF
    if isinstance(reason := values.get("reason"), dict):
        values["reason"] = Sentence(zh=reason.get("zh", ""), en=reason.get("en", ""))
    values["band"] = _BANDS.get(values.get("band", 0), _UNKNOWN)
    for name, words in (
        ("channel", CHANNELS),
        ("outcome", OUTCOMES),
        ("purpose", _PURPOSES),
    ):
        code = str(values.get(name, _UNKNOWN))
        values[name] = words.get(code, code)
    tag = strategy.tags.get(str(values.get("tag", "")))
    if tag is not None:
        values["tag"] = tag.name
    return values


CLASSES: Final = {
    "transactional": Sentence(zh="服务消息", en="Service message"),
    "legal_notice": Sentence(zh="法定告知", en="Legal notice"),
    "marketing": Sentence(zh="营销消息", en="Marketing message"),
}
_SUBJECT: Final = Sentence(zh="{kind}：{subject}", en="{kind}: {subject}")
_FATES: Final = {
    "sent": ("", Sentence(zh="{channel}，已发送", en="By {channel}, sent")),
    "delivered": ("", Sentence(zh="{channel}，已送达", en="By {channel}, delivered")),
    "read": ("good", Sentence(zh="{channel}，已读", en="By {channel}, read")),
    "suppressed": ("", Sentence(zh="没有发送：{why}", en="Not sent: {why}")),
    "failed": ("bad", Sentence(zh="发送失败：{why}", en="Could not be sent: {why}")),
    "expired": ("", Sentence(zh="已过期未发：{why}", en="Its time passed: {why}")),
}


def _message(happening: Happening, strategy: Strategy) -> Said:
    subject, channel, state, reason = happening.words
    tone, fate = _FATES.get(state, ("", _OTHER))
    template = template_of(subject, strategy=strategy)
    bare = CLASSES[happening.kind]
    title = _SUBJECT.fill(kind=bare, subject=template.name if template else subject)
    why = why_not_sent(reason, strategy=strategy) if reason else NOTHING
    values = {"channel": CHANNELS.get(channel, channel), "why": why, "kind": state}
    detail = fate.fill(**{slot: values[slot] for slot in fate.slots})
    icon = "message" if channel != "phone" else "phone"
    return Said(icon, tone, title, detail, _ORIGINS["loop"], bare_title=bare)


_TICKET_KINDS: Final = {
    "fault": Sentence(zh="报障", en="fault"),
    "complaint": Sentence(zh="投诉", en="complaint"),
    "billing": Sentence(zh="账单", en="billing"),
    "renewal": Sentence(zh="续费", en="renewal"),
    "question": Sentence(zh="咨询", en="question"),
}
_OPENED = Sentence(zh="{kind}工单 {number}", en="Ticket {number}: {kind}")
_RESOLVED = Sentence(
    zh="{kind}工单 {number} 关闭，历时 {hours} 小时 {minutes} 分",
    en="Ticket {number} ({kind}) resolved after {hours} h {minutes} min",
)
_MISSED = Sentence(zh="超过修复承诺", en="Later than promised")
TICKET = Sentence(zh="工单", en="ticket")


def _ticket(happening: Happening, _: Strategy) -> Said:
    kind, subject, number, opened_at = happening.words
    name = _TICKET_KINDS.get(kind, _plain(kind))
    if happening.kind == "opened":
        title = _OPENED.fill(kind=name, number=number)
        return Said("ticket", "bad", title, _plain(subject), TICKET, bare_detail=NOTHING)
    opened = datetime.fromisoformat(opened_at)
    opened = opened if opened.tzinfo else opened.replace(tzinfo=UTC)
    taken = int((happening.at - opened).total_seconds()) // 60
    hours, minutes = divmod(taken, MINUTES_PER_HOUR)
    title = _RESOLVED.fill(kind=name, number=number, hours=hours, minutes=minutes)
    tone = "bad" if happening.number else "good"
    return Said("circle-check", tone, title, _MISSED if happening.number else NOTHING, TICKET)


PAYMENT = Sentence(zh="付款", en="payment")


def _payment(happening: Happening, _: Strategy) -> Said:
    method, currency = happening.words[0], happening.words[1]
    tone, sentence = PAID[happening.kind]
    amount = wording.money(happening.number, currency, decimals=True)
    detail = METHODS.get(method, _plain(method))
    return Said("credit-card", tone, sentence.fill(amount=amount), detail, PAYMENT)


_SURVEYS: Final = {
    "nps": (9, 6, Sentence(zh="推荐意愿 {score} 分，满分 10 分", en="Would recommend: {score}/10")),
    "csat": (4, 2, Sentence(zh="满意度 {score} 分", en="Satisfaction: {score}")),
    "ces": (5, 2, Sentence(zh="省力程度 {score} 分", en="Effort: {score}")),
    "intent": (4, 2, Sentence(zh="续费意愿 {score} 分", en="Would renew: {score}")),
}
_LEFT = Sentence(zh="离开的原因：{reason}", en="Reason for leaving: {reason}")
SURVEY = Sentence(zh="调研", en="survey")
_SCORE = Sentence(zh="{survey}：{score} 分", en="{survey}: {score}")


def _answer(happening: Happening, strategy: Strategy) -> Said:
    detail = _plain(f"“{happening.words[0]}”") if happening.words[0] else NOTHING
    if happening.kind == "loss_reason":
        code, text = happening.words[0], happening.words[1]
        known = strategy.reasons.get(code)
        title = _LEFT.fill(reason=known.name if known else code)
        words = _plain(f"“{text}”") if text else NOTHING
        return Said("mood-sad", "bad", title, words, SURVEY, bare_detail=NOTHING)
    score = happening.number or 0
    good, bad, sentence = _SURVEYS.get(happening.kind, (score + 1, -1, _SCORE))
    tone = "good" if score >= good else "bad" if score <= bad else ""
    values = {"score": score, "survey": happening.kind}
    title = sentence.fill(**{slot: values[slot] for slot in sentence.slots})
    icon = "mood-sad" if tone == "bad" else "message-circle"
    return Said(icon, tone, title, detail, SURVEY, bare_detail=NOTHING)


_TELLERS: Final[Mapping[str, Callable[[Happening, Strategy], Said]]] = {
    "changes": _change,
    "messages": _message,
    "tickets": _ticket,
    "payments": _payment,
    "answers": _answer,
}
