"""How numbers, money and days are written for a reader, in Chinese and in English.

Rules of the reference design: tabular figures, ¥ first, two decimals only on receipts, minus is
U+2212, a space between Chinese and figures, large counts in 万 or k with the exact value at hand.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

from tenure.kernel.currencies import EXPONENTS

MINUS = "\u2212"
SYMBOLS = {"CNY": "¥", "USD": "US$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$"}
CYCLES_ZH = {1: "月付", 3: "季付", 6: "半年付", 12: "年付", 24: "两年付"}
CYCLES_EN = {
    1: "monthly",
    3: "quarterly",
    6: "half-yearly",
    12: "yearly",
    24: "every two years",
}
WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def reader_language() -> str:
    """The language in which the page is being drawn."""
    return get_language() or "zh-hans"


def is_chinese(language: str) -> bool:
    """Whether a language tag reads Chinese."""
    return language.lower().startswith("zh")


def figure(value: float | Decimal | Fraction, *, digits: int = 0) -> str:
    """A number with thousands separators and a true minus, rounded half up."""
    exact = Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value
    quantum = Decimal(1).scaleb(-digits)
    rounded = Decimal(str(exact)).quantize(quantum, rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def percent(share: float | Decimal | Fraction | None, *, digits: int = 1) -> str:
    """A share as a percentage; what cannot be computed is a dash, never 0."""
    if share is None:
        return "—"
    return f"{figure(share * 100, digits=digits)}%"


def points(share: float | None, *, digits: int = 1) -> str:
    """A difference of shares in percentage points, with its sign."""
    if share is None:
        return "—"
    text = figure(share * 100, digits=digits)
    return text if share < 0 else f"+{text}"


def money(amount_minor: int | None, currency: str, *, decimals: bool | None = None) -> str:
    """An amount with its symbol; `decimals=None` shows them only where they are not zero."""
    if amount_minor is None:
        return "—"
    exponent = EXPONENTS[currency]
    amount = Decimal(amount_minor).scaleb(-exponent)
    shown = decimals if decimals is not None else amount != amount.to_integral_value()
    text = figure(abs(amount), digits=exponent if shown else 0)
    sign = MINUS if amount < 0 else ""
    return f"{sign}{SYMBOLS.get(currency, currency + ' ')}{text}"


def money_short(amount_minor: int | None, currency: str, *, language: str) -> str:
    """A large amount of money: ¥4.4 万 or ¥44.0k; below ten thousand as `money` writes it."""
    if amount_minor is None:
        return "—"
    amount = Decimal(amount_minor).scaleb(-EXPONENTS[currency])
    if abs(amount) < 100:
        return money(amount_minor, currency)
    if abs(amount) < 10_000:
        return money(int(amount) * 10 ** EXPONENTS[currency], currency)
    symbol = SYMBOLS.get(currency, f"{currency} ")
    sign = MINUS if amount < 0 else ""
    return f"{sign}{symbol}{large(float(abs(amount)), language)}"


def large(number: float, language: str) -> str:
    """A large count: 1.2 万 in Chinese, 12.0k in English; the exact value stands beside it."""
    if abs(number) < 10_000:
        return figure(number)
    if is_chinese(language):
        return f"{figure(number / 10_000, digits=1)} 万"
    return f"{figure(number / 1_000, digits=1)}k"


def day(value: date, language: str, *, year: bool = False) -> str:
    """A day in prose."""
    if is_chinese(language):
        text = f"{value.month} 月 {value.day} 日"
        return f"{value.year} 年 {text}" if year else text
    text = f"{value.day} {MONTHS_EN[value.month - 1]}"
    return f"{text} {value.year}" if year else text


def cycle(months: int, language: str) -> str:
    """How often a customer pays."""
    if is_chinese(language):
        return CYCLES_ZH.get(months, f"{months} 个月付")
    return CYCLES_EN.get(months, f"every {months} months")


def weekday(value: date, language: str) -> str:
    """The name of the day of the week."""
    return (WEEKDAYS_ZH if is_chinese(language) else WEEKDAYS_EN)[value.weekday()]


def clock(at: datetime, zone: str) -> str:
    """The time of an instant on the wall of a zone, 24 hours."""
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def masked_phone(number: str) -> str:
    """138****6027: enough to recognise, not enough to call."""
    number = number.removeprefix("+86").strip()
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 8 else "****"


def masked_name(name: str) -> str:
    """李**: the first character, and stars for whatever follows."""
    return f"{name[:1]}**" if name else ""


def masked_address(address: str, channel: str) -> str:
    """An address of which only the shape can be seen."""
    if channel in {"phone", "sms"}:
        return masked_phone(address)
    return f"{address[:1]}***@***" if "@" in address else "****"
