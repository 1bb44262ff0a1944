"""`tenure webhook`: which programs are told what happens, and what became of it."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

import typer
from django.conf import settings

from tenure.act.webhooks.guard import Guard
from tenure.act.webhooks.rules import FAMILIES, KINDS
from tenure.act.webhooks.secrets import secret_of
from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.records.strategies.queries import current
from tenure.records.webhooks import actions, queries
from tenure.records.webhooks.models import WebhookDelivery, WebhookEndpoint
from tenure.records.webhooks.rules import UnknownKind
from tenure.surfaces.cli.terminal import result, result_json, said

_ABOUT = Sentence(
    zh="Webhook：哪些程序会收到通知，以及每次投递的结果。",
    en="Webhooks: which programs are told what happens, and what became of it.",
)
_OPEN = Sentence(
    zh="打开一个端点并给出签名密钥（Standard Webhooks）。",
    en="Open an endpoint and give its signing secret (Standard Webhooks).",
)
_LIST = Sentence(zh="列出所有端点。", en="List the endpoints.")
_ROTATE = Sentence(
    zh="换一个签名密钥；旧密钥在 24 小时内仍一同签名。",
    en="Take a new signing secret; for 24 hours the old one signs, too.",
)
_CLOSE = Sentence(
    zh="关闭端点：不再向它投递。", en="Close an endpoint: nothing more is told to it."
)
_LOG = Sentence(zh="投递记录，最新的在前。", en="The delivery log, newest first.")
_SHOW = Sentence(zh="一次投递的内容与每次请求。", en="One delivery: its text and every request.")
_AGAIN = Sentence(zh="重新投递一次，编号不变。", en="Send one delivery again, under its own id.")
_URL = Sentence(zh="接收方网址（https）", en="the receiver's address (https)")
_KINDS = Sentence(
    zh="只要这些事件，用逗号分隔，例如 payment.*,subscription.renewed；不填即全部",
    en="only these events, parted by commas, such as payment.*,subscription.renewed; "
    "all when left out",
)
_FOR = Sentence(zh="给谁用", en="who receives it")
_ID = Sentence(zh="端点编号（whk_…）", en="the endpoint's id (whk_…)")
_MESSAGE = Sentence(zh="投递编号（msg_…）", en="the delivery's id (msg_…)")
_STATE = Sentence(
    zh="只看这种状态：waiting、delivered 或 given_up",
    en="only this state: waiting, delivered or given_up",
)
_MOST = Sentence(zh="最多几条", en="how many at the most")
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_ONCE = Sentence(
    zh="签名密钥只显示这一次，请现在保存：",
    en="The signing secret is shown this once; keep it now:",
)
_CLOSED = Sentence(zh="端点 {id} 已关闭。", en="The endpoint {id} is closed.")
_QUEUED = Sentence(zh="投递 {id} 将重新发送。", en="The delivery {id} will be sent again.")

Json = Annotated[bool, typer.Option("--json", help=said(_JSON))]
Id = Annotated[str, typer.Argument(help=said(_ID))]
Message = Annotated[str, typer.Argument(help=said(_MESSAGE))]


@dataclass(frozen=True, slots=True)
class _Now:
    """The instant of a command and its day in the business's zone."""

    at: datetime
    on: date


def register(app: typer.Typer) -> None:
    """Add `tenure webhook`."""
    group = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    group.command("open", help=said(_OPEN))(open_one)
    group.command("list", help=said(_LIST))(show)
    group.command("rotate", help=said(_ROTATE))(rotate)
    group.command("close", help=said(_CLOSE))(close)
    group.command("deliveries", help=said(_LOG))(deliveries)
    group.command("delivery", help=said(_SHOW))(delivery)
    group.command("resend", help=said(_AGAIN))(resend)
    app.add_typer(group, name="webhook")


def open_one(
    url: Annotated[str, typer.Argument(help=said(_URL))],
    *,
    kinds: Annotated[str, typer.Option(help=said(_KINDS))] = "",
    about: Annotated[str, typer.Option("--for", help=said(_FOR))] = "",
    as_json: Json = False,
) -> None:
    Guard(is_intranet=settings.TENURE_WEBHOOK_INTRANET).check_url(url)
    public_id = f"whk_{secrets.token_hex(6)}"
    wish = actions.Wish(public_id, url, kinds=checked_kinds(kinds), about=about)
    now = _now()
    endpoint = actions.open_endpoint(wish, on=now.on, at=now.at, by="cli")
    _tell_secret(endpoint, as_json=as_json)


