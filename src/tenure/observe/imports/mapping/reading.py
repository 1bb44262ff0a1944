"""Reads a `mapping.toml`, strictly: what is not understood is refused, with the nearest name."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path, PurePosixPath
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.observe.imports.mapping.fields import (
    KINDS_BY_NAME,
    PLAN,
    RANK,
    Field,
    Form,
    Kind,
)
from tenure.observe.imports.mapping.refusals import MappingError, NoMapping
from tenure.observe.imports.mapping.shapes import FileRules, Given, Making, Mapped, Spec
from tenure.observe.imports.mapping.spec_reading import (
    Manner,
    check_known,
    read_condition,
    read_manner,
    read_rest,
    read_spec,
    read_zone,
)
from tenure.observe.imports.rules.numbers import known_currency
from tenure.records.catalog.rules import Gives, Holds, OfferedPlan
from tenure.strategy.reading import Reader, StrategyError

FIRST_SALE: Final = date(2000, 1, 1)
ENCODINGS: Final = ("utf-8", "utf-8-sig", "gbk", "gb18030")
DELIMITERS: Final = (",", ";", "tab", "|")
_TOP: Final = (
    "source", "account_source", "as_of", "zone", "currency", "language", "country", "strategy",
)  # fmt: skip
_OF_FILE: Final = (
    "path", "encoding", "delimiter", "date", "zone", "decimal", "thousands", "empty", "currency",
    "optional",
)  # fmt: skip
_LANGUAGES: Final = ("zh-Hans", "en")
_QUANTITY: Final = Field("quantity", Form.WHOLE)
_PRICE: Final = Field("price", Form.AMOUNT)
_WHOLE: Final = Sentence(zh="整个文件", en="the whole file")
_NOT_TOML: Final = Sentence(zh="不是有效的 TOML：{why}", en="is not valid TOML: {why}")
_NOT_UTF8: Final = Sentence(
    zh="不是 UTF-8 文本（第 {byte} 个字节）；请用 UTF-8 保存",
    en="is not UTF-8 (byte {byte}); save it as UTF-8",
)
_OUTSIDE: Final = Sentence(
    zh="“{pattern}”指向目录之外；请写目录之内的文件名", en="“{pattern}” leads out of the directory"
)
_NO_FILE: Final = Sentence(
    zh="没有任何 [[file]]；请写明要读哪些文件", en="there is no [[file]]; say which files to read"
)
_NO_KIND: Final = Sentence(
    zh="没有说明每行是什么；可用：{known}", en="does not say what a line is; known: {known}"
)
_BAD_MONTHS: Final = Sentence(zh="“{found}”不是月数", en="“{found}” is no number of months")
_NO_PRICE_CURRENCY: Final = Sentence(
    zh="同一套餐的价格和成本应为同一币种", en="the prices and the cost of a plan need one currency"
)


def read_mapping(path: Path) -> Mapped:
    """The mapping of a file.

    Raises:
        NoMapping: it cannot be opened.
        MappingError: something in it is not understood; names the place and the nearest name.
    """
    document = _document(path)
    digest = hashlib.sha256(
        json.dumps(document, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()
    try:
        return _mapped(Reader(document, file=path.name), digest=digest)
    except StrategyError as error:
        raise MappingError(**error.data) from None


def _document(path: Path) -> dict[str, object]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return {key: _plain(value) for key, value in tomllib.loads(text).items()}
    except OSError as error:
        raise NoMapping(file=path, why=error.strerror) from None
    except UnicodeDecodeError as error:
        problem = _NOT_UTF8.fill(byte=error.start + 1)
    except tomllib.TOMLDecodeError as error:
        problem = _NOT_TOML.fill(why=str(error))
    raise MappingError(file=path.name, path=_WHOLE, problem=problem)


def _plain(value: object) -> object:
    """A TOML value as JSON has it: dates become ISO text."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, date | time | datetime):
        return value.isoformat()
    return value


def _mapped(reader: Reader, *, digest: str) -> Mapped:
    check_known(reader, ("import", "plan", "file"))
    top = reader.below("import")
    check_known(top, _TOP)
    source = top.text("source")
    found = Mapped(
        name=reader.file,
        digest=digest,
        source=source,
        account_source=top.text("account_source", source),
        as_of=top.day("as_of") if top.has("as_of") else None,
        zone=read_zone(top),
        currency=_currency(top),
        language=top.known("language", _LANGUAGES, default=""),
        country=top.text("country", ""),
        strategy=top.text("strategy", ""),
        plans=tuple(_plan(one) for one in reader.each("plan", unique="id")),
        files=tuple(_file(one) for one in reader.each("file", unique="path")),
    )
    top.done()
    if not found.files:
        reader.refuse("file", _NO_FILE)
    reader.done()
    return found


def _currency(reader: Reader) -> str:
    try:
        return known_currency(reader.text("currency")) if reader.has("currency") else ""
    except Refusal as refusal:
        told = Sentence(zh=refusal.told.zh.rstrip("。"), en=refusal.told.en.rstrip("."))
        reader.refuse("currency", told)


