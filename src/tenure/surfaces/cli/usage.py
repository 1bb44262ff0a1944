"""`tenure usage`: bring in what was used of each meter, a row for each contract, meter and day."""

from pathlib import Path
from typing import Annotated

import typer

from tenure.kernel.clock import SystemClock, today
from tenure.kernel.failures import Sentence
from tenure.observe.uploads.texts import amounts_of, dates_of, read_texts
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Subscription
from tenure.records.subscriptions.usage.actions import Used, note_usage
from tenure.surfaces.cli.ground import make_records
from tenure.surfaces.cli.terminal import result, result_json, said

_HELP = Sentence(
    zh="导入用量：每行一份合同、一个计量项、一天；同一天再导入以新数为准，不会累加。",
    en="Bring in what was used: a row for a contract, a meter and a day; a day told again takes "
    "the newer number and is never added.",
)
_FILE = Sentence(zh="CSV、XLSX 或 Parquet 文件", en="a CSV, XLSX or Parquet file")
_CONTRACT = Sentence(zh="合同编号所在的列", en="the column of the contract's number")
_METER = Sentence(zh="计量项所在的列", en="the column of the meter, such as api_calls")
_DAY = Sentence(zh="日期所在的列", en="the column of the day")
_UNITS = Sentence(zh="用量所在的列，整数", en="the column of the units, whole numbers")
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_DONE = Sentence(
    zh="读取 {read} 行，变更 {changed} 行；{unknown} 行的合同不存在，{bad} 行缺日期或整数用量",
    en="{read} rows read, {changed} changed; {unknown} of no contract that we know, {bad} without "
    "a day or whole units",
)


def register(app: typer.Typer) -> None:
    """Add `usage`."""

    @app.command(help=said(_HELP))
    def usage(
        file: Annotated[Path, typer.Argument(help=said(_FILE))],
        contract: Annotated[str, typer.Option(help=said(_CONTRACT))] = "contract",
        meter: Annotated[str, typer.Option(help=said(_METER))] = "meter",
        day: Annotated[str, typer.Option(help=said(_DAY))] = "day",
        units: Annotated[str, typer.Option(help=said(_UNITS))] = "units",
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        read = read_texts(file, [contract, meter, day, units])
        days, amounts = dates_of(read[day], column=day), amounts_of(read[units], column=units)
        make_records()
        named = Subscription.objects.filter(external_id__in=set(read[contract])).order_by("-pk")
        chains = dict(named.values_list("external_id", "pk"))
        found, unknown, bad = [], 0, 0
        for name, of, on, many in zip(read[contract], read[meter], days, amounts, strict=True):
            if name not in chains:
                unknown += 1
            elif on is None or not of or many is None or many < 0 or many % 1:
                bad += 1
            else:
                found.append(Used(chains[name], of, on, int(many)))
        at = SystemClock().now()
        changed = note_usage(found, on=today(current().business.zone, at), at=at, by="cli")
        counts = {"read": len(days), "changed": changed, "unknown": unknown, "bad": bad}
        if as_json:
            result_json(counts)
        else:
            result(said(_DONE.fill(**counts)))
