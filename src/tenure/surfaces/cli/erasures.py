"""`tenure erasures`: forget again after a backup came back."""

from typing import Annotated

import typer

from tenure.act.self_service.erasing import log
from tenure.act.self_service.erasing.actions import replay
from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.surfaces.cli.terminal import result, result_json, said

_ABOUT = Sentence(zh="已删除的个人数据。", en="People whose data was erased.")
_REPLAY = Sentence(
    zh="恢复备份后，把删除记录中的每个账户再删除一遍；重复执行没有影响。",
    en="After a backup was restored, erase again every account in the log; again, nothing more.",
)
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_DONE = Sentence(
    zh="删除记录 {log} 中有 {noted} 个账户，其中 {done} 个在这里，已再次删除。",
    en="{noted} accounts stand in {log}; the {done} that are here were erased again.",
)


def register(app: typer.Typer) -> None:
    """Add `erasures`."""
    erasures = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    erasures.callback()(_nothing_first)
    app.add_typer(erasures, name="erasures", help=said(_ABOUT))

    @erasures.command("replay", help=said(_REPLAY))
    def again(
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        noted = len(log.noted())
        done = replay(at=clock.now(), by="cli")
        if as_json:
            result_json({"noted": noted, "erased": done})
            return
        result(said(_DONE.fill(log=log.path(), noted=noted, done=done)))


def _nothing_first() -> None:
    """Keeps one verb a verb: with a callback, Typer never makes it the whole command."""
    return None
