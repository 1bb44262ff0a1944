"""A strict reader of one table of a strategy file.

Every key is asked for by name and kind. What was never asked for is unknown, and is refused with
file, path and the nearest name that would have been understood. Nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import Final, NoReturn, cast

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import BadAmount, Money

_SHARE = re.compile(r"(-?\d+(?:\.\d+)?)( ?%)?", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class StrategyError(Refusal):
    """Something in a strategy file that cannot be understood or cannot be right."""

    code = "strategy_error"
    said = Sentence(
        zh="策略文件 {file} 的 {path}：{problem}。",
        en="Strategy file {file}, at {path}: {problem}.",
    )


class _Required:
    """Marks a key without a default."""


REQUIRED: Final = _Required()

UNKNOWN: Final = Sentence(zh="不认识“{name}”{nearest}", en="“{name}” is not known here{nearest}")
NEAREST: Final = Sentence(zh="；最接近的是“{near}”", en="; the nearest is “{near}”")
_NOTHING_NEAR = Sentence(zh="；这里可用的有：{known}", en="; known here: {known}")
_MISSING = Sentence(zh="缺少必填项“{name}”", en="“{name}” is missing and must be given")
_WRONG_KIND = Sentence(zh="应为{wanted}，却是 {found}", en="needs {wanted}, but holds {found}")
_TOO_SMALL = Sentence(
    zh="{found} 小于允许的最小值 {limit}", en="{found} is below the least, {limit}"
)
_TOO_BIG = Sentence(zh="{found} 大于允许的最大值 {limit}", en="{found} is above the most, {limit}")
_BAD_SHARE = Sentence(
    zh='“{found}”不是比例；请写成带引号的 "15 %" 或 "0.15"',
    en='“{found}” is not a share; write "15 %" or "0.15", in quotes',
)
_BAD_NAME = Sentence(
    zh="“{found}”不能作编号；请用小写字母、数字和下划线，以字母开头",
    en="“{found}” cannot be an id; use lower-case letters, digits and underscores",
)
_TWICE = Sentence(zh="编号“{name}”出现了两次", en="the id “{name}” stands here twice")

_KINDS: Final[dict[str, Sentence]] = {
    "text": Sentence(zh="带引号的文字", en="text in quotes"),
    "whole": Sentence(zh="整数", en="a whole number"),
    "number": Sentence(zh="数字", en="a number"),
    "flag": Sentence(zh="true 或 false", en="true or false"),
    "list": Sentence(zh="列表", en="a list"),
    "table": Sentence(zh="表", en="a table"),
    "date": Sentence(zh="日期（如 2026-01-31）", en="a date such as 2026-01-31"),
    "time": Sentence(zh="时刻（如 08:30）", en="a time of day such as 08:30"),
    "both": Sentence(zh="{ zh = …, en = … } 两种语言", en="{ zh = …, en = … }, both languages"),
}


def nearest(name: str, known: Collection[str]) -> Sentence:
    """ "; the nearest is …" for a name that is not known, or the list of what is."""
    close = get_close_matches(name, sorted(known), n=1, cutoff=0.4)
    if close:
        return NEAREST.fill(near=close[0])
    return _NOTHING_NEAR.fill(known=sorted(known)) if known else Sentence(zh="", en="")


class Reader:
    """One table of one file, with the path that leads to it."""

    def __init__(self, table: Mapping[str, object], *, file: str, path: str = "") -> None:
        self.table = table
        self.file = file
        self.path = path
        self._asked: set[str] = set()

    def done(self) -> None:
        """Refuse every key that nobody asked for."""
        for key in self.table:
            if key not in self._asked:
                near = nearest(key, self._asked - self.table.keys() or self._asked)
                self.refuse(key, UNKNOWN.fill(name=key, nearest=near))

    def refuse(self, key: str, problem: Sentence) -> NoReturn:
        """Raise a StrategyError at a key of this table."""
        raise StrategyError(file=self.file, path=self.at(key), problem=problem)

    def at(self, key: str) -> str:
        """The path of a key inside the file."""
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        """Whether the key stands in the file; asking makes it known."""
        self._asked.add(key)
        return key in self.table

    def _take[T](self, key: str, default: object, read: Callable[[object], T]) -> T:
        if not self.has(key):
            if isinstance(default, _Required):
                self.refuse(key, _MISSING.fill(name=key))
            return cast(T, default)
        return read(self.table[key])

    def _wrong(self, key: str, kind: str, found: object) -> NoReturn:
        shown = str(found).lower() if isinstance(found, bool) else repr(found)
        self.refuse(key, _WRONG_KIND.fill(wanted=_KINDS[kind], found=shown[:60]))

    def text(self, key: str, default: str | _Required = REQUIRED) -> str:
        """A text in quotes, not empty."""

        def read(found: object) -> str:
            if not isinstance(found, str) or not found.strip():
                self._wrong(key, "text", found)
            return found

        return self._take(key, default, read)

    def name(self, key: str, default: str | _Required = REQUIRED) -> str:
        """An id: lower-case letters, digits and underscores."""

        found = self.text(key, default)
        if found != default and not _NAME.fullmatch(found):
            self.refuse(key, _BAD_NAME.fill(found=found))
        return found

    def whole(
        self,
        key: str,
        default: int | _Required = REQUIRED,
        *,
        least: int = 0,
        most: int | None = None,
    ) -> int:
        """A whole number between two limits, both allowed."""

        def read(found: object) -> int:
            if not isinstance(found, int) or isinstance(found, bool):
                self._wrong(key, "whole", found)
            self._between(key, found, least=least, most=most)
            return found

        return self._take(key, default, read)

    def whole_or_none(self, key: str, *, least: int = 0) -> int | None:
        """A whole number, or None where the key is absent."""
        return self.whole(key, least=least) if self.has(key) else None

    def number(self, key: str, default: float | _Required = REQUIRED) -> float:
        """An estimate: the only kind that may be a float. Never money, never a share."""

        def read(found: object) -> float:
            if not isinstance(found, int | float) or isinstance(found, bool):
                self._wrong(key, "number", found)
            if found != found or abs(found) == float("inf"):
                self._wrong(key, "number", found)
            return float(found)

        return self._take(key, default, read)

    def flag(self, key: str, default: bool | _Required = REQUIRED) -> bool:
        """true or false."""

        def read(found: object) -> bool:
            if not isinstance(found, bool):
                self._wrong(key, "flag", found)
            return found

        return self._take(key, default, read)

    def share(
        self,
        key: str,
        default: Decimal | _Required = REQUIRED,
        *,
        least: Decimal = Decimal(0),
        most: Decimal = Decimal(1),
    ) -> Decimal:
        """An exact share from "15 %" or "0.15"; 15 % is Decimal("0.15")."""

        def read(found: object) -> Decimal:
            match = _SHARE.fullmatch(found) if isinstance(found, str) else None
            if match is None:
                self.refuse(key, _BAD_SHARE.fill(found=found))
            digits, percent = match.groups()
            value = Decimal(digits).scaleb(-2) if percent else Decimal(digits)
            self._between(key, value, least=least, most=most)
            return value

        return self._take(key, default, read)

    def money(self, key: str, default: Money | _Required = REQUIRED) -> Money:
        """An amount such as "9.90 CNY", not below zero."""

        def read(found: object) -> Money:
            try:
                amount = Money.parse(self._as_text(key, found))
            except BadAmount as refusal:
                raise StrategyError(
                    file=self.file, path=self.at(key), problem=_without_stop(refusal.told)
                ) from None
            self._between(key, amount, least=Money.zero(amount.currency), most=None)
            return amount

        return self._take(key, default, read)

    def sentence(self, key: str, default: Sentence | _Required = REQUIRED) -> Sentence:
        """{ zh = …, en = … }: both languages or neither."""

        def read(found: object) -> Sentence:
            if not isinstance(found, dict):
                self._wrong(key, "both", found)
            both = self._below(key, found)
            said = Sentence(zh=both.text("zh"), en=both.text("en"))
            both.done()
            return said

        return self._take(key, default, read)

    def day(self, key: str, default: date | _Required = REQUIRED) -> date:
        """A date."""
        return self._take(key, default, lambda found: self._iso(key, found, date.fromisoformat))

    def clock(self, key: str, default: time | _Required = REQUIRED) -> time:
        """A time of day on the wall clock; 24:00 is written 00:00."""
        return self._take(key, default, lambda found: self._iso(key, found, time.fromisoformat))

    def _iso[T: (date, time)](self, key: str, found: object, parse: Callable[[str], T]) -> T:
        kind = "date" if parse == date.fromisoformat else "time"
        try:
            return parse(self._as_text(key, found, kind))
        except ValueError:
            self._wrong(key, kind, found)

    def choice[E: StrEnum](
        self, key: str, among: type[E], *, default: E | _Required = REQUIRED
    ) -> E:
        """One of the words of an enumeration."""

        def read(found: object) -> E:
            return among(self._known(key, found, [str(one) for one in among]))

        return self._take(key, default, read)

    def known(
        self, key: str, names: Collection[str], *, default: str | _Required = REQUIRED
    ) -> str:
        """One of the names that exist elsewhere."""
        return self._take(key, default, lambda found: self._known(key, found, names))

    def known_key(self, key: str, names: Collection[str]) -> str:
        """A key of this table that is one of some names."""
        if key not in names:
            self.refuse(key, UNKNOWN.fill(name=key, nearest=nearest(key, names)))
        return key

    def _known(self, key: str, found: object, names: Collection[str]) -> str:
        text = self._as_text(key, found)
        if text not in names:
            self.refuse(key, UNKNOWN.fill(name=text, nearest=nearest(text, names)))
        return text

    def names(
        self,
        key: str,
        among: Collection[str] | None = None,
        *,
        default: tuple[str, ...] | _Required = REQUIRED,
    ) -> tuple[str, ...]:
        """A list of texts, each from `among` where that is given."""

        def read(found: object) -> tuple[str, ...]:
            items = self._items(key, found)
            if among is None:
                return tuple(self._as_text(f"{key}[{n}]", one) for n, one in enumerate(items))
            return tuple(self._known(f"{key}[{n}]", one, among) for n, one in enumerate(items))

        return self._take(key, default, read)

    def wholes(
        self, key: str, default: tuple[int, ...] | _Required = REQUIRED, *, least: int = 0
    ) -> tuple[int, ...]:
        """A list of whole numbers."""

        def read(found: object) -> tuple[int, ...]:
            inner = Reader(
                {str(n): one for n, one in enumerate(self._items(key, found))},
                file=self.file,
                path=self.at(key),
            )
            return tuple(inner.whole(n, least=least) for n in inner.table)

        return self._take(key, default, read)

    def values(self, key: str) -> tuple[object, ...]:
        """A list whose items the caller checks."""
        return self._take(key, REQUIRED, lambda found: tuple(self._items(key, found)))

    def below(self, key: str) -> Reader:
        """The table under a key."""
        return self._take(key, REQUIRED, lambda found: self._below(key, found))

    def each(self, key: str, *, unique: str = "") -> Iterator[Reader]:
        """The tables of a list ([[key]]), each closed after its reading.

        Where `unique` names a key, no two tables may hold the same value there.
        """
        seen: set[object] = set()
        items = self._take(key, (), lambda found: tuple(self._items(key, found)))
        for place, found in enumerate(items):
            one = self._below(f"{key}[{place}]", found)
            if unique and (value := one.table.get(unique)) is not None:
                one.path = f"{self.at(key)}[{value}]"
                if str(value) in seen:
                    one.refuse(unique, _TWICE.fill(name=value))
                seen.add(str(value))
            yield one
            one.done()

    def _below(self, key: str, found: object) -> Reader:
        if not isinstance(found, dict):
            self._wrong(key, "table", found)
        return Reader(found, file=self.file, path=self.at(key))

    def _items(self, key: str, found: object) -> list[object]:
        if not isinstance(found, list):
            self._wrong(key, "list", found)
        return found

    def _as_text(self, key: str, found: object, kind: str = "text") -> str:
        if not isinstance(found, str) or not found:
            self._wrong(key, kind, found)
        return found

    def _between[N: (int, Decimal, Money)](
        self, key: str, value: N, *, least: N, most: N | None
    ) -> None:
        if value < least:
            self.refuse(key, _TOO_SMALL.fill(found=_shown(value), limit=_shown(least)))
        if most is not None and value > most:
            self.refuse(key, _TOO_BIG.fill(found=_shown(value), limit=_shown(most)))


def percent(share: Decimal) -> str:
    """A share as people write it: 0.150 is "15 %"."""
    return f"{(share * 100).normalize():f} %"


def _shown(value: int | Decimal | Money) -> str:
    return percent(value) if isinstance(value, Decimal) else str(value)


def _without_stop(said: Sentence) -> Sentence:
    return Sentence(zh=said.zh.rstrip("。"), en=said.en.rstrip("."))
