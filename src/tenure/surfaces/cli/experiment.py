"""`tenure experiment`: read any experiment from a table, and plan the size of the next one."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.observe.uploads.columns import read_columns
from tenure.prove.experiments.analysis import analyse
from tenure.prove.experiments.plan import Plan
from tenure.prove.experiments.refusals import BadGuardrail, BadWeights
from tenure.prove.experiments.telling import as_values, registered, sentences
from tenure.prove.statistics.sizes import NoChange, duration, needed_in_total
from tenure.surfaces.cli.days import day_of
from tenure.surfaces.cli.terminal import result, result_json, said

_ABOUT = Sentence(
    zh="读任何一张实验表，或规划下一个实验的样本量。",
    en="Read any experiment from a table, or plan the size of the next one.",
)
_READ = Sentence(
    zh="读一张每行一个单位的表：先查样本比例，再说各指标。",
    en="Read a table with one row per unit: the sample ratio first, then each metric.",
)
_SIZE = Sentence(zh="需要多少客户、多少周。", en="How many customers it takes, and how many weeks.")
_FILE = Sentence(zh="CSV 或 Parquet 文件", en="a CSV or Parquet file")
_ARM = Sentence(zh="分组所在的列", en="the column that holds the arm")
_METRIC = Sentence(
    zh="指标列，第一个为主指标；比率写作“分子 / 分母”，时间写作“天数 until 是否离开”；可重复",
    en="a metric, the primary one first; a ratio as “over / below”, a time as “days until left”; "
    "may be repeated",
)
_CONTROL = Sentence(zh="对照组的名字", en="the name of the control arm")
_UNIT = Sentence(zh="单位编号所在的列", en="the column that holds the unit's id")
_PAST = Sentence(
    zh="实验前测得的列（用于降低方差）；可重复",
    en="a column measured before it began, to reduce the variance; may be repeated",
)
_STRATA = Sentence(
    zh="分组之前就已写定的列，各组在它的每一层内比较（事后分层）；可重复",
    en="a column known before the lot, within whose levels arms are compared (post-stratification);"
    " may be repeated",
)
_SEGMENT = Sentence(zh="人群列；可重复", en="a segment column; may be repeated")
_EXPECTED = Sentence(zh="承诺的比例，如 a=1,b=1", en="the promised shares, such as a=1,b=1")
_GUARD = Sentence(
    zh="护栏：指标=还能承受的损害，如 kept=0.01；可重复",
    en="a guardrail: metric=harm still borne, such as kept=0.01; may be repeated",
)
_EXPOSED = Sentence(zh="接触时间列", en="the column that says when a unit was exposed")
_KNOWN = Sentence(zh="结果时间列", en="the column that says when its outcome was known")
_PLANNED = Sentence(
    zh="计划读数日；之前固定期限的结果不解锁",
    en="the planned day of the readout; before it the fixed-horizon result is locked",
)
_HORIZON = Sentence(
    zh="时间计到第几天；不写则计到每组都跟踪到的那天",
    en="how far a time is counted; as far as every arm was followed if not given",
)
_RIPENING = Sentence(zh="结果成熟还需要的天数", en="days that outcomes take to ripen")
_ON = Sentence(zh="读数日，默认今天", en="the day of the reading, today if not given")
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_BASE = Sentence(zh="现在的比率，如 0.8", en="the rate as it is, such as 0.8")
_CHANGE = Sentence(zh="最小关注的变化，如 0.02", en="the least change worth finding, such as 0.02")
_SHARE = Sentence(zh="对照组占比", en="the share of the control arm")
_WEEKLY = Sentence(zh="每周到期的客户数", en="customers that become due each week")
_NEEDS = Sentence(
    zh="需要 {customers} 个客户，其中对照组 {control} 个。",
    en="It takes {customers} customers, {control} of them in the control arm.",
)
_LASTS = Sentence(
    zh="入组 {entering} 周，再等 {ripening} 周成熟，共 {weeks} 周。",
    en="{entering} weeks of customers, {ripening} more until outcomes are known: {weeks} weeks.",
)


# More digits than any share has are a slip of the hand.
_WHOLE = re.compile(r"[0-9]{1,9}")


def register(app: typer.Typer) -> None:
    """Add `experiment read` and `experiment size`."""
    group = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    app.add_typer(group, name="experiment")
    _register_read(group)
    _register_size(group)


def _register_read(group: typer.Typer) -> None:
    @group.command(help=said(_READ))
    def read(
        file: Annotated[Path, typer.Argument(help=said(_FILE))],
        arm: Annotated[str, typer.Option(help=said(_ARM))],
        metric: Annotated[list[str], typer.Option(help=said(_METRIC))],
        control: Annotated[str, typer.Option(help=said(_CONTROL))] = "",
        unit: Annotated[str, typer.Option(help=said(_UNIT))] = "",
        past: Annotated[list[str] | None, typer.Option(help=said(_PAST))] = None,
        strata: Annotated[list[str] | None, typer.Option(help=said(_STRATA))] = None,
        segment: Annotated[list[str] | None, typer.Option(help=said(_SEGMENT))] = None,
        expected: Annotated[str, typer.Option(help=said(_EXPECTED))] = "",
        guardrail: Annotated[list[str] | None, typer.Option(help=said(_GUARD))] = None,
        exposed: Annotated[str, typer.Option(help=said(_EXPOSED))] = "",
        known: Annotated[str, typer.Option(help=said(_KNOWN))] = "",
        planned: Annotated[str, typer.Option(help=said(_PLANNED))] = "",
        ripening_days: Annotated[int, typer.Option(help=said(_RIPENING), min=0)] = 0,
        horizon: Annotated[float, typer.Option(help=said(_HORIZON), min=0)] = 0,
        on: Annotated[str, typer.Option(help=said(_ON))] = "",
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        plan = Plan(
            arm=arm,
            metrics=tuple(dict.fromkeys(metric)),
            control=control,
            unit=unit,
            past=tuple(past or ()),
            strata=tuple(strata or ()),
            segments=tuple(segment or ()),
            weights=_weights(expected),
            guardrails=_guardrails(guardrail or [], metrics=metric),
            exposed=exposed,
            known=known,
            planned_on=day_of(planned) if planned else None,
            ripening_days=ripening_days,
            horizon=horizon,
        )
        _tell(file, plan, on=day_of(on) if on else clock.now().date(), as_json=as_json)


def _register_size(group: typer.Typer) -> None:
    @group.command(help=said(_SIZE))
    def size(
        base: Annotated[float, typer.Option(help=said(_BASE))],
        change: Annotated[float, typer.Option(help=said(_CHANGE))],
        control_share: Annotated[
            float, typer.Option(help=said(_SHARE), min=0.001, max=0.999)
        ] = 0.5,
        per_week: Annotated[int, typer.Option(help=said(_WEEKLY), min=0)] = 0,
        ripening_days: Annotated[int, typer.Option(help=said(_RIPENING), min=0)] = 30,
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        found = planned_size(base, change, control_share=control_share)
        lasts = (
            duration(found["customers"], per_week=per_week, ripening_days=ripening_days)
            if per_week
            else None
        )
        if lasts is not None:
            found |= {
                "weeks_entering": lasts.weeks_entering,
                "weeks_ripening": lasts.weeks_ripening,
                "weeks": lasts.weeks,
            }
        if as_json:
            result_json(found)
            return
        result(said(_NEEDS.fill(customers=found["customers"], control=found["control"])))
        if lasts is not None:
            result(
                said(
                    _LASTS.fill(
                        entering=lasts.weeks_entering,
                        ripening=lasts.weeks_ripening,
                        weeks=lasts.weeks,
                    )
                )
            )


def planned_size(base: float, change: float, *, control_share: float) -> dict[str, Any]:
    """Customers of both arms, and those of the control.

    Raises:
        NoChange: a rate outside 0 to 1, or no change.
    """
    if not (0 < base < 1 and 0 < base + change < 1) or change == 0:
        raise NoChange(base=f"{base:g}", change=f"{change:g}")
    customers = needed_in_total(base, base + change, control_share=control_share)
    return {"customers": customers, "control": round_up(customers * control_share)}


def round_up(customers: float) -> int:
    """Whole customers."""
    return -int(-customers // 1)


def _tell(file: Path, plan: Plan, *, on: date, as_json: bool) -> None:
    readout = analyse(read_columns(file), plan, file=file.name, on=on)
    if as_json:
        result_json(as_values(readout))
        return
    told = sentences(readout, guardrails=dict(plan.guardrails))
    for sentence in (*told, *registered(readout, plan, on=on)):
        result(said(sentence))


def _weights(text: str) -> dict[str, int]:
    """Shares written as a=1,b=1."""
    found = {}
    for part in filter(None, text.split(",")):
        arm, _, weight = part.rpartition("=")
        if not arm or not _WHOLE.fullmatch(weight.strip()) or int(weight) == 0:
            raise BadWeights(text=text, example="a=1,b=1")
        found[arm.strip()] = int(weight)
    return found


def _guardrails(texts: list[str], *, metrics: list[str]) -> dict[str, float]:
    """Margins written as metric=0.01."""
    found = {}
    for text in texts:
        metric, _, margin = text.rpartition("=")
        try:
            found[metric.strip()] = float(margin)
        except ValueError:
            raise BadGuardrail(text=text, metrics=", ".join(metrics)) from None
    return found
