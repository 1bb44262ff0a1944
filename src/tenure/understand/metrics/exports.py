"""Rows of metrics as a file that other programs read."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.imports.rules.faults import guarded
from tenure.understand.metrics.metric import Metric
from tenure.understand.metrics.models import MetricValue
from tenure.understand.metrics.queries import filled, is_hidden


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


FORMS: Final[Mapping[str, str]] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


class NoMetrics(Refusal):
    """A day for which nothing was filled."""

    code = "no_metrics"
    said = Sentence(
        zh="这一天还没有指标；请先运行 `tenure run`。",
        en="No metric is filled for that day; run `tenure run` first.",
    )


def rows_of(as_of: date, *, language: str) -> list[dict[str, Any]]:
    """One row per metric and slice, with its name and definition in the reader's language.

    Raises:
        NoMetrics: nothing is filled for the day.
    """
    rows = [
        {
            "metric": value.metric,
            "version": value.version,
            "name": metric.name.say(language),
            "definition": metric.definition.say(language),
            "formula": metric.formula,
            "unit": metric.unit,
            "grain": metric.grain,
            "as_of": value.as_of.isoformat(),
            "slice": f"{value.slice_by}={value.slice_value}" if value.slice_by else "",
            "num": value.num,
            "den": value.den,
            "value": told(metric, value),
            "low": None if is_hidden(metric, value) else value.low,
            "high": None if is_hidden(metric, value) else value.high,
            "n": value.rows,
            "provisional": value.provisional,
        }
        for metric, value in filled(as_of=as_of)
    ]
    if not rows:
        raise NoMetrics
    return rows


def told(metric: Metric, value: MetricValue) -> str:
    """The number; empty where there is none, or too few stand behind a rate."""
    if not value.den or value.num is None or is_hidden(metric, value):
        return ""
    return f"{value.num / value.den:.6f}"


def as_bytes(rows: Sequence[Mapping[str, Any]], form: Form) -> bytes:
    """The rows in a form; a spreadsheet finds no formula in them."""
    if form is Form.PARQUET:
        import pyarrow as pa
        import pyarrow.parquet as pq

        kept = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(list(rows)), kept)
        return kept.getvalue()
    if form is Form.JSON:
        return json.dumps(rows, ensure_ascii=False, indent=1).encode()
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow(guarded(cell) if isinstance(cell, str) else cell for cell in row.values())
    # The mark lets Excel read Chinese.
    return text.getvalue().encode("utf-8-sig")


def write(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write the rows in the form that the ending names.

    Raises:
        UnknownEnding: no form has that ending.
    """
    if path.suffix not in {form.value for form in Form}:
        raise UnknownEnding(path=path)
    path.write_bytes(as_bytes(rows, Form(path.suffix)))
