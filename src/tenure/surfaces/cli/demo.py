"""`tenure demo`: a whole business on this machine, lived through by the real loop, then served."""

import os
import secrets
import socket
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from django.conf import settings
from django.contrib.auth import get_user_model
from rich.console import Console
from rich.table import Table

from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.strategy.loading import preset
from tenure.surfaces.cli.days import day_of
from tenure.surfaces.cli.fakes import CHANNELS, FOLDER
from tenure.surfaces.cli.ground import make_records
from tenure.surfaces.cli.serve import serve_in_child
from tenure.surfaces.cli.terminal import note, result_json, said, steps
from tenure.surfaces.console.staff import ensure_member
from tenure.world import post_office
from tenure.world.channels import masts
from tenure.world.gateways import street
from tenure.world.rehearsal import home as place
from tenure.world.rehearsal.plan import DAYS, SEED, Plan, Wish, planned
from tenure.world.smtp_desk import HOST

LOGIN: Final = "operator"
PASSWORD_FILE: Final = "operator-password"
PORT: Final = 8000
_MORE_PORTS = 20


class NoPort(Refusal):
    """Every port that the demo would take is taken."""

    code = "no_port"
    said = Sentence(
        zh="端口 {first} 到 {last} 都被占用；请关闭其中一个程序，或运行 `tenure serve --port`。",
        en="The ports {first} to {last} are all taken; stop one of the programs, "
        "or run `tenure serve --port`.",
    )


_HELP = Sentence(
    zh="构建一个示例业务，让续费循环跑过最近 30 天，然后启动控制台。",
    en="Build a sample business, run the loop over its last 30 days, then serve the console.",
)
_BUSINESS = Sentence(zh="broadband、saas 或 membership", en="broadband, saas or membership")
_CUSTOMERS = Sentence(
    zh="最后一天的客户数（默认按业务：20000、3000、10000）",
    en="customers on the last day; 20000, 3000 or 10000 by business when not given",
)
_SEED = Sentence(
    zh="随机种子：相同的种子与日期得到相同的业务", en="the same seed, the same business"
)
_UNTIL = Sentence(
    zh="演练的最后一天；默认为昨天", en="last day that is lived; yesterday if not given"
)
_DAYS = Sentence(zh="逐日运行的天数", en="days that are lived one by one")
_SERVE = Sentence(zh="演练后启动控制台", en="serve the console afterwards")
_FRESH = Sentence(
    zh="重新构建，即使已有同样的演示", en="build anew, also where the same one stands"
)
_JSON = Sentence(zh="以一个 JSON 对象输出", en="one JSON object")
_BUILDING = Sentence(zh="构建示例业务", en="building the sample business")
_REUSED = Sentence(
    zh="沿用已建好的演示（{business}，{customers} 户，截至 {until}）；加 --fresh 可重建。",
    en="The demo that stands here is used again ({business}, {customers} customers, until "
    "{until}); --fresh builds it anew.",
)
_SIGN_IN = Sentence(
    zh="控制台：http://{host}:{port}   用户名 {name}   密码 {password}   （Ctrl-C 停止）",
    en="Console: http://{host}:{port}   user {name}   password {password}   (Ctrl-C stops)",
)
_GATEWAYS = Sentence(
    zh="模拟支付网关已启动（{names}）；在客户门户里可以真的付款，不动用真实资金。",
    en="The fake payment gateways are open ({names}): customers really pay, and no money moves.",
)
_TOWERS = Sentence(
    zh="模拟渠道已启动（{names}）；手机收到的短信：{address}/texts，其余各渠道同样在 /texts 查看。",
    en="The fake providers of messages are open ({names}); what telephones got: {address}/texts, "
    "and likewise what each of the others took.",
)
_LEFT = Sentence(
    zh="登录：用户名 {name}，密码在 {path}；运行 `tenure demo` 启动控制台。",
    en="To sign in: user {name}, password in {path}; `tenure demo` serves the console.",
)

_TITLE = Sentence(
    zh="{business}：{customers} 户，{days} 天，截至 {until}",
    en="{business}: {customers} customers, {days} days until {until}",
)
_NAMED = ("business", "customers", "days", "until")
_STAGE, _DID = Sentence(zh="环节", en="stage"), Sentence(zh="做了什么", en="what it did")
_SECONDS, _TOTAL = Sentence(zh="秒", en="seconds"), Sentence(zh="合计", en="total")
_STAGES: Final = {
    "built": Sentence(zh="构建", en="built"),
    "world": Sentence(zh="客户", en="world"),
    "observe": Sentence(zh="观察", en="observe"),
    "understand": Sentence(zh="理解", en="understand"),
    "decide": Sentence(zh="决策", en="decide"),
    "act": Sentence(zh="执行", en="act"),
    "prove": Sentence(zh="验证", en="prove"),
}


