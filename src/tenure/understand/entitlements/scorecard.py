"""Each benefit: who has it, who uses it, how content they are, and how they renewed (MET-14)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import narwhals.stable.v2 as nw
import numpy as np
from django.conf import settings
from django.db.models import Avg, F
from numpy.typing import NDArray

from tenure.kernel.clock import instant
from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.records.service.models import Ticket
from tenure.strategy.sections import Strategy
from tenure.understand.churn.expressions import outcomes
from tenure.understand.entitlements.reading import USE, Held, entitlements
from tenure.understand.features.moments import moment
from tenure.warehouse.engines import Engine, Frame, open_engine
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.events import EVENTS
from tenure.warehouse.tables.facts import TERMS

PAST_DAYS: Final = 180
LEAD_DAYS: Final = 7
USE_DAYS: Final = 30
LEAST_OF_EACH: Final = 30
_Z: Final = 1.959963984540054

CAVEAT: Final = Sentence(
    zh="用与不用的客户本来就不同：差别只在同一套餐、同一付费周期内比较，仍不能说明是权益带来的；"
    "要知道权益本身的作用，请做随机实验。",
    en="Those who use something differ from those who do not. The difference compares customers of "
    "the same plan and billing cycle only, and still does not say that the benefit made it; a "
    "randomised experiment would.",
)


@dataclass(frozen=True, slots=True)
class Gap:
    """Renewed among those who used it less renewed among those who did not, by plan and cycle."""

    share: float
    low: float
    high: float
    users: int
    others: int


@dataclass(frozen=True, slots=True)
class Scored:
    """One benefit. What is not known is None: nothing neutral stands in."""

    code: str
    name: Sentence
    entitled: int
    used: int | None
    nps_users: float | None
    nps_others: float | None
    response_hours: float | None
    gap: Gap | None
    cost_minor_per_month: int | None

    @property
    def used_share(self) -> float | None:
        return None if self.used is None or not self.entitled else self.used / self.entitled


def scorecard(
    held: Held, *, strategy: Strategy, at: datetime, terms: NDArray[np.int64] | None = None
) -> tuple[Scored, ...]:
    """Every entitlement of the catalogue, in the order of its plans.

    Args:
        terms: the live terms of a segment; everybody when not given. The difference in renewals is
            always that of the whole business: a segment's members of today were not those of then.
    """
    rows = nw.from_native(held.table, eager_only=True)
    if terms is not None:
        rows = rows.filter(nw.col("term_id").is_in(terms.tolist()))
    gaps = _gaps(held, strategy=strategy.at(held.on), at=at)
    waits = _response_hours(held.on, zone=strategy.business.zone)
    costs = _costs(strategy.at(held.on))
    return tuple(
        replace(
            _scored(code, rows.filter(nw.col("code") == code), held=held, waits=waits),
            gap=gaps.get(code),
            cost_minor_per_month=costs.get(code),
        )
        for code in held.names
    )


def _scored(
    code: str, rows: nw.DataFrame[Any], *, held: Held, waits: Mapping[int, float]
) -> Scored:
    """A benefit as of the day, without its past."""
    is_measured = code in held.measured
    used = rows.filter(nw.col("uses") > 0)
    others = rows.filter(nw.col("uses") == 0)
    hours = [waits[one] for one in set(rows["account_id"].to_list()) & waits.keys()]
    return Scored(
        code=code,
        name=held.names[code],
        entitled=len(rows),
        used=len(used) if is_measured else None,
        nps_users=_mean(used["nps_last"]) if is_measured else None,
        nps_others=_mean(others["nps_last"]) if is_measured else None,
        response_hours=sum(hours) / len(hours) if hours else None,
        gap=None,
        cost_minor_per_month=None,
    )


def _mean(column: nw.Series[Any]) -> float | None:
    known = column.drop_nulls()
    return float(known.mean()) if len(known) else None


def _response_hours(on: date, *, zone: str) -> dict[int, float]:
    """Account → mean hours from opening a ticket to the first answer, in 180 days."""
    since = instant(on - timedelta(days=PAST_DAYS), time(0), zone=zone)
    answered = Ticket.objects.filter(opened_at__gte=since, answered_at__isnull=False)
    waited = answered.values("account_id").annotate(wait=Avg(F("answered_at") - F("opened_at")))
    pairs = waited.values_list("account_id", "wait")
    return {account: wait.total_seconds() / 3600 for account, wait in pairs if account is not None}


def _costs(strategy: Strategy) -> dict[str, int]:
    """What an add-on costs a month where it gives one thing; a plan's parts have no cost alone."""
    return {
        add_on.entitlements[0].code: add_on.monthly_cost.amount_minor
        for add_on in strategy.catalog.add_ons.values()
        if len(add_on.entitlements) == 1
    }


