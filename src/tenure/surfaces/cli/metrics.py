"""`tenure metrics`: every metric of a day with its slices, to look at or to take away."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.jobs.queries import last_finished
from tenure.surfaces.cli.days import day_of
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import language, result, result_json, said
from tenure.understand.metrics.exports import write
from tenure.understand.metrics.queries import filled

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


class NoMetrics(Refusal):
    """A day for which nothing was filled."""

    code = "no_metrics"
    said = Sentence(
        zh="这一天还没有指标；请先运行 `tenure run`。",
        en="No metric is filled for that day; run `tenure run` first.",
    )


def register(app: typer.Typer) -> None:
    """Add `metrics`."""

    @app.command(help=said(_HELP))
    def metrics(
        as_of: Annotated[str, typer.Option(help=said(_AS_OF))] = "",
        to: Annotated[Path | None, typer.Option(help=said(_TO))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        with records_to_look_at():
            rows = rows_of(_day(as_of))
        if to is not None:
            write(rows, to)
            result(said(_WRITTEN.fill(count=len(rows), path=to)))
        elif as_json:
            result_json(rows)
        else:
            for row in rows:
                result(f"{row['name']:<28} {row['slice']:<24} {row['value']:>12}  n={row['n']}")


def rows_of(as_of: date) -> list[dict[str, Any]]:
    """One row per metric and slice, with its name and definition in the reader's language.

    Raises:
        NoMetrics: nothing is filled for the day.
    """
    rows = [
        {
            "metric": value.metric,
            "version": value.version,
            "name": metric.name.say(language()),
            "definition": metric.definition.say(language()),
            "as_of": value.as_of.isoformat(),
            "slice": f"{value.slice_by}={value.slice_value}" if value.slice_by else "",
            "num": value.num,
            "den": value.den,
            "value": "" if not value.den or value.num is None else f"{value.num / value.den:.6f}",
            "low": value.low,
            "high": value.high,
            "n": value.rows,
            "provisional": value.provisional,
        }
        for metric, value in filled(as_of=as_of)
    ]
    if not rows:
        raise NoMetrics
    return rows


def _day(as_of: str) -> date:
    if as_of:
        return day_of(as_of)
    last = last_finished()
    if last is None:
        raise NoMetrics
    return last.as_of