def checked_kinds(text: str) -> list[str]:
    """The events that a list parted by commas names.

    Raises:
        UnknownKind: one of them is no event that anybody is told.
    """
    found = [one.strip() for one in text.split(",") if one.strip()]
    for one in found:
        if one not in KINDS and one not in FAMILIES:
            raise UnknownKind(kind=one, known=[*FAMILIES, *KINDS])
    return found


def show(as_json: Json = False) -> None:
    rows = [_row(one) for one in queries.endpoints()]
    if as_json:
        result_json(rows)
        return
    for row in rows:
        mark = "●" if row["is_open"] else "○"
        kinds = ",".join(row["kinds"]) or "*"
        result(f"{mark}  {row['id']}  {row['url']}  {kinds}  {row['closed_why']}".rstrip())


def rotate(public_id: Id, as_json: Json = False) -> None:
    now = _now()
    endpoint = actions.rotate(public_id, on=now.on, at=now.at, by="cli")
    _tell_secret(endpoint, as_json=as_json)


def close(public_id: Id, as_json: Json = False) -> None:
    now = _now()
    endpoint = actions.close_endpoint(public_id, on=now.on, at=now.at, by="cli")
    if as_json:
        result_json(_row(endpoint))
        return
    result(said(_CLOSED.fill(id=endpoint.public_id)))


def deliveries(
    *,
    endpoint: Annotated[str, typer.Option(help=said(_ID))] = "",
    state: Annotated[str, typer.Option(help=said(_STATE))] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help=said(_MOST))] = 50,
    as_json: Json = False,
) -> None:
    found = queries.deliveries(endpoint=endpoint, state=state, limit=limit)
    if as_json:
        result_json([_told(one) for one in found])
        return
    for one in found:
        row = _told(one)
        result(
            f"{row['created_at']}  {row['state']:<9}  {row['attempts']:>2}  {row['id']}  {one.kind}"
        )


def delivery(message_id: Message, as_json: Json = False) -> None:
    found = queries.the_delivery(message_id)
    requests = [
        {
            "at": one.at.isoformat(timespec="milliseconds"),
            "status": one.http_status,
            "failure": one.failure,
            "took_ms": one.took_ms,
            "answer": one.answer,
        }
        for one in queries.attempts(found)
    ]
    if as_json:
        result_json({**_told(found), "body": found.body, "requests": requests})
        return
    result(found.body)
    for row in requests:
        answer = row["failure"] or row["status"]
        result(f"{row['at']}  {answer}  {row['took_ms']} ms  {row['answer']}".rstrip())


def resend(message_id: Message, as_json: Json = False) -> None:
    now = _now()
    found = actions.resend(message_id, on=now.on, at=now.at, by="cli")
    if as_json:
        result_json(_told(found))
        return
    result(said(_QUEUED.fill(id=found.message_id)))


def _tell_secret(endpoint: WebhookEndpoint, *, as_json: bool) -> None:
    secret = secret_of(endpoint.public_id, generation=endpoint.generation)
    if as_json:
        result_json({**_row(endpoint), "secret": secret})
        return
    result(said(_ONCE))
    result(f"{endpoint.public_id}  {secret}")


def _row(one: WebhookEndpoint) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "url": one.url,
        "for": one.about,
        "kinds": one.kinds,
        "is_open": one.closed_at is None,
        "closed_why": one.closed_why,
        "failing_since": one.failing_since,
    }


def _told(one: WebhookDelivery) -> dict[str, Any]:
    return {
        "id": one.message_id,
        "endpoint": one.endpoint.public_id,
        "event": one.kind,
        "state": one.state,
        "attempts": one.attempts,
        "created_at": one.created_at.isoformat(timespec="seconds"),
        "next_at": one.next_at,
    }


def _now() -> _Now:
    at = clock.now()
    return _Now(at, clock.today(current().business.zone, at))
