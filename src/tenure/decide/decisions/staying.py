"""What keeping each customer is worth beyond the term at stake, where the strategy counts it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from tenure.decide.decisions.evaluation import EXPECTED_TERMS, MARGIN_PER_TERM, counts_lifetime
from tenure.decide.decisions.points import Points
from tenure.decide.offers.prices import Floats, ordinary
from tenure.understand.value.queries import curves_as_of
from tenure.understand.value.staying import Looking, expected_terms

if TYPE_CHECKING:
    from tenure.strategy.sections import Strategy


def with_expected_terms(points: Points, strategy: Strategy, *, as_of: date) -> Points:
    """Add the terms expected of each customer (DERL) and the margin of an ordinary one.

    Both are rounded as the log writes them, so that a choice made again counts on the same
    numbers. Where the strategy counts the term alone nothing is added; where too few renewals are
    known the number of terms is null.
    """
    if not counts_lifetime(strategy):
        return points
    economics, sold = strategy.economics, points.sold
    found = expected_terms(
        curves_as_of(as_of),
        plan=sold.plan,
        cycle_months=sold.cycle_months,
        number=points.floats("term_number"),
        looking=Looking(
            float(economics.discount_per_year), economics.most_years, economics.least_decided
        ),
    )
    usual = ordinary(sold, strategy.catalog)
    margin = np.rint(usual.price - usual.cost)
    rows = points.rows.append_column(EXPECTED_TERMS, [_nullable(np.round(found, 4))])
    return Points(rows.append_column(MARGIN_PER_TERM, [_nullable(margin)]))


def _nullable(values: Floats) -> object:
    import pyarrow as pa

    return pa.array(values, from_pandas=True)
