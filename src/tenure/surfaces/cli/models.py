"""`tenure models`: the estimators of risk, who is champion, and whether its promises hold."""

from datetime import date
from typing import Annotated

import typer

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.jobs.queries import last_finished
from tenure.surfaces.cli.days import day_of
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import language, result, result_json, said
from tenure.understand.churn.board import Board, Contestant, as_plain, board

_HELP = Sentence(
    zh="风险模型：冠军与挑战者、时间外成绩、校准、漂移与更替记录。",
    en="The estimators of risk: champion and challengers on later terms, calibration, drift, and "
    "who followed whom.",
)
_AS_OF = Sentence(
    zh="哪一天，如 2026-03-11；默认为最近跑完的一天",
    en="the day; the last finished one if not given",
)
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_CHAMPION = Sentence(zh="冠军", en="Champion")
_CHALLENGER = Sentence(zh="挑战者", en="Challenger")
_CHANCE = Sentence(zh="不比猜测更好", en="not better than chance")


class NoEstimators(Refusal):
    """Nothing was fitted yet."""

    code = "no_estimators"
    said = Sentence(
        zh="还没有任何模型；请先运行 `tenure run`。",
        en="There is no estimator yet; run `tenure run` first.",
    )


def register(app: typer.Typer) -> None:
    """Add `models`."""

    @app.command(help=said(_HELP))
    def models(
        as_of: Annotated[str, typer.Option(help=said(_AS_OF))] = "",
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        with records_to_look_at():
            found = board(as_of=_day(as_of))
        if found is None:
            raise NoEstimators
        if as_json:
            result_json(as_plain(found))
        else:
            _print(found)


def _day(text: str) -> date:
    if text:
        return day_of(text)
    last = last_finished()
    if last is None:
        raise NoEstimators
    return last.as_of


def _print(found: Board) -> None:
    tag = language()
    _tell(found.champion, said(_CHAMPION))
    if found.why_average is not None:
        result(found.why_average.say(tag))
    for one in found.challengers:
        _tell(one, said(_CHALLENGER))
    for alarm in found.alarms:
        result(alarm.say(tag))
    for change in found.changes:
        result(f"{change.row.as_of}  {change.said.say(tag)}")


def _tell(one: Contestant, role: str) -> None:
    figures = one.figures
    words = [f"{role}: {one.name.say(language())}", f"{one.row.as_of}", f"n={one.row.n}"]
    if figures and one.interval:
        low, high = one.interval
        words.append(f"AUC {figures['auc']:.3f} ({low:.3f}–{high:.3f})")
        names = ("log_loss", "brier", "ece", "lift_10")
        words += [f"{name} {figures[name]:.3f}" for name in names]
    if one.is_chance:
        words.append(said(_CHANCE))
    result("  ".join(words))
