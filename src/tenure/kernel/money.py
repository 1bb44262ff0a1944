"""Money: integer minor units and a currency. No float, and one named rounding at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from fractions import Fraction
from typing import Final

from tenure.kernel.currencies import EXPONENTS
from tenure.kernel.failures import Refusal, Sentence

Exact = int | Decimal | Fraction


class CurrencyMismatch(Refusal):
    """Amounts of two currencies met in one sum or comparison."""

    code = "currency_mismatch"
    said = Sentence(
        zh="{left} 与 {right} 币种不同，不能相加或比较；请先按约定汇率折算成同一币种。",
        en="{left} and {right} are in different currencies and cannot be added or compared; "
        "convert them to one currency first.",
    )


class BadAmount(Refusal):
    """A text that is not an amount of money."""

    code = "bad_amount"
    said = Sentence(
        zh="“{text}”不是金额：{why}。请写成“9.90 CNY”的样子。",
        en="“{text}” is not an amount: {why}. Write it like “9.90 CNY”.",
    )


class Rounding(StrEnum):
    """How an exact amount becomes whole minor units. Halves go away from zero in HALF_UP."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"
    UP = "up"


HALF_UP: Final = Rounding.HALF_UP
_AMOUNT = re.compile(r"(-?)(\d+)(?:\.(\d+))? ([A-Z]{3})", re.ASCII)
_NO_SPACE = Sentence(
    zh="它应为数字、一个空格和三个字母的币种代码", en="it needs digits, a space and a currency code"
)
_UNKNOWN = Sentence(
    zh="未知的币种 {currency}{nearest}", en="there is no currency {currency}{nearest}"
)
_NEAREST = Sentence(zh="，是否想写 {name}", en=", did you mean {name}")
_MOST_DIGITS = 15
_TOO_MUCH = Sentence(zh="金额不超过 {digits} 位数字", en="an amount has at most {digits} digits")
_TOO_FINE = Sentence(
    zh="{currency} 最多 {exponent} 位小数", en="{currency} has at most {exponent} decimals"
)


def rounded(value: Exact, rule: Rounding = HALF_UP) -> int:
    """An exact number as a whole number, by a named rule, sign kept symmetric."""
    exact = value if isinstance(value, Fraction) else Fraction(value)
    if exact.denominator == 1:
        return exact.numerator
    sign = -1 if exact < 0 else 1
    whole, rest = divmod(abs(exact.numerator), exact.denominator)
    twice = 2 * rest
    up = {
        Rounding.HALF_UP: twice >= exact.denominator,
        Rounding.HALF_EVEN: twice > exact.denominator
        or (twice == exact.denominator and whole % 2 == 1),
        Rounding.DOWN: False,
        Rounding.UP: rest > 0,
    }[rule]
    return sign * (whole + up)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of one ISO 4217 currency; ordered within its currency."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        assert type(self.amount_minor) is int, "money is whole minor units"
        if self.currency not in EXPONENTS:
            raise BadAmount(
                text=f"{self.amount_minor} {self.currency}", why=_unknown(self.currency)
            )

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read "9.90 CNY"; never rounds: more decimals than the currency has are refused."""
        match = _AMOUNT.fullmatch(text)
        if match is None:
            raise BadAmount(text=text, why=_NO_SPACE)
        sign, whole, decimals, currency = match.groups(default="")
        if currency not in EXPONENTS:
            raise BadAmount(text=text, why=_unknown(currency))
        if len(whole) > _MOST_DIGITS:
            raise BadAmount(text=text[:40], why=_TOO_MUCH.fill(digits=_MOST_DIGITS))
        exponent = EXPONENTS[currency]
        if len(decimals) > exponent:
            raise BadAmount(text=text, why=_TOO_FINE.fill(currency=currency, exponent=exponent))
        amount_minor = int(whole + decimals.ljust(exponent, "0"))
        return cls(-amount_minor if sign else amount_minor, currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in a currency."""
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], *, currency: str) -> Money:
        """The sum of amounts that must all be in `currency`; nothing sums to zero."""
        return sum(amounts, start=cls.zero(currency))

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact, with the currency's own number of decimals."""
        return Decimal(self.amount_minor).scaleb(-EXPONENTS[self.currency])

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency}"

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.amount_minor + other.amount_minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.amount_minor - other.amount_minor, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount_minor, self.currency)

    def __mul__(self, times: int) -> Money:
        assert type(times) is int, "use share_of for anything but a whole number of times"
        return Money(self.amount_minor * times, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        self._same_currency(other)
        return self.amount_minor < other.amount_minor

    def __le__(self, other: Money) -> bool:
        self._same_currency(other)
        return self.amount_minor <= other.amount_minor

    def __gt__(self, other: Money) -> bool:
        return other < self

    def __ge__(self, other: Money) -> bool:
        return other <= self

    def share_of(self, share: Exact, *, rounding: Rounding = HALF_UP) -> Money:
        """This share of the amount (0.15 is 15 %), rounded once to minor units."""
        return Money(rounded(self.amount_minor * Fraction(share), rounding), self.currency)

    def converted(self, rate: Exact, currency: str, *, rounding: Rounding = HALF_UP) -> Money:
        """The amount in another currency at `rate` of it for one of this, rounded once (G29).

        The rate is for major units: 1 KWD (three decimals) at 23.10 is 23.10 CNY (two decimals).
        """
        scale = Fraction(10) ** (EXPONENTS[currency] - EXPONENTS[self.currency])
        return Money(rounded(self.amount_minor * Fraction(rate) * scale, rounding), currency)

    def percent_off(self, percent: Exact, *, rounding: Rounding = HALF_UP) -> Money:
        """The amount that remains after `percent` off: 15 leaves 85 %, rounded once."""
        return self.share_of(1 - Fraction(percent) / 100, rounding=rounding)

    def allocate(self, weights: Sequence[Exact]) -> list[Money]:
        """Split in proportion to weights; the parts add up to the whole.

        By largest remainder: every part is the exact share cut down, and the minor units left
        over go one each to the largest remainders, earlier parts first among equals.
        """
        exact = [Fraction(weight) for weight in weights]
        assert all(weight >= 0 for weight in exact), "a weight is not negative"
        assert sum(exact) > 0, "some weight is above zero"
        magnitude, sign = abs(self.amount_minor), -1 if self.amount_minor < 0 else 1
        shares = [magnitude * weight / sum(exact) for weight in exact]
        parts = [share.numerator // share.denominator for share in shares]
        by_remainder = sorted(
            range(len(parts)), key=lambda place: (parts[place] - shares[place], place)
        )
        for place in by_remainder[: magnitude - sum(parts)]:
            parts[place] += 1
        return [Money(sign * part, self.currency) for part in parts]

    def _same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=str(self), right=str(other))


def _unknown(currency: str) -> Sentence:
    close = get_close_matches(currency, EXPONENTS, n=1, cutoff=0.5)
    nearest = _NEAREST.fill(name=close[0]) if close else Sentence(zh="", en="")
    return _UNKNOWN.fill(currency=currency, nearest=nearest)
