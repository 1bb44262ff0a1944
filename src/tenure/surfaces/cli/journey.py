"""`tenure journey`: how journeys stand, a dry run of a day, and what one customer gets next."""

from datetime import date, timedelta
from typing import Annotated, Any

import typer

from tenure.act.journeys.ahead import next_messages
from tenure.act.journeys.dry_run import CALLED, DryRun, Line, Told, dry_run
from tenure.act.journeys.standings import in_flight
from tenure.act.messages.reasons import told
from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.customers.models import Account
from tenure.records.strategies.actions import apply_strategy
from tenure.records.strategies.queries import current, one_reading
from tenure.strategy.ready import every_ready, ready, with_ready
from tenure.strategy.sections import Strategy
from tenure.surfaces.cli.days import day_of
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import language, result, result_json, said

_ABOUT = Sentence(
    zh="旅程：进行情况、试运行、某位客户接下来会收到什么。",
    en="Journeys: how they stand, a dry run, and what one customer gets next.",
)
_LIST = Sentence(zh="列出全部旅程与进行中的人数。", en="Every journey and how many are under way.")
_DRY = Sentence(
    zh="试运行：某天谁会收到什么、谁不会、为什么；不发送也不改动任何东西。",
    en="Who would get what on a day, and who not, and why; nothing is sent or changed.",
)
_NEXT = Sentence(
    zh="某位客户接下来的十条消息：时间、渠道、正文，以及什么会拦住它。",
    en="The next ten messages of a customer: when, how, the words, and what would hold each.",
)
_READY = Sentence(zh="列出可一步加入的现成旅程。", en="The ready journeys that can be added.")
_ADD = Sentence(
    zh="把一个现成旅程连同它的消息加入当前策略并生效。",
    en="Put a ready journey with its messages into the strategy and apply it.",
)
_WHICH = Sentence(zh="现成旅程的名字，见 ready", en="the name of a ready journey, see ready")
_ADDED = Sentence(zh="已加入 {name}；策略 {hash}", en="{name} is added; strategy {hash}")
_ON = Sentence(zh="哪一天，如 2026-03-13；默认为明天", en="the day; tomorrow if not given")
_FROM = Sentence(
    zh="从哪一天看起，如 2026-04-01；默认为今天", en="seen from which day; today if not given"
)
_JOURNEY = Sentence(zh="只看这个旅程", en="only this journey")
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_ALL = Sentence(zh="连同逐户名单", en="with the list, customer by customer")
_WHO = Sentence(zh="客户编号（来源系统的）或内部编号", en="the customer's number, theirs or ours")
_COUNTED = Sentence(
    zh="{on}：应触达 {due}，发送 {sent}，致电 {called}，不发 {held}",
    en="{on}: {due} due, {sent} sent, {called} called, {held} held back",
)
_CALLED = Sentence(zh="致电", en="called")

Json = Annotated[bool, typer.Option("--json", help=said(_JSON))]


class NoSuchCustomer(Refusal):
    """A number that no customer has."""

    code = "no_such_customer"
    said = Sentence(zh="没有编号为“{number}”的客户。", en="No customer has the number “{number}”.")


def register(app: typer.Typer) -> None:
    """Add `tenure journey`."""
    verbs = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    verbs.command("list", help=said(_LIST))(list_all)
    verbs.command("dry-run", help=said(_DRY))(look)
    verbs.command("next", help=said(_NEXT))(show_next)
    verbs.command("ready", help=said(_READY))(list_ready)
    verbs.command("add", help=said(_ADD))(add)
    app.add_typer(verbs, name="journey")


def list_all(as_json: Json = False) -> None:
    with records_to_look_at():
        journeys = current().at(_today()).journeys.values()
        counted = in_flight(journeys, on=_today())
        rows = [
            {
                "journey": one.id,
                "name": one.name.say(language()),
                "version": one.version,
                "steps": [step.id for step in one.steps],
                "in_flight": counted.get(one.id, 0),
            }
            for one in journeys
        ]
    if as_json:
        result_json(rows)
        return
    for row in rows:
        result(f"{row['journey']:<20} {row['in_flight']:>10,}  {row['name']}")


