"""`tenure price-test`: what a price did in a randomised test, or what people say about prices."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.uploads.texts import NotAmounts, amounts_of, read_texts
from tenure.surfaces.cli.terminal import result, result_json, said
from tenure.understand.voice.estimator.choices import Choices, Offered, willingness
from tenure.understand.voice.estimator.prices import (
    PricePoints,
    PriceTest,
    SurveyedPrices,
    check_balance,
    price_test,
    van_westendorp,
)

_HELP = Sentence(
    zh="价格敏感度：随机价格试验的弹性与区间；Van Westendorp 四问（--survey）；"
    "或选择题中每个属性值多少钱（--choice）。",
    en="Price sensitivity: the elasticity of a randomised price test with its interval, Van "
    "Westendorp's four questions (--survey), or what properties are worth in choices (--choice).",
)
_FILE = Sentence(
    zh="CSV（可为 .gz）、XLSX 或 Parquet 文件", en="a CSV (or .gz), XLSX or Parquet file"
)
_PRICE = Sentence(zh="每人看到的价格所在的列", en="the column of the price that each person saw")
_BOUGHT = Sentence(zh="是否购买（1/0）所在的列", en="the column that says who bought (1/0)")
_RANDOMISED = Sentence(zh="价格是随机分配的", en="the prices were given by lot")
_BEFORE = Sentence(
    zh="试验前就有的数值列，用来核对随机性，可重复",
    en="a numeric column from before the test, to check the lot by; may be repeated",
)
_SURVEY = Sentence(
    zh="四个价格列，用逗号分开：便宜得可疑,便宜,偏贵,贵得不考虑",
    en="four columns of prices between commas: too cheap,a bargain,expensive,too expensive",
)
_RISING = Sentence(zh="只用四个价格由低到高的回答", en="use only answers whose four prices rise")
_CHOICE = Sentence(
    zh="三列，用逗号分开：题号,是否选中（1/0）,价格；每行一个选项",
    en="three columns between commas: the task,taken (1/0),the price; a row for each offer",
)
_PROPERTY = Sentence(
    zh="选项的数值属性列，可重复", en="a numeric column of the offers; may be repeated"
)
_PERSON = Sentence(zh="答题人所在的列", en="the column of who answered")
_CHOSE = Sentence(
    zh="{people} 人的 {tasks} 道选择题；价格系数 {price}（对数似然 {ll}，随机选择为 {chance}）",
    en="{tasks} choices of {people} people; coefficient of the price {price} (log-likelihood {ll}, "
    "by lot {chance})",
)
_WORTH = Sentence(
    zh="{name}：每多 1 值 {worth}（95% 区间 {low} 至 {high}；"
    "Krinsky–Robb {drawn_low} 至 {drawn_high}）",
    en="{name}: one more is worth {worth} (95 % interval {low} to {high}; Krinsky–Robb {drawn_low} "
    "to {drawn_high})",
)
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_AT = Sentence(
    zh="{price}：{people} 人中 {bought} 人购买，{share}（{low}–{high}）；人均收入 {revenue}",
    en="{price}: {bought} of {people} bought, {share} ({low} to {high}); revenue a head {revenue}",
)
_ELASTICITY = Sentence(
    zh="价格弹性 {value}（95 % 区间 {low} 至 {high}）：价格涨 1 %，购买者约变化 {value} %。",
    en="Elasticity {value} (95 % interval {low} to {high}): 1 % more price changes the buyers by "
    "about {value} %.",
)
_BEST = Sentence(
    zh="试过的价格中，人均收入最高的是 {best}。",
    en="Of the prices that were tried, {best} brought most a head.",
)
_POINTS = Sentence(
    zh="{answers} 份回答，{contradictory} 份前后矛盾",
    en="{answers} answers, {contradictory} contradict themselves",
)
_NAMES = {
    "pmc": Sentence(
        zh="边际便宜点（太便宜 × 偏贵）", en="marginal cheapness (too cheap × expensive)"
    ),
    "opp": Sentence(
        zh="最小阻力价（太便宜 × 太贵）", en="least resistance (too cheap × too expensive)"
    ),
    "idp": Sentence(zh="无差异价（便宜 × 偏贵）", en="indifference (bargain × expensive)"),
    "pme": Sentence(
        zh="边际昂贵点（便宜 × 太贵）", en="marginal expensiveness (bargain × too expensive)"
    ),
}


class NoColumnsNamed(Refusal):
    """Neither a test's two columns nor a survey's four."""

    code = "no_columns_named"
    said = Sentence(
        zh="请用 --price 和 --bought 指明试验的两列，用 --survey 指明问卷的四列，"
        "或用 --choice 指明选择题的三列并至少给一个 --property。",
        en="Name the two columns of a test with --price and --bought, the four of a survey with "
        "--survey, or the three of choices with --choice and a --property.",
    )


def register(app: typer.Typer) -> None:
    """Add `price-test`."""

    @app.command("price-test", help=said(_HELP))
    def command(
        file: Annotated[Path, typer.Argument(help=said(_FILE))],
        price: Annotated[str, typer.Option(help=said(_PRICE))] = "",
        bought: Annotated[str, typer.Option(help=said(_BOUGHT))] = "",
        randomised: Annotated[bool, typer.Option("--randomised", help=said(_RANDOMISED))] = False,
        before: Annotated[list[str] | None, typer.Option(help=said(_BEFORE))] = None,
        survey: Annotated[str, typer.Option(help=said(_SURVEY))] = "",
        only_rising: Annotated[bool, typer.Option("--only-rising", help=said(_RISING))] = False,
        choice: Annotated[str, typer.Option(help=said(_CHOICE))] = "",
        properties: Annotated[
            list[str] | None, typer.Option("--property", help=said(_PROPERTY))
        ] = None,
        person: Annotated[str, typer.Option(help=said(_PERSON))] = "",
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        found: PricePoints | PriceTest | Choices
        of_choice = [one.strip() for one in choice.split(",") if one.strip()]
        columns = [one.strip() for one in survey.split(",") if one.strip()]
        if len(of_choice) == 3 and properties:
            found = _chosen(file, of_choice, properties, person=person)
        elif len(columns) == 4:
            found = _surveyed(file, columns, only_rising=only_rising)
        elif price and bought:
            found = _tested(file, (price, bought), before or [], is_randomised=randomised)
        else:
            raise NoColumnsNamed
        if as_json:
            result_json(msgspec.to_builtins(found))
        elif isinstance(found, PricePoints):
            _tell_points(found)
        elif isinstance(found, Choices):
            _tell_choices(found)
        else:
            _tell_test(found)


def _chosen(file: Path, named: list[str], properties: list[str], *, person: str) -> Choices:
    task, taken, price = named
    read = read_texts(file, [*named, *properties, *([person] if person else [])])
    took = amounts_of(read[taken], column=taken)
    if wrong := next((read[taken][n] for n, one in enumerate(took) if one not in (0, 1)), ""):
        raise NotAmounts(column=taken, example=wrong)
    offered = Offered(
        task=read[task],
        taken=[one == 1 for one in took],
        price=_floats(read[price], column=price),
        properties={name: _floats(read[name], column=name) for name in properties},
        person=read[person] if person else None,
    )
    return willingness(offered)


def _floats(texts: list[str], *, column: str) -> list[float]:
    amounts = amounts_of(texts, column=column)
    return [float("nan") if one is None else float(one) for one in amounts]


def _tell_choices(found: Choices) -> None:
    facts = {"tasks": found.tasks, "people": found.people, "price": f"{found.price:.4f}"}
    likelihoods = {"ll": f"{found.log_likelihood:.2f}", "chance": f"{found.of_chance:.2f}"}
    result(said(_CHOSE.fill(**facts, **likelihoods)))
    for one in found.worths:
        bounds = {name: f"{getattr(one, name):.2f}"
                  for name in ("worth", "low", "high", "drawn_low", "drawn_high")}  # fmt: skip
        result(said(_WORTH.fill(name=one.name, **bounds)))


def _surveyed(file: Path, columns: list[str], *, only_rising: bool) -> PricePoints:
    read = read_texts(file, columns)
    amounts = [
        [float("nan") if one is None else float(one) for one in amounts_of(read[name], column=name)]
        for name in columns
    ]
    return van_westendorp(SurveyedPrices(*amounts), only_rising=only_rising)


def _tested(
    file: Path, names: tuple[str, str], before: list[str], *, is_randomised: bool
) -> PriceTest:
    price, bought = names
    read = read_texts(file, [price, bought, *before])
    prices, took = (amounts_of(read[name], column=name) for name in names)
    kept = [n for n, one in enumerate(prices) if one is not None and took[n] is not None]
    seen = [float(prices[n] or 0) for n in kept]
    if any(took[n] not in (0, 1) for n in kept):
        wrong = next(read[bought][n] for n in kept if took[n] not in (0, 1))
        raise NotAmounts(column=bought, example=wrong)
    if is_randomised:
        for name in before:
            amounts = amounts_of(read[name], column=name)
            was = [float("nan") if amounts[n] is None else float(amounts[n] or 0) for n in kept]
            check_balance(seen, was, column=name)
    return price_test(seen, [took[n] == 1 for n in kept], is_randomised=is_randomised)


def _tell_points(found: PricePoints) -> None:
    result(said(_POINTS.fill(answers=found.answers, contradictory=found.contradictory)))
    for name, about in _NAMES.items():
        value, low, high = getattr(found, name)
        result(f"{name.upper()}  {value:.2f}  ({low:.2f} – {high:.2f})  {said(about)}")


def _tell_test(found: PriceTest) -> None:
    for one in found.prices:
        share, low, high = (f"{x:.1%}" for x in (one.share, one.low, one.high))
        facts = {"price": f"{one.price:g}", "people": one.people, "bought": one.bought}
        revenue = f"{one.revenue_per_person:.2f}"
        result(said(_AT.fill(**facts, share=share, low=low, high=high, revenue=revenue)))
    value, low, high = (f"{x:+.2f}" for x in (found.elasticity, found.low, found.high))
    result(said(_ELASTICITY.fill(value=value, low=low, high=high)))
    result(said(_BEST.fill(best=f"{found.best:g}")))
