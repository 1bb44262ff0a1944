"""Rows of metrics as a file that other programs read."""

import csv
import json
from enum import StrEnum
from pathlib import Path
from typing import Any

from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.imports.rules.faults import guarded


class Form(StrEnum):
    """The endings that can be written."""

    CSV = ".csv"
    PARQUET = ".parquet"
    JSON = ".json"


class UnknownEnding(Refusal):
    """A file whose ending names no form."""

    code = "unknown_ending"
    said = Sentence(
        zh="{path} 的结尾不认识；请以 .csv、.parquet 或 .json 结尾。",
        en="The ending of {path} is unknown; end it in .csv, .parquet or .json.",
    )


def write(rows: list[dict[str, Any]], path: Path) -> None:
    """Write the rows in the form that the ending names; a spreadsheet finds no formula in them.

    Raises:
        UnknownEnding: no form has that ending.
    """
    if path.suffix not in {form.value for form in Form}:
        raise UnknownEnding(path=path)
    form = Form(path.suffix)
    if form is Form.PARQUET:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist(rows), path)
        return
    if form is Form.JSON:
        path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
        return
    # The mark lets Excel read Chinese.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(rows[0])
        for row in rows:
            writer.writerow(
                guarded(cell) if isinstance(cell, str) else cell for cell in row.values()
            )