def look(
    *,
    on: Annotated[str, typer.Option(help=said(_ON))] = "",
    journey: Annotated[str, typer.Option(help=said(_JOURNEY))] = "",
    everybody: Annotated[bool, typer.Option("--list", help=said(_ALL))] = False,
    as_json: Json = False,
) -> None:
    with records_to_look_at(), one_reading():
        day = day_of(on) if on else _today() + timedelta(days=1)
        run = dry_run(on=day, at=clock.now(), journey=journey)
        strategy = current()
    if as_json:
        result_json(_as_table(run, everybody=everybody))
        return
    _print(run, strategy=strategy, everybody=everybody)


def _as_table(run: DryRun, *, everybody: bool) -> dict[str, Any]:
    lines = [
        {**_place(one), "due": one.due, "sent": one.sent, "called": one.called}
        | {"held": dict(one.held)}
        for one in run.lines.values()
    ]
    answer: dict[str, Any] = {
        "on": run.on,
        "known_on": run.known_on,
        "due": run.due,
        "sent": run.sent,
        "called": run.called,
        "todos": run.todos,
        "held": dict(run.reasons),
        "lines": lines,
    }
    if everybody:
        answer["customers"] = [
            {"account": one.account_id, "term": one.term_id, **_place(one)}
            | {"goes_out": one.goes_out, "reason": one.reason, "at": one.at}
            for one in run.told
        ]
    return answer


def _place(one: Line | Told) -> dict[str, str]:
    return {"journey": one.journey, "step": one.step, "channel": one.channel}


def _print(run: DryRun, *, strategy: Strategy, everybody: bool) -> None:
    held = sum(run.reasons.values())
    counts = {"due": run.due, "sent": run.sent, "called": run.called, "held": held}
    result(said(_COUNTED.fill(on=run.on, **counts)))
    for line in run.lines.values():
        result(f"{line.due:>8,} → {line.sent:>8,}  {line.journey} {line.step} {line.channel}")
    for reason, count in run.reasons.items():
        result(f"{count:>8,}  {_why(reason, strategy)}")
    for one in run.told if everybody else ():
        why = _why(one.reason, strategy) if one.reason else f"{one.at:%Y-%m-%d %H:%M} UTC"
        result(f"{one.account_id:>10}  {one.journey} {one.step} {one.channel}  {why}")


def show_next(
    customer: Annotated[str, typer.Argument(help=said(_WHO))],
    *,
    on: Annotated[str, typer.Option(help=said(_FROM))] = "",
    as_json: Json = False,
) -> None:
    with records_to_look_at(), one_reading():
        day = max(day_of(on) if on else _today(), _today())
        rows = next_messages(_account(customer).pk, on=day, at=clock.now())
    if as_json:
        result_json(
            [
                {
                    "at": one.at,
                    "journey": one.journey.say(language()),
                    "step": one.step_id,
                    "channel": one.channel,
                    "subject": one.subject,
                    "body": one.body,
                    "held": one.held.say(language()) if one.held else None,
                    "is_planned": one.is_planned,
                    "decides": one.decides,
                }
                for one in rows
            ]
        )
        return
    for one in rows:
        held = f"  ✗ {one.held.say(language())}" if one.held else ""
        name = f"{one.journey.say(language())} · {one.step.say(language())}"
        result(f"{one.at:%Y-%m-%d %H:%M}Z  {one.channel:<6} {name}{held}")


def list_ready(as_json: Json = False) -> None:
    rows = [
        {"id": one.id, "name": one.name.say(language()), "about": one.about.say(language())}
        for one in every_ready().values()
    ]
    if as_json:
        result_json(rows)
        return
    for row in rows:
        result(f"{row['id']:<16} {row['name']}: {row['about']}")


def add(name: Annotated[str, typer.Argument(help=said(_WHICH))]) -> None:
    with records_to_look_at():
        one = ready(name)
        changed = with_ready(current().at(_today()), one)
        apply_strategy(changed, by="cli", at=clock.now())
    result(said(_ADDED.fill(name=one.name, hash=changed.short_hash)))


def _account(number: str) -> Account:
    found = Account.objects.filter(external_id=number).order_by("pk").first()
    if found is None and number.isascii() and number.isdigit():
        found = Account.objects.filter(pk=int(number)).first()
    if found is None:
        raise NoSuchCustomer(number=number)
    return found


def _why(reason: str, strategy: Strategy) -> str:
    return (_CALLED if reason == CALLED else told(reason, strategy=strategy)).say(language())


def _today() -> date:
    return clock.today(current().business.zone, clock.now())
