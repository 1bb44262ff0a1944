"""`tenure network`: how good a line is, from its outages or from what its path measures."""

from datetime import datetime, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from tenure.kernel.failures import Refusal, Sentence
from tenure.observe.uploads.texts import read_texts
from tenure.surfaces.cli.terminal import result, result_json, said
from tenure.understand.network.rules import (
    G711,
    G729A,
    Outage,
    availability,
    credit_percent,
    given_back_minor,
    mos,
    rating,
    rebate_minor,
)

_ABOUT = Sentence(zh="线路质量：可用率与赔付，通话评分。", en="Availability and credits; voice.")
_AVAILABILITY = Sentence(
    zh="一段时间的可用率、服务抵扣与停用退费；重叠的中断合并，计划内的两边都不计。",
    en="Availability of a period, the credit and the rebate for it: outages that overlap count "
    "once, planned ones come off both sides.",
)
_VOICE = Sentence(
    zh="由时延与丢包算 R 值与 MOS（ITU-T G.107 简化式）。",
    en="The rating factor and the mean opinion score from delay and loss (ITU-T G.107).",
)
_FILE = Sentence(
    zh="中断清单：began、ended、planned（1 为计划内）三列",
    en="the outages: columns began, ended and planned (1 where announced in time)",
)
_DURING = Sentence(
    zh="哪段时间，末端不含，如 2026-06-01/2026-07-01",
    en="the period, its end not counted, such as 2026-06-01/2026-07-01",
)
_FEE = Sentence(zh="月费，最小货币单位（分）", en="the monthly fee in minor units (cents)")
_ZONE = Sentence(zh="没有时区的时间属于哪个时区", en="the zone of times without one")
_DELAY = Sentence(zh="单向时延，毫秒", en="the delay one way, in milliseconds")
_LOSS = Sentence(zh="丢包率，%", en="lost packets, in percent")
_CODEC = Sentence(zh="编码器", en="the codec")
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_DOWN = Sentence(
    zh="非计划停用 {down} 分钟，可用率 {share}；抵扣 {percent}% 或退费 {rebate}，取大者：{paid}。",
    en="{down} minutes down without a plan, availability {share}; a credit of {percent} % or a "
    "rebate of {rebate}, whichever is more: {paid}.",
)
_SCORES = Sentence(zh="R {r}，MOS {mos}", en="R {r}, MOS {mos}")
_PLANNED: Final = ("1", "yes", "true", "是", "planned", "计划")


class Codecs(StrEnum):
    """The codecs whose figures G.113 gives."""

    G711 = "g711"
    G729A = "g729a"


class NotAnInstant(Refusal):
    """Something else than a day or an instant."""

    code = "not_an_instant"
    said = Sentence(
        zh="“{text}”不是时间；请写成 2026-06-01 或 2026-06-01T02:00。",
        en="“{text}” is no time; write it like 2026-06-01 or 2026-06-01T02:00.",
    )


class EmptyPeriod(Refusal):
    """A period that ends before it begins."""

    code = "empty_period"
    said = Sentence(
        zh="这段时间没有一分钟：{since} 到 {until}；请更正。",
        en="There is no minute from {since} to {until}; correct one of them.",
    )


def register(app: typer.Typer) -> None:
    """Add `tenure network`."""
    verbs = typer.Typer(help=said(_ABOUT), no_args_is_help=True)
    verbs.command("availability", help=said(_AVAILABILITY))(of_outages)
    verbs.command("voice", help=said(_VOICE))(of_path)
    app.add_typer(verbs, name="network")


def of_outages(
    file: Annotated[Path, typer.Argument(help=said(_FILE))],
    *,
    during: Annotated[str, typer.Option(help=said(_DURING))],
    fee: Annotated[int, typer.Option(min=0, help=said(_FEE))] = 0,
    zone: Annotated[str, typer.Option(help=said(_ZONE))] = "Asia/Shanghai",
    as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
) -> None:
    """G24 on a file of one's own."""
    read = read_texts(file, ["began", "ended", "planned"])
    place = _zone(zone)
    outages = [
        Outage(
            _instant(began, place),
            _instant(ended, place),
            is_planned=planned.casefold() in _PLANNED,
        )
        for began, ended, planned in zip(read["began"], read["ended"], read["planned"], strict=True)
    ]
    begins, ends = _period(during, place)
    found = availability(outages, begins=begins, ends=ends)
    told = {
        "downtime_minutes": found.down_minutes,
        "planned_minutes": found.planned_minutes,
        "availability": f"{float(found.share):.6f}",
        "credit_percent": credit_percent(found),
        "outage_rebate_minor": rebate_minor(found, fee_minor=fee),
        "paid_minor": given_back_minor(found, fee_minor=fee),
    }
    if as_json:
        result_json(told)
        return
    result(
        said(
            _DOWN.fill(
                down=told["downtime_minutes"],
                share=f"{float(found.share):.4%}",
                percent=told["credit_percent"],
                rebate=told["outage_rebate_minor"],
                paid=told["paid_minor"],
            )
        )
    )


def of_path(
    *,
    delay_ms: Annotated[float, typer.Option(min=0, help=said(_DELAY))],
    loss_percent: Annotated[float, typer.Option(min=0, max=100, help=said(_LOSS))] = 0.0,
    codec: Annotated[Codecs, typer.Option(help=said(_CODEC))] = Codecs.G711,
    as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
) -> None:
    """G25 for one path."""
    suffers = G711 if codec is Codecs.G711 else G729A
    r = rating(delay_ms=delay_ms, loss_percent=loss_percent, codec=suffers)
    told = {"R": f"{r:.2f}", "MOS": f"{mos(r):.2f}"}
    if as_json:
        result_json(told)
    else:
        result(said(_SCORES.fill(r=told["R"], mos=told["MOS"])))


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise NotAnInstant(text=name) from None


def _period(text: str, zone: tzinfo) -> tuple[datetime, datetime]:
    since, _, until = text.partition("/")
    begins, ends = _instant(since, zone), _instant(until, zone)
    if ends <= begins:
        raise EmptyPeriod(since=since, until=until)
    return begins, ends


def _instant(text: str, zone: tzinfo) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise NotAnInstant(text=text[:40]) from None
    return found if found.tzinfo else found.replace(tzinfo=zone)
