"""`tenure forecast`: what comes due, what is renewed of it, and how far that came true before."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.records.opinions.queries import came_true, disagreements
from tenure.records.strategies.queries import current
from tenure.surfaces.cli.days import day_of
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import result, result_json, said
from tenure.understand.forecast import queries
from tenure.understand.forecast.models import ForecastMonth, ForecastWeek

_HELP = Sentence(
    zh="到期预测：未来 13 周与 6 个月的续费与收入（P10、P50、P90），以及过去预测的兑现情况。",
    en="Renewals and revenue of the next 13 weeks and 6 months (P10, P50, P90), and how often past "
    "forecasts came true.",
)
_AS_OF = Sentence(
    zh="哪一天看到的，如 2026-03-11；默认为最近预测的一天",
    en="as it looked on a day; the last forecast one if not given",
)
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_LINE = Sentence(
    zh="{first}  到期 {due:>6}  续费 {low}–{middle}–{high}  收入 {from_money} – {to_money}",
    en="{first}  due {due:>6}  renewals {low}–{middle}–{high}  revenue {from_money} – {to_money}",
)
_CAME = Sentence(
    zh="{n} 个已到期的预测中，{inside} 个续费数、{revenue} 个收入落在 P10–P90 之间（应有八成）。",
    en="Of {n} forecasts that matured, renewals lay between P10 and P90 in {inside}, revenue in "
    "{revenue}; four in five was promised.",
)
_NONE_CAME = Sentence(
    zh="还没有到期的预测，无从检验。", en="No forecast has matured yet, so none can be judged."
)
_APART = Sentence(
    zh="{n} 个合约期的人工判断与模型相差 25 个百分点以上，已排入待办。",
    en="On {n} terms a person and the model are 25 points or more apart; they are queued.",
)
_CONTEST = Sentence(
    zh="{n} 个双方都预测过的结果：人 Brier {person}，模型 {model}。",
    en="On {n} terms that both called: Brier {person} of people, {model} of the model.",
)


class NoForecast(Refusal):
    """A day that was never forecast."""

    code = "no_forecast"
    said = Sentence(
        zh="还没有预测；请先运行 `tenure run`，或选择已跑过的一天。",
        en="There is no forecast; run `tenure run` first, or name a day that was run.",
    )


def register(app: typer.Typer) -> None:
    """Add `forecast`."""

    @app.command(help=said(_HELP))
    def forecast(
        as_of: Annotated[str, typer.Option(help=said(_AS_OF))] = "",
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        with records_to_look_at():
            told = _told(day_of(as_of) if as_of else None)
        if as_json:
            result_json(told)
        else:
            _tell(told)


def _told(as_of: date | None) -> dict[str, Any]:
    last = ForecastWeek.objects.order_by("-as_of").values_list("as_of", flat=True).first()
    day = as_of or last
    weeks = queries.weeks(as_of=day) if day else []
    if day is None or not weeks:
        raise NoForecast
    checks = queries.backtest(as_of=day)
    months_before = queries.month_backtest(as_of=day)
    contest = came_true(as_of=day, grace_days=current().at(day).business.grace_days)
    covered = {
        "weeks": queries.Coverage.of(checks),
        "months": queries.Coverage.of(months_before),
    }
    return {
        "as_of": day,
        "weeks": [_spread(one, one.week_starts_on) for one in weeks],
        "months": [_spread(one, one.month_starts_on) for one in queries.months(as_of=day)],
        "came_true": {name: asdict(one) if one else None for name, one in covered.items()},
        "two_opinions": {
            "apart": len(disagreements(most=1_000)),
            "scored": asdict(contest) if contest else None,
        },
    }


def _spread(one: ForecastWeek | ForecastMonth, first: date) -> dict[str, Any]:
    return {
        "starts_on": first,
        "currency": one.currency,
        "due": one.due,
        "by_band": one.by_band,
        "renewals": {
            "p10": one.renewals_p10,
            "p50": one.renewals_p50,
            "p90": one.renewals_p90,
        },
        "revenue_minor": {
            "p10": one.revenue_p10_minor,
            "p50": one.revenue_p50_minor,
            "p90": one.revenue_p90_minor,
        },
    }


def _tell(told: dict[str, Any]) -> None:
    for one in (*told["weeks"], *told["months"]):
        renewals, money = one["renewals"], one["revenue_minor"]
        line = _LINE.fill(
            first=one["starts_on"],
            due=one["due"],
            low=f"{renewals['p10']:.0f}",
            middle=f"{renewals['p50']:.0f}",
            high=f"{renewals['p90']:.0f}",
            from_money=Money(money["p10"], one["currency"]),
            to_money=Money(money["p90"], one["currency"]),
        )
        result(said(line))
    came = told["came_true"]["weeks"]
    covered = came and _CAME.fill(
        n=came["n"], inside=came["inside"], revenue=came["revenue_inside"]
    )
    result(said(covered or _NONE_CAME))
    opinions = told["two_opinions"]
    if opinions["apart"]:
        result(said(_APART.fill(n=opinions["apart"])))
    if scored := opinions["scored"]:
        person, model = (f"{scored[name]:.4f}" for name in ("person", "model"))
        result(said(_CONTEST.fill(n=scored["n"], person=person, model=model)))