def register(app: typer.Typer) -> None:
    """Add `demo`."""

    @app.command(help=said(_HELP))
    def demo(
        business: Annotated[str, typer.Option(help=said(_BUSINESS))] = "broadband",
        customers: Annotated[int | None, typer.Option(help=said(_CUSTOMERS))] = None,
        seed: Annotated[int, typer.Option(help=said(_SEED))] = SEED,
        days: Annotated[int, typer.Option(help=said(_DAYS))] = DAYS,
        until: Annotated[str | None, typer.Option(help=said(_UNTIL))] = None,
        serve: Annotated[bool, typer.Option("--serve/--no-serve", help=said(_SERVE))] = True,
        fresh: Annotated[bool, typer.Option("--fresh", help=said(_FRESH))] = False,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        wish = Wish(business, customers, seed, day_of(until) if until else None, days)
        home = Path(settings.TENURE_HOME)
        plan, summary = _rehearsed(wish, home=home, fresh=fresh)
        password = _login(home, zone=preset(plan.business).business.zone)
        if as_json:
            result_json(summary)
        else:
            _show(summary)
        if serve:
            _serve(home, password=password, business=plan.business)
        elif not as_json:
            note(said(_LEFT.fill(name=LOGIN, path=home / PASSWORD_FILE)))


def _rehearsed(wish: Wish, *, home: Path, fresh: bool) -> tuple[Plan, dict[str, Any]]:
    """The rehearsal that stands in the home folder, or a new one."""
    with place.alone(home):
        standing = None if fresh else place.finished(home)
        if standing is not None and wish.allows(standing[0]):
            plan = standing[0]
            told = {name: getattr(plan, name) for name in ("business", "customers", "until")}
            note(said(_REUSED.fill(**told)))
            make_records()  # it may be of an older version
            return standing
        zone = preset(wish.business).business.zone
        plan = planned(wish, zone=zone, at=clock.now())
        summary = _build(plan, home=home)
        return plan, summary


def _build(plan: Plan, *, home: Path) -> dict[str, Any]:
    # The loop brings every room along; whoever only serves a demo that stands need not wait.
    from tenure.act.channels.registry import standing_in
    from tenure.world.channels.loopback import LoopbackSms
    from tenure.world.rehearsal.actions import Stage, rehearse
    from tenure.world.rehearsal.carrier import line_to

    place.begin(home, plan)
    mail = post_office.opened(home / place.MAIL, environment=settings.TENURE_ENV)
    texts = LoopbackSms(preset(plan.business))
    bars = steps(1.0, what=_BUILDING)
    with mail as office, line_to(office) as post, standing_in(texts), bars as bar:
        stage = Stage(home, post, lambda done, what: bar.reach(done, said(what)), texts)
        summary = rehearse(plan, stage=stage, by="demo")
    summary["mail"] = {"received": len(office.received()), "texts": texts.sent}
    place.finish(home, plan, summary=summary)
    return summary


def _login(home: Path, *, zone: str) -> str:
    """The operator's password: made once, kept readable by the owner of the files alone."""
    path = home / PASSWORD_FILE
    if path.exists():
        password = path.read_text(encoding="utf-8").strip()
    else:
        password = secrets.token_urlsafe(12)
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(password + "\n")
    if not get_user_model()._default_manager.filter(username=LOGIN).exists():
        ensure_member(LOGIN, password, role="owner", at=clock.now(), zone=zone)
    return password


def _show(summary: dict[str, Any]) -> None:
    """A table of what each stage did, on standard output."""
    table = Table(title=said(_TITLE.fill(**{name: summary[name] for name in _NAMED})))
    table.add_column(said(_STAGE))
    table.add_column(said(_DID))
    table.add_column(said(_SECONDS), justify="right")
    for stage, name in _STAGES.items():
        counts = [f"{key} {value:,}" for key, value in summary[stage].items()]
        table.add_row(said(name), " · ".join(counts), f"{summary['seconds'].get(stage, 0):.1f}")
    table.add_section()
    table.add_row(said(_TOTAL), "", f"{summary['seconds']['total']:.1f}")
    Console().print(table)


def _serve(home: Path, *, password: str, business: str) -> None:
    """Serve the console, with the post office and the gateways open for whatever happens."""
    port, kind = _free_port(), settings.TENURE_ENV
    mail = post_office.opened(home / place.MAIL, environment=kind)
    here, sold = f"http://{HOST}:{port}", preset(business)
    gateways = street.opened(home / FOLDER, environment=kind, home=here)
    towers = masts.opened(home / CHANNELS, environment=kind, home=here, sold=sold)
    with mail as office, gateways as open_, towers as masts_:
        environment = {
            **os.environ,
            "TENURE_SMTP_HOST": HOST,
            "TENURE_SMTP_PORT": str(office.port),
            "TENURE_PAYMENTS": str(open_.settings),
            "TENURE_CHANNELS": str(masts_.settings),
        }
        note(said(_GATEWAYS.fill(names=list(open_.addresses))))
        address = masts_.addresses["aliyun"]
        note(said(_TOWERS.fill(names=list(masts_.addresses), address=address)))
        note(said(_SIGN_IN.fill(host=HOST, port=port, name=LOGIN, password=password)))
        # Nobody lives after the last day of a rehearsal: a worker would run empty days.
        serve_in_child(port, environment=environment)


def _free_port() -> int:
    """The usual port, or the next one that nobody has."""
    for port in range(PORT, PORT + _MORE_PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise NoPort(first=PORT, last=PORT + _MORE_PORTS - 1)
