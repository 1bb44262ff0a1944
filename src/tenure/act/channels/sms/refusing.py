"""Whether a reader's answer says: no more of this (R-P-020, R-P-033), in any spelling."""

import re
import unicodedata
from typing import Final

_NOISE = re.compile(r"[\W_]+")
_REPLY = r"(?:请?(?:回复|回覆|回復|回))?"
_SHORT = r"(?:td|tt|t|r|n|0000|00000)"
_CHINESE = r"(?:退订|退訂|退定|拒收|取消订阅|取消訂閱|不要再发|不要再發|别再发|別再發|tuiding)"
_ENGLISH = (
    r"(?:stop|stopall|stopp|quit|end|revoke|optout|cancel|unsubscribe|unsub|arret|baja)(?:all)?"
)
_WANTED = re.compile(
    rf"{_REPLY}(?:(?:{_SHORT})?{_CHINESE}(?:{_SHORT})?|{_SHORT}|{_ENGLISH})(?:谢谢|謝謝|please)?"
)
#: A marketing text ends with one of these, so that refusing it is free and near at hand.
_WAY_OUT = re.compile(
    r"(?:拒收请回复\s?R|退订请?回复?\s?TD?|回复?\s?TD?\s?退订"
    r"|reply (?:R|T|STOP) to (?:stop|opt out))"
    r"[。.!！\s]*$",
    re.IGNORECASE,
)
LONGEST: Final = 40


def refuses(text: str) -> bool:
    """Whether an incoming text takes the consent back: T, td, Ｔ, “退订。”, STOP, 回复TD退订."""
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return len(plain) <= LONGEST and _WANTED.fullmatch(plain) is not None


def says_how_to_refuse(text: str) -> bool:
    """Whether a text ends with how to refuse more of it."""
    return _WAY_OUT.search(text) is not None
