"""Named columns of somebody's file, CSV, XLSX or Parquet, of any size that fits the memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.uploads.columns import need_columns
from tenure.observe.uploads.whole import read

_DATES: Final = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%d-%m-%Y", "%d/%m/%Y",
    "%d.%m.%Y", "%m/%d/%Y", "%m-%d-%Y", "%d-%b-%y", "%d-%b-%Y", "%b %d, %Y", "%d-%m-%y",
    "%d/%m/%y", "%m/%d/%y",
)  # fmt: skip


class NotDates(Refusal):
    """A column of which no one way of writing dates reads every cell."""

    code = "not_dates"
    said = Sentence(
        zh="“{column}”列不是日期（例如：{example}）；请写成 2026-03-31 这样的日期。",
        en="The column “{column}” does not hold dates (for example: {example}); write them as "
        "2026-03-31.",
    )


class NotAmounts(Refusal):
    """A column that holds something else than numbers."""

    code = "not_amounts"
    said = Sentence(
        zh="“{column}”列不是数字（例如：{example}）；请只保留数字。",
        en="The column “{column}” does not hold numbers (for example: {example}); keep only "
        "numbers in it.",
    )


def read_texts(path: Path, columns: Sequence[str]) -> dict[str, list[str]]:
    """The named columns as texts, one element a row; rows that cannot be read are left out.

    Raises:
        NoColumn, and what the reading of a file refuses.
    """
    sheet = read(path)
    need_columns([name for name in sheet.names if name], columns, file=path.name)
    return {column: sheet.columns[column].fill_null("").to_pylist() for column in columns}


def dates_of(cells: Sequence[str], *, column: str) -> list[date | None]:
    """The cells as dates, by the first way of writing that reads all of them; None where empty.

    Raises:
        NotDates
    """
    days = [cell.replace("T", " ").split(" ")[0] if cell[:4].isdigit() else cell for cell in cells]
    different = {day for day in days if day}
    for form in _DATES:
        try:
            read = {day: datetime.strptime(day, form).date() for day in different}  # noqa: DTZ007
        except ValueError:
            continue
        return [read.get(day) for day in days]
    raise NotDates(column=column, example=next(iter(sorted(different)), ""))


def amounts_of(cells: Sequence[str], *, column: str) -> list[Decimal | None]:
    """The cells as numbers, whatever sign of a currency or of thousands stands in them.

    Raises:
        NotAmounts
    """
    try:
        return [_amount(cell) for cell in cells]
    except InvalidOperation:
        wrong = next(cell for cell in cells if _is_no_amount(cell))
        raise NotAmounts(column=column, example=wrong[:40]) from None


def _amount(cell: str) -> Decimal | None:
    bare = cell.strip("¥￥$€£ ").replace(",", "")
    if not bare:
        return None
    amount = Decimal(bare)
    if not amount.is_finite():
        raise InvalidOperation
    return amount


def _is_no_amount(cell: str) -> bool:
    try:
        _amount(cell)
    except InvalidOperation:
        return True
    return False