def _gaps(held: Held, *, strategy: Strategy, at: datetime) -> dict[str, Gap]:
    """How users and others of each benefit renewed, on terms that ended in 180 days."""
    if not held.measured:
        return {}
    now = moment(held.on, at=at, zone=strategy.business.zone)
    with open_engine(settings.TENURE_ENGINE) as engine:
        store = current_store()
        terms = store.read_latest(TERMS, on_or_before=now.day, engine=engine)
        ended = outcomes(terms, moment=now, grace_days=strategy.business.grace_days)
        first = day_number(held.on) - PAST_DAYS
        sold = terms.select("term_id", "account_id", "plan_code", "cycle_months")
        past = ended.filter(nw.col("ends_day") > first).join(sold, on="term_id", how="inner")
        offered = past.join(
            entitlements(strategy.catalog, engine=engine), on="plan_code", how="inner"
        ).filter(nw.col("code").is_in(sorted(held.measured)))
        events = store.read(
            EVENTS, engine=engine, from_day=first - USE_DAYS - LEAD_DAYS, to_day=now.day
        )
        counted = engine.collect(_by_use(offered, events, engine=engine))
    return dict(_told(counted.to_pylist()))


def _by_use(offered: Frame, events: Frame, *, engine: Engine) -> Frame:
    """Terms and renewals by code, plan, cycle and whether it was used before the end.

    Used means: within the 30 days that end a week before the term does, so that who was leaving
    already has not stopped because of it.
    """
    named = events.filter((nw.col("name") == USE) & ~nw.col("feature").is_null())
    days = named.select("account_id", "day", code=nw.col("feature")).unique()
    last = nw.col("ends_day") - LEAD_DAYS
    seen = (
        offered.join(days, on=["account_id", "code"], how="inner")
        .filter((nw.col("day") < last) & (nw.col("day") >= last - USE_DAYS))
        .select("term_id", "code")
        .unique()
        .with_columns(used=nw.lit(1))
    )
    flagged = engine.frame(engine.collect(offered)).join(
        engine.frame(engine.collect(seen)), on=["term_id", "code"], how="left"
    )
    return (
        flagged.with_columns(nw.col("used").fill_null(0))
        .group_by("code", "plan_code", "cycle_months", "used")
        .agg(n=nw.len(), lapsed=nw.col("lapsed").sum())
        .sort("code", "plan_code", "cycle_months", "used")
    )


def _told(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Gap]]:
    cells: dict[str, dict[tuple[str, int], dict[int, tuple[int, int]]]] = {}
    for row in rows:
        by_plan = cells.setdefault(row["code"], {})
        group = by_plan.setdefault((row["plan_code"], row["cycle_months"]), {})
        group[row["used"]] = (row["n"], row["n"] - row["lapsed"])
    for code, groups in cells.items():
        gap = gap_of([(one[1], one[0]) for one in groups.values() if len(one) == 2])
        if gap is not None:
            yield code, gap


def gap_of(groups: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> Gap | None:
    """The difference of renewals over groups, each weighed by n₁n₀ ÷ (n₁ + n₀).

    Args:
        groups: (n, renewed) of the users and of the others, group by group.
    Returns:
        None where fewer than 30 of either were seen: a difference would be noise.
    References:
        Mantel and Haenszel; Greenland and Robins (1985) for the difference of risks.
    """
    users, others = (sum(group[side][0] for group in groups) for side in (0, 1))
    if min(users, others) < LEAST_OF_EACH:
        return None
    total = weight = spread = 0.0
    for (n_used, kept_used), (n_other, kept_other) in groups:
        mine = n_used * n_other / (n_used + n_other)
        one, two = kept_used / n_used, kept_other / n_other
        total += mine * (one - two)
        spread += mine**2 * (one * (1 - one) / n_used + two * (1 - two) / n_other)
        weight += mine
    share, half = total / weight, _Z * float(np.sqrt(spread)) / weight
    return Gap(share, max(-1.0, share - half), min(1.0, share + half), users, others)


def rows_of(cards: Sequence[Scored], *, on: date, language: str) -> list[dict[str, Any]]:
    """The scorecard as rows that other programs read; what is not known is empty."""
    return [
        {
            "as_of": on.isoformat(),
            "benefit": one.code,
            "name": one.name.say(language),
            "entitled": one.entitled,
            "used": one.used,
            "used_share": one.used_share,
            "nps_users": one.nps_users,
            "nps_others": one.nps_others,
            "first_response_hours": one.response_hours,
            "renewal_difference": one.gap.share if one.gap else None,
            "low": one.gap.low if one.gap else None,
            "high": one.gap.high if one.gap else None,
            "past_users": one.gap.users if one.gap else None,
            "past_others": one.gap.others if one.gap else None,
            "cost_minor_per_month": one.cost_minor_per_month,
        }
        for one in cards
    ]
