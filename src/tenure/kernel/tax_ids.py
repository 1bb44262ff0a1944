"""The unified social credit code of a Chinese organisation and its check digit (GB 32100-2015)."""

from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V and Z
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_LENGTH: Final = 18


def normalised(code: str) -> str:
    """As it is printed: capital letters without spaces."""
    return "".join(code.split()).upper()


def check_sign(body: str) -> str:
    """The 18th sign that belongs to the first 17."""
    total = sum(_ALPHABET.index(sign) * weight for sign, weight in zip(body, _WEIGHTS, strict=True))
    return _ALPHABET[-total % len(_ALPHABET)]


def is_credit_code(code: str) -> bool:
    """Whether a code has 18 signs of the alphabet and the right check digit (R-I-006)."""
    if len(code) != _LENGTH or not set(code) <= set(_ALPHABET):
        return False
    return check_sign(code[:-1]) == code[-1]
