"""Messages that the product itself sends to whoever asked for them a moment ago.

They are no part of a strategy: nothing in them persuades, no cap or hour holds them back, and a
person who refused marketing still gets the code that opens the door.
"""

from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.messages import Channel, MessageClass, MessageTemplate, Purpose, Rendering
from tenure.strategy.sections import Strategy

LOGIN_CODE: Final = "login_code"
HIDDEN: Final = "••••••"

_OWN: Final = {
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
    )
}


def is_awaited(template: str) -> bool:
    """Whether the reader asked for this message and waits for it now."""
    return template in _OWN


def template_of(name: str, *, strategy: Strategy) -> MessageTemplate | None:
    """A message's template: the product's own, or the strategy's; None where it is gone."""
    return _OWN.get(name) or strategy.messages.get(name)
