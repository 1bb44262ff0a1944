"""Everybody with a live term, what the plan entitles them to, and how much of it they use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import narwhals.stable.v2 as nw
from django.conf import settings

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.strategy.catalog import Catalog
from tenure.strategy.sections import Strategy
from tenure.understand.features.registry import FEATURES
from tenure.understand.segments.population import last_day
from tenure.warehouse.engines import Engine, Frame, open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.events import EVENTS

if TYPE_CHECKING:
    import pyarrow as pa

USED_DAYS: Final = 30
SEEN_DAYS: Final = 90
USE: Final = "Feature Used"
_FEATURES: Final = (
    "is_elderly",
    "open_tickets",
    "speed_ratio_30",
    "nps_last",
    "resolution_hours_90",
)


@dataclass(frozen=True)
class Held:
    """One row per live term and entitlement of its plan, as of a day.

    `table` holds the keys, `plan_code`, `code`, `uses` (in 30 days, 0 where none), `last_day` (of
    the last use within 90 days, null where there is none) and a few features. Only what some event
    of 90 days names is `measured`: of the others nobody can say whether they are used.
    """

    on: date
    names: Mapping[str, Sentence]
    by_plan: Mapping[tuple[str, str], Sentence]
    plans: Mapping[str, Sentence]
    measured: frozenset[str]
    table: pa.Table


def names_of(catalog: Catalog) -> dict[str, Sentence]:
    """Entitlement → its name, where plans differ that of the dearest plan."""
    return {one.code: one.name for plan in catalog.plans.values() for one in plan.entitlements}


def held(*, strategy: Strategy, as_of: date, terms: Collection[int] | None = None) -> Held:
    """Read what everybody, or who holds some terms, may use and uses, on the last filled day.

    Raises:
        NothingFilled: no day has its features yet.
    """
    on = last_day(as_of=as_of)
    day, catalog = day_number(on), strategy.at(on).catalog
    with open_engine(settings.TENURE_ENGINE) as engine:
        seen_days = range(day - SEEN_DAYS + 1, day + 1)
        read = current_store().read_days({FEATURES: [day], EVENTS: seen_days}, engine=engine)
        features, events = read[FEATURES.name], read[EVENTS.name]
        if terms is not None:
            features = features.filter(nw.col("term_id").is_in(sorted(terms)))
            accounts = engine.collect(features.select("account_id"))["account_id"].to_pylist()
        seen = set(
            engine.collect(uses(events, day=day).select("code").unique())["code"].to_pylist()
        )
        if terms is not None:
            events = events.filter(nw.col("account_id").is_in(sorted(set(accounts))))
        used = engine.collect(uses(events, day=day))
        entitled = features.select(
            "term_id", "subscription_id", "account_id", "plan_code", *_FEATURES
        ).join(entitlements(catalog, engine=engine), on="plan_code", how="inner")
        joined = entitled.join(engine.frame(used), on=["account_id", "code"], how="left")
        told = joined.with_columns(nw.col("uses").fill_null(0)).sort("term_id", "code")
        table = engine.collect(told)
    names = names_of(catalog)
    return Held(
        on=on,
        names=names,
        by_plan={
            (plan.code, one.code): one.name
            for plan in catalog.plans.values()
            for one in plan.entitlements
        },
        plans={plan.code: plan.name for plan in catalog.plans.values()},
        measured=frozenset(seen & names.keys()),
        table=table,
    )


def entitlements(catalog: Catalog, *, engine: Engine) -> Frame:
    """`plan_code` and `code`, one row for each thing that a plan gives."""
    import pyarrow as pa

    pairs = [(plan.code, one.code) for plan in catalog.plans.values() for one in plan.entitlements]
    columns = {
        "plan_code": pa.array([plan for plan, _ in pairs], type=pa.string()),
        "code": pa.array([code for _, code in pairs], type=pa.string()),
    }
    return engine.frame(pa.table(columns))


def uses(events: Frame, *, day: int) -> Frame:
    """How often each account used each feature in 30 days, and when last.

    Args:
        events: rows of the table `events` of 90 days.
        day: the last day counted.
    Returns:
        `account_id`, `code`, `uses`, `last_day`.
    """
    recent = nw.when(nw.col("day") > day - USED_DAYS).then(1).otherwise(0)
    named = events.filter((nw.col("name") == USE) & ~nw.col("feature").is_null())
    return (
        named.with_columns(recent=recent)
        .group_by("account_id", "feature")
        .agg(uses=nw.col("recent").sum().cast(nw.Int64), last_day=nw.col("day").max())
        .select("account_id", "uses", "last_day", code=nw.col("feature"))
    )
