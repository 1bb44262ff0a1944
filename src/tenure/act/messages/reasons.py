"""Why a message was not sent, or waits: one sentence for each reason that is stored (TOP-09)."""

from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.sections import Strategy

REASONS: Final[dict[str, Sentence]] = {
    "renewed": Sentence(zh="已经续费", en="already renewed"),
    "moved": Sentence(zh="到期日变了，按新日期重排", en="the end moved, planned anew"),
    "cancelling": Sentence(zh="客户已要求到期停用", en="the customer asked to stop at the end"),
    "cancelled": Sentence(zh="已退订", en="cancelled"),
    "lapsed": Sentence(zh="已流失", en="lapsed"),
    "holdout": Sentence(
        zh="对照组：只收法定通知和凭据", en="holdout: legal notices and receipts only"
    ),
    "minor": Sentence(zh="未成年人，不作营销", en="a minor is not persuaded"),
    "no_consent": Sentence(zh="没有营销同意", en="no consent to marketing"),
    "not_confirmed": Sentence(
        zh="当地法律要求先点击确认邮件，尚未确认",
        en="the law there asks for a click that confirms the consent, and none came",
    ),
    "unsubscribed": Sentence(zh="已拒收", en="unsubscribed"),
    "no_address": Sentence(zh="没有可用地址", en="no address"),
    "bounced": Sentence(zh="地址已失效（退信）", en="the address bounced"),
    "bad_address": Sentence(zh="地址写法有误", en="the address is malformed"),
    "refused": Sentence(zh="对方服务器拒收", en="refused by the recipient's server"),
    "busy": Sentence(zh="对方服务器多次暂不接收", en="put off too often by the recipient's server"),
    "mail_server_down": Sentence(zh="邮件服务器不可用，等待重试", en="the mail server is down"),
    "no_mail_server": Sentence(
        zh="没有配置邮件服务器（TENURE_SMTP_HOST）", en="no mail server is set (TENURE_SMTP_HOST)"
    ),
    "left_out": Sentence(
        zh="对比实验：这一组不做这一步", en="a comparison leaves this step out in this arm"
    ),
    "no_carrier": Sentence(zh="该渠道尚未接通", en="nothing carries this channel here"),
    "no_template": Sentence(zh="策略中已没有这条消息", en="the strategy no longer has the message"),
    "missing_slot": Sentence(zh="缺少消息需要的数据", en="something the text needs is unknown"),
    "bad_template": Sentence(zh="模板写法有误", en="the template cannot be read"),
    "foreign_link": Sentence(
        zh="有链接指向未许可的网站", en="a link leads to a site that is not allowed"
    ),
    "sells": Sentence(
        zh="服务类消息里出现了营销用语", en="a service message uses words of marketing"
    ),
    "open_fault": Sentence(zh="故障未恢复，营销暂停", en="marketing pauses during an open fault"),
    "quiet_hours": Sentence(zh="不在可发送时段", en="outside the sending hours"),
    "habit": Sentence(
        zh="等到这位客户常回应的时段", en="waits for the hour at which this customer answers"
    ),
    "sold_by_store": Sentence(zh="由应用商店售出并续费", en="an app store sold it and renews it"),
    "came_back": Sentence(zh="客户已回来", en="the customer came back"),
    "too_late": Sentence(zh="已过发送期", en="its time has passed"),
    "undelivered": Sentence(zh="运营商未能送达", en="the carrier could not deliver it"),
    "in_doubt": Sentence(
        zh="已交给渠道但没有应答，不会重发", en="handed over without an answer; not sent again"
    ),
    "awaits_confirming": Sentence(
        zh="等人确认发出（企业微信任务、待付邮的信函）",
        en="waits until a person sends it on: a task in WeCom, a letter for the post",
    ),
    "channel_down": Sentence(zh="渠道不可用，等待重试", en="the provider is down"),
    "throttled": Sentence(zh="已达渠道限速，稍后发送", en="paced to the provider's limit"),
    "complaint": Sentence(zh="客户投诉为垃圾邮件", en="the customer called it spam"),
    "stopped": Sentence(zh="发送总开关已关闭", en="all sending is switched off"),
    "undecided": Sentence(zh="还没有决策", en="no decision yet"),
    "nothing": Sentence(zh="决策是不打扰", en="the decision is to leave alone"),
    "waiting": Sentence(zh="等待第二人批准", en="waits for a second person"),
    "withheld": Sentence(zh="决策不给优惠", en="the decision withholds an offer"),
    "offer_withdrawn": Sentence(
        zh="该优惠已停止发放，尚未告知的不再发送",
        en="the offer was withdrawn before anybody was told of it",
    ),
    "goal": Sentence(zh="目标已达成", en="what it was for is reached"),
    "not_followed": Sentence(
        zh="前一步没有送达，后续不再跟进", en="the step before did not reach the customer"
    ),
    "reacted": Sentence(zh="前一步已有回应", en="the customer reacted to the step before"),
    "other_branch": Sentence(zh="随机分流到另一分支", en="the lot sends it another way"),
    "no_endpoint": Sentence(zh="没有程序订阅旅程通知", en="no program asked to be told of steps"),
    "renewal_ticket": Sentence(
        zh="续费咨询工单未关闭，提醒暂停",
        en="reminders wait while a question about renewing is open",
    ),
    "no_person": Sentence(zh="没有联系人", en="there is no person to write to"),
}
_CAP = Sentence(zh="触达上限：{name}", en="cap reached: {name}")
_OTHER = Sentence(zh="其他原因：{reason}", en="another reason: {reason}")


def told(reason: str, *, strategy: Strategy) -> Sentence:
    """A stored reason as people read it."""
    if reason in REASONS:
        return REASONS[reason]
    if reason.startswith("cap_"):
        caps = {cap.id: cap.name for cap in strategy.contact.caps}
        name = caps.get(reason.removeprefix("cap_"))
        return _CAP.fill(name=name if name is not None else reason.removeprefix("cap_"))
    return _OTHER.fill(reason=reason)
