"""Take out of a text what no log may hold: card numbers, keys, signatures, authorisations."""

import re
from collections.abc import Mapping
from typing import Final

HIDDEN: Final = "[hidden]"
_LEAST_DIGITS, _MOST_DIGITS = 13, 19
# Digits as people and programs write cards: in one piece, or in groups.
_CARD = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){12,18}(?![0-9A-Za-z])")
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|\Z)", re.DOTALL)
_TOKEN = re.compile(r"\b(?:sk|rk|whsec|pk)_[A-Za-z0-9_]{8,}")
_SCHEME = re.compile(r"\b(?:Bearer|Basic|WECHATPAY2-SHA256-RSA2048)\s+\S[^\r\n]*", re.IGNORECASE)
_SECRET_NAMES: Final = frozenset(
    {"authorization", "sign", "signature", "paysign", "cvc", "cvv", "cvv2", "pan", "card_number",
     "cardno", "accno", "password", "secret", "secret_key", "api_v3_key", "private_key",
     "ciphertext", "stripe-signature", "wechatpay-signature", "cookie"}
)  # fmt: skip
_NAMED = re.compile(
    r"(?P<head>(?<![\w-])[\"']?(?:" + "|".join(sorted(map(re.escape, _SECRET_NAMES), reverse=True))
    + r")[\"']?\s*[=:]\s*)(?P<quote>[\"']?)(?P<value>[^\"'&\s,;}]+)",
    re.IGNORECASE,
)  # fmt: skip


def is_card_number(digits: str) -> bool:
    """Whether digits have a card's length and Luhn's check digit (ISO/IEC 7812-1)."""
    if not _LEAST_DIGITS <= len(digits) <= _MOST_DIGITS:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def scrubbed(text: str) -> str:
    """The text with every secret hidden; what is left says what happened all the same."""
    text = _PEM.sub(HIDDEN, text)
    text = _SCHEME.sub(lambda found: f"{found[0].split()[0]} {HIDDEN}", text)
    text = _TOKEN.sub(HIDDEN, text)
    text = _NAMED.sub(lambda found: f"{found['head']}{found['quote']}{HIDDEN}", text)
    return _CARD.sub(_card_hidden, text)


def scrubbed_value(name: str, value: object) -> object:
    """A named value of a log line, all the way down; a secret by its name is hidden whole."""
    if name.lower() in _SECRET_NAMES:
        return HIDDEN
    if isinstance(value, str):
        return scrubbed(value)
    if isinstance(value, bytes):
        return scrubbed(value.decode("utf-8", "replace"))
    if isinstance(value, Mapping):
        return {key: scrubbed_value(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [scrubbed_value("", item) for item in value]
    return value


def _card_hidden(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    return f"{HIDDEN} {digits[-4:]}" if is_card_number(digits) else found[0]
