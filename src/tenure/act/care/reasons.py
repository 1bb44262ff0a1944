"""Why somebody may leave, as the person who calls reads it."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.strategy.features import OBSERVED
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import RISKS

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

_PLACES = (1, 2, 3)
_SHOWN = Sentence(zh="{name}（+{points} 个百分点）", en="{name} (+{points} points)")


def reasons_of(terms: Collection[int], *, on: date) -> Mapping[int, list[dict[str, str]]]:
    """Term → its strongest reasons on the last scored day, in both languages, strongest first."""
    import narwhals.stable.v2 as nw

    if not terms:
        return {}
    store, day = current_store(), day_number(on)
    scored = store.latest_day(RISKS, on_or_before=day)
    paths = [] if scored is None else store.paths(RISKS, from_day=scored, to_day=scored)
    if not paths:
        return {}
    asked = nw.col("term_id").is_in(sorted(terms))
    rows = _risks(str(paths[0])).filter(asked).rows(named=True)
    return {row["term_id"]: [_told(*reason) for reason in _reasons(row)] for row in rows}


@lru_cache(maxsize=2)
def _risks(path: str) -> "nw.DataFrame[Any]":
    """The reasons of everybody on a day. A file never changes, and work is opened many times a day.

    Two days of a million terms are 120 MB.
    """
    import narwhals.stable.v2 as nw

    columns = [f"{what}_{place}" for place in _PLACES for what in ("reason", "share")]
    with open_engine(settings.TENURE_ENGINE, threads=1) as engine:
        risks = engine.scan([Path(path)], RISKS)
        table = engine.collect(risks.select("term_id", *columns))
    return nw.from_native(table, eager_only=True)


def _reasons(row: Mapping[str, object]) -> list[tuple[str, float]]:
    found = []
    for place in _PLACES:
        name, share = row[f"reason_{place}"], row[f"share_{place}"]
        if isinstance(name, str) and isinstance(share, float) and name in OBSERVED:
            found.append((name, share))
    return found


def _told(feature: str, share: float) -> dict[str, str]:
    said = _SHOWN.fill(name=OBSERVED[feature].name, points=f"{share * 100:.1f}")
    return {"zh-Hans": said.zh, "en": said.en}
