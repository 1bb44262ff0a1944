"""How many messages a text counts as, and is paid for: GSM 03.38 and UCS-2.

References:
    3GPP TS 23.038 (alphabets), TS 23.040 §9.2.3.24.1 (concatenation: 6 octets of each part).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

GSM_ALONE: Final = 160
GSM_PART: Final = 153
UCS2_ALONE: Final = 70
UCS2_PART: Final = 67
_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class Count:
    """What a text is sent as: its alphabet, its length in that alphabet's units, its parts."""

    alphabet: str  # gsm7 | ucs2
    units: int
    segments: int


def count(text: str) -> Count:
    """Count a whole text, signature included; an empty one is one segment (CHN-02).

    A sign of two units (a surrogate pair, an escaped sign) never stands in two parts.
    """
    is_gsm = all(sign in _BASIC or sign in _EXTENDED for sign in text)
    if is_gsm:
        sizes = [2 if sign in _EXTENDED else 1 for sign in text]
        return _counted("gsm7", sizes, alone=GSM_ALONE, part=GSM_PART)
    sizes = [2 if ord(sign) > 0xFFFF else 1 for sign in text]
    return _counted("ucs2", sizes, alone=UCS2_ALONE, part=UCS2_PART)


def _counted(alphabet: str, sizes: Sequence[int], *, alone: int, part: int) -> Count:
    units = sum(sizes)
    if units <= alone:
        return Count(alphabet, units, 1)
    segments, used = 1, 0
    for size in sizes:
        if used + size > part:
            segments, used = segments + 1, 0
        used += size
    return Count(alphabet, units, segments)
