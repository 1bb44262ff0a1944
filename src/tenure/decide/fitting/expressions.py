"""Whom their plan does not fit, for everyone at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.decide.fitting.rules import Fit
from tenure.strategy.catalog import Catalog
from tenure.warehouse.rules import compiled

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame


def with_fit(features: Frame, catalog: Catalog) -> Frame:
    """Add how each customer's plan suits its use.

    Args:
        features: one row per live term; needs `plan_code` and every feature of the plans' rules.
        catalog: what is on sale on the day.
    Returns:
        The same rows plus `plan_fit`, a word of `Fit`; null for plans that are not on sale.
    """
    import narwhals.stable.v2 as nw

    ranks = [plan.tier_rank for plan in catalog.plans.values()]
    found = nw.lit(None).cast(nw.String)
    for plan in catalog.plans.values():
        fit = nw.lit(str(Fit.FITS))
        if plan.tier_rank > min(ranks):
            too_big = compiled(plan.too_big, row="plan_code")
            fit = nw.when(too_big).then(nw.lit(str(Fit.TOO_BIG))).otherwise(fit)
        if plan.tier_rank < max(ranks):
            too_small = compiled(plan.too_small, row="plan_code")
            fit = nw.when(too_small).then(nw.lit(str(Fit.TOO_SMALL))).otherwise(fit)
        found = nw.when(nw.col("plan_code") == plan.code).then(fit).otherwise(found)
    return features.with_columns(plan_fit=found)
