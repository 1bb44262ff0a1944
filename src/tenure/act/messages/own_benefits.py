"""Letters about what was given: they tell, and sell nothing."""

from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.messages import Channel, MessageClass, MessageTemplate, Purpose, Rendering

ANNIVERSARY: Final = "anniversary"
TRIAL_ENDING: Final = "trial_ending"
GIFT_SENT: Final = "gift_sent"
GIFT_RAN_OUT: Final = "gift_ran_out"

BENEFIT_LETTERS: Final = {
    ANNIVERSARY: MessageTemplate(
        id=ANNIVERSARY,
        name=Sentence(zh="周年感谢信", en="Letter of thanks on the anniversary"),
        message_class=MessageClass.TRANSACTIONAL,
        purpose=Purpose.RECEIPT,
        renderings={
            Channel.EMAIL: Rendering(
                subject=Sentence(
                    zh="{{ business_name }}：感谢一路相伴，服务延长到 {{ benefit_until_on }}",
                    en="{{ business_name }}: thank you, your service now runs until "
                    "{{ benefit_until_on }}",
                ),
                body=Sentence(
                    zh="{{ customer_name }}，您好：\n\n"
                    "{{ benefit_reason }}：{{ benefit_name }}。\n"
                    "{{ plan_name }}的服务因此多出 {{ benefit_days }} 天，用到 "
                    "{{ benefit_until_on }}；价格和自动续费设置不变，无需任何操作。\n\n"
                    "{{ business_name }}，客服 {{ support_phone }}",
                    en="Dear {{ customer_name }},\n\n"
                    "{{ benefit_reason }}: {{ benefit_name }}.\n"
                    "{{ plan_name }} now runs {{ benefit_days }} days longer, until "
                    "{{ benefit_until_on }}. Your price and your settings stay as they are, and "
                    "there is nothing to do.\n\n"
                    "{{ business_name }}, help: {{ support_phone }}",
                ),
            )
        },
    ),
    TRIAL_ENDING: MessageTemplate(
        id=TRIAL_ENDING,
        name=Sentence(zh="试用即将结束", en="A trial is about to end"),
        message_class=MessageClass.TRANSACTIONAL,
        purpose=Purpose.RECEIPT,
        renderings={
            Channel.EMAIL: Rendering(
                subject=Sentence(
                    zh="{{ benefit_name }}将于 {{ benefit_until_on }} 结束",
                    en="{{ benefit_name }} ends on {{ benefit_until_on }}",
                ),
                body=Sentence(
                    zh="{{ customer_name }}，您好：\n\n"
                    "{{ benefit_name }}用到 {{ benefit_until_on }}，之后自动停止。"
                    "没有扣款，也不会扣款；{{ plan_name }}照常使用。\n\n"
                    "{{ business_name }}，客服 {{ support_phone }}",
                    en="Dear {{ customer_name }},\n\n"
                    "{{ benefit_name }} lasts until {{ benefit_until_on }} and then stops by "
                    "itself. Nothing was charged and nothing will be; {{ plan_name }} goes on as "
                    "before.\n\n"
                    "{{ business_name }}, help: {{ support_phone }}",
                ),
            )
        },
    ),
    GIFT_SENT: MessageTemplate(
        id=GIFT_SENT,
        name=Sentence(zh="礼物已寄出", en="A present is on its way"),
        message_class=MessageClass.TRANSACTIONAL,
        purpose=Purpose.RECEIPT,
        renderings={
            Channel.EMAIL: Rendering(
                subject=Sentence(
                    zh="{{ gift_name }}已{% if gift_is_code %}送出{% else %}寄出{% endif %}",
                    en="{{ gift_name }} is {% if gift_is_code %}yours{% else %}on its way"
                    "{% endif %}",
                ),
                body=Sentence(
                    zh="{{ customer_name }}，您好：\n\n"
                    "{% if gift_is_code %}{{ gift_name }}已经是您的了，"
                    "兑换码在您的账户里：登录后打开“礼物”即可看到。我们不在邮件里发送兑换码。"
                    "{% else %}{{ gift_name }}已经寄出。"
                    "{% if gift_tracking %}运单号：{{ gift_tracking }}。{% endif %}{% endif %}\n\n"
                    "{{ business_name }}，客服 {{ support_phone }}",
                    en="Dear {{ customer_name }},\n\n"
                    "{% if gift_is_code %}{{ gift_name }} is yours. Its code stands in your "
                    "account, under your presents; we never send a code by mail."
                    "{% else %}{{ gift_name }} is on its way to you."
                    "{% if gift_tracking %} Tracking number: {{ gift_tracking }}.{% endif %}"
                    "{% endif %}\n\n"
                    "{{ business_name }}, help: {{ support_phone }}",
                ),
            )
        },
    ),
    GIFT_RAN_OUT: MessageTemplate(
        id=GIFT_RAN_OUT,
        name=Sentence(zh="礼物送完，请另选", en="A present ran out; choose another"),
        message_class=MessageClass.TRANSACTIONAL,
        purpose=Purpose.RECEIPT,
        renderings={
            Channel.EMAIL: Rendering(
                subject=Sentence(
                    zh="您的续费礼物{{ gift_gone }}已送完",
                    en="The present for your renewal ran out: {{ gift_gone }}",
                ),
                body=Sentence(
                    zh="{{ customer_name }}，您好：\n\n"
                    "续费时列出的{{ gift_gone }}在您选定之前已经送完，很抱歉。"
                    "{% if gift_choices %}您可以改选：{{ gift_choices }}。"
                    "{% else %}补货后您即可选择。{% endif %}"
                    "请在 {{ gift_until_on }} 之前登录账户选定；续费本身不受影响。\n\n"
                    "{{ business_name }}，客服 {{ support_phone }}",
                    en="Dear {{ customer_name }},\n\n"
                    "{{ gift_gone }} was listed with your renewal and ran out before you chose. "
                    "We are sorry. {% if gift_choices %}You can have instead: "
                    "{{ gift_choices }}. {% else %}You can choose as soon as there is more. "
                    "{% endif %}Choose in your account until {{ gift_until_on }}; "
                    "your renewal itself is not affected.\n\n"
                    "{{ business_name }}, help: {{ support_phone }}",
                ),
            )
        },
    ),
}
