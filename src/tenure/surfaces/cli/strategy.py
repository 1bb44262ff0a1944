"""`tenure strategy`: apply a strategy, and see which one decides now."""

from pathlib import Path
from typing import Annotated, Any

import typer

from tenure.kernel import clock
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.strategies.actions import apply_strategy
from tenure.records.strategies.queries import current, newest
from tenure.strategy.linting import warnings
from tenure.strategy.loading import load, preset, preset_names
from tenure.strategy.sections import Strategy
from tenure.surfaces.cli.ground import make_records, records_to_look_at
from tenure.surfaces.cli.terminal import language, result, result_json, said

BY = "cli"
_ABOUT = Sentence(zh="策略：谁在何时收到什么、最多花多少。", en="The strategy that decides.")
_APPLY = Sentence(
    zh="应用一个现成策略，或一个目录里的策略文件；有任何错误则什么都不改变。",
    en="Apply a ready strategy, or the files of a directory; any mistake changes nothing.",
)
_WHICH = Sentence(
    zh="现成策略的名字，或放着 .toml 文件的目录",
    en="the name of a ready strategy, or a directory of .toml files",
)
_SHOW = Sentence(zh="显示正在使用的策略。", en="Show the strategy that decides now.")
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_APPLIED = Sentence(
    zh="已应用：{name}，{zone}，{currency}；版本 {hash}。",
    en="Applied: {name}, {zone}, {currency}; revision {hash}.",
)
_SAME = Sentence(
    zh="正在使用的就是它：{name}；版本 {hash}，什么都没有改变。",
    en="This one is in use already: {name}; revision {hash}, nothing has changed.",
)
_PLANS = Sentence(zh="套餐：{names}", en="Plans: {names}")
_STEPS = Sentence(zh="{journey}：{steps}", en="{journey}: {steps}")
_ASKS = Sentence(zh="调研：{names}", en="Surveys: {names}")
_LOOK = Sentence(zh="请再看一眼：{warning}。", en="Worth a second look: {warning}.")
_REPORTS = Sentence(zh="报告：{names}", en="Reports: {names}")

Json = Annotated[bool, typer.Option("--json", help=said(_JSON))]


class NoSuchStrategy(Refusal):
    """Neither a ready strategy nor a directory."""

    code = "no_such_strategy"
    said = Sentence(
        zh="“{name}”既不是现成策略（{known}），也不是放着策略文件的目录；请更正。",
        en="“{name}” is neither a ready strategy ({known}) nor a directory of strategy files; "
        "correct it.",
    )


def register(app: typer.Typer) -> None:
    """Add `tenure strategy`."""
    verbs = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    verbs.command("apply", help=said(_APPLY))(apply)
    verbs.command("show", help=said(_SHOW))(show)
    app.add_typer(verbs, name="strategy")


def apply(which: Annotated[str, typer.Argument(help=said(_WHICH))], as_json: Json = False) -> None:
    strategy = named(which)
    make_records()
    before = newest()
    is_same = before is not None and before.content_hash == strategy.hash
    apply_strategy(strategy, by=BY, at=clock.now())
    if as_json:
        result_json({**_described(strategy), "changed": not is_same})
        return
    business = strategy.business
    told = _SAME if is_same else _APPLIED
    result(
        said(
            told.fill(
                name=business.name,
                zone=business.zone,
                currency=business.currency,
                hash=strategy.hash[:12],
            )
        )
    )
    _warn(strategy)


def show(as_json: Json = False) -> None:
    with records_to_look_at():
        strategy, revision = current(), newest()
        assert revision is not None, "a current strategy has a revision"
        if as_json:
            applied = {"applied_at": revision.applied_at, "applied_by": revision.applied_by}
            result_json({**_described(strategy), **applied})
        else:
            _print(strategy, on=f"{revision.applied_at:%F}")


def _print(strategy: Strategy, *, on: str) -> None:
    tag = language()
    result(f"{strategy.business.name.say(tag)}  {strategy.hash[:12]}  {on}")
    result(said(_PLANS.fill(names=[one.name for one in strategy.catalog.plans.values()])))
    for journey in strategy.journeys.values():
        steps = [one.when for one in journey.steps]
        result(said(_STEPS.fill(journey=journey.name, steps=steps)))
    result(said(_ASKS.fill(names=[one.name for one in strategy.surveys.values()])))
    result(said(_REPORTS.fill(names=[one.name for one in strategy.reports.values()])))
    _warn(strategy)


def _warn(strategy: Strategy) -> None:
    for one in warnings(strategy):
        result(said(_LOOK.fill(warning=one)))


def named(which: str) -> Strategy:
    """A ready strategy by its name, else the files of a directory."""
    if which in preset_names():
        return preset(which)
    if not Path(which).is_dir():
        raise NoSuchStrategy(name=which, known=list(preset_names()))
    return load(Path(which))


def _described(strategy: Strategy) -> dict[str, Any]:
    return {
        "hash": strategy.hash,
        "business": {"zh": strategy.business.name.zh, "en": strategy.business.name.en},
        "zone": strategy.business.zone,
        "currency": strategy.business.currency,
        "plans": list(strategy.catalog.plans),
        "journeys": {
            one.id: [step.days_before for step in one.steps] for one in strategy.journeys.values()
        },
        "surveys": list(strategy.surveys),
        "reports": list(strategy.reports),
        "warnings": [{"zh": one.zh, "en": one.en} for one in warnings(strategy)],
    }
