"""`tenure rehearse`: a strategy played in the synthetic market and on one's own past."""

import json
import os
import subprocess  # nosec B404
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

import typer
from django.conf import settings

from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.jobs.queries import last_finished
from tenure.strategy.loading import build
from tenure.strategy.sections import Strategy
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.strategy import named
from tenure.surfaces.cli.terminal import language, note, result_json, said, steps
from tenure.surfaces.program import COMMAND, PROGRESS, REPORT
from tenure.surfaces.rehearsal_report import page
from tenure.surfaces.rehearsal_report.wording import lines_of
from tenure.world import post_office
from tenure.world.market.business import BUSINESSES
from tenure.world.rehearsal import home as place
from tenure.world.rehearsal.plan import SEED, Plan, Wish, check_currencies, planned

CUSTOMERS: Final = 1_000
DAYS: Final = 30
FINDINGS: Final = "findings.json"
# Which part of the whole a side of a comparison is: where it begins, and its share.
_PART: Final = "TENURE_REHEARSED_PART"
# What a rehearsal must not inherit: it has records, mail and payments of its own.
_OWN: Final = ("TENURE_DATABASE", "TENURE_PAYMENTS", "TENURE_SMTP_HOST", "TENURE_SMTP_PORT")

_HELP = Sentence(
    zh="上线前预演一套策略：在合成市场里逐日运行，并用自己业务的历史评估。",
    en="Rehearse a strategy before launch: live days in a synthetic market, and value it on your "
    "own past.",
)
_STRATEGY = Sentence(
    zh="策略文件夹，或自带策略的名称", en="a strategy's folder, or the name of a ready one"
)
_AGAINST = Sentence(
    zh="与之比较的另一套策略：同样的客户、同样的随机数",
    en="another strategy to compare with: the same customers, the same chance",
)
_DAYS = Sentence(zh="逐日运行的天数（1 到 90）", en="days that are lived, 1 to 90")
_CUSTOMERS = Sentence(zh="合成客户数", en="synthetic customers")
_MARKET = Sentence(
    zh="合成市场：broadband、saas 或 membership", en="the market: broadband, saas or membership"
)
_SEED = Sentence(zh="随机种子", en="the seed of the market")
_HTML = Sentence(zh="把报告写成一个 HTML 文件", en="write the report as one HTML file")
_JSON = Sentence(zh="以一个 JSON 对象输出", en="one JSON object")
_PLAYING = Sentence(zh="预演 {name}", en="rehearsing {name}")
_WRITTEN = Sentence(zh="报告：{path}", en="The report: {path}")
_NO_PAST = Sentence(
    zh="这里还没有跑完的一天，因此没有自己的历史可以评估。",
    en="No day is finished here yet, so there is no past of one's own to value it on.",
)


class RehearsalStopped(Refusal):
    """The rehearsal itself failed; what it said stands above."""

    code = "rehearsal_stopped"
    said = Sentence(
        zh="策略“{name}”的预演没有走完；原因见上面的输出。",
        en="The rehearsal of “{name}” did not come to its end; the reason stands above.",
    )


def register(app: typer.Typer) -> None:
    """Add `rehearse`."""

    @app.command(help=said(_HELP))
    def rehearse(
        strategy: Annotated[str, typer.Argument(help=said(_STRATEGY))],
        against: Annotated[str, typer.Option(help=said(_AGAINST))] = "",
        days: Annotated[int, typer.Option(help=said(_DAYS))] = DAYS,
        customers: Annotated[int, typer.Option(help=said(_CUSTOMERS))] = CUSTOMERS,
        market: Annotated[str, typer.Option(help=said(_MARKET))] = "",
        seed: Annotated[int, typer.Option(help=said(_SEED))] = SEED,
        html: Annotated[Path | None, typer.Option(help=said(_HTML))] = None,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
        inside: Annotated[bool, typer.Option("--inside", hidden=True)] = False,
        into: Annotated[Path | None, typer.Option("--into", hidden=True)] = None,
    ) -> None:
        chosen = _strategy(strategy)
        business = market or (strategy if strategy in BUSINESSES else "broadband")
        zone = chosen.business.zone
        plan = planned(Wish(business, customers, seed, None, days), zone=zone, at=clock.now())
        if inside:
            _play(plan, chosen, home=Path(settings.TENURE_HOME), into=into)
            return
        sides = {one: _strategy(one) for one in dict.fromkeys((strategy, against)) if one}
        check_currencies({name: one.business.currency for name, one in sides.items()})
        told = _report(plan, sides, into=into)
        if into is not None:
            _keep(into / REPORT, told)
        if html is not None:
            html.write_text(page.html_of(told, sides, language=language()), encoding="utf-8")
            note(said(_WRITTEN.fill(path=html)))
        if as_json:
            result_json(told)
        else:
            for line in lines_of(told, sides):
                typer.echo(said(line))


