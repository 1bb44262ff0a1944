"""The mail with the click that confirms a consent: it asks, and sells nothing (R-P-032)."""

from collections.abc import Mapping
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.records.customers.models import ConsentRequest
from tenure.strategy.messages import Channel, MessageClass, MessageTemplate, Purpose, Rendering

CONSENT_CONFIRM: Final = "consent_confirm"

CONFIRMING_LETTERS: Final = {
    CONSENT_CONFIRM: MessageTemplate(
        id=CONSENT_CONFIRM,
        name=Sentence(zh="确认接收邮件", en="Confirm that mails are welcome"),
        message_class=MessageClass.TRANSACTIONAL,
        purpose=Purpose.NOTICE,
        renderings={
            Channel.EMAIL: Rendering(
                subject=Sentence(
                    zh="请确认：{{ business_name }} 可以给您写邮件吗",
                    en="Please confirm: may {{ business_name }} write to you?",
                ),
                body=Sentence(
                    zh="有人用这个邮箱勾选了：\n\n“{{ confirm_text }}”\n\n"
                    "如果是您本人，请点开链接并按“确认”：\n{{ confirm_url }}\n\n"
                    "链接 7 天内有效。不确认，我们就不会发这类邮件；如果不是您本人操作，"
                    "请忽略这封邮件。\n\n{{ business_name }}，{{ postal_address }}",
                    en="Somebody ticked this for your address:\n\n“{{ confirm_text }}”\n\n"
                    "If that was you, open this link and press “Confirm”:\n{{ confirm_url }}\n\n"
                    "It works for 7 days. Without it we send no such mails; if it was not you, "
                    "ignore this one.\n\n{{ business_name }}, {{ postal_address }}",
                ),
            )
        },
    ),
}


def confirming_slots(message_id: int | None) -> Mapping[str, object]:
    """The words that were ticked; nothing where nobody waits for the click any more."""
    waiting = ConsentRequest.objects.filter(
        message_id=message_id or 0, confirmed_at__isnull=True, dropped_at__isnull=True
    ).first()
    return {"confirm_text": waiting.disclosure} if waiting is not None else {}
