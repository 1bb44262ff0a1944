"""`tenure health`: what the score is made of, what came of it, and what other weights would do."""

from typing import Annotated, Any

import typer

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.strategies.queries import current
from tenure.surfaces.cli.days import day_of
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import language, result, result_json, said
from tenure.understand.health.previewing import changed, preview
from tenure.understand.health.studying import newest, told_why
from tenure.understand.segments.population import last_day

_ABOUT = Sentence(zh="健康分：构成、回测、换权重的影响。", en="The health score, judged.")
_SHOW = Sentence(
    zh="各套评分的权重、学到的权重与回测。",
    en="Each score: its weights, learned ones, and the back-test by tenths.",
)
_PREVIEW = Sentence(
    zh="换权重或介入线会影响多少客户；不保存。",
    en="What other weights or another line would do; nothing is saved.",
)
_AS_OF = Sentence(
    zh="哪一天，如 2026-03-11；默认为最近算完的一天",
    en="the day; the last filled one if not given",
)
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_WEIGHT = Sentence(zh="如 usage=40，可重复", en="such as usage=40; may be repeated")
_LINE = Sentence(zh="介入线", en="the line below which we intervene")
_BELOW = Sentence(
    zh="{terms} 个在网合约中低于线的：现在 {now}，之后 {then}（新增 {more}，减少 {less}）。",
    en="Below the line, of {terms} live terms: {now} now, {then} then ({more} newly, {less} no "
    "longer).",
)

AsOf = Annotated[str, typer.Option(help=said(_AS_OF))]
Json = Annotated[bool, typer.Option("--json", help=said(_JSON))]


class NotAWeight(Refusal):
    """Something else than part=number."""

    code = "not_a_weight"
    said = Sentence(
        zh="“{given}”不是权重；请写成 usage=40。",
        en="“{given}” is not a weight; write it like usage=40.",
    )


def register(app: typer.Typer) -> None:
    """Add `tenure health`."""
    verbs = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    verbs.command("show", help=said(_SHOW))(show)
    verbs.command("preview", help=said(_PREVIEW))(show_preview)
    app.add_typer(verbs, name="health")


def show(as_of: AsOf = "", as_json: Json = False) -> None:
    with records_to_look_at():
        on = last_day(as_of=day_of(as_of) if as_of else None)
        rows: list[dict[str, Any]] = []
        for one in current().at(on).health.sets:
            made = newest(one, as_of=on)
            why = told_why(made) if made else None
            rows.append(
                {
                    "set": one.id,
                    "version": one.version,
                    "weights": str(one.basis),
                    "written": {part.id: part.weight for part in one.components},
                    "learned": made.weights if made else {},
                    "n": made.n if made else 0,
                    "renewed": made.renewed if made else 0,
                    "figures": made.figures if made else {},
                    "why": why.say(language()) if why else "",
                }
            )
    if as_json:
        result_json(rows)
        return
    for row in rows:
        result(f"{row['set']}  {row['version']}  {row['weights']}  n {row['n']}")
        for part, weight in row["written"].items():
            result(f"  {part:<16} {weight:>5} {row['learned'].get(part, '—'):>9}")
        for tenth in row["figures"].get("tenths", []):
            interval = f"{tenth['least']:.1%}–{tenth['most']:.1%}"
            scores = f"{tenth['low']:>5.0f}–{tenth['high']:<5.0f}"
            result(f"  {scores} n {tenth['n']:>7,}  {tenth['share']:.1%}  {interval}")
        if row["why"]:
            result(f"  {row['why']}")


def show_preview(
    *,
    weight: Annotated[list[str] | None, typer.Option(help=said(_WEIGHT))] = None,
    line: Annotated[float | None, typer.Option(help=said(_LINE))] = None,
    as_of: AsOf = "",
    as_json: Json = False,
) -> None:
    weights = dict(_weight(given) for given in weight or [])
    with records_to_look_at():
        on = last_day(as_of=day_of(as_of) if as_of else None)
        strategy = current().at(on)
        draft = changed(strategy.health, weights=weights, threshold=line)
        found = preview(draft, strategy=strategy, as_of=on)
    if as_json:
        result_json(
            {
                "as_of": found.on,
                "terms": found.terms,
                "below_now": found.below_now,
                "below_then": found.below_then,
                "newly_below": found.newly_below,
                "no_longer_below": found.no_longer_below,
            }
        )
        return
    told = _BELOW.fill(
        terms=found.terms,
        now=found.below_now,
        then=found.below_then,
        more=found.newly_below,
        less=found.no_longer_below,
    )
    result(said(told))


def _weight(given: str) -> tuple[str, int]:
    name, _, value = given.partition("=")
    if not value.isascii() or not value.isdigit():
        raise NotAWeight(given=given)
    return name, int(value)
