"""Dates, amounts and links as a message says them."""

from datetime import date
from functools import lru_cache
from typing import Final

from tenure.kernel.money import Money

_SIGNS: Final = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$"}
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@lru_cache(maxsize=4_096)
def dated(day: date, language: str) -> str:
    """2026年4月3日 or 3 April 2026."""
    if language.lower().startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


@lru_cache(maxsize=4_096)
def priced(amount: Money) -> str:
    """An amount with its sign where it has a known one: ¥1,069.20."""
    number, code = f"{amount.decimal:,f}", amount.currency
    return f"{_SIGNS[code]}{number}" if code in _SIGNS else f"{number} {code}"


def gigabytes(amount: float) -> str:
    """One decimal below ten, none above."""
    return f"{amount:.1f}" if amount < 10 else f"{amount:.0f}"
