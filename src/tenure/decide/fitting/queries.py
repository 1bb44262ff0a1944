"""The recommended plan of one customer."""

from __future__ import annotations

from datetime import date

from django.conf import settings

from tenure.decide.fitting.rules import Recommendation, recommend
from tenure.kernel.periods import day_number
from tenure.records.strategies.queries import current
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store


def plan_of(term_id: int, *, as_of: date) -> Recommendation | None:
    """The plan that fits a live term, from the features of the last day computed by then."""
    import narwhals.stable.v2 as nw

    with open_engine(settings.TENURE_ENGINE) as engine:
        features = current_store().read_latest(
            FEATURES, on_or_before=day_number(as_of), engine=engine
        )
        rows = engine.collect(features.filter(nw.col("term_id") == term_id)).to_pylist()
    if not rows:
        return None
    catalog = current().at(as_of).catalog
    return recommend(catalog, rows[0]["plan_code"], features=rows[0])
