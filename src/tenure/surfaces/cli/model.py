"""`tenure model`: learn from any table who leaves, and score another one."""

import json
import math
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.surfaces.cli.days import day_of
from tenure.surfaces.cli.terminal import language, result, result_json, said, steps
from tenure.surfaces.outcome_report.page import html_of
from tenure.understand.outcomes.wish import Wish

if TYPE_CHECKING:
    from tenure.understand.outcomes.scoring import Scored

_ABOUT = Sentence(
    zh="从任意业务表学习谁会离开，并给另一张表评分。",
    en="Learn from any table of a business who leaves, and score another one.",
)
_FIT = Sentence(
    zh="学习一张表：检查列与泄露、比较几种模型、写出报告（HTML 与 JSON）和模型。",
    en="Learn from a table: check its columns and leaks, compare several kinds, write a report "
    "(HTML and JSON) and the model.",
)
_SCORE = Sentence(
    zh="给一张表的每一行评分，附原因，并检查它是否与训练时相像。",
    en="Score every row of a table with its reasons, and check whether it is like the one learned "
    "from.",
)
_FILE = Sentence(
    zh="CSV（任意编码，可 .gz）或 Parquet", en="CSV (any encoding, perhaps .gz) or Parquet"
)
_OUTCOME = Sentence(zh="结果列：谁离开了", en="the column that says who left")
_TIME = Sentence(
    zh="观察时间列；有它就按时间检验",
    en="the column of the time of observation; with it later times are the test",
)
_DURATION = Sentence(
    zh="时长列（如在网月数）：加入离散时间风险模型，并拒绝随时长增长的列",
    en="the column of the time lived (such as months): adds the hazard, refuses columns that grow "
    "with it",
)
_POSITIVE = Sentence(zh="结果列里算离开的值", en="the value of the outcome that counts as leaving")
_BASE_RATE = Sentence(
    zh="业务中真实的离开比例，如 0.12（当表是按结果抽样的）",
    en="the true share that leaves, such as 0.12 (where the table was sampled by outcome)",
)
_AS_OF = Sentence(
    zh="观察日，如 2026-03-11（没有时间列时）",
    en="the day of observation, such as 2026-03-11, where no column says it",
)
_OUT = Sentence(
    zh="写到哪个文件夹；默认与表同名", en="the folder to write; named after the table if not given"
)
_MODEL = Sentence(zh="`model fit` 写出的文件夹", en="the folder that `model fit` wrote")
_TO = Sentence(
    zh="分数写到哪个文件（.csv、.json 或 .parquet）",
    en="the file for the scores (.csv, .json or .parquet)",
)
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_LEARNING = Sentence(zh="学习与检验", en="Learning and judging")
_FIGURES = Sentence(
    zh="冠军：{kind}；AUC {auc}，PR {ap}，Brier {brier}，ECE {ece}，EMPC {empc}",
    en="Champion: {kind}; AUC {auc}, PR {ap}, Brier {brier}, ECE {ece}, EMPC {empc}",
)
_UNKNOWN = Sentence(
    zh="{rows} 行没有结果，未用于学习",
    en="Rows without an outcome, not learned from: {rows}",
)
_SKIPPED = Sentence(
    zh="{rows} 行的单元格数与表头不同，已略过",
    en="Rows with another number of cells than the header, passed over: {rows}",
)
_TWICE = Sentence(
    zh="列名“{column}”出现多次：后面的依次叫作 {column}.1、{column}.2",
    en="The name “{column}” stands over several columns: the later ones are called {column}.1, "
    "{column}.2",
)
_REFUSED = Sentence(zh="拒绝的列 {column}：{why}", en="Refused column {column}: {why}")
_LOOK = Sentence(zh="请确认列 {column}：{why}", en="Look at column {column}: {why}")
_WRITTEN = Sentence(zh="报告与模型：{folder}", en="Report and model: {folder}")
_SCORED = Sentence(zh="{rows} 行的分数写入 {path}", en="Scores of {rows} rows written to {path}")


def register(app: typer.Typer) -> None:
    """Add `tenure model`."""
    # Set before the numeric libraries load: on a busy machine more threads wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    models = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    _add_fit(models)
    _add_score(models)
    app.add_typer(models, name="model")


