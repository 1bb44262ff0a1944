"""Take out of what people write who they are, before it is kept or read by a machine.

PIPL article 6 (data minimisation): a complaint is about the service, not about a number.
"""

import re
from typing import Final

from tenure.kernel.scrubbing import is_card_number

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}", re.ASCII)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"'，。；）)]{3,}", re.IGNORECASE)
# The last sign of a Chinese identity number may be an X.
_IDENTITY = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])\d{2}\d{3}[\dXx](?!\w)", re.ASCII
)
# A date is nobody's number.
_NUMBER = re.compile(
    r"(?<![\w.])(?!(?:19|20)\d\d-[01]\d-[0-3]\d(?!\d))\+?\(?\d(?:[ ()-]{0,2}\d){6,18}(?!\d)",
    re.ASCII,
)
_HANDLE = re.compile(
    r"(?P<head>(?:微信号?|QQ号?|wechat|whatsapp|telegram)\s*[:：是]?\s*)[A-Za-z0-9_-]{5,30}",
    re.IGNORECASE | re.ASCII,
)
EMAIL: Final = "[email]"
LINK: Final = "[link]"
IDENTITY: Final = "[id]"
CARD: Final = "[card]"
NUMBER: Final = "[number]"
ACCOUNT: Final = "[account]"
_FULL_WIDTH: Final = {ord("０") + n: str(n) for n in range(10)} | {ord("＠"): "@", ord("－"): "-"}


def without_identifiers(text: str) -> str:
    """The text with addresses, telephone, card and identity numbers replaced by what they are.

    Amounts and short numbers stay: seven digits or more, alone or in groups, are a number of
    somebody. Masked again, nothing changes.
    """
    text = _EMAIL.sub(EMAIL, text.translate(_FULL_WIDTH))
    text = _LINK.sub(LINK, text)
    text = _HANDLE.sub(lambda found: found["head"] + ACCOUNT, text)
    text = _IDENTITY.sub(IDENTITY, text)
    return _NUMBER.sub(_numbered, text)


def _numbered(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    return CARD if is_card_number(digits) else NUMBER
