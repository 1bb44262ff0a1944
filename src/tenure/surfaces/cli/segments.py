"""`tenure segments`: who is in which segment, why, and their list to take away."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.strategies.queries import current
from tenure.strategy.rule_sentences import say
from tenure.strategy.rule_writing import as_table
from tenure.surfaces.cli.days import day_of
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import language, result, result_json, said
from tenure.understand.entitlements.low_use import LOW_USE, low_use
from tenure.understand.entitlements.reading import held
from tenure.understand.metrics.exports import write
from tenure.understand.segments import queries
from tenure.understand.segments.exporting import rows_of
from tenure.understand.segments.population import last_day

_ABOUT = Sentence(zh="人群：谁属于哪一群、为什么、名单。", en="Segments: who, why, and their list.")
_LIST = Sentence(zh="列出全部人群与人数。", en="Every segment and how many it holds.")
_SHOW = Sentence(zh="一个人群的规则与写法。", en="The rule of a segment, in words and as written.")
_COUNT = Sentence(
    zh="逐条数：每个条件剩下多少客户。",
    en="Count step by step: how many customers each line leaves.",
)
_EXPORT = Sentence(
    zh="导出某天的名单为 CSV、Parquet 或 JSON。", en="The list of a day as CSV, Parquet or JSON."
)
_LOW_USE = Sentence(
    zh="低使用报告：拥有却没用的权益、可能的障碍、建议先做什么。",
    en="What those who use little have and do not use, what stands in the way, what to try.",
)
_WHICH = Sentence(zh="人群编号", en="the id of the segment")
_AS_OF = Sentence(
    zh="哪一天，如 2026-03-11；默认为最近算完的一天",
    en="the day; the last filled one if not given",
)
_TO = Sentence(
    zh="写入的文件，以 .csv、.parquet 或 .json 结尾",
    en="the file to write, ending in .csv, .parquet or .json",
)
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_WRITTEN = Sentence(zh="已写入 {count} 行到 {path}", en="{count} rows written to {path}")
_EVERYBODY = Sentence(zh="全部在网", en="everybody")

Json = Annotated[bool, typer.Option("--json", help=said(_JSON))]
AsOf = Annotated[str, typer.Option(help=said(_AS_OF))]
Which = Annotated[str, typer.Argument(help=said(_WHICH))]


class NoMembers(Refusal):
    """A list that would be empty, or a segment that had not begun."""

    code = "no_members"
    said = Sentence(
        zh="{as_of} 时人群“{name}”里没有人，或者它还不存在；没有写文件。",
        en="On {as_of} nobody was in the segment “{name}”, or it was not there yet; "
        "no file was written.",
    )


def register(app: typer.Typer) -> None:
    """Add `tenure segments`."""
    verbs = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    verbs.command("list", help=said(_LIST))(list_all)
    verbs.command("show", help=said(_SHOW))(show)
    verbs.command("count", help=said(_COUNT))(count)
    verbs.command("export", help=said(_EXPORT))(export)
    verbs.command("low-use", help=said(_LOW_USE))(show_low_use)
    app.add_typer(verbs, name="segments")


def list_all(as_of: AsOf = "", as_json: Json = False) -> None:
    with records_to_look_at():
        on = _day(as_of)
        counted = queries.counts(as_of=on)
        rows = [
            {
                "segment": one.id,
                "name": one.name.say(language()),
                "group": str(one.group),
                "version": one.version,
                "customers": counted[one.id].customers if one.id in counted else None,
                "terms": counted[one.id].terms if one.id in counted else None,
            }
            for one in queries.known(as_of=on).values()
        ]
    if as_json:
        result_json(rows)
        return
    for row in rows:
        held = "—" if row["customers"] is None else f"{row['customers']:,}"
        result(f"{row['segment']:<24} {held:>10}  {row['name']}")


def show(which: Which, *, as_of: AsOf = "", as_json: Json = False) -> None:
    with records_to_look_at():
        on = _day(as_of)
        segment = queries.find(which, as_of=on)
        names = queries.fields(current().at(on))
    if as_json:
        told: dict[str, Any] = {
            "segment": segment.id,
            "name": {"zh": segment.name.zh, "en": segment.name.en},
            "version": segment.version,
            "number": segment.number,
            "when": as_table(segment.rule),
        }
        result_json(told)
        return
    result(f"{segment.name.say(language())}  {segment.version}")
    result(say(segment.rule, language(), names=names))


def count(which: Which, *, as_of: AsOf = "", as_json: Json = False) -> None:
    with records_to_look_at():
        on = _day(as_of)
        segment = queries.find(which, as_of=on)
        names = queries.fields(current().at(on))
        found = queries.waterfall(segment.rule, on=on)
    rows = [
        {
            "line": say(one.step.part, language(), names=names),
            "depth": one.step.depth,
            "left": one.left,
            "removed": one.removed,
        }
        for one in found.lines
    ]
    if as_json:
        result_json({"as_of": on, "everyone": found.everyone, "lines": rows})
        return
    result(f"{found.everyone:>10,}  {said(_EVERYBODY)}")
    for row in rows:
        result(f"{row['left']:>10,}  {'  ' * int(str(row['depth']))}{row['line']}")


def export(
    which: Which, *, to: Annotated[Path, typer.Option(help=said(_TO))], as_of: AsOf = ""
) -> None:
    with records_to_look_at():
        on = _day(as_of)
        queries.find(which, as_of=on)
        members = queries.members(on)
        inside = members is not None and which in members.segments
        rows = rows_of(members, which) if members is not None and inside else []
    if not rows:
        raise NoMembers(as_of=on, name=which)
    write(rows, to)
    result(said(_WRITTEN.fill(count=len(rows), path=to)))


def show_low_use(
    *,
    segment: Annotated[str, typer.Option(help=said(_WHICH))] = LOW_USE,
    to: Annotated[Path | None, typer.Option(help=said(_TO))] = None,
    as_of: AsOf = "",
    as_json: Json = False,
) -> None:
    with records_to_look_at():
        on = _day(as_of)
        members = queries.members(on)
        if members is None or segment not in members.segments:
            queries.find(segment, as_of=on)
            raise NoMembers(as_of=on, name=segment)
        report = low_use(held(strategy=current(), as_of=on), members, segment=segment)
        rows = list(report.rows(language()))
    if to is not None:
        if not rows:
            raise NoMembers(as_of=on, name=segment)
        write(rows, to)
        result(said(_WRITTEN.fill(count=len(rows), path=to)))
    elif as_json:
        result_json(rows)
    else:
        for one in report.idle:
            told = [one.name.say(language()), one.found.say(language()), one.fix.say(language())]
            result(f"{one.customers:>10,}  {' · '.join(told)}")


def _day(as_of: str) -> date:
    return last_day(as_of=day_of(as_of) if as_of else None)
