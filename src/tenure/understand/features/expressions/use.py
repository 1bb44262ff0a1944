"""What customers did in the last 90 days, in one pass over the events."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Literal

import narwhals.stable.v2 as nw

from tenure.understand.features import vocabulary as words
from tenure.understand.features.moments import DAY_US, WINDOW_DAYS, Moment

if TYPE_CHECKING:
    import duckdb

    from tenure.warehouse.engines import Frame

type How = Literal["count", "sum", "max", "days"]


@dataclass(frozen=True)
class Measure:
    """One number per account: `values` is null in events that do not count.

    `days` counts different days; its values are ages (0 is `as_of`) below `span`.
    """

    name: str
    how: How
    values: nw.Expr
    span: int = WINDOW_DAYS


def use(events: Frame, *, moment: Moment, core: Collection[str]) -> Frame:
    """Add up what each account did.

    Args:
        events: rows of the table `events`; more than the window is welcome and ignored.
        moment: days after `moment.day`, and what reached us after `moment.known_us`, move nothing.
        core: features of the product that it is bought for.
    Returns:
        One row per account with any event in the window; one column per measure. Sums are float64,
        rounded to millionths (fractions add up to a slightly different sum in another order) and
        never null; `last_…` are days since 1970 and null where there is none.
    """
    seen = _seen(events, moment=moment)
    declared = measures(moment)
    marks = marked(seen, moment=moment, core=core)
    columns = marks.select("account_id", "day", **{one.name: one.values for one in declared})
    added = (
        _added_by_duckdb(columns, declared)
        if columns.implementation.is_duckdb()
        else added_anywhere(columns, declared)
    )
    sums = [one.name for one in declared if one.how == "sum"]
    rounded = added.with_columns(nw.col(*sums).round(6))
    return rounded.join(_distinct_features(seen, moment=moment), on="account_id", how="left")


def marked(seen: Frame, *, moment: Moment, core: Collection[str]) -> Frame:
    """Say of each event what it is, once, for all the measures that ask.

    Args:
        seen: events of the window.
    Returns:
        `account_id`, `day`, `amount` and a boolean column per mark.
    """
    day, name, feature = nw.col("day"), nw.col("name"), nw.col("feature")
    usage, speed = name.is_in(words.USAGE), name.is_in(words.SPEED_TESTS)
    used = name.is_in(words.FEATURE_USES)
    return seen.select(
        "account_id",
        "day",
        "amount",
        in_7=day >= moment.since(7),
        in_30=day >= moment.since(30),
        login=name.is_in(words.LOGINS),
        session=name.is_in(words.SESSIONS),
        usage=usage,
        gb=usage & feature.is_in(words.GB_METERS),
        minutes=used | (usage & feature.is_in(words.MINUTES_METERS)),
        speed=speed,
        slow=speed & (nw.col("amount") < words.SLOW_SHARE) & _in_the_evening(moment),
        outage=name.is_in(words.OUTAGES),
        compares=name.is_in(words.PAGES) & feature.is_in(words.COMPARE_PAGES),
        exports=name.is_in(words.EXPORTS),
        opens=name.is_in(words.OPENS),
        core=feature.is_in(tuple(core)) if core else nw.lit(False),
        active=~name.is_in(words.PASSIVE),
    )


def measures(moment: Moment) -> tuple[Measure, ...]:
    """What is added up in the pass, as columns of values over marked events."""
    day, amount, one = nw.col("day"), nw.col("amount"), nw.lit(1)
    age, in_7, in_30 = nw.lit(moment.day) - day, nw.col("in_7"), nw.col("in_30")

    def values(mark: str, value: nw.Expr, *also: nw.Expr) -> nw.Expr:
        return nw.when(nw.col(mark), *also).then(value)

    return (
        Measure("logins_7", "count", values("login", one, in_7)),
        Measure("logins_30", "count", values("login", one, in_30)),
        Measure("logins_90", "count", values("login", one)),
        Measure("last_login", "max", values("login", day)),
        Measure("sessions_30", "count", values("session", one, in_30)),
        Measure("minutes_30", "sum", values("minutes", amount, in_30)),
        Measure("minutes_90", "sum", values("minutes", amount)),
        Measure("gb_30", "sum", values("gb", amount, in_30)),
        Measure("gb_90", "sum", values("gb", amount)),
        Measure("amount_30", "sum", values("usage", amount, in_30)),
        Measure("amount_90", "sum", values("usage", amount)),
        Measure("speed_tests_30", "count", values("speed", amount, in_30)),
        Measure("speed_sum_30", "sum", values("speed", amount, in_30)),
        Measure("outages_30", "count", values("outage", one, in_30)),
        Measure("outage_minutes_90", "sum", values("outage", amount)),
        Measure("compare_visits_30", "count", values("compares", one, in_30)),
        Measure("exports_30", "count", values("exports", one, in_30)),
        Measure("opens_90", "count", values("opens", one)),
        Measure("last_core", "max", values("core", day)),
        Measure("active_days_30", "days", values("active", age, in_30), span=30),
        Measure("active_days_90", "days", values("active", age)),
        Measure("core_days_30", "days", values("core", age, in_30), span=30),
        Measure("slow_evenings_30", "days", values("slow", age, in_30), span=30),
    )


def added_anywhere(columns: Frame, declared: Collection[Measure]) -> Frame:
    """Add the measures up on any engine; different days need a second level of grouping.

    Args:
        columns: one row per event: `account_id`, `day` and a column per measure.
    Returns:
        One row per account, a column per measure.
    """
    plain = {one.name: _added(one) for one in declared if one.how != "days"}
    days = [one.name for one in declared if one.how == "days"]
    per_account = columns.group_by("account_id").agg(**plain)
    per_account_day = columns.group_by("account_id", "day").agg(nw.col(*days).max())
    counted = per_account_day.group_by("account_id").agg(nw.col(*days).count())
    return per_account.join(counted, on="account_id", how="inner")


def _added(measure: Measure) -> nw.Expr:
    values = nw.col(measure.name)
    if measure.how == "sum":
        return values.sum()
    return values.count() if measure.how == "count" else values.max()


def _added_by_duckdb(columns: Frame, declared: Collection[Measure]) -> Frame:
    """The same in one pass: the days of an account are bits of a number, 30 in each.

    Narwhals has no `bit_or`. Grouping twice costs twice as much as everything else together.
    """
    import duckdb

    chosen = [duckdb.ColumnExpression("account_id"), *map(_column_of_duckdb, declared)]
    added: Frame = nw.from_native(columns.to_native().aggregate(chosen, "account_id"))
    return added


def _column_of_duckdb(measure: Measure) -> duckdb.Expression:
    import duckdb

    values = duckdb.ColumnExpression(measure.name)
    if measure.how == "days":
        masks = [_days_from(values, first=first) for first in range(0, measure.span, 30)]
        total = reduce(lambda left, right: left + right, masks)
        return total.cast("BIGINT").alias(measure.name)
    added = duckdb.FunctionExpression(measure.how, values)
    if measure.how == "sum":
        added = duckdb.CoalesceOperator(added, duckdb.ConstantExpression(0.0))
    return added.alias(measure.name)


def _days_from(age: duckdb.Expression, *, first: int) -> duckdb.Expression:
    """How many different ages lie in `first` to `first + 29`."""
    import duckdb

    inside = age.between(duckdb.ConstantExpression(first), duckdb.ConstantExpression(first + 29))
    one = duckdb.ConstantExpression(1).cast("BIGINT")
    bit = duckdb.FunctionExpression("<<", one, age - duckdb.ConstantExpression(first))
    mask = duckdb.FunctionExpression("bit_or", duckdb.CaseExpression(inside, bit))
    counted = duckdb.FunctionExpression("bit_count", mask)
    return duckdb.CoalesceOperator(counted, duckdb.ConstantExpression(0))


def _seen(events: Frame, *, moment: Moment) -> Frame:
    """The events of the window that may be known."""
    return events.filter(
        nw.col("day") >= moment.first_day,
        nw.col("day") <= moment.day,
        nw.col("known_us") <= moment.known_us,
    )


def _in_the_evening(moment: Moment) -> nw.Expr:
    """Whether an event lies at 18 o'clock or later, in the business's zone."""
    (_, begins), *changes = moment.evenings
    evening = nw.lit(begins)
    for from_day, begins in changes:
        evening = nw.when(nw.col("day") >= from_day).then(nw.lit(begins)).otherwise(evening)
    return nw.col("at_us") - nw.col("day").cast(nw.Int64) * DAY_US >= evening


def _distinct_features(seen: Frame, *, moment: Moment) -> Frame:
    """How many features of the product each account used in 30 days."""
    used = seen.filter(
        nw.col("day") >= moment.since(30),
        nw.col("name").is_in(words.FEATURE_USES),
        ~nw.col("feature").is_null(),
    )
    per_account_feature = used.select("account_id", "feature").unique()
    return per_account_feature.group_by("account_id").agg(distinct_features_30=nw.len())
