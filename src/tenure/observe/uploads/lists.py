"""A list of contracts to be renewed together: its columns, and each row as a wish."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.imports.files.tables import Row
from tenure.observe.imports.rules.faults import BadNumber, guarded, shown
from tenure.observe.uploads.sheets import read_table
from tenure.records.subscriptions.batches.refusals import TooManyLines
from tenure.records.subscriptions.batches.rules import MOST_LINES, Wish, fault_of

# Our name of a column → how people head it.
COLUMNS: Final = {
    "contract": ("contract", "contract number", "subscription", "line", "合同", "合同编号",
                 "合同号", "线路", "线路号"),
    "cycle_months": ("cycle_months", "cycle", "months", "周期", "周期（月）", "周期(月)", "月数"),
    "plan": ("plan", "plan code", "plan_code", "套餐", "套餐编号"),
    "seats": ("seats", "quantity", "席位", "席位数", "数量"),
}  # fmt: skip
_HEADS: Final = {"zh": ("合同编号", "周期（月）", "套餐", "席位"), "en": tuple(COLUMNS)}
_MONTHS = re.compile(r"(\d{1,3})\s*(个?月|months?|m)?", re.IGNORECASE)
_YEARS = re.compile(r"(\d{1,2})\s*(年|years?|y)", re.IGNORECASE)
_WHOLE = re.compile(r"\d{1,9}")
_A_CYCLE = Sentence(zh="周期（如 12 个月或 1 年）", en="a cycle such as 12 months or 1 year")
_SEATS = Sentence(zh="席位数（1 或以上的整数）", en="a number of seats, a whole number from 1")


class NoContractColumn(Refusal):
    """A list of which no column says which contract."""

    code = "no_contract_column"
    said = Sentence(
        zh="{file} 第 1 行没有合同编号列（可写作：{known}）；现有列：{found}。请改列名后再上传。",
        en="Row 1 of {file} has no column for the contract (it may be called {known}); its "
        "columns: {found}. Rename it and upload again.",
    )


def read_list(path: Path, *, name: str) -> list[Wish]:
    """Every row of an uploaded list; what is wrong with a cell stands with its row.

    Raises:
        FileTooLarge, NoTable, EmptyFile, ColumnTwice, DamagedFile: it is no list.
        NoContractColumn: it does not say which contracts.
        TooManyLines: it is longer than a batch may be.
    """
    header, rows = read_table(path, name=name)
    places = _places(header)
    if "contract" not in places:
        known = ["contract", "合同编号"]
        raise NoContractColumn(file=name, known=known, found=[one for one in header if one])
    wishes = []
    for row in rows:
        wishes.append(_wish(row, header, places))
        if len(wishes) > MOST_LINES:
            raise TooManyLines(count=len(wishes), most=MOST_LINES)
    return wishes


def _places(header: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, head in enumerate(header):
        for name, heads in COLUMNS.items():
            if head.strip().lower() in heads:
                found.setdefault(name, place)
    return found


def _wish(row: Row, header: Sequence[str], places: dict[str, int]) -> Wish:
    given = {head: cell for head, cell in zip(header, row.cells, strict=False) if head}
    contract = _cell(row, places, "contract")
    if row.refusal is not None:
        return Wish(row.line, contract, given=given, fault=fault_of(row.refusal, column="contract"))
    return parsed(row.line, {name: _cell(row, places, name) for name in places}, given=given)


def parsed(place: int, cells: dict[str, str], *, given: dict[str, str]) -> Wish:
    """A row whose cells are named; an empty one leaves that as it is now."""
    contract, cycle = cells.get("contract", ""), cells.get("cycle_months", "")
    plan, seats = cells.get("plan", ""), cells.get("seats", "")
    months = _months(cycle)
    if cycle and months is None:
        refusal = BadNumber(text=shown(cycle), wanted=_A_CYCLE)
        fault = fault_of(refusal, column="cycle_months")
        return Wish(place, contract, given=given, fault=fault)
    if seats and (not _WHOLE.fullmatch(seats) or int(seats) < 1):
        refusal = BadNumber(text=shown(seats), wanted=_SEATS)
        return Wish(place, contract, given=given, fault=fault_of(refusal, column="seats"))
    return Wish(
        place,
        contract,
        cycle_months=months,
        plan_code=plan or None,
        quantity=int(seats) if seats else None,
        given=given,
    )


def _cell(row: Row, places: dict[str, int], name: str) -> str:
    place = places.get(name)
    return row.cells[place].strip() if place is not None and place < len(row.cells) else ""


def _months(text: str) -> int | None:
    if found := _MONTHS.fullmatch(text):
        return int(found[1]) or None
    found = _YEARS.fullmatch(text)
    return int(found[1]) * 12 or None if found else None


def table_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV that spreadsheets read as it stands: marked as UTF-8, no cell is a formula."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([guarded(str(cell)) for cell in row])
    return text.getvalue()


def template(contracts: Iterable[str], *, language: str) -> Iterator[Sequence[object]]:
    """The rows of a list to be filled in: the header, and the contracts that there are."""
    heads = _HEADS["zh" if language.startswith("zh") else "en"]
    yield heads
    for contract in contracts:
        yield (contract, *[""] * (len(heads) - 1))
