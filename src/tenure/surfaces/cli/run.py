"""`tenure run` and `tenure outbox`: one day of the loop, and what it sent or did not."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.db import DatabaseError

from tenure.act.messages.actions import resume_sending, stop_sending
from tenure.act.messages.queries import Shown, is_stopped
from tenure.act.messages.queries import outbox as messages
from tenure.act.messages.returns import take_return
from tenure.kernel import clock
from tenure.kernel.failures import Outage, Refusal, Sentence
from tenure.loop import nightly
from tenure.loop.outreach import deliver
from tenure.loop.summary import RunSummary
from tenure.records.contacts.states import MessageState
from tenure.records.strategies.queries import current
from tenure.surfaces.cli.days import day_of
from tenure.surfaces.cli.ground import make_records
from tenure.surfaces.cli.terminal import result, result_json, said, steps
from tenure.warehouse.engines import NO_ROOM

_RUN = Sentence(
    zh="把某一天完整跑一遍：观察、理解、决策、触达、评估。重复运行不会改变任何结果。",
    en="Run the whole loop for one day; run again, it changes nothing.",
)
_OUTBOX = Sentence(
    zh="查看每条消息：发了没有，为什么；也可以发送、停发、收退信。",
    en="Every message, sent or not, and why; send, stop sending, take bounces.",
)
_AS_OF = Sentence(
    zh="要计算的最后一天，如 2026-03-11；默认是昨天。",
    en="The last day counted, like 2026-03-11; yesterday when not given.",
)
_JSON = Sentence(zh="以一个 JSON 对象输出。", en="One JSON object on standard output.")
_STATE = Sentence(zh="只看某种状态的消息。", en="Only messages in this state.")
_ACCOUNT = Sentence(zh="只看某个客户的消息。", en="Only messages of this account.")
_LIMIT = Sentence(zh="最多显示几条。", en="How many at most.")
_SEND = Sentence(zh="立即发送到点的消息。", en="Send what is due now.")
_STOP = Sentence(zh="关闭发送总开关。", en="Switch all sending off.")
_RESUME = Sentence(zh="恢复发送。", en="Switch sending on again.")
_TAKE = Sentence(
    zh="收一封退信或投诉邮件（文件路径，- 为标准输入）。",
    en="Take a bounce or a complaint: the path of a mail, or - for standard input.",
)
_RUNNING = Sentence(zh="运行 {as_of}", en="running {as_of}")
_DONE_BEFORE = Sentence(
    zh="{as_of} 之前已经跑完，结果没有改变。",
    en="{as_of} was finished before; nothing has changed.",
)
_STAGES = {
    "observe": Sentence(zh="观察", en="observe"),
    "understand": Sentence(zh="理解", en="understand"),
    "decide": Sentence(zh="决策", en="decide"),
    "act": Sentence(zh="触达", en="act"),
    "prove": Sentence(zh="评估", en="prove"),
}
_STOPPED = Sentence(
    zh="发送总开关已关闭；`tenure outbox --resume` 恢复。",
    en="All sending is switched off; `tenure outbox --resume` switches it on.",
)
_EMPTY = Sentence(zh="还没有消息。", en="There is no message yet.")


class DiskFull(Outage):
    """There is no room to write."""

    code = "disk_full"
    said = Sentence(
        zh="{home} 所在磁盘已满；请腾出空间后再运行一次，已完成的部分都保存着。",
        en="The disk of {home} is full; make room and run again, whatever was finished is kept.",
    )


class UnknownState(Refusal):
    """A state that no message has."""

    code = "unknown_state"
    said = Sentence(
        zh="没有“{state}”这种消息状态；可用：{known}。",
        en="No message is ever “{state}”; possible: {known}.",
    )


class NoSuchMail(Refusal):
    """A file that should hold a mail that came back."""

    code = "no_such_mail"
    said = Sentence(
        zh="读不到邮件文件 {path}；请给出一封退信的路径，或用 - 从标准输入读取。",
        en="The mail {path} cannot be read; give the path of a bounce, or - for standard input.",
    )


def register(app: typer.Typer) -> None:
    """Add `run` and `outbox`."""

    @app.command(help=said(_RUN))
    def run(
        as_of: Annotated[str, typer.Option(help=said(_AS_OF))] = "",
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        summary = _run(as_of)
        if as_json:
            result_json(summary.as_json())
        else:
            _print(summary)

    @app.command(help=said(_OUTBOX))
    def outbox(
        state: Annotated[str, typer.Option(help=said(_STATE))] = "",
        account: Annotated[int | None, typer.Option(help=said(_ACCOUNT))] = None,
        limit: Annotated[int, typer.Option(help=said(_LIMIT), min=1, max=1000)] = 20,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
        send: Annotated[bool, typer.Option("--send", help=said(_SEND))] = False,
        stop: Annotated[bool, typer.Option("--stop", help=said(_STOP))] = False,
        resume: Annotated[bool, typer.Option("--resume", help=said(_RESUME))] = False,
        take: Annotated[str, typer.Option(help=said(_TAKE))] = "",
    ) -> None:
        at, by = clock.now(), f"cli:{getuser()}"
        if stop:
            stop_sending(at=at, by=by)
        if resume:
            resume_sending(at=at, by=by)
        if take:
            take_return(_mail(take), at=at, by=by)
        if send:
            with _told_when_full():
                deliver(at=at, by=by)
        _known_state(state)
        _show(messages(state=state, account_id=account, limit=limit), as_json=as_json)


def _run(as_of: str) -> RunSummary:
    at = clock.now()
    make_records()
    day = day_of(as_of) if as_of else _yesterday(at)
    with _told_when_full(), steps(1.0, what=_RUNNING.fill(as_of=day)) as bar:
        return nightly.run(
            as_of=day,
            at=at,
            by=f"cli:{getuser()}",
            progress=lambda done, what: bar.reach(done, said(what)),
        )


def _show(shown: Sequence[Shown], *, as_json: bool) -> None:
    if as_json:
        result_json({"stopped": is_stopped(), "messages": [_as_json(one) for one in shown]})
        return
    if is_stopped():
        result(said(_STOPPED))
    for one in shown:
        result(_line(one))
    if not shown:
        result(said(_EMPTY))


def _yesterday(at: datetime) -> date:
    return clock.today(current().business.zone, at) - timedelta(days=1)


def _print(summary: RunSummary) -> None:
    for stage, counts in summary.counts.items():
        numbers = "  ".join(
            f"{name} {value:,}" for name, value in counts.items() if isinstance(value, int)
        )
        result(f"{said(_STAGES[stage])}  {summary.seconds[stage]:.2f} s  {numbers}")
    if summary.was_done:
        result(said(_DONE_BEFORE.fill(as_of=summary.as_of)))


def _line(one: Shown) -> str:
    message = one.message
    why = f"  {said(one.why)}" if one.why else ""
    when = (message.sent_at or message.send_after).isoformat(timespec="minutes")
    return f"{when}  {message.state}  {message.account.name}  {message.subject}{why}"


def _as_json(one: Shown) -> dict[str, object]:
    message = one.message
    return {
        "id": message.pk,
        "key": message.send_key,
        "account": message.account_id,
        "state": message.state,
        "reason": message.reason,
        "why": {"zh": one.why.zh, "en": one.why.en} if one.why else None,
        "channel": message.channel,
        "class": message.message_class,
        "address": message.address,
        "subject": message.subject,
        "body": message.body,
        "send_after": message.send_after,
        "sent_at": message.sent_at,
    }


def _known_state(state: str) -> None:
    if state and state not in MessageState.values:
        raise UnknownState(state=state, known=list(MessageState.values))


def _mail(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise NoSuchMail(path=path) from error


@contextmanager
def _told_when_full() -> Iterator[None]:
    """A full disk is one sentence, whoever met it first."""
    try:
        yield
    except (OSError, DatabaseError) as error:
        full = isinstance(error, OSError) and error.errno in NO_ROOM
        if full or "disk is full" in str(error):
            raise DiskFull(home=settings.TENURE_HOME) from error
        raise
