"""Risks of several terms at once, and what is usual among those on the same plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from tenure.kernel.periods import day_number
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import RISKS


def risks_of_terms(term_ids: Collection[int], *, on: date) -> Mapping[int, tuple[int, float]]:
    """Term → band and probability on a day, for those that were scored: one query."""
    import narwhals.stable.v2 as nw

    if not term_ids:
        return {}
    day = day_number(on)
    with open_engine(settings.TENURE_ENGINE, threads=1) as engine:
        risks = current_store().read(RISKS, engine=engine, from_day=day, to_day=day)
        mine = risks.filter(nw.col("term_id").is_in(sorted(term_ids)))
        rows = engine.collect(mine.select("term_id", "band", "p_lapse")).to_pylist()
    return {row["term_id"]: (row["band"], row["p_lapse"]) for row in rows}


def riskiest(*, on: date, first: int, count: int) -> list[int]:
    """Terms of a day by their probability of not being renewed, the highest first.

    Args:
        first: how many are passed over.
    """

    day = day_number(on)
    with open_engine(settings.TENURE_ENGINE, threads=1) as engine:
        risks = current_store().read(RISKS, engine=engine, from_day=day, to_day=day)
        ordered = risks.select("term_id", "p_lapse").sort(
            "p_lapse", "term_id", descending=[True, False]
        )
        table = engine.collect(ordered.head(first + count))
    return [int(one) for one in table["term_id"].to_pylist()[first:]]


def mean_of_plan(plan: str, *, risks: Path, features: Path) -> tuple[float, int] | None:
    """The mean probability of everybody on a plan, and how many they are; None: nobody.

    Args:
        risks, features: the files of the two tables of one day.
    """
    return _means(str(risks), str(features)).get(plan)


@lru_cache(maxsize=8)
def _means(risks_path: str, features_path: str) -> Mapping[str, tuple[float, int]]:
    """Plan → mean and number. A file never changes, so a day is computed once."""
    import narwhals.stable.v2 as nw

    with open_engine(settings.TENURE_ENGINE, threads=1) as engine:
        risks = engine.scan([Path(risks_path)], RISKS).select("term_id", "p_lapse")
        plans = engine.scan([Path(features_path)], FEATURES).select("term_id", "plan_code")
        joined = risks.join(plans, on="term_id", how="inner").group_by("plan_code")
        table = engine.collect(joined.agg(mean=nw.col("p_lapse").mean(), count=nw.len()))
    return {row["plan_code"]: (row["mean"], row["count"]) for row in table.to_pylist()}
