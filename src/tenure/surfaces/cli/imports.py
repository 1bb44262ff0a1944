"""`tenure import`: a directory of CSV or Parquet files becomes records."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from django.conf import settings
from rich.console import Console
from rich.table import Table

from tenure.kernel.clock import SystemClock
from tenure.kernel.failures import Sentence
from tenure.loop.leases import Held, held
from tenure.observe.imports.actions import (
    FileDone,
    Hands,
    ImportDone,
    Order,
    import_directory,
    told_plainly,
)
from tenure.surfaces.cli.ground import make_records, records_to_look_at
from tenure.surfaces.cli.terminal import language, note, result_json, said, steps
from tenure.world.rehearsal import home as place

BY: Final = "cli"
COUNTS: Final = ("read", "stored", "unchanged", "rejected")
_TOLD_AT_MOST: Final = 5

_HELP = Sentence(
    zh="读入一个目录里的 CSV 或 Parquet 文件；同样的文件再读一次，什么都不会改变。",
    en="Read a directory of CSV or Parquet files; the same files again change nothing.",
)
_DIRECTORY = Sentence(zh="放着文件的目录", en="the directory that holds the files")
_MAPPING = Sentence(
    zh="说明哪个文件、哪一列是什么的 mapping.toml；默认为目录里的那一个",
    en="the mapping.toml that says which file and column is what; the directory's own if not given",
)
_DRY_RUN = Sentence(zh="只检查和计数，什么都不写", en="check and count, and write nothing")
_STRICT = Sentence(
    zh="文件中有一行不对，整个文件都不写入", en="one bad line keeps its whole file out"
)
_JSON = Sentence(zh="以一个 JSON 对象输出", en="one JSON object")
_IMPORTING = Sentence(zh="导入", en="importing")
_FILE = Sentence(zh="文件", en="file")
_ALL = Sentence(zh="合计", en="total")
_NAMES: Final = {
    "read": Sentence(zh="读取", en="read"),
    "stored": Sentence(zh="写入", en="stored"),
    "unchanged": Sentence(zh="未变", en="unchanged"),
    "rejected": Sentence(zh="拒绝", en="rejected"),
}
_DRY = Sentence(zh="这是试运行：什么都没有写入。", en="This was a dry run: nothing was written.")
_REJECTED = Sentence(
    zh="被拒绝的行及原因：{path}", en="The rejected lines, with the reason of each: {path}"
)
_MORE = Sentence(zh="……另有 {count} 行。", en="… and {count} lines more.")
_GBK = Sentence(
    zh="{file} 不是 UTF-8，已按 GBK（GB18030）读取；若有乱码，请在映射里写明 encoding。",
    en="{file} is not UTF-8 and was read as GBK (GB18030); if names look wrong, name the encoding "
    "in the mapping.",
)
_UNREAD = Sentence(zh="{file} 中没有用到的列：{columns}", en="{file}, columns not read: {columns}")
_BESIDE_DEMO = Sentence(
    zh="注意：{home} 里还有演示业务；把 TENURE_HOME 指向另一个文件夹，可与自己的业务分开。",
    en="Mind: {home} also holds the demo; set TENURE_HOME to another folder to keep your own "
    "business apart.",
)
_LEFT = Sentence(zh="没有读的文件：{files}", en="Files not read: {files}")
_APPLIED = Sentence(
    zh="此前没有策略，已先应用“{name}”；可用 `tenure strategy apply` 换成您自己的。",
    en="No strategy was applied yet, so “{name}” was; `tenure strategy apply` takes your own.",
)


def register(app: typer.Typer) -> None:
    """Add `import`."""

    @app.command("import", help=said(_HELP))
    def import_(
        directory: Annotated[Path, typer.Argument(help=said(_DIRECTORY))],
        mapping: Annotated[Path | None, typer.Option(help=said(_MAPPING))] = None,
        dry_run: Annotated[bool, typer.Option("--dry-run", help=said(_DRY_RUN))] = False,
        strict: Annotated[bool, typer.Option("--strict", help=said(_STRICT))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        order = Order(directory, mapping, is_strict=strict, is_dry_run=dry_run)
        with steps(1.0, what=_IMPORTING) as bar:
            done = _done(order, told=bar.reach)
        _tell(done)
        if as_json:
            result_json(summary(done))
        else:
            _show(done)
        if done.refusal is not None:
            raise done.refusal


def _done(order: Order, *, told: Callable[[float, str], None]) -> ImportDone:
    if order.is_dry_run:
        with records_to_look_at():
            return import_directory(order, hands=Hands(SystemClock(), BY, told))
    with told_plainly():
        make_records()
        # No day is computed while its records arrive, and no two imports write at once.
        with held("import", by=BY) as lease, held("loop", by="import") as loop:
            hands = Hands(SystemClock(), BY, told, lambda: _beat(lease, loop))
            return import_directory(order, hands=hands)


def _beat(*leases: Held) -> None:
    for lease in leases:
        lease.beat()


def summary(done: ImportDone) -> dict[str, Any]:
    """Everything that an import has to say, as JSON carries it."""
    mapped = done.plan.mapped
    return {
        "source": mapped.source,
        "mapping": mapped.name or None,
        "batch": done.batch_id,
        "dry_run": done.order.is_dry_run,
        "strict": done.order.is_strict,
        "strategy_applied": done.applied or None,
        **{name: done.total(name) for name in COUNTS},
        "rows": _rows(done),
        "files": [_file(one) for one in done.files],
        "files_not_read": list(done.plan.left_alone),
        "rejected_csv": str(done.rejected_path) if done.rejected_path else None,
        "first_rejected": [
            {
                "file": file,
                "line": fault.line,
                "column": fault.column,
                "code": fault.code,
                "sentence": {"zh": fault.told(file).zh, "en": fault.told(file).en},
                "raw": fault.raw,
            }
            for file, fault in done.first_faults
        ],
    }


def _rows(done: ImportDone) -> dict[str, dict[str, int]]:
    """Kind → how many rows of it were new, changed and the same."""
    found: dict[str, dict[str, int]] = {}
    for one in done.files:
        for name, count in one.counted.rows.items():
            kind, _, standing = name.partition(".")
            if standing:
                kept = found.setdefault(kind, {"new": 0, "changed": 0, "same": 0})
                kept[standing] += count
    return found


def _file(one: FileDone) -> dict[str, Any]:
    file = one.to_read.file
    return {
        "file": file.name,
        "format": "parquet" if file.is_parquet else "csv",
        "encoding": None if file.is_parquet else file.encoding,
        "as_of": one.as_of,
        **{name: getattr(one.counted, name) for name in COUNTS},
        "refused": one.is_refused,
        "columns_not_read": one.to_read.unread,
    }


def _tell(done: ImportDone) -> None:
    """What a reader should know beside the counts, on standard error."""
    home = Path(settings.TENURE_HOME)
    if place.finished(home) is not None:
        note(said(_BESIDE_DEMO.fill(home=home)))
    if done.applied and not done.order.is_dry_run:
        note(said(_APPLIED.fill(name=done.applied)))
    for one in done.files:
        file = one.to_read.file
        if file.was_detected:
            note(said(_GBK.fill(file=file.name)))
        if one.to_read.unread:
            note(said(_UNREAD.fill(file=file.name, columns=one.to_read.unread)))
    if done.plan.left_alone:
        note(said(_LEFT.fill(files=list(done.plan.left_alone))))
    if done.refusal is None:
        _tell_rejected(done)
    if done.rejected_path is not None:
        note(said(_REJECTED.fill(path=done.rejected_path)))
    if done.order.is_dry_run:
        note(said(_DRY))


def _tell_rejected(done: ImportDone) -> None:
    for file, fault in done.first_faults[:_TOLD_AT_MOST]:
        note(fault.told(file).say(language()))
    more = done.total("rejected") - _TOLD_AT_MOST
    if more > 0:
        note(said(_MORE.fill(count=more)))


def _show(done: ImportDone) -> None:
    table = Table()
    table.add_column(said(_FILE))
    for name in COUNTS:
        table.add_column(said(_NAMES[name]), justify="right")
    for one in done.files:
        counts = [f"{getattr(one.counted, name):,}" for name in COUNTS]
        table.add_row(one.to_read.file.name, *counts)
    table.add_section()
    table.add_row(said(_ALL), *(f"{done.total(name):,}" for name in COUNTS))
    Console().print(table)
