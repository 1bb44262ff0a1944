"""What may be said: one message, with a rendering per channel and language, in Liquid.

The class of a message is fixed here and nowhere else. A long body stands in a file of its own,
`messages/<id>.<channel>.<language>.liquid`, beside messages.toml.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.business import LANGUAGES
from tenure.strategy.persuasion import pressing
from tenure.strategy.reading import UNKNOWN, Reader, nearest


class MessageClass(StrEnum):
    """What the law and the caps see: only marketing needs consent and is capped as such."""

    TRANSACTIONAL = "transactional"
    LEGAL_NOTICE = "legal_notice"
    MARKETING = "marketing"


class Purpose(StrEnum):
    """Why a message is sent."""

    NOTICE = "notice"
    RECEIPT = "receipt"
    REMINDER = "reminder"
    RECAP = "recap"
    OFFER = "offer"
    SURVEY = "survey"


class Channel(StrEnum):
    """The ways to a person; a telephone call is a to-do with a script."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    PHONE = "phone"
    WECHAT = "wechat"
    WECOM = "wecom"
    BANNER = "banner"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Rendering:
    """One message on one channel; subject is empty where the channel has none."""

    subject: Sentence
    body: Sentence


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """One thing that may be said."""

    id: str
    name: Sentence
    message_class: MessageClass
    purpose: Purpose
    renderings: Mapping[Channel, Rendering]
    is_generated: bool = False  # its words were made by a machine, and say so (R-P-035)

    @property
    def reaches_holdout(self) -> bool:
        """The holdout receives legal notices and receipts, and nothing that persuades."""
        return self.message_class is MessageClass.LEGAL_NOTICE or self.purpose is Purpose.RECEIPT


