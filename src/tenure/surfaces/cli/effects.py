"""`tenure effects`: what each action changed, for whom, from the table of any trial."""

from pathlib import Path
from typing import Annotated, Any

import typer

from tenure.decide.effects.report import report
from tenure.decide.effects.selection import learn
from tenure.decide.effects.tables import Asked, history_of
from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.uploads.columns import read_columns
from tenure.surfaces.cli.terminal import language, result, result_json, said

_HELP = Sentence(
    zh="从任何试验的表格学习：每个动作改变了什么、对谁有效、值不值得。",
    en="Learn from the table of any trial: what each action changed, for whom, and whether it "
    "pays.",
)
_FILE = Sentence(zh="CSV（可为 .gz）或 Parquet 文件", en="a CSV (perhaps .gz) or Parquet file")
_TREATMENT = Sentence(zh="动作所在的列", en="the column that says what was done")
_OUTCOME = Sentence(
    zh="结果所在的列：0/1 或金额", en="the column of the outcome: 0 and 1, or amounts"
)
_PROPENSITY = Sentence(
    zh="所做动作的概率所在的列；两个以上动作时为 列_动作；不给则取各组占比",
    en="the column of the probability of what was done; with more than two actions COLUMN_ACTION "
    "each; the shares of the arms if not given",
)
_CONTROL = Sentence(zh="表示“什么都不做”的取值", en="the value that means doing nothing")
_COST = Sentence(
    zh="动作的成本，如 coupon=5；可重复", en="what an action costs, as coupon=5; may be repeated"
)
_WORTH = Sentence(zh="结果为 1 时值多少", en="what an outcome of 1 is worth")
_IGNORE = Sentence(zh="不作为特征的列；可重复", en="a column that is no feature; may be repeated")
_EXPOSED = Sentence(zh="动作发生时间所在的列", en="the column of when the action happened")
_KNOWN = Sentence(zh="结果发生时间所在的列", en="the column of when the outcome happened")
_SEED = Sentence(zh="随机种子", en="the seed of the folds")
_JSON = Sentence(zh="以一个 JSON 对象输出", en="one JSON object")
_ROWS = Sentence(
    zh="{rows} 行，{features} 个特征；估计方法：{estimator}；除注明外均为每位客户，区间 95 %",
    en="{rows} rows, {features} features; estimator: {estimator}; per customer unless said, "
    "intervals of 95 %",
)
_ARM = Sentence(
    zh="{arm}：{rows} 行，结果 {outcome}；给所有人 {gain}；建议给 {share}",
    en="{arm}: {rows} rows, outcome {outcome}; for everybody {gain}; advised for {share}",
)
_PERSONAL = Sentence(zh="因人而异：{gain}", en="choosing for each customer: {gain}")
_SLOPE = Sentence(
    zh="预测的效应在未见过的客户上兑现 {slope}；其中因人而异的部分 {varying}"
    "（1 为完全兑现，0 为没有）",
    en="of a predicted effect, customers not learned from show {slope}; of its differences between "
    "customers {varying} (1 all of it, 0 nothing)",
)
_RANKING = Sentence(
    zh="“{arm}”给 {share}：按效应 {by_effect}，按风险 {by_risk}，随机 {at_random}；"
    "按效应比按风险多 {beyond}",
    en="“{arm}” for {share}: by effect {by_effect}, by risk {by_risk}, at random {at_random}; by "
    "effect beyond by risk {beyond}",
)
_RATE = Sentence(
    zh="“{arm}”的排序：RATE z = {rate}，AUTOC z = {autoc}（按风险 {risk}）",
    en="ranking for “{arm}”: RATE z = {rate}, AUTOC z = {autoc} (by risk {risk})",
)

_UNKNOWN = Sentence(
    zh="{rows} 行没有动作或还没有结果，未用于学习。",
    en="{rows} rows have no action, or no outcome yet; nothing was learned from them.",
)


class CostUnreadable(Refusal):
    """A cost that is not ARM=AMOUNT."""

    code = "cost_unreadable"
    said = Sentence(
        zh="读不懂成本“{given}”；请写成 动作=金额，如 coupon=5。",
        en="“{given}” is no cost; write ACTION=AMOUNT, as coupon=5.",
    )


