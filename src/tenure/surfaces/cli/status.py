"""`tenure status`: is it ready, when did the loop last run, and what lies here."""

import os
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from django.conf import settings
from django.db.models import Sum

from tenure.decide.decisions.models import Decision
from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.observe.intake.models import InboxEvent, Quarantine
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import Account
from tenure.records.jobs.models import Run, StoredFile
from tenure.records.jobs.queries import last_finished
from tenure.records.strategies.models import Revision
from tenure.records.strategies.queries import by_hash, newest
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import LIVE
from tenure.records.success.models import ToDo
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import result, result_json, said

DUE_DAYS: Final = 30
_HELP = Sentence(
    zh="是否就绪、最近一次运行、现有数据的数量。",
    en="Whether it is ready, the last run, and how much lies here.",
)
_JSON = Sentence(zh="以一个 JSON 对象输出", en="one JSON object")
_READY, _NOT_READY = Sentence(zh="就绪", en="ready"), Sentence(zh="未就绪", en="not ready")
_LAST_RUN = Sentence(
    zh="最近跑完的一天：{as_of}（{seconds:.1f} 秒）",
    en="last finished day: {as_of} ({seconds:.1f} s)",
)
_PROBLEMS: Final[Mapping[str, Sentence]] = {
    "home_not_writable": Sentence(
        zh="{home} 不可写；请检查 TENURE_HOME 与权限。",
        en="{home} cannot be written; check TENURE_HOME and its permissions.",
    ),
    "no_strategy": Sentence(
        zh="还没有应用策略；请运行 `tenure strategy apply 目录`。",
        en="No strategy was applied; run `tenure strategy apply DIRECTORY`.",
    ),
    "no_customers": Sentence(
        zh="还没有客户；请运行 `tenure import 目录` 或 `tenure demo`。",
        en="There are no customers; run `tenure import DIRECTORY` or `tenure demo`.",
    ),
    "never_run": Sentence(
        zh="循环还没有跑过；请运行 `tenure run`。", en="The loop never ran; run `tenure run`."
    ),
    "run_is_old": Sentence(
        zh="最近一次跑到 {as_of}，已经落后；请运行 `tenure run` 或启动 `tenure serve`。",
        en="The loop last ran for {as_of} and is behind; run `tenure run`, or `tenure serve`.",
    ),
}
_COUNTS: Final[Mapping[str, Sentence]] = {
    "accounts": Sentence(zh="客户", en="customers"),
    "live_terms": Sentence(zh="在期订阅周期", en="live terms"),
    "due_terms": Sentence(zh="30 天内到期", en="terms that end within 30 days"),
    "events": Sentence(zh="事件", en="events"),
    "inbox_events": Sentence(zh="待封存事件", en="events that no day holds yet"),
    "quarantined": Sentence(zh="被拒绝的输入", en="turned away"),
    "decisions": Sentence(zh="决策", en="decisions"),
    "messages_waiting": Sentence(zh="待发消息", en="messages that wait"),
    "messages_sent": Sentence(zh="已发消息", en="messages sent"),
    "todos_open": Sentence(zh="待办", en="open to-dos"),
}


def register(app: typer.Typer) -> None:
    """Add `status`."""

    @app.command(help=said(_HELP))
    def status(
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        with records_to_look_at():
            found = _status(clock.now())
        if as_json:
            result_json(found)
        else:
            _print(found)


def _status(at: datetime) -> dict[str, Any]:
    revision, last = newest(), last_finished()
    today = _today(revision, at)
    counts = _counts(today)
    problems = list(_problems(revision, last, today=today, accounts=counts["accounts"]))
    told = {code: _told(code, last) for code in problems}
    return {
        "ready": not set(problems) - {"run_is_old"},
        "home": str(settings.TENURE_HOME),
        "strategy": _strategy(revision),
        "last_run": _run(last),
        "counts": counts,
        "problems": {code: {"zh": one.zh, "en": one.en} for code, one in told.items()},
    }


def _today(revision: Revision | None, at: datetime) -> date:
    zone = by_hash(revision.content_hash).business.zone if revision else "UTC"
    return clock.today(zone, at)


def _counts(today: date) -> dict[str, int]:
    live = Term.objects.filter(state__in=LIVE)
    events = StoredFile.objects.filter(table="events", replaced_at__isnull=True)
    waiting = Message.objects.filter(state=MessageState.PLANNED)
    return {
        "accounts": Account.objects.count(),
        "live_terms": live.count(),
        "due_terms": live.filter(
            ends_on__gte=today, ends_on__lte=today + timedelta(days=DUE_DAYS)
        ).count(),
        "events": events.aggregate(rows=Sum("row_count"))["rows"] or 0,
        "inbox_events": InboxEvent.objects.filter(sealed_at__isnull=True).count(),
        "quarantined": Quarantine.objects.filter(kept=False).count(),
        "decisions": Decision.objects.count(),
        "messages_waiting": waiting.count(),
        "messages_sent": Message.objects.filter(sent_at__isnull=False).count(),
        "todos_open": ToDo.objects.filter(state=ToDo.State.OPEN).count(),
    }


def _problems(
    revision: Revision | None, last: Run | None, *, today: date, accounts: int
) -> Iterator[str]:
    home = Path(settings.TENURE_HOME)
    if not (home.is_dir() and os.access(home, os.W_OK)):
        yield "home_not_writable"
    if revision is None:
        yield "no_strategy"
    if not accounts:
        yield "no_customers"
    if last is None:
        yield "never_run"
    elif last.as_of < today - timedelta(days=2):
        yield "run_is_old"


def _told(code: str, last: Run | None) -> Sentence:
    return _PROBLEMS[code].fill(home=settings.TENURE_HOME, as_of=last.as_of if last else "")


def _strategy(revision: Revision | None) -> dict[str, Any] | None:
    if revision is None:
        return None
    return {"hash": revision.content_hash, "applied_at": revision.applied_at}


def _run(last: Run | None) -> dict[str, Any] | None:
    if last is None:
        return None
    seconds = {stage: counts["seconds"] for stage, counts in last.stages.items()}
    return {"as_of": last.as_of, "finished_at": last.finished_at, "seconds": seconds}


def _print(found: dict[str, Any]) -> None:
    result(said(_READY if found["ready"] else _NOT_READY))
    if found["last_run"]:
        seconds = sum(found["last_run"]["seconds"].values())
        result(said(_LAST_RUN.fill(as_of=found["last_run"]["as_of"], seconds=seconds)))
    for name, count in found["counts"].items():
        result(f"{said(_COUNTS[name])}  {count:,}")
    for problem in found["problems"].values():
        result(said(Sentence(zh=problem["zh"], en=problem["en"])))
