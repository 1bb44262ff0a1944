"""What those who use most should get: a person's help first, or something made for them (SEG-07).

Who is active and among the fifth that uses most is no case for a discount. An open ticket of such
a customer is the nearest reason to leave; who has used up all that the plan gives knows best what
is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import narwhals.stable.v2 as nw

from tenure.kernel.failures import Sentence
from tenure.understand.entitlements.reading import Held
from tenure.understand.segments.queries import Members

if TYPE_CHECKING:
    import pyarrow as pa

HIGH_USE: Final = "active"
MOST_USED: Final = 0.8
# Whoever waits longer than a working day for an answer needs a name to turn to.
SLOW_HOURS: Final = 24.0
ONE_THING: Final = 0.8
PRIORITY: Final = Sentence(zh="优先支持", en="priority support")
CUSTOM: Final = Sentence(zh="定制功能", en="a custom feature")


class Need(StrEnum):
    """What such a customer needs most, the first that is so."""

    TICKET = "ticket"
    SLOW = "slow"
    WHOLE = "whole"
    ONE = "one"
    MORE = "more"


_WHAT: Final = {
    Need.TICKET: (
        PRIORITY,
        Sentence(zh="有未关闭的工单", en="a ticket is open"),
        Sentence(zh="转入优先队列，当天给出答复", en="move it to the front; answer the same day"),
    ),
    Need.SLOW: (
        PRIORITY,
        Sentence(zh="近 90 天的问题解决超过一天", en="their tickets took over a day in 90 days"),
        Sentence(zh="指定专人，留直线联系方式", en="name a person with a direct line"),
    ),
    Need.WHOLE: (
        CUSTOM,
        Sentence(zh="套餐里的权益全都在用", en="uses everything that the plan gives"),
        Sentence(
            zh="问还缺什么，试用上一档独有的功能",
            en="ask what is missing; lend the next plan's extras",
        ),
    ),
    Need.ONE: (
        CUSTOM,
        Sentence(zh="八成以上的使用都在这一项", en="four fifths of all use are this one"),
        Sentence(
            zh="围绕这一项做定制，邀请抢先体验",
            en="build around it; invite to its early access",
        ),
    ),
    Need.MORE: (
        CUSTOM,
        Sentence(zh="用得多，但还有权益没用上", en="uses much, and not yet everything"),
        Sentence(zh="演示没用上的那几项怎么省时间", en="show what the rest would save them"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Served:
    """One need on one plan, what those who have it use most, and how many customers they are."""

    need: Need
    plan: Sentence
    name: Sentence
    customers: int

    @property
    def gets(self) -> Sentence:
        """Priority support, or a custom feature."""
        return _WHAT[self.need][0]

    @property
    def found(self) -> Sentence:
        return _WHAT[self.need][1]

    @property
    def fix(self) -> Sentence:
        return _WHAT[self.need][2]


@dataclass(frozen=True)
class HighUse:
    """The report of a day. `least_uses` in 30 days is what it took to be among them."""

    on: date
    segment: str
    customers: int
    least_uses: int
    needs: tuple[Served, ...]
    table: pa.Table  # term_id, account_id, plan_code, code, total, used, entitled, need
    names: Mapping[tuple[str, str], Sentence]

    def rows(self, language: str) -> Iterator[dict[str, Any]]:
        """One row per customer's term, to take away."""
        for row in self.table.to_pylist():
            gets, found, fix = _WHAT[Need(row["need"])]
            yield {
                "as_of": self.on.isoformat(),
                "account_id": row["account_id"],
                "term_id": row["term_id"],
                "plan": row["plan_code"],
                "uses_30_days": row["total"],
                "entitlements_used": row["used"],
                "entitlements": row["entitled"],
                "most_used": self.names[row["plan_code"], row["code"]].say(language),
                "gets": gets.say(language),
                "found": found.say(language),
                "fix": fix.say(language),
            }


def high_use(held: Held, members: Members, *, segment: str = HIGH_USE) -> HighUse:
    """Those of a segment among the fifth of all users that uses most, each with what they need."""
    rows = nw.from_native(held.table, eager_only=True)
    measured = rows.filter(nw.col("code").is_in(sorted(held.measured)))
    per_term = _per_term(measured)
    using = per_term.filter(nw.col("total") > 0)
    least = int(using["total"].quantile(MOST_USED, interpolation="higher")) if len(using) else 0
    mine = using.filter(
        nw.col("total") >= least, nw.col("term_id").is_in(members.terms(segment).tolist())
    )
    kept = mine.with_columns(need=_need()).select(
        "term_id", "account_id", "plan_code", "code", "total", "used", "entitled", "need"
    ).sort("total", "term_id", descending=[True, False])  # fmt: skip
    table: pa.Table = kept.to_arrow()
    return HighUse(
        on=held.on,
        segment=segment,
        customers=kept["account_id"].n_unique() if len(kept) else 0,
        least_uses=least,
        needs=tuple(_counted(kept, held)),
        table=table,
        names=held.by_plan,
    )


def _per_term(measured: nw.DataFrame[Any]) -> nw.DataFrame[Any]:
    """One row per term: all its uses, how many entitlements it uses, and the one used most."""
    keys = ["term_id", "account_id", "plan_code"]
    counted = measured.with_columns(is_used=(nw.col("uses") > 0).cast(nw.Int64))
    sums = counted.group_by(keys).agg(
        total=nw.col("uses").sum(),
        top=nw.col("uses").max(),
        entitled=nw.len(),
        used=nw.col("is_used").sum(),
        open_tickets=nw.col("open_tickets").max(),
        resolution_hours_90=nw.col("resolution_hours_90").max(),
    )
    firsts = measured.join(sums.select("term_id", "top"), on="term_id", how="inner")
    most = firsts.filter(nw.col("uses") == nw.col("top")).group_by("term_id")
    return sums.join(most.agg(code=nw.col("code").min()), on="term_id", how="inner")


def _need() -> nw.Expr:
    told = nw.lit(str(Need.MORE))
    for holds, need in (
        (nw.col("top") >= ONE_THING * nw.col("total"), Need.ONE),
        ((nw.col("used") == nw.col("entitled")) & (nw.col("entitled") > 1), Need.WHOLE),
        (nw.col("resolution_hours_90") > SLOW_HOURS, Need.SLOW),
        (nw.col("open_tickets") > 0, Need.TICKET),
    ):
        told = nw.when(holds.fill_null(False)).then(nw.lit(str(need))).otherwise(told)
    return told


def _counted(rows: nw.DataFrame[Any], held: Held) -> Iterator[Served]:
    counts = rows.group_by("plan_code", "code", "need").agg(n=nw.col("account_id").n_unique())
    order = ["n", "plan_code", "code", "need"]
    for row in counts.sort(order, descending=[True, False, False, False]).rows(named=True):
        yield Served(
            need=Need(row["need"]),
            plan=held.plans[row["plan_code"]],
            name=held.by_plan[row["plan_code"], row["code"]],
            customers=row["n"],
        )
