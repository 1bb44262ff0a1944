"""What lies idle with those who use little, and what to do about it (SEG-07)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import narwhals.stable.v2 as nw

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.understand.entitlements.reading import Held
from tenure.understand.segments.queries import Members

if TYPE_CHECKING:
    import pyarrow as pa

LOW_USE: Final = "low_frequency"
SLOW_RATIO: Final = 0.5


class Obstacle(StrEnum):
    """What most likely stands in the way, the first that is so."""

    FAULT = "fault"
    SPEED = "speed"
    STOPPED = "stopped"
    ELDERLY = "elderly"
    NEVER = "never"


_WHAT: Final = {
    Obstacle.FAULT: (
        Sentence(zh="有未关闭的工单", en="a ticket is open"),
        Sentence(zh="先把工单处理完，再谈使用", en="close the ticket first"),
    ),
    Obstacle.SPEED: (
        Sentence(zh="实测速率不到套餐的一半", en="the line measures under half of the plan"),
        Sentence(zh="安排线路检测", en="have the line tested"),
    ),
    Obstacle.STOPPED: (
        Sentence(zh="以前用过，最近 30 天没用", en="used before, not in 30 days"),
        Sentence(zh="问一句是什么让他停下的", en="ask what made them stop"),
    ),
    Obstacle.ELDERLY: (
        Sentence(zh="老年客户，从未用过", en="elderly, never used it"),
        Sentence(zh="打电话带着做一遍", en="call and walk through it once"),
    ),
    Obstacle.NEVER: (
        Sentence(zh="近 90 天从未用过", en="not once in 90 days"),
        Sentence(zh="发一页图文教程并代为开通", en="send a one-page guide and switch it on"),
    ),
}


@dataclass(frozen=True, slots=True)
class Idle:
    """One entitlement that some low-use customers have and do not use, with the likely reason."""

    code: str
    name: Sentence
    plan: Sentence
    obstacle: Obstacle
    terms: int
    customers: int

    @property
    def found(self) -> Sentence:
        return _WHAT[self.obstacle][0]

    @property
    def fix(self) -> Sentence:
        return _WHAT[self.obstacle][1]


@dataclass(frozen=True)
class LowUse:
    """The report of a day. `unmeasured` are entitlements of which no event tells the use."""

    on: date
    segment: str
    customers: int
    idle: tuple[Idle, ...]
    unmeasured: tuple[Sentence, ...]
    table: pa.Table  # term_id, account_id, plan_code, code, last_day, obstacle
    names: Mapping[tuple[str, str], Sentence]

    def rows(self, language: str) -> Iterator[dict[str, Any]]:
        """One row per customer's term and unused entitlement, to take away."""
        for row in self.table.to_pylist():
            found, fix = _WHAT[Obstacle(row["obstacle"])]
            yield {
                "as_of": self.on.isoformat(),
                "account_id": row["account_id"],
                "term_id": row["term_id"],
                "plan": row["plan_code"],
                "entitlement": row["code"],
                "name": self.names[row["plan_code"], row["code"]].say(language),
                "days_since_use": row["days_since_use"],
                "found": found.say(language),
                "fix": fix.say(language),
            }


def low_use(held: Held, members: Members, *, segment: str = LOW_USE) -> LowUse:
    """The unused entitlements of everybody in a segment, each with what to try first."""

    terms = members.terms(segment)
    rows = nw.from_native(held.table, eager_only=True)
    inside = rows.filter(nw.col("term_id").is_in(terms.tolist()))
    idle = inside.filter(nw.col("code").is_in(sorted(held.measured)), nw.col("uses") == 0)
    told = idle.with_columns(
        obstacle=_obstacle(), days_since_use=day_number(held.on) - nw.col("last_day")
    )
    kept = told.select(
        "term_id", "account_id", "plan_code", "code", "days_since_use", "obstacle"
    ).sort("term_id", "code")
    table: pa.Table = kept.to_arrow()
    entitled = set(inside["code"].unique().to_list())
    return LowUse(
        on=held.on,
        segment=segment,
        customers=len(members.customers(segment)),
        idle=tuple(_counted(kept, held)),
        unmeasured=tuple(held.names[code] for code in sorted(entitled - held.measured)),
        table=table,
        names=held.by_plan,
    )


def _obstacle() -> nw.Expr:
    told = nw.lit(str(Obstacle.NEVER))
    for holds, obstacle in (
        (nw.col("is_elderly") == 1, Obstacle.ELDERLY),
        (~nw.col("last_day").is_null(), Obstacle.STOPPED),
        (nw.col("speed_ratio_30") < SLOW_RATIO, Obstacle.SPEED),
        (nw.col("open_tickets") > 0, Obstacle.FAULT),
    ):
        told = nw.when(holds.fill_null(False)).then(nw.lit(str(obstacle))).otherwise(told)
    return told


def _counted(rows: nw.DataFrame[Any], held: Held) -> Iterator[Idle]:
    counts = rows.group_by("plan_code", "code", "obstacle").agg(
        terms=nw.len(), customers=nw.col("account_id").n_unique()
    )
    order = ["terms", "plan_code", "code", "obstacle"]
    for row in counts.sort(order, descending=[True, False, False, False]).rows(named=True):
        yield Idle(
            code=row["code"],
            name=held.by_plan[row["plan_code"], row["code"]],
            plan=held.plans[row["plan_code"]],
            obstacle=Obstacle(row["obstacle"]),
            terms=row["terms"],
            customers=row["customers"],
        )
