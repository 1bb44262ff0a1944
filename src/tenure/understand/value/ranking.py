"""Who is worth most from here on, and why: margin, the next renewal, what follows (PRD-05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import narwhals.stable.v2 as nw
from django.conf import settings

from tenure.kernel.periods import date_of
from tenure.understand.readings import last_fill
from tenure.warehouse.engines import Engine, open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.facts import TERMS
from tenure.warehouse.tables.understanding import RISKS

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame

ANNUAL_DISCOUNT: Final = 0.08
DAYS_PER_MONTH: Final = 365 / 12
MONTHS_PER_YEAR: Final = 12
# A plan that nobody has left yet is not held for ever.
_LEAST_LAPSE: Final = 0.02


@dataclass(frozen=True, slots=True)
class Valued:
    """One term and what its customer is predicted to bring from here on, in minor units.

    `value` is the margin of the months left, and of the terms that follow: the next one with
    `p_renew`, the others as the customers of the plan renew on average, discounted by 8 % a year.
    """

    account_id: int
    plan: str
    margin_month: float
    months_left: float
    cycle_months: int
    p_renew: float
    further_terms: float
    value: float

    @property
    def value_minor(self) -> int:
        """The value as whole minor units."""
        return int(self.value)

    @property
    def margin_minor(self) -> int:
        """The margin of a month as whole minor units."""
        return int(self.margin_month)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The most valuable terms first, of all that were scored on a day."""

    on: date
    of: int
    rows: tuple[Valued, ...]


def most_valued(*, as_of: date, currency: str, most: int = 50) -> Ranking | None:
    """The ranking as of the last scored day; None before the first."""
    filled = last_fill(RISKS.name, as_of=as_of)
    if filled is None:
        return None
    with open_engine(settings.TENURE_ENGINE, threads=1) as engine:
        store = current_store()
        risks = store.read(RISKS, engine=engine, from_day=filled.day, to_day=filled.day)
        terms = store.read_latest(TERMS, on_or_before=filled.day, engine=engine)
        ours = terms.filter((nw.col("currency") == currency).fill_null(value=True))
        scored = engine.frame(engine.collect(with_margin(risks, ours)))
        ranked = with_value(scored, engine.frame(further_terms(engine, scored)))
        table = engine.collect(ranked.sort("value", "term_id", descending=[True, False]).head(most))
        [count] = engine.collect(ranked.select(n=nw.len())).to_pylist()
    rows = tuple(
        Valued(
            row["account_id"],
            row["plan"],
            row["margin_month"],
            row["months_left"],
            row["cycle_months"],
            1 - row["p_lapse"],
            row["further"],
            row["value"],
        )
        for row in table.to_pylist()
    )
    return Ranking(date_of(filled.day), int(count["n"]), rows)


def with_margin(risks: Frame, terms: Frame) -> Frame:
    """Scored terms with their plan, cycle, margin a month (minor units, net of tax), months left.

    Args:
        risks: rows of the table `risks` of one day.
        terms: rows of the table `terms`.
    """
    net = nw.col("price_minor") - nw.col("tax_minor").fill_null(0)
    priced = terms.select(
        "term_id",
        plan=nw.col("plan_code"),
        cycle_months="cycle_months",
        margin_month=net / nw.col("cycle_months") - nw.col("cost_minor_per_month").fill_null(0),
    )
    left = nw.when(nw.col("days_left") > 0).then(nw.col("days_left")).otherwise(nw.lit(0))
    return risks.select("term_id", "account_id", "p_lapse", months_left=left / DAYS_PER_MONTH).join(
        priced, on="term_id", how="inner"
    )


def further_terms(engine: Engine, scored: Frame) -> object:
    """How many terms are expected once the next one is renewed, by plan and cycle, discounted.

    The sum of a geometric series: each further term comes with the plan's mean chance of a
    renewal, and is worth less by the discount of one term.
    """
    import pyarrow as pa

    means = scored.group_by("plan", "cycle_months").agg(lapse=nw.col("p_lapse").mean())
    found = []
    for row in engine.collect(means).to_pylist():
        lapse = max(float(row["lapse"]), _LEAST_LAPSE)
        discount = (1 + ANNUAL_DISCOUNT) ** (row["cycle_months"] / MONTHS_PER_YEAR)
        further = 1 / (1 - (1 - lapse) / discount)
        found.append({**row, "further": further})
    names = ("plan", "cycle_months", "further")
    return pa.table({name: [row[name] for row in found] for name in names})


def with_value(scored: Frame, further: Frame) -> Frame:
    """Add `further` and `value`, the predicted margin from here on in minor units.

    Args:
        scored: `with_margin`.
        further: `further_terms`.
    """
    joined = scored.join(further, on=["plan", "cycle_months"], how="inner")
    renewed = (1 - nw.col("p_lapse")) * nw.col("cycle_months") * nw.col("further")
    return joined.with_columns(value=nw.col("margin_month") * (nw.col("months_left") + renewed))
