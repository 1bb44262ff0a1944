"""Letters after the end of everything: until when data can be taken out, when it is deleted."""

from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.messages import Channel, MessageClass, MessageTemplate, Purpose, Rendering

DATA_ENDS: Final = "data_ends"
DATA_ENDS_SOON: Final = "data_ends_soon"

_BODY: Final = Sentence(
    zh="{{ customer_name }}，您好：\n\n"
    "您在{{ business_name }}的服务已于 {{ after_ended_on }} 结束。\n"
    "您的数据可以导出到 {{ after_export_until }}：{{ export_url }}\n"
    "我们将在 {{ after_delete_on }} 删除您的个人数据；法律要求保存的票据和账簿除外，"
    "其中不再有您的姓名。\n\n"
    "若您届时已重新使用我们的服务，则不会删除。\n\n{{ business_name }}，客服 {{ support_phone }}",
    en="Dear {{ customer_name }},\n\n"
    "your service with {{ business_name }} ended on {{ after_ended_on }}.\n"
    "You can take your data out until {{ after_export_until }}: {{ export_url }}\n"
    "On {{ after_delete_on }} we delete your personal data. Receipts and books that the law wants "
    "kept stay, without your name.\n\n"
    "If you use our service again by then, nothing is deleted.\n\n"
    "{{ business_name }}, help: {{ support_phone }}",
)


def _letter(name: str, title: Sentence, subject: Sentence) -> MessageTemplate:
    return MessageTemplate(
        id=name,
        name=title,
        message_class=MessageClass.LEGAL_NOTICE,
        purpose=Purpose.NOTICE,
        renderings={Channel.EMAIL: Rendering(subject=subject, body=_BODY)},
    )


AFTER_END_LETTERS: Final = {
    DATA_ENDS: _letter(
        DATA_ENDS,
        Sentence(zh="服务结束后的数据", en="Your data after the end"),
        Sentence(
            zh="您的数据可导出到 {{ after_export_until }}",
            en="You can take your data out until {{ after_export_until }}",
        ),
    ),
    DATA_ENDS_SOON: _letter(
        DATA_ENDS_SOON,
        Sentence(zh="数据导出即将截止", en="Taking data out ends soon"),
        Sentence(
            zh="提醒：您的数据可导出到 {{ after_export_until }}",
            en="Reminder: you can take your data out until {{ after_export_until }}",
        ),
    ),
}
