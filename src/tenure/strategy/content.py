"""The files of a strategy as one plain document, and the digest that names it.

The document is what is stored with an applied revision: JSON without comments or layout, so that
two spellings of the same decisions have the same digest.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.strategy.reading import StrategyError

type Document = Mapping[str, Mapping[str, object]]

FILES: Final = "files"
TEXTS: Final = "texts"
_WHOLE = Sentence(zh="（整个文件）", en="(the whole file)")
_NO_FOLDER = Sentence(
    zh="目录不存在或没有 .toml 文件", en="there is no such folder, or no .toml file in it"
)
_NOT_UTF8 = Sentence(
    zh="不是 UTF-8 文本（第 {byte} 个字节）；请另存为 UTF-8",
    en="is not UTF-8 text (byte {byte}); save it as UTF-8",
)
_NOT_TOML = Sentence(zh="不是有效的 TOML：{why}", en="is not valid TOML: {why}")
_NO_INSTANT = Sentence(
    zh="这里不用带时区的时间，请写日期或时刻", en="give a date or a time of day, not an instant"
)


def document_of(directory: Path) -> Document:
    """Read every .toml and .liquid file below a folder into one plain document."""
    tables = sorted(directory.glob("*.toml"))
    if not tables:
        raise StrategyError(file=directory.name, path=_WHOLE, problem=_NO_FOLDER)
    return {
        FILES: {path.name: _table(path) for path in tables},
        TEXTS: {
            path.relative_to(directory).as_posix(): _text(path).replace("\r\n", "\n")
            for path in sorted(directory.glob("**/*.liquid"))
        },
    }


def digest_of(document: Document) -> str:
    """SHA-256 of the document in canonical JSON, 64 hex digits."""
    canonical = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = _NOT_UTF8.fill(byte=error.start + 1)
        raise StrategyError(file=path.name, path=_WHOLE, problem=problem) from None


def _table(path: Path) -> dict[str, object]:
    try:
        table = _parsed(_text(path))
    except tomllib.TOMLDecodeError as error:
        problem = _NOT_TOML.fill(why=str(error))
        raise StrategyError(file=path.name, path=_WHOLE, problem=problem) from None
    return {key: _plain(value, file=path.name, path=key) for key, value in table.items()}


@lru_cache(maxsize=256)
def _parsed(text: str) -> Mapping[str, object]:
    """The same words are read once; `_plain` gives each reader tables of its own."""
    return tomllib.loads(text)


def _plain(value: object, *, file: str, path: str) -> object:
    """A TOML value as JSON has it: dates and times of day become ISO text."""
    if isinstance(value, dict):
        return {key: _plain(one, file=file, path=f"{path}.{key}") for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one, file=file, path=f"{path}[{n}]") for n, one in enumerate(value)]
    if isinstance(value, datetime):
        raise StrategyError(file=file, path=path, problem=_NO_INSTANT)
    if isinstance(value, date | time):
        return value.isoformat()
    return value
