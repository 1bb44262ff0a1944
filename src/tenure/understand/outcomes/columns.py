"""What each column is taken for, and why it is left out where it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tenure.kernel.failures import Sentence
from tenure.observe.uploads.whole import Sheet
from tenure.understand.outcomes.values import Floats, blank, days, numbers

if TYPE_CHECKING:
    import pyarrow as pa

_LONG_TEXT: Final = 40
_MOSTLY_DIFFERENT: Final = 0.9
_LEAST_TO_JUDGE: Final = 20
# A key of somebody with several rows: so many different ones for the rows that there are.
_KEY_SHARE: Final = 0.02
_NAMED_AS_KEY: Final = re.compile(
    r"(^|[_\s.-])(id|ids|key|uuid|guid|code|number|no|nr|num|phone|mobile|email|index|rownumber)"
    r"($|[_\s.-])|[a-z](ID|Id|Key|Number|Num|No)$|^(id|index|unnamed.*|column_1|rownumber|x1?)$"
    r"|编号|证号|手机号|号码|序号|用户id|客户id|账号|邮箱|电话",
)
_KEY: Final = re.compile(
    r"(^|[_\s.-])(id|uuid|guid)$|[a-z]I[Dd]$|^(customer|account|user|client|cust)$|编号$|用户id|客户id|账号"
)


class Kind(StrEnum):
    """What a column is taken for."""

    NUMBER = "number"
    CATEGORY = "category"
    DATE = "date"
    IDENTIFIER = "identifier"
    TEXT = "text"
    CONSTANT = "constant"
    EMPTY = "empty"


KIND_NAMES: Final = {
    Kind.NUMBER: Sentence(zh="数字", en="number"),
    Kind.CATEGORY: Sentence(zh="类别", en="category"),
    Kind.DATE: Sentence(zh="日期", en="date"),
    Kind.IDENTIFIER: Sentence(zh="编号", en="identifier"),
    Kind.TEXT: Sentence(zh="文字", en="free text"),
    Kind.CONSTANT: Sentence(zh="恒定", en="constant"),
    Kind.EMPTY: Sentence(zh="全空", en="empty"),
}
LEFT_OUT: Final = {
    Kind.IDENTIFIER: Sentence(
        zh="几乎每行都不同，是编号，不是客户的特征",
        en="almost every row has a value of its own: it names rows and tells nothing of them",
    ),
    Kind.TEXT: Sentence(
        zh="长文本，几乎每行都不同；请先归成类别",
        en="long text of its own in almost every row; sort it into categories first",
    ),
    Kind.CONSTANT: Sentence(
        zh="每行都是同一个值，区分不了谁离开", en="the same in every row, so it tells nobody apart"
    ),
    Kind.EMPTY: Sentence(zh="没有一行填写", en="filled in no row"),
}


@dataclass(frozen=True)
class Column:
    """One column: its kind, and its values in the form of that kind.

    `values` are numbers, or days since 1970; None where the column is made of words.
    """

    name: str
    kind: Kind
    text: pa.Array
    known: NDArray[np.bool_]
    values: Floats | None
    levels: int

    @property
    def is_used(self) -> bool:
        """Whether something can be learned from it."""
        return self.kind in {Kind.NUMBER, Kind.CATEGORY, Kind.DATE}


def columns_of(sheet: Sheet) -> list[Column]:
    """Every column of a sheet with its kind."""
    return [_column(name, text) for name, text in sheet.columns.items()]


def read_as(column: Column, text: pa.Array) -> Column:
    """Another table's column, read as the kind that it had when it was learned from."""
    known = ~blank(text)
    values = None
    if column.kind is Kind.NUMBER:
        values = numbers(text, known=known)
    elif column.kind is Kind.DATE:
        values = days(text, known=known)
    if values is None and column.kind in {Kind.NUMBER, Kind.DATE}:
        values = np.full(len(known), np.nan)
    return Column(column.name, column.kind, text, known, values, column.levels)


def _column(name: str, text: pa.Array) -> Column:
    known = ~blank(text)
    levels = _distinct(text, known)
    count = int(known.sum())
    if not count:
        return Column(name, Kind.EMPTY, text, known, None, 0)
    if levels == 1 and count == len(known):
        return Column(name, Kind.CONSTANT, text, known, None, 1)
    dates = days(text, known=known)
    values = numbers(text, known=known) if dates is None or _is_plain_number(name) else None
    if values is not None:
        kind = Kind.IDENTIFIER if _numbers_rows(name, values) else Kind.NUMBER
        return Column(name, kind, text, known, values, levels)
    if dates is not None:
        return Column(name, Kind.DATE, text, known, dates, levels)
    return Column(
        name, _kind_of_words(name, text, known=known, levels=levels), text, known, None, levels
    )


def _is_plain_number(name: str) -> bool:
    """Eight digits can be a number as well as a day; a name of an amount decides."""
    return bool(re.search(r"amount|value|charge|price|revenue|balance|total|金额|余额", name, re.I))


def _distinct(text: pa.Array, known: NDArray[np.bool_]) -> int:
    import pyarrow as pa
    import pyarrow.compute as pc

    return int(pc.count_distinct(text.filter(pa.array(known))).as_py())


def _numbers_rows(name: str, values: Floats) -> bool:
    """Whole numbers, each once, that count rows up or are called a key."""
    known = values[~np.isnan(values)]
    if len(known) < _LEAST_TO_JUDGE or not (known == np.round(known)).all():
        return False
    different = len(np.unique(known))
    if _is_key(name) and different >= max(_LEAST_TO_JUDGE, _KEY_SHARE * len(known)):
        return True
    if different < _MOSTLY_DIFFERENT * len(known):
        return False
    steps = np.diff(known)
    in_order = bool((steps > 0).all()) and different == len(known)
    return in_order or bool(_NAMED_AS_KEY.search(name) or _NAMED_AS_KEY.search(name.lower()))


def _is_key(name: str) -> bool:
    """Whether it is called somebody's key, so that it may come again."""
    return bool(_KEY.search(name) or _KEY.search(name.lower()))


def _kind_of_words(name: str, text: pa.Array, *, known: NDArray[np.bool_], levels: int) -> Kind:
    import pyarrow as pa
    import pyarrow.compute as pc

    count = int(known.sum())
    filled = text.filter(pa.array(known))
    mean_length = float(pc.mean(pc.utf8_length(filled)).as_py())
    if count >= _LEAST_TO_JUDGE and levels >= _MOSTLY_DIFFERENT * count:
        return Kind.TEXT if mean_length >= _LONG_TEXT else Kind.IDENTIFIER
    if _is_key(name) and levels >= max(_LEAST_TO_JUDGE, _KEY_SHARE * count):
        return Kind.IDENTIFIER
    if mean_length >= _LONG_TEXT and levels > count / 2:
        return Kind.TEXT
    return Kind.CATEGORY
