"""`tenure key`: which programs may read through the API."""

import secrets
from typing import Annotated

import typer

from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.records.keys import actions, queries
from tenure.records.keys.models import ApiKey
from tenure.records.keys.rules import PUBLIC_BYTES, SECRET_BYTES, KeyText
from tenure.records.strategies.queries import current
from tenure.surfaces.cli.terminal import result, result_json, said

_ABOUT = Sentence(zh="程序读取数据用的密钥。", en="Keys with which programs read.")
_NAME = Sentence(zh="谁用这个密钥", en="who uses the key")
_SCOPE = Sentence(
    zh="customers、customers_masked、metrics、renewals 或 webhooks",
    en="customers, customers_masked, metrics, renewals or webhooks",
)
_ID = Sentence(zh="密钥的编号", en="the key's id")
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_ONCE = Sentence(
    zh="密钥只显示这一次，请现在保存：",
    en="The key is shown this once; keep it now:",
)
_CLOSED = Sentence(zh="密钥 {id} 已关闭。", en="The key {id} is closed.")

Json = Annotated[bool, typer.Option("--json", help=said(_JSON))]


def register(app: typer.Typer) -> None:
    """Add `tenure key`."""
    keys = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    keys.command("create")(create)
    keys.command("list")(show)
    keys.command("close")(close)
    app.add_typer(keys, name="key")


def create(
    name: Annotated[str, typer.Argument(help=said(_NAME))],
    *,
    scope: Annotated[str, typer.Option(help=said(_SCOPE))] = ApiKey.Scope.CUSTOMERS,
    as_json: Json = False,
) -> None:
    at = clock.now()
    text = KeyText.made_of(secrets.token_bytes(PUBLIC_BYTES + SECRET_BYTES))
    on = clock.today(current().business.zone, at)
    key = actions.create(actions.Wish(name, scope), text=text, on=on, at=at, by="cli")
    if as_json:
        result_json({"id": key.public_id, "name": name, "scope": scope, "key": str(text)})
        return
    result(said(_ONCE))
    result(str(text))


def show(as_json: Json = False) -> None:
    rows = [
        {"id": one.public_id, "name": one.name, "scope": one.scope, "is_open": not one.closed_at}
        for one in queries.every()
    ]
    if as_json:
        result_json(rows)
        return
    for row in rows:
        result(f"{row['id']}  {row['scope']:<18} {'●' if row['is_open'] else '○'}  {row['name']}")


def close(public_id: Annotated[str, typer.Argument(help=said(_ID))], as_json: Json = False) -> None:
    at = clock.now()
    on = clock.today(current().business.zone, at)
    key = actions.close(public_id, on=on, at=at, by="cli")
    if as_json:
        result_json({"id": key.public_id, "is_open": False})
        return
    result(said(_CLOSED.fill(id=key.public_id)))
