"""Numbers, amounts of money and quantities as other systems write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from tenure.kernel.currencies import EXPONENTS
from tenure.kernel.failures import Sentence
from tenure.observe.imports.rules.faults import (
    BadNumber,
    TooFine,
    UnclearNumber,
    UnknownCurrency,
    nearest_of,
    shown,
)

A_NUMBER: Final = Sentence(zh="数字", en="a number")
A_WHOLE: Final = Sentence(zh="整数", en="a whole number")
AN_AMOUNT: Final = Sentence(zh="金额", en="an amount")
MOST_UNITS: Final = 10**15
_BETWEEN: Final = Sentence(
    zh="{least} 到 {most} 之间的整数", en="a whole number from {least} to {most}"
)

_PLAIN: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_LOOKS_NUMERIC: Final = re.compile(r"[+-]?[\d.,'’ \u00a0]+")
_CURRENCY_TAIL: Final = re.compile(r"(.*?)\s*(?<![A-Za-z])([A-Za-z]{3})", re.ASCII)
_CURRENCY_HEAD: Final = re.compile(r"([A-Za-z]{3})\s*([-+\d.].*)", re.ASCII)
# The longest first: "US$" before "$".
_SIGNS: Final = (
    ("US$", {"USD"}),
    ("HK$", {"HKD"}),
    ("NT$", {"TWD"}),
    ("人民币", {"CNY"}),
    ("美元", {"USD"}),
    ("$", {"USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD"}),
    ("¥", {"CNY", "JPY"}),
    ("元", {"CNY"}),
    ("€", {"EUR"}),
    ("£", {"GBP"}),
)

# How many of the smallest unit of their kind; 1 GB is 1024 MB, as networks are billed.
UNITS: Final[dict[str, tuple[str, Fraction]]] = {
    "B": ("bytes", Fraction(1)),
    "KB": ("bytes", Fraction(1024)),
    "MB": ("bytes", Fraction(1024**2)),
    "GB": ("bytes", Fraction(1024**3)),
    "TB": ("bytes", Fraction(1024**4)),
    "ms": ("time", Fraction(1, 1000)),
    "seconds": ("time", Fraction(1)),
    "minutes": ("time", Fraction(60)),
    "hours": ("time", Fraction(3600)),
    "days": ("time", Fraction(86_400)),
}


@dataclass(frozen=True, slots=True)
class Style:
    """How a column writes numbers."""

    decimal: str = "."
    thousands: str = ","


PLAIN: Final = Style()


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in major units; `currencies` are those that its own sign allows, None: none."""

    value: Decimal
    currencies: frozenset[str] | None = None


def decimal_reader(style: Style, *, wanted: Sentence = A_NUMBER) -> Callable[[str], Decimal]:
    """A function from text to an exact number.

    Raises:
        UnclearNumber: points and commas that do not fit the style (by the function).
        BadNumber: no number at all (by the function).
    """
    grouped = _grouped(style)

    def read(text: str) -> Decimal:
        if _PLAIN.fullmatch(text) and (style.decimal == "." or "." not in text):
            return Decimal(text)
        normal = unicodedata.normalize("NFKC", text).strip().replace("\u2212", "-")
        if grouped.fullmatch(normal) is None:
            if _LOOKS_NUMERIC.fullmatch(normal) and any(map(str.isdigit, normal)):
                raise UnclearNumber(text=shown(text))
            raise BadNumber(text=shown(text), wanted=wanted)
        return Decimal(normal.replace(style.thousands, "").replace(style.decimal, "."))

    return read


def _grouped(style: Style) -> re.Pattern[str]:
    thousands, decimal = re.escape(style.thousands), re.escape(style.decimal)
    return re.compile(rf"[+-]?(?:\d+|\d{{1,3}}(?:{thousands}\d{{3}})+)(?:{decimal}\d+)?", re.ASCII)


def whole_reader(
    style: Style, *, least: int = -MOST_UNITS, most: int = MOST_UNITS
) -> Callable[[str], int]:
    """A function from text to a whole number between two limits; 4.0 is 4, and 4.5 is refused."""
    decimal = decimal_reader(style, wanted=A_WHOLE)

    def read(text: str) -> int:
        value = decimal(text)
        if value != value.to_integral_value():
            raise BadNumber(text=shown(text), wanted=A_WHOLE)
        if not least <= value <= most:
            raise BadNumber(text=shown(text), wanted=_BETWEEN.fill(least=least, most=most))
        return int(value)

    return read


def amount_reader(style: Style) -> Callable[[str], Amount]:
    """A function from text such as "1,234.50", "¥9.90" or "9.90 CNY" to an amount."""
    decimal = decimal_reader(style, wanted=AN_AMOUNT)

    def read(text: str) -> Amount:
        if _PLAIN.fullmatch(text):
            return Amount(decimal(text))
        normal = unicodedata.normalize("NFKC", text).strip()
        # A word of three letters is no amount of an unknown currency.
        if not any(map(str.isdigit, normal)):
            raise BadNumber(text=shown(text), wanted=AN_AMOUNT)
        number, currencies = _without_sign(normal)
        try:
            return Amount(decimal(number), currencies)
        except BadNumber:
            raise BadNumber(text=shown(text), wanted=AN_AMOUNT) from None

    return read


def _without_sign(text: str) -> tuple[str, frozenset[str] | None]:
    for sign, currencies in _SIGNS:
        if sign in text:
            return text.replace(sign, "", 1).strip(), frozenset(currencies)
    head, tail = _CURRENCY_HEAD.fullmatch(text), _CURRENCY_TAIL.fullmatch(text)
    if tail is not None:
        return tail[1], frozenset({known_currency(tail[2])})
    if head is not None:
        return head[2], frozenset({known_currency(head[1])})
    return text, None


def known_currency(text: str) -> str:
    """The ISO 4217 code of a text.

    Raises:
        UnknownCurrency: there is none.
    """
    code = text.strip().upper()
    if code not in EXPONENTS:
        raise UnknownCurrency(text=shown(text), nearest=nearest_of(code, EXPONENTS))
    return code


def minor_units(value: Decimal, *, currency: str) -> int:
    """An amount in whole minor units; never rounded.

    Raises:
        TooFine: more decimals than the currency has.
        BadNumber: more than the records can hold.
    """
    exponent = EXPONENTS[currency]
    minor = value.scaleb(exponent)
    if abs(minor) > MOST_UNITS:
        raise BadNumber(text=shown(f"{value:f}"), wanted=AN_AMOUNT)
    if minor != minor.to_integral_value():
        raise TooFine(text=f"{value:f}", currency=currency, exponent=exponent)
    return int(minor)


def share_between(unit: str, to: str) -> Fraction | None:
    """What turns a quantity in `unit` into one in `to`; None: they measure other things."""
    (kind, size), (wanted, step) = UNITS[unit], UNITS[to]
    return size / step if kind == wanted else None
