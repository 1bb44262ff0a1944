"""`tenure maintenance`: plan work on the network, move it, call it off."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from tenure.act.maintenance.telling import tell_maintenance
from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.maintenance import actions
from tenure.records.maintenance.models import Maintenance
from tenure.records.maintenance.queries import affected, ahead
from tenure.records.maintenance.rules import Works
from tenure.records.strategies.queries import business_day, current
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import result, result_json, said

_ABOUT = Sentence(
    zh="计划检修：登记、改期、取消；只通知受影响的客户。",
    en="Planned work: plan it, move it, call it off; exactly those affected hear of it.",
)
_PLAN = Sentence(
    zh="登记一次检修，提前 72 小时以上；受影响的客户会收到通知。",
    en="Plan work, 72 hours ahead or more; those affected are told.",
)
_MOVE = Sentence(
    zh="改期；已收到通知的客户会收到新时间。", en="Move it; who was told is told anew."
)
_CANCEL = Sentence(zh="取消；已收到通知的客户会得知。", en="Call it off; who was told hears of it.")
_LIST = Sentence(zh="尚未结束的检修与受影响的客户数。", en="Work ahead, and how many it affects.")
_NODE = Sentence(zh="节点，用逗号分隔", en="the nodes, parted by commas")
_DURING = Sentence(
    zh="起止时间，如 2026-03-13T01:00/2026-03-13T05:00",
    en="from when to when, such as 2026-03-13T01:00/2026-03-13T05:00",
)
_NAME = Sentence(zh="中文名/英文名", en="its name in Chinese/in English")
_NUMBER = Sentence(zh="外部编号；同一编号只登记一次", en="its own number; it is planned once")
_URGENT = Sentence(zh="紧急抢修，不等 72 小时", en="urgent: it does not wait for 72 hours")
_WHICH = Sentence(zh="检修编号，见 list", en="its number, see list")
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_DONE = Sentence(
    zh="检修 {number}：影响 {count} 位客户，本次安排通知 {told} 条",
    en="work {number}: {count} affected, {told} notices planned now",
)


class NotAMoment(Refusal):
    """Something else than a day with an hour."""

    code = "not_a_moment"
    said = Sentence(
        zh="“{given}”不是时间；请写成 2026-03-13T01:00。",
        en="“{given}” is no moment; write it like 2026-03-13T01:00.",
    )


def register(app: typer.Typer) -> None:
    """Add `tenure maintenance`."""
    verbs = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    verbs.command("plan", help=said(_PLAN))(plan)
    verbs.command("move", help=said(_MOVE))(move)
    verbs.command("cancel", help=said(_CANCEL))(cancel)
    verbs.command("list", help=said(_LIST))(list_all)
    app.add_typer(verbs, name="maintenance")


def plan(
    number: Annotated[str, typer.Argument(help=said(_NUMBER))],
    *,
    node: Annotated[str, typer.Option(help=said(_NODE))],
    during: Annotated[str, typer.Option(help=said(_DURING))],
    name: Annotated[str, typer.Option(help=said(_NAME))],
    urgent: Annotated[bool, typer.Option("--urgent", help=said(_URGENT))] = False,
) -> None:
    with records_to_look_at():
        at, (begins, until) = clock.now(), _hours(during)
        zh, _, en = name.partition("/")
        works = Works("cli", number, zh.strip(), en.strip() or zh.strip(), begins, until, urgent)
        nodes = [one.strip() for one in node.split(",") if one.strip()]
        one = actions.plan(works, nodes, on=business_day(at), at=at, by="cli")
        _tell(one, at)


def move(
    which: Annotated[int, typer.Argument(help=said(_WHICH))],
    *,
    during: Annotated[str, typer.Option(help=said(_DURING))],
) -> None:
    with records_to_look_at():
        at = clock.now()
        _tell(actions.move(which, _hours(during), on=business_day(at), at=at, by="cli"), at)


def cancel(which: Annotated[int, typer.Argument(help=said(_WHICH))]) -> None:
    with records_to_look_at():
        at = clock.now()
        _tell(actions.cancel(which, on=business_day(at), at=at, by="cli"), at)


def list_all(as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False) -> None:
    with records_to_look_at():
        rows = [_row(one) for one in ahead(at=clock.now())]
    if as_json:
        result_json(rows)
        return
    for row in rows:
        mark = "✗" if row["cancelled"] else " "
        hours = f"{row['starts_at']:%Y-%m-%d %H:%M}Z → {row['ends_at']:%Y-%m-%d %H:%M}Z"
        result(f"{row['number']:>6} {mark} {hours} {row['affected']:>8,}  {row['zh']}")


def _row(one: Maintenance) -> dict[str, Any]:
    return {
        "number": one.pk,
        "zh": one.title_zh,
        "en": one.title_en,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "revision": one.revision,
        "cancelled": one.cancelled_at is not None,
        "affected": len(_served(one)),
    }


def _served(one: Maintenance) -> list[tuple[int, int, int]]:
    return affected(one.pk, on=clock.today(current().business.zone, one.starts_at))


def _tell(one: Maintenance, at: datetime) -> None:
    told = tell_maintenance(at=at, by="cli")
    result(said(_DONE.fill(number=one.pk, count=len(_served(one)), told=told)))


def _hours(during: str) -> tuple[datetime, datetime]:
    begins, _, until = during.partition("/")
    return _moment(begins), _moment(until)


def _moment(given: str) -> datetime:
    try:
        found = datetime.fromisoformat(given)
    except ValueError as error:
        raise NotAMoment(given=given) from error
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(current().business.zone))
