"""`tenure corrections`: which past days read otherwise by now, because events came late."""

from datetime import date, timedelta
from typing import Annotated, Any, Final

import typer

from tenure.kernel import clock
from tenure.kernel.failures import Sentence
from tenure.records.jobs.queries import last_finished
from tenure.records.strategies.queries import current
from tenure.strategy.features import OBSERVED
from tenure.surfaces.cli.days import day_of
from tenure.surfaces.cli.ground import records_to_look_at
from tenure.surfaces.cli.terminal import language, result, result_json, said
from tenure.understand.features.queries import Correction, corrections

DAYS: Final = 90
_HELP = Sentence(
    zh="哪些以往日期因迟到的事件而更正了特征：当时所知与更正之后都保留。",
    en="Which past days late events corrected; what was known then is kept beside it.",
)
_SINCE = Sentence(
    zh="从哪一天起，如 2026-03-11；默认为 90 天前",
    en="the first day; 90 days back if not given",
)
_JSON = Sentence(zh="以 JSON 输出", en="as JSON")
_NONE = Sentence(zh="{since} 以来没有任何一天被更正。", en="No day since {since} was corrected.")
_LINE = Sentence(
    zh="{day}：{terms} 个订阅周期的特征已更正（当时所知截至 {known}，更正于 {corrected}）：{moved}",
    en="{day}: {terms} terms corrected (known then at {known}, corrected at {corrected}): {moved}",
)


def register(app: typer.Typer) -> None:
    """Add `corrections`."""

    @app.command(help=said(_HELP))
    def corrections(
        since: Annotated[str, typer.Option(help=said(_SINCE))] = "",
        as_json: Annotated[bool, typer.Option("--json", help=said(_JSON))] = False,
    ) -> None:
        with records_to_look_at():
            first, rows = rows_since(since)
        if as_json:
            result_json(rows)
            return
        for row in rows:
            result(said(_LINE.fill(**row, moved=told(row["features"]))))
        if not rows:
            result(said(_NONE.fill(since=first)))


def rows_since(since: str) -> tuple[date, list[dict[str, Any]]]:
    """The first day asked about, and one row per corrected day, the last one first."""
    last = last_finished()
    until = last.as_of if last else clock.today(current().business.zone, clock.now())
    first = day_of(since) if since else until - timedelta(days=DAYS)
    return first, [_row(one) for one in corrections(since=first, until=until)]


def _row(one: Correction) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(),
        "terms": one.terms,
        "known": one.known_at.isoformat(timespec="seconds"),
        "corrected": one.corrected_at.isoformat(timespec="seconds"),
        "features": dict(one.features),
    }


def told(features: dict[str, int]) -> str:
    """The features that moved, those of most terms first."""
    most = sorted(features.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{OBSERVED[name].name.say(language())} {count}" for name, count in most)
