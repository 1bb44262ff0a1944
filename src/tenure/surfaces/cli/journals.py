"""`tenure journal verify`: whether the journal is as it was sealed (R-U-038)."""

from typing import Annotated

import typer

from tenure.act.retention.queries import horizon_of
from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.records.journal.rules import JournalBroken
from tenure.records.journal.sealing import verify as compare
from tenure.records.strategies.queries import business_day
from tenure.strategy.retention import Kept
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import result, said

_ABOUT = Sentence(zh="审计日志。", en="The journal.")
_VERIFY = Sentence(
    zh="核对审计日志：逐条与封存时的哈希链比对。",
    en="Compare every entry of the journal with the chain of hashes under which it was sealed.",
)
_HEAD = Sentence(
    zh="此前另行保存的链尾；它必须仍在链上",
    en="an end of the chain that was noted elsewhere earlier; it must still be in it",
)
_WHOLE = Sentence(
    zh="审计日志完好。封存 {seals} 段；与封存时一致 {entries} 条；已超过保存期、"
    "不再比对 {past} 条；尚未封存 {unsealed} 条。\n链尾：{head}",
    en="The journal is whole. Seals: {seals}. Entries as they were sealed: {entries}. Past the "
    "time for which they are kept, and not compared: {past}. Not sealed yet: {unsealed}.\n"
    "End of the chain: {head}",
)
_NONE = Sentence(zh="（尚无封存）", en="(nothing is sealed yet)")


def register(app: typer.Typer) -> None:
    """Add `tenure journal`."""
    group = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("verify", help=said(_VERIFY))(verify)
    app.add_typer(group, name="journal")


def verify(head: Annotated[str, typer.Option("--head", help=said(_HEAD))] = "") -> None:
    with records_to_look_at():
        kept_from = horizon_of(business_day(clock.now())).instant(Kept.AUDIT)
        found = compare(kept_from=kept_from, head=head.strip().lower())
    if found.problems:
        raise JournalBroken(problems="; ".join(found.problems))
    result(
        said(
            _WHOLE.fill(
                seals=found.seals,
                entries=found.entries,
                past=found.past,
                unsealed=found.unsealed,
                head=found.head or said(_NONE),
            )
        )
    )
