"""Why somebody may leave, as the person who calls reads it."""

from collections.abc import Collection, Mapping
from datetime import date

from django.conf import settings

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.strategy.features import OBSERVED
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import RISKS

_PLACES = (1, 2, 3)
_SHOWN = Sentence(zh="{name}（+{points} 个百分点）", en="{name} (+{points} points)")


def reasons_of(terms: Collection[int], *, on: date) -> Mapping[int, list[dict[str, str]]]:
    """Term → its strongest reasons on the last scored day, in both languages, strongest first."""
    import narwhals.stable.v2 as nw

    if not terms:
        return {}
    with open_engine(settings.TENURE_ENGINE) as engine:
        risks = current_store().read_latest(RISKS, on_or_before=day_number(on), engine=engine)
        rows = engine.collect(risks.filter(nw.col("term_id").is_in(sorted(terms)))).to_pylist()
    return {row["term_id"]: [_told(*reason) for reason in _reasons(row)] for row in rows}


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