def _add_fit(models: typer.Typer) -> None:
    @models.command(help=said(_FIT))
    def fit(
        file: Annotated[Path, typer.Argument(help=said(_FILE))],
        *,
        outcome: Annotated[str, typer.Option(help=said(_OUTCOME))],
        time: Annotated[str, typer.Option(help=said(_TIME))] = "",
        base_rate: Annotated[float | None, typer.Option(help=said(_BASE_RATE))] = None,
        duration: Annotated[str, typer.Option(help=said(_DURATION))] = "",
        positive: Annotated[str, typer.Option(help=said(_POSITIVE))] = "",
        as_of: Annotated[str, typer.Option(help=said(_AS_OF))] = "",
        out: Annotated[Path | None, typer.Option("--out", "--name", help=said(_OUT))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        wish = Wish(
            outcome=outcome,
            today=_today(),
            time=time,
            duration=duration,
            positive=positive,
            base_rate=base_rate,
            as_of=day_of(as_of) if as_of else None,
        )
        with steps(1, what=_LEARNING):
            report, folder = _fitted(file, wish, into=out or Path(f"{_stem(file)}-model"))
        for tag in ("zh", "en"):
            page = html_of(report, language=tag)
            (folder / f"report.{tag}.html").write_text(page, encoding="utf-8")
        if as_json:
            result_json(report)
            return
        _tell(report, folder)


def _add_score(models: typer.Typer) -> None:
    @models.command(help=said(_SCORE))
    def score(
        file: Annotated[Path, typer.Argument(help=said(_FILE))],
        *,
        model: Annotated[Path, typer.Option(help=said(_MODEL))],
        base_rate: Annotated[float | None, typer.Option(help=said(_BASE_RATE))] = None,
        out: Annotated[Path | None, typer.Option(help=said(_TO))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        from tenure.observe.uploads import whole
        from tenure.understand.outcomes import scoring, storing

        kept = storing.kept(model)
        scored = scoring.score(kept, whole.read(file), today=_today(), base_rate=base_rate)
        rows = _rows(scored)
        if as_json:
            result_json({"drift": scored.drift, "notes": _notes(scored), "rows": rows})
            return
        path = out or Path(f"{_stem(file)}-scores.csv")
        _write(rows, path)
        result(said(_SCORED.fill(rows=len(rows), path=path)))
        for note in scored.notes:
            result(said(note))
        result(scored.drift["says"]["zh" if language().startswith("zh") else "en"])


def _fitted(file: Path, wish: Wish, *, into: Path) -> tuple[dict[str, Any], Path]:
    """Learn, and write the model and its report as JSON."""
    from tenure.observe.uploads import whole
    from tenure.understand.outcomes import learning, storing
    from tenure.understand.outcomes.summary import plain, summary

    sheet = whole.read(file)
    lesson = learning.learn(sheet, wish)
    report = plain(summary(lesson, sheet=sheet, wish=wish))
    folder = storing.keep(lesson, wish, report=report, into=into)
    text = json.dumps(report, ensure_ascii=False, indent=1)
    (folder / "report.json").write_text(text, encoding="utf-8")
    return report, folder


def _tell(report: dict[str, Any], folder: Path) -> None:
    tag = "zh" if language().startswith("zh") else "en"
    champion = report["champion"]
    figures = champion["figures"]
    result(report["outcome"]["read_as"][tag])
    rows = report["rows"]
    for told, count in ((_UNKNOWN, rows["without_outcome"]), (_SKIPPED, rows["of_another_width"])):
        if count:
            result(said(told.fill(rows=count)))
    if rows["twice"]:
        result(said(_TWICE.fill(column=rows["twice"])))
    if report["duplicates"]["rows"]:
        result(report["duplicates"]["says"][tag])
    for leak in report["leaks"]:
        told = _REFUSED if leak["refused"] else _LOOK
        result(said(told.fill(column=leak["column"], why=leak["why"][tag])))
    if report["better_than_chance"]:  # else no figure may look like a result
        told = _FIGURES.fill(
            kind=champion["name"][tag],
            auc=f"{figures['auc']:.4f}",
            ap=f"{figures['average_precision']:.4f}",
            brier=f"{figures['brier']:.4f}",
            ece=f"{figures['ece']:.4f}",
            empc=f"{figures['empc']:.3f}",
        )
        result(said(told))
    if report["validation"]["alarm"]:
        result(report["validation"]["alarm"][tag])
    result(report["chance"]["says"][tag])
    if report["validation"]["screened"]:
        result(report["validation"]["screened"][tag])
    result(said(_WRITTEN.fill(folder=folder)))


def _rows(scored: "Scored") -> list[dict[str, Any]]:
    """One row per row of the table, told in the reader's language."""
    tag = language()
    keys = [
        dict(zip(scored.keys, values, strict=True))
        for values in zip(*scored.keys.values(), strict=True)
    ]
    rows = []
    for place, (probability, reasons) in enumerate(
        zip(scored.probability.tolist(), scored.reasons, strict=True)
    ):
        row: dict[str, Any] = {"row": place + 1, **(keys[place] if keys else {})}
        row["p_leave"] = None if math.isnan(probability) else round(probability, 6)
        for number in range(3):
            known = number < len(reasons)
            row[f"reason_{number + 1}"] = reasons[number][0].say(tag) if known else ""
            row[f"points_{number + 1}"] = round(100 * reasons[number][1], 2) if known else None
        rows.append(row)
    return rows


def _notes(scored: "Scored") -> list[dict[str, str]]:
    return [{"zh": note.zh, "en": note.en} for note in scored.notes]


def _write(rows: list[dict[str, Any]], path: Path) -> None:
    from tenure.understand.metrics.exports import write

    write(rows, path)


def _stem(file: Path) -> str:
    return file.name.split(".")[0]


def _today() -> date:
    return clock.today("UTC", clock.now())
