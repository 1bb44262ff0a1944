"""`tenure source`: who may send events, and with which write key."""

from typing import Annotated

import typer

from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.intake.actions import close_source, open_source
from tenure.observe.intake.models import Source
from tenure.observe.intake.queries import source_named, sources
from tenure.records.strategies.queries import current
from tenure.surfaces.cli.terminal import result, result_json, said

_ABOUT = Sentence(
    zh="事件来源：谁可以用 Segment 客户端向 /v1 发送事件。",
    en="Senders of events: who may write to /v1 with a Segment client.",
)
_OPEN = Sentence(
    zh="打开一个来源并给出写入密钥；再次打开会换新密钥，旧密钥随即失效。",
    en="Open a source and give its write key; opened again, it gets another and the old one stops.",
)
_LIST = Sentence(zh="列出所有来源。", en="List the sources.")
_CLOSE = Sentence(
    zh="关闭来源：不再接收它的事件，已有的保留。",
    en="Close a source: nothing more is taken from it, what it sent stays.",
)
_NAME = Sentence(zh="来源的名称", en="name of the source")
_KIND = Sentence(
    zh="client：浏览器或手机，其时钟不可信；server：我们自己的系统",
    en="client: browsers and phones, whose clocks are not believed; server: our own systems",
)
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_ONCE = Sentence(
    zh="写入密钥只显示这一次，请现在保存：", en="The write key is shown this once; keep it now:"
)
_CLOSED = Sentence(zh="来源“{name}”已关闭。", en="The source “{name}” is closed.")

Name = Annotated[str, typer.Argument(help=said(_NAME))]
Json = Annotated[bool, typer.Option("--json", help=said(_JSON))]


class UnknownSource(Refusal):
    """No source has that name."""

    code = "unknown_source"
    said = Sentence(
        zh="没有名为“{name}”的来源；用 `tenure source list` 查看现有来源。",
        en="No source is called “{name}”; see `tenure source list`.",
    )


def register(app: typer.Typer) -> None:
    """Add `tenure source`."""
    group = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    group.command("open", help=said(_OPEN))(open_one)
    group.command("list", help=said(_LIST))(show)
    group.command("close", help=said(_CLOSE))(close_one)
    app.add_typer(group, name="source")


def open_one(
    name: Name,
    *,
    kind: Annotated[Source.Kind, typer.Option(help=said(_KIND))] = Source.Kind.SERVER,
    as_json: Json = False,
) -> None:
    source, write_key = open_source(
        name, zone=current().business.zone, at=clock.now(), by="cli", kind=kind
    )
    if as_json:
        result_json({"name": source.name, "kind": source.kind, "write_key": write_key})
        return
    result(said(_ONCE))
    result(write_key)


def show(as_json: Json = False) -> None:
    rows = [
        {"name": one.name, "kind": one.kind, "is_open": one.closed_at is None} for one in sources()
    ]
    if as_json:
        result_json(rows)
        return
    for row in rows:
        result(f"{'●' if row['is_open'] else '○'}  {row['kind']:<6}  {row['name']}")


def close_one(name: Name, as_json: Json = False) -> None:
    source = source_named(name)
    if source is None:
        raise UnknownSource(name=name)
    close_source(source, at=clock.now(), by="cli")
    if as_json:
        result_json({"name": name, "is_open": False})
        return
    result(said(_CLOSED.fill(name=name)))