def _file(reader: Reader) -> FileRules:
    check_known(reader, (*_OF_FILE, *KINDS_BY_NAME))
    pattern = reader.text("path")
    if PurePosixPath(pattern).is_absolute() or ".." in PurePosixPath(pattern).parts:
        reader.refuse("path", _OUTSIDE.fill(pattern=pattern))
    manner, currency = read_manner(reader), _currency(reader)
    makings = [_in_currency(one, currency) for one in _makings(reader, manner)]
    rules = FileRules(
        pattern=pattern,
        encoding=reader.known("encoding", ENCODINGS, default=""),
        delimiter=reader.known("delimiter", DELIMITERS, default="").replace("tab", "\t"),
        is_optional=reader.flag("optional", False),
        makings=tuple(sorted(makings, key=lambda one: RANK[one.kind.name])),
        path=reader.path,
    )
    if not rules.makings:
        reader.refuse("path", _NO_KIND.fill(known=list(KINDS_BY_NAME)))
    return rules


def _makings(reader: Reader, manner: Manner) -> Iterator[Making]:
    """Each kind stands once as a table, or several times as a list of tables."""
    for name, kind in KINDS_BY_NAME.items():
        if not reader.has(name):
            continue
        if isinstance(reader.table[name], list):
            yield from (_making(one, kind, manner) for one in reader.each(name))
        else:
            below = reader.below(name)
            yield _making(below, kind, manner)
            below.done()


def _in_currency(making: Making, currency: str) -> Making:
    """The currency of a file stands for that of each line that names none."""
    if not currency or "currency" not in making.kind.fields or "currency" in making.specs:
        return making
    spec = Spec(constant=currency, path="currency")
    return replace(making, specs={**making.specs, "currency": spec})


def _making(reader: Reader, kind: Kind, manner: Manner) -> Making:
    is_plan = kind is PLAN
    further = ("only_if", kind.rest, *(("prices",) if is_plan else ()))
    check_known(reader, (*kind.fields, *filter(None, further)))
    for name in kind.required:
        if not reader.has(name):
            reader.text(name)  # refuses: the key is missing
    specs = {
        name: read_spec(reader, name, field=field, manner=manner)
        for name, field in kind.fields.items()
        if reader.has(name)
    }
    rest = {}
    if kind.rest and kind is not PLAN and reader.has(kind.rest):
        below = reader.below(kind.rest)
        loose = kind.rest == "properties"
        rest = {key: read_rest(below, key, loose=loose, manner=manner) for key in below.table}
        below.done()
    return Making(
        kind=kind,
        specs=specs,
        rest=rest,
        prices=_prices(reader, manner) if is_plan else {},
        gives=tuple(_given(one, manner) for one in reader.each("gives")) if is_plan else (),
        only_if=read_condition(reader),
        path=reader.path,
    )


def _prices(reader: Reader, manner: Manner) -> dict[int, Spec]:
    if not reader.has("prices"):
        return {}
    below = reader.below("prices")
    found = {
        _months(below, key): read_spec(below, key, field=_PRICE, manner=manner)
        for key in below.table
    }
    below.done()
    return found


def _months(reader: Reader, key: str) -> int:
    if not key.isdecimal() or not 1 <= int(key) <= 120:
        reader.refuse(key, _BAD_MONTHS.fill(found=key))
    return int(key)


def _given(reader: Reader, manner: Manner) -> Given:
    quantity = None
    if reader.has("quantity"):
        quantity = read_spec(reader, "quantity", field=_QUANTITY, manner=manner)
    return Given(
        code=reader.name("id"),
        name=reader.sentence("name"),
        quantity=quantity,
        unit=reader.text("unit", ""),
        kind=reader.known("kind", ["core", "value_added"], default="core"),
    )


def _plan(reader: Reader) -> OfferedPlan:
    """A plan that stands in the mapping itself."""
    prices = _listed(reader)
    cost = reader.money("monthly_cost", Money.zero(next(iter(prices.values())).currency))
    if len({one.currency for one in (cost, *prices.values())}) != 1:
        reader.refuse("prices", _NO_PRICE_CURRENCY)
    code = reader.text("id")
    return OfferedPlan(
        code=code,
        product_code=reader.text("product", code),
        name=reader.sentence("name", Sentence(zh=code, en=code)),
        tier_rank=reader.whole("tier_rank", 1, least=1),
        from_on=reader.day("from_on", FIRST_SALE),
        holds=Holds(
            cost_minor_per_month=cost.amount_minor,
            prices=prices,
            speed_mbps=reader.whole_or_none("speed_mbps"),
            gives=tuple(
                Gives(
                    one.name("id"),
                    one.sentence("name"),
                    one.known("kind", ["core", "value_added"], default="core"),
                    one.whole_or_none("quantity"),
                    one.text("unit", ""),
                )
                for one in reader.each("gives")
            ),
        ),
    )


def _listed(reader: Reader) -> dict[int, Money]:
    below = reader.below("prices")
    if not below.table:
        below.money("1")  # refuses: a plan has a price
    found = {_months(below, key): below.money(key) for key in below.table}
    below.done()
    return found
