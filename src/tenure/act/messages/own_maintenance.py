"""Notices of planned work: they tell, and sell nothing."""

from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.messages import Channel, MessageClass, MessageTemplate, Purpose, Rendering

AHEAD: Final = "maintenance_ahead"
MOVED: Final = "maintenance_moved"
CANCELLED: Final = "maintenance_cancelled"


def _notice(name: str, *, called: Sentence, subject: Sentence, body: Sentence) -> MessageTemplate:
    """One notice, in the same words by every way."""
    plain = Rendering(subject=Sentence(zh="", en=""), body=body)
    return MessageTemplate(
        id=name,
        name=called,
        message_class=MessageClass.LEGAL_NOTICE,
        purpose=Purpose.NOTICE,
        renderings={
            Channel.EMAIL: Rendering(subject=subject, body=body),
            Channel.SMS: plain,
            Channel.BANNER: Rendering(subject=subject, body=body),
        },
    )


MAINTENANCE_NOTICES: Final = {
    AHEAD: _notice(
        AHEAD,
        called=Sentence(zh="检修预告", en="Planned work ahead"),
        subject=Sentence(
            zh="{{ maintenance_from }} 起网络检修", en="Network work from {{ maintenance_from }}"
        ),
        body=Sentence(
            zh="{{ maintenance_name }}：{{ maintenance_from }} 至 {{ "
            "maintenance_until }}，期间 {{ plan_name }} 可能中断。客服 {{ support_phone }}",
            en="{{ maintenance_name }}: from {{ maintenance_from }} to {{ "
            "maintenance_until }}, {{ plan_name }} may be interrupted. Help: {{ support_phone }}",
        ),
    ),
    MOVED: _notice(
        MOVED,
        called=Sentence(zh="检修改期", en="Planned work moved"),
        subject=Sentence(
            zh="检修改到 {{ maintenance_from }}", en="Network work moved to {{ maintenance_from }}"
        ),
        body=Sentence(
            zh="{{ maintenance_name }}改期：{{ maintenance_from }} 至 {{ "
            "maintenance_until }}，期间 {{ plan_name }} 可能中断。客服 {{ support_phone }}",
            en="{{ maintenance_name }} moved: from {{ maintenance_from }} "
            "to {{ maintenance_until }}, {{ plan_name }} may be interrupted. "
            "Help: {{ support_phone }}",
        ),
    ),
    CANCELLED: _notice(
        CANCELLED,
        called=Sentence(zh="检修取消", en="Planned work called off"),
        subject=Sentence(zh="检修已取消", en="The network work was called off"),
        body=Sentence(
            zh="{{ maintenance_name }}已取消，{{ plan_name }} 不受影响。客服 {{ support_phone }}",
            en="{{ maintenance_name }} was called off; {{ plan_name }} "
            "goes on as usual. Help: {{ support_phone }}",
        ),
    ),
}
