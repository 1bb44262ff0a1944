"""Why somebody may leave, as the person who calls reads it."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.strategy.features import OBSERVED, FeatureKind
from tenure.understand.churn.reasons import sentence
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import RISKS

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw
    import pyarrow as pa

_PLACES = (1, 2, 3)
_COUNTED = {one for one, told in OBSERVED.items() if told.kind is not FeatureKind.TEXT}
_SHOWN = Sentence(zh="{name}（+{points} 个百分点）", en="{name} (+{points} points)")


def reasons_of(
    terms: Collection[int], *, on: date, currency: str
) -> Mapping[int, list[dict[str, str]]]:
    """Term → its strongest reasons on the last scored day, in both languages, strongest first.

    Args:
        currency: of the amounts that a reason may name.
    """
    import narwhals.stable.v2 as nw

    if not terms:
        return {}
    store, day = current_store(), day_number(on)
    scored = store.latest_day(RISKS, on_or_before=day)
    paths = [] if scored is None else store.paths(RISKS, from_day=scored, to_day=scored)
    if not paths:
        return {}
    asked = nw.col("term_id").is_in(sorted(terms))
    observed = store.paths(FEATURES, from_day=scored or 0, to_day=scored or 0)
    seen = str(observed[0]) if observed else ""
    rows = _risks(str(paths[0]), seen).filter(asked).rows(named=True)
    return {
        row["term_id"]: [_told(*reason, currency=currency) for reason in _reasons(row)]
        for row in rows
    }


@lru_cache(maxsize=2)
def _risks(path: str, observed: str) -> "nw.DataFrame[Any]":
    """The reasons of everybody on a day with what was observed, a number or null.

    A file never changes, and work is opened many times a day. Two days of a million terms are
    170 MB.

    Args:
        path: the file of risks.
        observed: the file of features of the same day, or "" where there is none.
    """
    import narwhals.stable.v2 as nw

    columns = [f"{what}_{place}" for place in _PLACES for what in ("reason", "share")]
    with open_engine(settings.TENURE_ENGINE, threads=1) as engine:
        risks = engine.scan([Path(path)], RISKS)
        told = risks.select("term_id", *columns)
        table = engine.collect(told)
        named = {
            name for place in _PLACES for name in table[f"reason_{place}"].unique().to_pylist()
        }
        if observed and (counted := sorted(named & _COUNTED)):
            features = engine.scan([Path(observed)], FEATURES).select("term_id", *counted)
            seen = engine.collect(told.join(features, on="term_id", how="left"))
            table = seen.select(["term_id", *columns])
            for place in _PLACES:
                table = table.append_column(f"value_{place}", _values(seen, place))
    return nw.from_native(table, eager_only=True)


def _values(seen: "pa.Table", place: int) -> "pa.ChunkedArray":
    """The values of the features that stand in a place, as numbers; null where none is counted."""
    import pyarrow as pa
    import pyarrow.compute as pc

    named = seen[f"reason_{place}"]
    found = pa.chunked_array([pa.nulls(len(seen), pa.float64())])
    for one in named.unique().to_pylist():
        if one in seen.column_names:
            is_named = pc.fill_null(pc.equal(named, one), False)
            found = pc.if_else(is_named, seen[one].cast(pa.float64()), found)
    return found


def _reasons(row: Mapping[str, object]) -> list[tuple[str, float, object]]:
    found = []
    for place in _PLACES:
        name, share = row[f"reason_{place}"], row[f"share_{place}"]
        if isinstance(name, str) and isinstance(share, float) and name in OBSERVED:
            found.append((name, share, row.get(f"value_{place}")))
    return found


def _told(feature: str, share: float, value: object, *, currency: str) -> dict[str, str]:
    """What was observed where it is known, else what it is about."""
    name = OBSERVED[feature].name
    seen = name if value is None else sentence(feature, value, currency=currency)
    said = _SHOWN.fill(name=seen, points=f"{share * 100:.1f}")
    return {"zh-Hans": said.zh, "en": said.en}
