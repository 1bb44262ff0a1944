"""`tenure report`: one page of figures as of a day, as the strategy orders it."""

from datetime import date
from typing import Annotated

import typer

from tenure.kernel.failures import Refusal, Sentence
from tenure.prove.reports.queries import Page, page_of
from tenure.records.jobs.queries import last_finished
from tenure.records.strategies.queries import current
from tenure.surfaces.cli.days import day_of
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import language, result, result_json, said

_HELP = Sentence(
    zh="某一天的报告：到期、续费率、风险、预测、评价；Markdown 文本。",
    en="A report of a day: what ends, renewals, risk, forecast, voices; as Markdown.",
)
_WHICH = Sentence(
    zh="报告的编号；默认为策略里的第一份", en="the report's id; the strategy's first if not given"
)
_AS_OF = Sentence(
    zh="哪一天，如 2026-03-11；默认为最近跑完的一天",
    en="the day; the last finished one if not given",
)
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")


class NothingToReport(Refusal):
    """No report in the strategy, or no day that was run."""

    code = "nothing_to_report"
    said = Sentence(
        zh="还没有可报告的：策略里要有一份报告，并先运行 `tenure run`。",
        en="There is nothing to report yet: the strategy needs a report, and `tenure run` a day.",
    )


def register(app: typer.Typer) -> None:
    """Add `report`."""

    @app.command(help=said(_HELP))
    def report(
        which: Annotated[str, typer.Argument(help=said(_WHICH))] = "",
        as_of: Annotated[str, typer.Option(help=said(_AS_OF))] = "",
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        with records_to_look_at():
            page = _page(which, as_of)
        if as_json:
            result_json(_as_json(page))
        else:
            _print(page)


def _page(which: str, as_of: str) -> Page:
    day, strategy = _day(as_of), current()
    names = list(strategy.at(day).reports)
    if not names:
        raise NothingToReport()
    return page_of(which or names[0], as_of=day, strategy=strategy)


def _day(text: str) -> date:
    if text:
        return day_of(text)
    last = last_finished()
    if last is None:
        raise NothingToReport()
    return last.as_of


def _print(page: Page) -> None:
    tag = language()
    result(f"# {page.report.name.say(tag)}")
    result(f"{page.business.say(tag)} · {page.as_of}")
    for part in page.parts:
        result(f"\n## {part.name.say(tag)}")
        result(part.sentence.say(tag))


def _as_json(page: Page) -> dict[str, object]:
    return {
        "report": page.report.id,
        "as_of": page.as_of,
        "parts": [
            {
                "part": str(part.part),
                "sentence": {"zh": part.sentence.zh, "en": part.sentence.en},
                "figures": dict(part.figures),
            }
            for part in page.parts
        ],
    }