# What a template may name. The renderer gives each a value or leaves it undefined; a template
# asks `{% if … %}` before it uses one that may be missing.
SLOTS: Final[dict[str, Sentence]] = {
    "customer_name": Sentence(zh="客户称呼", en="how the customer is addressed"),
    "business_name": Sentence(zh="商家名称", en="name of the business"),
    "support_phone": Sentence(zh="客服电话", en="telephone number of the support"),
    "postal_address": Sentence(zh="商家地址", en="postal address of the business"),
    "plan_name": Sentence(zh="套餐名称", en="name of the plan"),
    "ends_on": Sentence(zh="到期日", en="last paid date"),
    "days_left": Sentence(zh="距到期天数", en="days until the end"),
    "renewals_count": Sentence(zh="已续费次数，可能没有", en="renewals so far, may be missing"),
    "tenure_years": Sentence(zh="在网整年数，可能没有", en="whole years as a customer, or missing"),
    "price": Sentence(zh="续费价格", en="price of renewing"),
    "cycle_months": Sentence(zh="续费月数", en="months of the cycle"),
    "benefits": Sentence(zh="用得最多的权益（列表）", en="list of the benefits used most"),
    "usage_gb": Sentence(zh="近 30 天流量，可能没有", en="traffic in 30 days, may be missing"),
    "active_days": Sentence(zh="近 30 天活跃天数，可能没有", en="active days, may be missing"),
    "lapse_effect": Sentence(zh="到期后的真实影响，可能没有", en="what a lapse does, or missing"),
    "lapse_day": Sentence(zh="影响开始的日期，与上一项同有", en="when: given with lapse_effect"),
    "lapse_steps": Sentence(zh="到期后的全部影响（列表）", en="list of all that a lapse does"),
    "export_size": Sentence(zh="可导出的数据量，与天数同有", en="amount to export, with it"),
    "export_days_left": Sentence(zh="还可导出的天数，可能没有", en="days to export, or missing"),
    "export_by_on": Sentence(zh="最后可导出日，与上一项同有", en="last day, given with it"),
    "export_url": Sentence(zh="导出链接", en="link for exporting"),
    "tariffs": Sentence(zh="最优资费（列表）", en="list of the best tariffs"),
    "previews": Sentence(zh="即将上线的功能（列表）", en="list of features to come"),
    "news": Sentence(zh="产品新变化（列表），可能没有", en="list of what is new, or missing"),
    "cases": Sentence(zh="同类客户案例（列表），可能没有", en="list of cases, or missing"),
    "usage_before_gb": Sentence(
        zh="此前两个月的月均流量，可能没有", en="traffic a month before, or missing"
    ),
    "active_before_days": Sentence(
        zh="此前两个月的月均活跃天数，可能没有", en="active days a month before, or missing"
    ),
    "options": Sentence(zh="续费方案（列表）", en="list of ways to renew: months, price"),
    "owner_name": Sentence(zh="专属顾问，可能没有", en="name of the owner, or missing"),
    "renew_url": Sentence(zh="续费链接", en="link for renewing"),
    "cancel_url": Sentence(zh="关闭自动续费或退订的链接", en="link for cancelling"),
    "unsubscribe_url": Sentence(zh="拒收营销的链接", en="link for refusing marketing"),
    "survey_url": Sentence(zh="调研链接", en="link of the survey"),
    "deduct_on": Sentence(zh="扣款日", en="day of the deduction"),
    "cancel_by_on": Sentence(zh="最后可关闭自动续费的日子", en="last day to stop the deduction"),
    "decline_reason": Sentence(zh="扣款未成功的原因", en="why the payment was declined"),
    "retry_on": Sentence(zh="下次尝试扣款日，可能没有", en="day of the next try, or missing"),
    "payment_method": Sentence(zh="扣款方式", en="how is paid"),
    "paid_on": Sentence(zh="付款日", en="day of the payment"),
    "new_ends_on": Sentence(zh="续费后的到期日", en="end of the new term"),
    "extension_days": Sentence(zh="延长天数", en="days of extension"),
    "offer_name": Sentence(zh="优惠名称", en="name of the offer"),
    "offer_price": Sentence(zh="优惠价", en="price with the offer"),
    "offer_saves": Sentence(zh="节省金额", en="what the offer saves"),
    "offer_months": Sentence(zh="优惠适用的月数", en="months that the offer is for"),
    "offer_ends_on": Sentence(zh="优惠截止日", en="last day of the offer"),
    "coupon_code": Sentence(zh="优惠码", en="code of the coupon"),
    "benefit_name": Sentence(zh="赠送内容", en="what was given"),
    "benefit_reason": Sentence(zh="赠送原因", en="why it was given"),
    "benefit_from_on": Sentence(zh="赠送起始日", en="first day of what was given"),
    "benefit_until_on": Sentence(zh="赠送截止日", en="last day of what was given"),
    "benefit_days": Sentence(zh="赠送天数", en="days of what was given"),
    "maintenance_name": Sentence(zh="检修名称", en="name of planned work"),
    "maintenance_from": Sentence(zh="检修开始时间", en="when planned work begins"),
    "maintenance_until": Sentence(zh="检修结束时间", en="when planned work is over"),
    "gift_name": Sentence(zh="礼物名称", en="name of the present"),
    "gift_is_code": Sentence(zh="礼物是否为兑换码", en="whether the present is a code"),
    "gift_tracking": Sentence(zh="运单号，可能没有", en="tracking number, may be missing"),
    "gift_gone": Sentence(zh="已送完的礼物", en="presents that ran out"),
    "gift_choices": Sentence(zh="可选的礼物，可能没有", en="presents there are, or missing"),
    "gift_until_on": Sentence(zh="最后可选择礼物的日子", en="last day for choosing a present"),
}
_OUTPUT = re.compile(r"\{\{-?\s*([a-z_]\w*)", re.ASCII)
_BRANCH = re.compile(r"\{%-?\s*(?:if|elsif|unless|case)\s+([a-z_]\w*)", re.ASCII)
_LOOP = re.compile(r"\{%-?\s*for\s+(\w+)\s+in\s+([a-z_]\w*)", re.ASCII)
_ASSIGN = re.compile(r"\{%-?\s*(?:assign|capture)\s+(\w+)", re.ASCII)

_NO_BODY = Sentence(
    zh="没有正文；请写 body，或在 messages 目录放 {zh} 与 {en} 两个文件",
    en="there is no text; give body, or put both {zh} and {en} into the folder messages",
)
_NO_CHANNEL = Sentence(
    zh="没有任何渠道的正文；请至少写一种：{known}",
    en="there is no rendering; give at least one of {known}",
)
_NO_WAY_OUT = Sentence(
    zh="营销短信须在结尾写明免费退订方式（拒收请回复R），邮件须含 unsubscribe_url",
    en="marketing must say how to refuse it: a text message by replying (R or STOP), an e-mail "
    "by unsubscribe_url",
)
_NO_ADDRESS = Sentence(
    zh="营销邮件须写明商家地址：请用 postal_address",
    en="an e-mail of marketing says where the business is: use postal_address",
)
# In the order of LANGUAGES: what stands in a text that a machine made.
GENERATED: Final = ("AI 生成", "AI-generated")
_NO_LABEL = Sentence(
    zh="这段文字由 AI 生成（generated = true），正文须标明“{label}”",
    en="this text was generated (generated = true); say so in it: “{label}”",
)
_NO_MARKETING = Sentence(
    zh="微信模板消息只能是服务通知，营销消息请走其他渠道",
    en="messages of WeChat are notices of a service; marketing takes another channel",
)
_SELLS = Sentence(
    zh="“{slot}”是促销内容，只能用在 class 为 marketing 的消息里",
    en="“{slot}” persuades, and may stand only in a message of the class marketing",
)


