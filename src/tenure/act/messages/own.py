"""Messages that the product itself sends to whoever asked for them a moment ago.

Nothing in them persuades, no cap or hour holds them back, and a person who refused marketing still
gets the code that opens the door. A strategy may word only those about what was given.
"""

from dataclasses import replace
from typing import Final

from tenure.act.messages.own_after_end import AFTER_END_LETTERS
from tenure.act.messages.own_benefits import BENEFIT_LETTERS
from tenure.act.messages.own_confirming import CONFIRMING_LETTERS
from tenure.act.messages.own_maintenance import MAINTENANCE_NOTICES
from tenure.act.messages.own_waiver import WAIVER_LETTERS
from tenure.kernel.failures import Sentence
from tenure.strategy.messages import Channel, MessageClass, MessageTemplate, Purpose, Rendering
from tenure.strategy.sections import Strategy

LOGIN_CODE: Final = "login_code"
SIGNING_CODE: Final = "signing_code"
CANCEL_CONFIRMED: Final = "cancel_confirmed"
CANCEL_UNFINISHED: Final = "cancel_unfinished"
HIDDEN: Final = "••••••"

# Nobody waits for these: they keep the hours in which one may be written to.
_NOTICES: Final = MAINTENANCE_NOTICES | AFTER_END_LETTERS
_LETTERS: Final = BENEFIT_LETTERS | WAIVER_LETTERS | CONFIRMING_LETTERS
_OWN: Final = _LETTERS | {
    LOGIN_CODE: MessageTemplate(
        id=LOGIN_CODE,
        name=Sentence(zh="登录验证码", en="Code for signing in"),
        message_class=MessageClass.TRANSACTIONAL,
        purpose=Purpose.NOTICE,
        renderings={
            Channel.EMAIL: Rendering(
                subject=Sentence(
                    zh="{{ business_name }} 登录验证码 {{ login_code }}",
                    en="{{ login_code }} is your {{ business_name }} code",
                ),
                body=Sentence(
                    zh="您的登录验证码是 {{ login_code }}，10 分钟内有效，只能用一次。\n\n"
                    "我们不会向您索要验证码，请不要告诉任何人。如果不是您本人操作，"
                    "请忽略这封邮件，不会有任何改动。\n\n{{ business_name }}",
                    en="Your code for signing in is {{ login_code }}. It works once, within 10 "
                    "minutes.\n\nWe never ask you for it; do not give it to anybody. If this was "
                    "not you, ignore this mail: nothing changes.\n\n{{ business_name }}",
                ),
            )
        },
    ),
    CANCEL_CONFIRMED: MessageTemplate(
        id=CANCEL_CONFIRMED,
        name=Sentence(zh="取消确认", en="Cancellation confirmed"),
        message_class=MessageClass.LEGAL_NOTICE,
        purpose=Purpose.RECEIPT,
        renderings={
            Channel.EMAIL: Rendering(
                subject=Sentence(
                    zh="已取消：{{ plan_name }}，受理号 {{ leaving_number }}",
                    en="Cancelled: {{ plan_name }}, number {{ leaving_number }}",
                ),
                body=Sentence(
                    zh="{{ leaving_declaration }}\n\n"
                    "受理时间：{{ leaving_at }}\n受理号：{{ leaving_number }}\n"
                    "自 {{ leaving_ends_on }} 起不再提供服务。\n"
                    "退款：{{ leaving_refund }}。\n自动续费已关闭，不会再扣款。\n\n"
                    "{% for step in leaving_steps %}{{ step }}\n{% endfor %}\n"
                    "{% if leaving_is_open %}到期前可一键撤销：{{ cancel_url }}\n\n{% endif %}"
                    "{{ business_name }}，客服 {{ support_phone }}",
                    en="{{ leaving_declaration }}\n\n"
                    "Received: {{ leaving_at }}\nNumber: {{ leaving_number }}\n"
                    "The service ends on {{ leaving_ends_on }}.\n"
                    "Refund: {{ leaving_refund }}.\n"
                    "Automatic renewal is off; nothing more is charged.\n\n"
                    "{% for step in leaving_steps %}{{ step }}\n{% endfor %}\n"
                    "{% if leaving_is_open %}Undo it in one click until the end: "
                    "{{ cancel_url }}\n\n{% endif %}"
                    "{{ business_name }}, help: {{ support_phone }}",
                ),
            )
        },
    ),
    CANCEL_UNFINISHED: MessageTemplate(
        id=CANCEL_UNFINISHED,
        name=Sentence(zh="取消未完成", en="Cancellation not finished"),
        message_class=MessageClass.TRANSACTIONAL,
        purpose=Purpose.NOTICE,
        renderings={
            Channel.EMAIL: Rendering(
                subject=Sentence(
                    zh="{{ plan_name }} 的取消还没有完成",
                    en="Your cancellation of {{ plan_name }} is not finished",
                ),
                body=Sentence(
                    zh="您开始取消 {{ plan_name }}，但没有确认，所以服务照常。\n\n"
                    "要完成取消：{{ cancel_url }}\n\n"
                    "如果不想取消，无需任何操作。这封邮件只发一次。\n\n{{ business_name }}",
                    en="You began to cancel {{ plan_name }} and did not confirm, so your service "
                    "goes on.\n\nTo finish: {{ cancel_url }}\n\n"
                    "If you do not want to cancel, there is nothing to do. "
                    "This mail is sent once.\n\n{{ business_name }}",
                ),
            )
        },
    ),
    SIGNING_CODE: MessageTemplate(
        id=SIGNING_CODE,
        name=Sentence(zh="签署验证码", en="Code for signing"),
        message_class=MessageClass.TRANSACTIONAL,
        purpose=Purpose.NOTICE,
        renderings={
            Channel.EMAIL: Rendering(
                subject=Sentence(
                    zh="{{ business_name }} 合同签署验证码 {{ login_code }}",
                    en="{{ login_code }} is your code for signing with {{ business_name }}",
                ),
                body=Sentence(
                    zh="您正在签署电子合同，验证码是 {{ login_code }}，10 分钟内有效，只能用一次。"
                    "输入它即表示您本人同意签署。\n\n请不要告诉任何人。如果不是您本人操作，"
                    "请忽略这封邮件，合同不会被签署。\n\n{{ business_name }}",
                    en="You are signing a contract electronically; the code is {{ login_code }}. "
                    "It works once, within 10 minutes, and entering it means that you sign.\n\n"
                    "Do not give it to anybody. If this was not you, ignore this mail: nothing is "
                    "signed.\n\n{{ business_name }}",
                ),
            )
        },
    ),
}


OWN: Final = frozenset(_OWN)


def is_awaited(template: str) -> bool:
    """Whether the reader asked for this message and waits for it now."""
    return template in _OWN


def template_of(name: str, *, strategy: Strategy) -> MessageTemplate | None:
    """A message's template: the product's own, or the strategy's; None where it is gone.

    A letter about something given may be worded anew in the strategy. What it is, and whom it
    reaches, stays: nobody makes it persuade.
    """
    own, written = _OWN.get(name) or _NOTICES.get(name), strategy.messages.get(name)
    if own is None or written is None or name not in BENEFIT_LETTERS:
        return own or written
    return replace(own, renderings={**own.renderings, **written.renderings})
