"""The copy as a ZIP, made while it is being sent: no part of it is ever whole in memory."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final

from django.conf import settings

from tenure.act.self_service.exporting.sheets import SHEETS, Sheet
from tenure.kernel.failures import Sentence
from tenure.understand.tags.queries import tags_of
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.events import EVENTS

_CHUNK_ROWS: Final = 2_000
# What a spreadsheet would run as a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_MARK: Final = "\ufeff"
_EVENT_COLUMNS: Final = (
    ("at_us", Sentence(zh="时间（UTC 微秒）", en="instant, microseconds UTC")),
    ("name", Sentence(zh="行为", en="what")),
    ("feature", Sentence(zh="功能", en="feature")),
    ("amount", Sentence(zh="数量", en="amount")),
    ("content", Sentence(zh="原始内容（JSON）", en="as it was sent, JSON")),
)
_EVENTS: Final = Sentence(zh="使用行为", en="Use")
_PROFILE: Final = Sentence(zh="画像标签", en="Tags")
_PROFILE_COLUMNS: Final = (
    ("tag", Sentence(zh="标签", en="tag")),
    ("name", Sentence(zh="名称", en="name")),
    ("on", Sentence(zh="日期", en="day")),
)
_README: Final = Sentence(
    zh="这是 {number} 在 {business} 的全部数据副本，制作于 {at}（UTC）。\n\n"
    "data.json 一个文件包含全部内容；csv 目录按类别各有一个表格（UTF-8，逗号分隔）。\n"
    "金额以最小货币单位的整数表示，例如 12300 CNY 即 123.00 元。时间为 UTC。\n"
    "表格中以 = + - @ 开头的文字前加了单引号，以免被当作公式执行。\n",
    en="This is a copy of everything that {business} holds about {number}, made at {at} UTC.\n\n"
    "data.json holds all of it in one file; the folder csv holds a table for each kind (UTF-8, "
    "separated by commas).\nAmounts are whole minor units: 12300 CNY is 123.00 yuan. Instants "
    "are UTC.\nIn the tables a text that begins with = + - @ has an apostrophe before it, so that "
    "nothing is run as a formula.\n",
)


@dataclass(frozen=True, slots=True)
class Copy:
    """Whose data is copied, in which language, and when."""

    account_id: int
    number: str
    business: Sentence
    language: str
    on: date
    at: datetime


@dataclass(frozen=True, slots=True)
class _Part:
    """One kind of record with its rows."""

    name: str
    title: Sentence
    columns: Sequence[tuple[str, Sentence]]
    rows: Iterable[Sequence[Any]]


class _Pipe(io.RawIOBase):
    """What the archive writes to: pieces that are taken away at once."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        """Everything written since the last time."""
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole


def pieces(copy: Copy) -> Iterator[bytes]:
    """The ZIP from its first byte to its last: data.json, csv/*.csv and README.txt."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, texts in _files(copy):
            yield from _filed(archive, _entry(name, copy.at), texts=texts, pipe=pipe)
    yield pipe.taken()


def _filed(
    archive: zipfile.ZipFile, place: zipfile.ZipInfo, *, texts: Iterator[str], pipe: _Pipe
) -> Iterator[bytes]:
    """One file of the archive, piece by piece."""
    with archive.open(place, "w", force_zip64=True) as entry:
        for text in texts:
            entry.write(text.encode())
            yield pipe.taken()
    yield pipe.taken()


def _files(copy: Copy) -> Iterator[tuple[str, Iterator[str]]]:
    yield "README.txt", _readme(copy)
    yield "data.json", _json(copy)
    for part in _parts(copy):
        yield f"csv/{part.name}.csv", _table(part, copy.language)


def _parts(copy: Copy) -> Iterator[_Part]:
    for sheet in SHEETS:
        yield _Part(sheet.name, sheet.title, sheet.columns, _rows(sheet, copy.account_id))
    yield _Part("tags", _PROFILE, _PROFILE_COLUMNS, _tags(copy))
    yield _Part("events", _EVENTS, _EVENT_COLUMNS, _events(copy.account_id))


def _rows(sheet: Sheet, account_id: int) -> Iterator[Sequence[Any]]:
    found = sheet.model._default_manager.filter(**{sheet.owner: account_id}).order_by("pk")
    return found.values_list(*sheet.attributes).iterator(chunk_size=_CHUNK_ROWS)


def _tags(copy: Copy) -> Iterator[Sequence[Any]]:
    for carried in tags_of(copy.account_id, as_of=copy.on):
        for tag in carried.tags:
            yield tag.id, tag.name.say(copy.language), carried.on


def _events(account_id: int) -> Iterator[Sequence[Any]]:
    """What the customer did, as far as it is stored, oldest first."""
    import narwhals.stable.v2 as nw

    names = [name for name, _ in _EVENT_COLUMNS]
    with open_engine(settings.TENURE_ENGINE, threads=1) as engine:
        events = current_store().read(EVENTS, engine=engine)
        mine = events.filter(nw.col("account_id") == account_id).sort("at_us", "message_id")
        for batch in engine.batches(mine.select(*names)):
            yield from zip(*(batch[name].to_pylist() for name in names), strict=True)


def _readme(copy: Copy) -> Iterator[str]:
    intro = _README.fill(number=copy.number, business=copy.business, at=copy.at.isoformat())
    yield intro.say(copy.language)
    described = [*((one.name, one.title, one.columns) for one in SHEETS)]
    described += [("tags", _PROFILE, _PROFILE_COLUMNS), ("events", _EVENTS, _EVENT_COLUMNS)]
    for name, title, columns in described:
        yield f"\n{title.say(copy.language)} (csv/{name}.csv)\n"
        for column, meaning in columns:
            yield f"  {column}: {meaning.say(copy.language)}\n"


def _json(copy: Copy) -> Iterator[str]:
    yield "{"
    for place, part in enumerate(_parts(copy)):
        names = [name for name, _ in part.columns]
        yield f"{',' if place else ''}\n{json.dumps(part.name)}: ["
        for number, row in enumerate(part.rows):
            told = json.dumps(_plain_row(names, row), ensure_ascii=False)
            yield f"{',' if number else ''}\n  {told}"
        yield "]"
    yield "\n}\n"


def _table(part: _Part, language: str) -> Iterator[str]:
    """A table with its heads in the reader's language, and a mark that it is UTF-8."""
    yield _MARK + _line(meaning.say(language) for _, meaning in part.columns)
    for row in part.rows:
        yield _line(_cell(value) for value in row)


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _cell(value: Any) -> str:
    plain = _plain(value)
    if plain is None:
        return ""
    if isinstance(plain, dict | list):
        return json.dumps(plain, ensure_ascii=False)
    text = str(plain)
    is_text = isinstance(value, str)
    return f"'{text}" if is_text and text.startswith(_FORMULA) else text


def _plain_row(names: Sequence[str], row: Sequence[Any]) -> Mapping[str, Any]:
    return {name: _plain(value) for name, value in zip(names, row, strict=True)}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime | time) else value


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    return info
