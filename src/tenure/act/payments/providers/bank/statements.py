"""Read the CSV that a bank gives out, whatever it calls its columns."""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from tenure.act.payments.providers.bank.rules import StatementLine
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import BadAmount, Money

_ENCODINGS: Final = ("utf-8-sig", "gb18030")
_MOST_BYTES: Final = 16 * 1024 * 1024
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "on": ("date", "booking date", "value date", "交易日期", "记账日期", "日期"),
    "amount": ("amount", "credit", "credit amount", "收入金额", "贷方金额", "贷方发生额", "金额"),
    "text": (
        "reference",
        "remittance information",
        "description",
        "memo",
        "附言",
        "摘要",
        "用途",
        "备注",
    ),
    "payer": ("payer", "counterparty", "name", "对方户名", "付款人", "对方名称"),
    "currency": ("currency", "币种"),
    "line_id": ("id", "transaction id", "bank reference", "流水号", "交易流水号", "凭证号"),
}
_NEEDED: Final = ("on", "amount", "text")
_CURRENCIES: Final = {"人民币": "CNY", "RMB": "CNY", "": ""}


class UnreadableStatement(Refusal):
    """A file that is no statement that we can read; nothing of it was taken."""

    code = "unreadable_statement"
    said = Sentence(
        zh="无法读取这份对账单：{why}。没有导入任何一行；请导出带表头的 CSV 再试。",
        en="This statement cannot be read: {why}. No line of it was taken; export a CSV with a "
        "head line and try again.",
    )


_TOO_BIG = Sentence(zh="文件过大", en="it is too large")
_NO_TEXT = Sentence(zh="不是文本文件", en="it is no text")
_NO_COLUMN = Sentence(zh="缺少列：{names}", en="it has no column for {names}")
_BAD_LINE = Sentence(zh="第 {line} 行的日期或金额不对", en="line {line} has no good date or amount")


@dataclass(frozen=True, slots=True)
class _Place:
    number: int
    currency: str


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that nobody can read, with its number in the file."""

    number: int
    why: Sentence


@dataclass(frozen=True, slots=True)
class Statement:
    """What came in, and the lines that could not be read; those are not guessed at."""

    lines: tuple[StatementLine, ...]
    bad: tuple[BadLine, ...]


def lines_of(content: bytes, *, currency: str) -> list[StatementLine]:
    """The transfers that came in; what went out is left out.

    Args:
        currency: the account's, where the file names none.
    Raises:
        UnreadableStatement: columns are missing, or a line has no date or amount.
    """
    statement = read(content, currency=currency)
    if statement.bad:
        raise UnreadableStatement(why=statement.bad[0].why)
    return list(statement.lines)


def read(content: bytes, *, currency: str) -> Statement:
    """The same with each bad line told by its number.

    Raises:
        UnreadableStatement: columns are missing, or it is no text.
    """
    lines = list(csv.reader(_text(content).splitlines()))
    head = next((number for number, line in enumerate(lines) if len(line) > 2), 0)
    columns = _columns(lines[head] if lines else [])
    found: list[StatementLine] = []
    bad: list[BadLine] = []
    for number, line in enumerate(lines[head + 1 :], head + 2):
        told = {name: line[place].strip() for name, place in columns.items() if place < len(line)}
        if not any(told.values()):
            continue
        try:
            found += _read(told, _Place(number, currency))
        except UnreadableStatement:
            bad.append(BadLine(number, _BAD_LINE.fill(line=number)))
    return Statement(tuple(found), tuple(bad))


def _text(content: bytes) -> str:
    if len(content) > _MOST_BYTES:
        raise UnreadableStatement(why=_TOO_BIG)
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableStatement(why=_NO_TEXT)


def _columns(head: list[str]) -> dict[str, int]:
    given = {name.strip().lower(): place for place, name in reversed(list(enumerate(head)))}
    found = {
        name: given[alias]
        for name, aliases in _NAMES.items()
        for alias in reversed(aliases)
        if alias in given
    }
    missing = [_NAMES[name][0] for name in _NEEDED if name not in found]
    if missing:
        raise UnreadableStatement(why=_NO_COLUMN.fill(names=missing))
    return found


def _read(told: Mapping[str, str], place: _Place) -> Iterator[StatementLine]:
    amount = told.get("amount", "").replace(",", "").replace("+", "").lstrip("¥￥$€")
    if not amount:
        return  # A line of the other column: money that went out.
    currency = told.get("currency", "").upper()
    currency = _CURRENCIES.get(currency, currency) or place.currency
    try:
        on = _date(told["on"])
        money = Money.parse(f"{amount} {currency}")
    except (ValueError, KeyError, BadAmount) as error:
        raise UnreadableStatement(why=_BAD_LINE.fill(line=place.number)) from error
    if money.amount_minor <= 0:
        return
    text = told.get("text", "")
    payer = told.get("payer", "")
    yield StatementLine(
        line_id=told.get("line_id") or _own_id(on, money, text=f"{text}|{payer}"),
        on=on,
        amount=money,
        text=text,
        payer=payer,
    )


def _date(text: str) -> date:
    digits = "".join(one for one in text[:10] if one.isdigit())
    return date.fromisoformat(digits[:8])


def _own_id(on: date, amount: Money, *, text: str) -> str:
    """A name for a line that the bank gave none: the same line has it in every download."""
    return hashlib.sha256(f"{on}|{amount}|{text}".encode()).hexdigest()[:32]
