"""Terms with an end near in four fields: how likely they lapse, and how much they are worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import narwhals.stable.v2 as nw
import numpy as np
from django.conf import settings

from tenure.kernel.periods import day_number
from tenure.strategy.routing import Routing
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import RISKS

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    from tenure.warehouse.engines import Frame

_MONTHS: Final = 12
_READ: Final = ("term_id", "account_id", "price_minor", "cycle_months", "days_left")


@dataclass(frozen=True)
class Field:
    """One of the four fields: how many terms, and what they are worth in a year."""

    is_risky: bool
    is_valuable: bool
    terms: int
    value_minor: int


@dataclass(frozen=True)
class Fields:
    """The terms of a day whose end is near, the dearest risk first.

    `table` holds `term_id`, `account_id`, `p_lapse`, `value_minor` (price of a year), `days_left`.
    """

    on_day: int
    table: pa.Table
    routing: Routing

    @property
    def is_risky(self) -> npt.NDArray[np.bool_]:
        risky: npt.NDArray[np.bool_] = self.table["p_lapse"].to_numpy() >= float(self.routing.risk)
        return risky

    @property
    def is_valuable(self) -> npt.NDArray[np.bool_]:
        value = self.table["value_minor"].to_numpy()
        valuable: npt.NDArray[np.bool_] = value >= self.routing.value.amount_minor
        return valuable

    @property
    def for_people(self) -> pa.Table:
        """The terms in which both are high."""
        return self.table.filter(self.is_risky & self.is_valuable)

    @property
    def four(self) -> list[Field]:
        """Each field with its terms, high risk and high value first."""
        value = self.table["value_minor"].to_numpy()
        found = []
        for risky in (True, False):
            for valuable in (True, False):
                here = (self.is_risky == risky) & (self.is_valuable == valuable)
                found.append(Field(risky, valuable, int(here.sum()), int(value[here].sum())))
        return found


def fields_of(as_of: date, *, routing: Routing) -> Fields | None:
    """The four fields of the last scored day; None where nobody was scored yet."""
    store, day = current_store(), day_number(as_of)
    scored = store.latest_day(RISKS, on_or_before=day)
    if scored is None:
        return None
    with open_engine(settings.TENURE_ENGINE) as engine:
        features = engine.scan(store.paths(FEATURES, from_day=scored, to_day=scored), FEATURES)
        risks = engine.scan(store.paths(RISKS, from_day=scored, to_day=scored), RISKS)
        table = engine.collect(near_ends(features, risks, within_days=routing.within_days))
    return Fields(scored, table, routing)


def near_ends(features: Frame, risks: Frame, *, within_days: int) -> Frame:
    """Terms that end within some days, with what they are worth in a year at risk.

    Args:
        features: one row per live term.
        risks: one row per scored term.
    Returns:
        `term_id`, `account_id`, `p_lapse`, `value_minor` (int64, price of a year), `days_left`,
        those first for whom the most is at risk.
    """
    near = features.select(*_READ).filter(nw.col("days_left") <= within_days)
    scored = near.join(risks.select("term_id", "p_lapse"), on="term_id", how="inner")
    yearly = (nw.col("price_minor") * _MONTHS / nw.col("cycle_months")).round(0).cast(nw.Int64)
    valued = scored.with_columns(value_minor=yearly)
    at_risk = valued.with_columns(at_risk=nw.col("value_minor") * nw.col("p_lapse"))
    return at_risk.sort("at_risk", "term_id", descending=[True, False]).select(
        "term_id", "account_id", "p_lapse", "value_minor", "days_left"
    )