def _strategy(which: str) -> Strategy:
    """A ready strategy, a folder, or one document as it is stored."""
    if which.endswith(".json"):
        return build(json.loads(Path(which).read_text(encoding="utf-8")))
    return named(which)


def _keep(path: Path, content: Mapping[str, Any]) -> None:
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    unfinished.rename(path)


def _report(plan: Plan, sides: Mapping[str, Strategy], *, into: Path | None) -> dict[str, Any]:
    """Every side played and valued, and the first compared with the second.

    Args:
        into: where whoever waits looks how far it is.
    """
    from tenure.world.rehearsal.comparing import compared

    found = {
        name: _played(name, plan, into=into, part=(place / len(sides), 1 / len(sides)))
        for place, name in enumerate(sides)
    }
    past = {name: _own_past(one) for name, one in sides.items()}
    both = list(found.values())
    versus = compared(both[0], both[1]) if len(both) > 1 else None
    shown = {
        name: {key: value for key, value in one.items() if key != "accounts"}
        for name, one in found.items()
    }
    return {
        **plan.as_json(),
        "sides": [{"strategy": name, **shown[name], "own_past": past[name]} for name in sides],
        "versus": versus,
    }


def _played(
    name: str, plan: Plan, *, into: Path | None, part: tuple[float, float]
) -> dict[str, Any]:
    """One strategy lived through in a process and a folder of its own, which are gone afterwards.

    Settings are read when a process begins: the records of this one are somebody's real ones.
    """
    with TemporaryDirectory(prefix="tenure-rehearsal-") as folder:
        environment = {key: value for key, value in os.environ.items() if key not in _OWN}
        environment |= {"TENURE_HOME": folder, "TENURE_ENV": "development"}
        arguments = [
            "rehearse", name, "--inside", "--market", plan.business, "--days", str(plan.days),
            "--customers", str(plan.customers), "--seed", str(plan.seed),
        ]  # fmt: skip
        if into is not None:
            arguments += ["--into", str(into)]
            environment[_PART] = f"{part[0]} {part[1]}"
        # Our own program, with arguments that it checks itself.
        command = [sys.executable, "-c", COMMAND, *arguments]
        ended = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)  # nosec B603
        if ended.returncode:
            raise RehearsalStopped(name=name)
        found: dict[str, Any] = json.loads((Path(folder) / FINDINGS).read_text(encoding="utf-8"))
        return found


def _play(plan: Plan, strategy: Strategy, *, home: Path, into: Path | None) -> None:
    """Live the days in this process, whose home is the rehearsal's own, and write what came."""
    from tenure.world.rehearsal.actions import Stage
    from tenure.world.rehearsal.actions import rehearse as live
    from tenure.world.rehearsal.carrier import line_to
    from tenure.world.rehearsal.findings import findings

    place.begin(home, plan)
    mail = post_office.opened(home / place.MAIL, environment=settings.TENURE_ENV)
    what = _PLAYING.fill(name=strategy.business.name)
    with mail as office, line_to(office) as post, steps(1.0, what=what) as bar:

        def reached(done: float, at: Sentence) -> None:
            bar.reach(done, said(at))
            if into is not None:
                begun, share = (float(one) for one in os.environ.get(_PART, "0 1").split())
                told = {"done": begun + share * done, "what": {"zh": at.zh, "en": at.en}}
                _keep(into / PROGRESS, told)

        stage = Stage(home, post, reached)
        live(plan, stage=stage, by="rehearsal", strategy=strategy)
    found = findings(plan, strategy.at(plan.until))
    (home / FINDINGS).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def _own_past(strategy: Strategy) -> dict[str, Any]:
    """The strategy on the records that stand here, or why nothing can be said."""
    from tenure.decide.decisions.evaluating import on_own_past

    with records_to_look_at():
        last = last_finished()
        if last is None:
            return {"why": {"zh": _NO_PAST.zh, "en": _NO_PAST.en}}
        try:
            return on_own_past(strategy, as_of=last.as_of)
        except Refusal as refusal:
            return {"why": {tag: refusal.sentence(tag) for tag in ("zh", "en")}}