def register(app: typer.Typer) -> None:
    """Add `effects`."""

    @app.command(help=said(_HELP))
    def effects(
        file: Annotated[Path, typer.Argument(help=said(_FILE))],
        treatment: Annotated[str, typer.Option(help=said(_TREATMENT))],
        outcome: Annotated[str, typer.Option(help=said(_OUTCOME))],
        propensity: Annotated[str, typer.Option(help=said(_PROPENSITY))] = "",
        control: Annotated[str, typer.Option(help=said(_CONTROL))] = "",
        cost: Annotated[list[str] | None, typer.Option(help=said(_COST))] = None,
        worth: Annotated[float, typer.Option(help=said(_WORTH))] = 1.0,
        ignore: Annotated[list[str] | None, typer.Option(help=said(_IGNORE))] = None,
        exposed_at: Annotated[str, typer.Option(help=said(_EXPOSED))] = "",
        outcome_at: Annotated[str, typer.Option(help=said(_KNOWN))] = "",
        seed: Annotated[int, typer.Option(help=said(_SEED))] = 0,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        asked = Asked(
            treatment=treatment,
            outcome=outcome,
            propensity=propensity,
            control=control,
            costs=dict(_cost(one) for one in cost or ()),
            worth=worth,
            ignored=tuple(ignore or ()),
            exposed_at=exposed_at,
            outcome_at=outcome_at,
        )
        read = history_of(read_columns(file), asked)
        learned = learn(read.history, read.stakes, seed=seed)
        told = report(read.history, learned=learned, assumed_even=read.assumed_even, seed=seed) | {
            "left_out": list(read.left_out),
            "unknown_rows": read.unknown_rows,
        }
        if as_json:
            result_json(told)
        else:
            _tell(told)


def _cost(given: str) -> tuple[str, float]:
    arm, _, amount = given.rpartition("=")
    try:
        cost = float(amount)
    except ValueError:
        raise CostUnreadable(given=given) from None
    if not arm:
        raise CostUnreadable(given=given)
    return arm, cost


def _tell(told: dict[str, Any]) -> None:
    """The report for a reader, the verdict first."""
    for sentence in told["sentences"]:
        result(sentence["zh" if language().startswith("zh") else "en"])
    counts = {"rows": told["rows"], "features": len(told["features"])}
    if told["unknown_rows"]:
        result(said(_UNKNOWN.fill(rows=f"{told['unknown_rows']:,}")))
    result("")
    result(said(_ROWS.fill(**counts, estimator=told["estimator"])))
    for arm in told["arms"]:
        shown = {"arm": arm["arm"], "rows": arm["rows"], "outcome": f"{arm['outcome']:.4f}"}
        share = f"{arm['chosen_for']:.0%}"
        result(said(_ARM.fill(**shown, gain=_interval(arm["gain"]), share=share)))
    result(said(_PERSONAL.fill(gain=_interval(told["personal"]["gain"]))))
    slopes = {name: _interval(one) for name, one in told["calibration"].items()}
    result(said(_SLOPE.fill(**slopes)))
    for ranking in told["rankings"]:
        _tell_ranking(ranking)


def _tell_ranking(ranking: dict[str, Any]) -> None:
    z = {name: f"{ranking[name]:.1f}" for name in ("rate_z", "autoc_z", "risk_rate_z")}
    result(
        said(
            _RATE.fill(
                arm=ranking["arm"],
                rate=z["rate_z"],
                autoc=z["autoc_z"],
                risk=z["risk_rate_z"],
            )
        )
    )
    for at in ranking["at"]:
        means = {name: f"{at[name]['value']:+.4f}" for name in ("by_effect", "by_risk")}
        result(
            said(
                _RANKING.fill(
                    arm=ranking["arm"],
                    share=f"{at['share']:.0%}",
                    at_random=f"{at['at_random']['value']:+.4f}",
                    beyond=_interval(at["beyond_risk"]),
                    **means,
                )
            )
        )


def _interval(estimate: dict[str, float]) -> str:
    return f"{estimate['value']:+.4f} [{estimate['low']:+.4f}, {estimate['high']:+.4f}]"
