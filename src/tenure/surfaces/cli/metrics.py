"""`tenure metrics`: every metric of a day with its slices, to look at or to take away."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tenure.kernel.failures import Sentence
from tenure.records.jobs.queries import last_finished
from tenure.surfaces.cli.days import day_of
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import language, result, result_json, said
from tenure.understand.metrics.exports import NoMetrics, rows_of, write

_HELP = Sentence(
    zh="某一天的全部指标与切片；可导出为 CSV、Parquet 或 JSON。",
    en="Every metric of a day by slice; takes them away as CSV, Parquet or JSON.",
)
_AS_OF = Sentence(
    zh="哪一天，如 2026-03-11；默认为最近跑完的一天",
    en="the day; the last finished one if not given",
)
_TO = Sentence(
    zh="写入的文件，以 .csv、.parquet 或 .json 结尾",
    en="the file to write, ending in .csv, .parquet or .json",
)
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_WRITTEN = Sentence(zh="已写入 {count} 行到 {path}", en="{count} rows written to {path}")


def register(app: typer.Typer) -> None:
    """Add `metrics`."""

    @app.command(help=said(_HELP))
    def metrics(
        as_of: Annotated[str, typer.Option(help=said(_AS_OF))] = "",
        to: Annotated[Path | None, typer.Option(help=said(_TO))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        with records_to_look_at():
            rows = rows_of(_day(as_of), language=language())
        if to is not None:
            write(rows, to)
            result(said(_WRITTEN.fill(count=len(rows), path=to)))
        elif as_json:
            result_json(rows)
        else:
            for row in rows:
                result(f"{row['name']:<28} {row['slice']:<24} {row['value']:>12}  n={row['n']}")


def _day(as_of: str) -> date:
    if as_of:
        return day_of(as_of)
    last = last_finished()
    if last is None:
        raise NoMetrics
    return last.as_of
