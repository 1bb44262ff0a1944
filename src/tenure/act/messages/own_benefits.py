"""Letters about what was given: they tell, and sell nothing."""

from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.messages import Channel, MessageClass, MessageTemplate, Purpose, Rendering

ANNIVERSARY: Final = "anniversary"
TRIAL_ENDING: Final = "trial_ending"

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
}