def read(reader: Reader, texts: Mapping[str, str]) -> Mapping[str, MessageTemplate]:
    """Read messages.toml, with the bodies that stand in files of their own."""
    return {
        (template := _template(one, texts)).id: template
        for one in reader.each("message", unique="id")
    }


def _template(reader: Reader, texts: Mapping[str, str]) -> MessageTemplate:
    name = reader.name("id")
    renderings = {
        channel: _rendering(reader.below(channel), texts, stem=f"messages/{name}.{channel}")
        for channel in Channel
        if reader.has(channel)
    }
    if not renderings:
        reader.refuse("id", _NO_CHANNEL.fill(known=list(Channel)))
    template = MessageTemplate(
        id=name,
        name=reader.sentence("name"),
        message_class=reader.choice("class", MessageClass),
        purpose=reader.choice("purpose", Purpose),
        renderings=renderings,
        is_generated=reader.flag("generated", False),
    )
    for channel, rendering in renderings.items():
        _check(reader, template.message_class, channel=channel, rendering=rendering)
        if template.is_generated:
            _check_label(reader, channel=channel, rendering=rendering)
    return template


def _rendering(reader: Reader, texts: Mapping[str, str], *, stem: str) -> Rendering:
    subject = reader.sentence("subject", Sentence(zh="", en=""))
    if reader.has("body"):
        body = reader.sentence("body")
    else:
        files = [f"{stem}.{language}.liquid" for language in LANGUAGES]
        if not texts.keys() >= set(files):
            reader.refuse("body", _NO_BODY.fill(zh=files[0], en=files[1]))
        body = Sentence(zh=texts[files[0]], en=texts[files[1]])
    reader.done()
    return Rendering(subject, body)


def slots_of(text: str) -> frozenset[str]:
    """The slots that a Liquid text asks for, without the names that it makes itself."""
    own = {name for name, _ in _LOOP.findall(text)} | set(_ASSIGN.findall(text)) | {"forloop"}
    asked = {*_OUTPUT.findall(text), *_BRANCH.findall(text)}
    return frozenset((asked | {source for _, source in _LOOP.findall(text)}) - own)


def _check(
    reader: Reader, message_class: MessageClass, *, channel: Channel, rendering: Rendering
) -> None:
    if channel is Channel.WECHAT and message_class is MessageClass.MARKETING:
        reader.refuse(channel, _NO_MARKETING)
    for language in LANGUAGES:
        text = rendering.subject.say(language) + rendering.body.say(language)
        for slot in sorted(slots_of(text)):
            if slot not in SLOTS:
                problem = UNKNOWN.fill(name=slot, nearest=nearest(slot, SLOTS))
                reader.refuse(f"{channel}.body.{language}", problem)
            if slot.startswith(("offer_", "coupon_")) and message_class != MessageClass.MARKETING:
                reader.refuse(f"{channel}.body.{language}", _SELLS.fill(slot=slot))
        for one in pressing(text):
            reader.refuse(f"{channel}.body.{language}", one.said)
        if message_class is MessageClass.MARKETING and not _says_how_to_refuse(text, channel):
            reader.refuse(f"{channel}.body.{language}", _NO_WAY_OUT)
        is_advertising = message_class is MessageClass.MARKETING and channel is Channel.EMAIL
        if is_advertising and "postal_address" not in slots_of(text):
            reader.refuse(f"{channel}.body.{language}", _NO_ADDRESS)


def _check_label(reader: Reader, *, channel: Channel, rendering: Rendering) -> None:
    """Text that a machine made carries its label where it is read (R-P-035)."""
    for language, label in zip(LANGUAGES, GENERATED, strict=True):
        if label.casefold() not in rendering.body.say(language).casefold():
            reader.refuse(f"{channel}.body.{language}", _NO_LABEL.fill(label=label))


def _says_how_to_refuse(text: str, channel: Channel) -> bool:
    if channel is Channel.EMAIL:
        return "unsubscribe_url" in slots_of(text)
    if channel is Channel.SMS:
        return bool(re.search(r"拒收请回复R|退订回T|reply (?:R|STOP)", text, re.IGNORECASE))
    return True
