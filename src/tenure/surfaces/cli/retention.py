"""`tenure retention`: how long what is kept, and what the next night would let go."""

from datetime import timedelta
from typing import Annotated, Any

import typer

from tenure.act.retention.queries import horizon_of, next_run, table, would_go
from tenure.act.retention.words import KINDS, length, lines_of
from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.records.jobs.queries import last_finished
from tenure.records.retention.queries import last_nights, standing_holds
from tenure.records.strategies.queries import current
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import result, result_json, said

_HELP = Sentence(
    zh="各类资料保留多久、上一夜清理了多少；--dry-run 只计算下一夜会清理什么，不改动任何内容。",
    en="How long what is kept and what the last night let go; --dry-run counts what the next "
    "night would let go, and changes nothing.",
)
_DRY = Sentence(zh="只计算下一夜会清理什么", en="only count what the next night would let go")
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_LINE = Sentence(zh="{kind}：{length}，保留 {day} 起", en="{kind}: {length}, kept from {day} on")
_COUNT = Sentence(zh="  {name}：{count}", en="  {name}: {count}")
_WOULD = Sentence(zh="{on} 的夜里会清理：", en="The night of {on} would let go:")
_LAST = Sentence(zh="{on} 的夜里清理了：", en="The night of {on} let go:")
_NOTHING = Sentence(zh="  没有任何内容", en="  nothing")
_HOLDS = Sentence(
    zh="{count} 个客户处于法律保全中，其资料不清理。",
    en="{count} customers are under a legal hold; nothing of theirs goes.",
)


def register(app: typer.Typer) -> None:
    """Add `retention`."""

    @app.command(help=said(_HELP))
    def retention(
        dry_run: Annotated[bool, typer.Option("--dry-run", help=said(_DRY))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        with records_to_look_at():
            found = _looked(dry_run=dry_run)
        if as_json:
            result_json(_plain(found))
            return
        for line in found["table"]:
            words = {"kind": KINDS[line.kept], "length": length(line.span)}
            result(said(_LINE.fill(**words, day=line.first_kept)))
        if found["on"] is not None:
            title = _WOULD if dry_run else _LAST
            result(said(title.fill(on=found["on"])))
            for name, count in lines_of(found["counts"]):
                result(said(_COUNT.fill(name=name, count=count)))
            if not found["counts"]:
                result(said(_NOTHING))
        result(said(_HOLDS.fill(count=found["holds"])))


def _looked(*, dry_run: bool) -> dict[str, Any]:
    last, at = last_finished(), clock.now()
    today = clock.today(current().business.zone, at)
    on = last.as_of + timedelta(days=1) if last else today
    horizon, nights = horizon_of(on), last_nights(1)
    found = {"table": table(horizon), "next": next_run(at), "holds": standing_holds().count()}
    if dry_run:
        return {**found, "on": on, "counts": would_go(horizon)}
    if nights:
        return {**found, "on": nights[0].as_of, "counts": nights[0].counts}
    return {**found, "on": None, "counts": {}}


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "kept_from": {line.kept.value: line.first_kept.isoformat() for line in found["table"]},
        "on": found["on"].isoformat() if found["on"] else None,
        "gone": dict(found["counts"]),
        "next": found["next"].isoformat() if found["next"] else None,
        "legal_holds": found["holds"],
    }
