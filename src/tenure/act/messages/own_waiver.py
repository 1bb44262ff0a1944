"""The confirmation, on paper that the customer keeps, that a right to withdraw was given up."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from tenure.kernel.failures import Sentence
from tenure.records.cancellations.models import WithdrawalWaiver
from tenure.records.contacts.models import Message
from tenure.strategy.messages import Channel, MessageClass, MessageTemplate, Purpose, Rendering

WAIVERS: Final = "waivers"
WAIVER_CONFIRMED: Final = "waiver_confirmed"

WAIVER_LETTERS: Final = {
    WAIVER_CONFIRMED: MessageTemplate(
        id=WAIVER_CONFIRMED,
        name=Sentence(zh="放弃撤回权确认", en="Right to withdraw given up: confirmation"),
        message_class=MessageClass.LEGAL_NOTICE,
        purpose=Purpose.RECEIPT,
        renderings={
            Channel.EMAIL: Rendering(
                subject=Sentence(
                    zh="确认：订单 {{ waived_order }} 立即开始提供，您已放弃撤回权",
                    en="Confirmation: order {{ waived_order }} is supplied at once; you gave up "
                    "the right to withdraw",
                ),
                body=Sentence(
                    zh="{{ customer_name }}，您好：\n\n"
                    "您在 {{ waived_at }} 为订单 {{ waived_order }}（{{ plan_name }}）"
                    "勾选并同意：\n\n"
                    "“{{ waived_text }}”\n\n"
                    "请保存这封邮件，它是您同意和知悉的凭据。"
                    "取消续费的权利不受影响。\n\n{{ business_name }}，客服 {{ support_phone }}",
                    en="Dear {{ customer_name }},\n\n"
                    "on {{ waived_at }}, for order {{ waived_order }} ({{ plan_name }}), you "
                    "ticked and agreed:\n\n"
                    "“{{ waived_text }}”\n\n"
                    "Keep this mail: it is the record of your consent and acknowledgement. Your "
                    "right to cancel a renewal is not affected.\n\n"
                    "{{ business_name }}, help: {{ support_phone }}",
                ),
            )
        },
    ),
}


def waiver_key(order: str) -> str:
    """The key under which the confirmation of an order exists once."""
    return f"{WAIVERS}:{WAIVER_CONFIRMED}:{order}"


def waiver_slots(message_id: int | None, *, zone: str) -> Mapping[str, object]:
    """The words that were ticked and when; nothing where the order has no waiver."""
    message = Message.objects.filter(pk=message_id or 0, journey=WAIVERS).first()
    if message is None:
        return {}
    order = message.send_key.rpartition(":")[2]
    waiver = WithdrawalWaiver.objects.filter(order__public_id=order).first()
    if waiver is None:
        return {}
    return {
        "waived_order": order,
        "waived_text": waiver.disclosure,
        "waived_at": _stamp(waiver.given_at, zone),
    }


def _stamp(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
