"""What customers did in the last 90 days, in one pass over the events."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final, Literal

import narwhals.stable.v2 as nw

from tenure.understand.features import vocabulary as words
from tenure.understand.features.moments import DAY_US, WINDOW_DAYS, Moment

if TYPE_CHECKING:
    import duckdb

    from tenure.warehouse.engines import Frame

type How = Literal["count", "sum", "max", "days"]

# What is asked of an event.
READ_OF_EVENTS: Final = ("account_id", "day", "at_us", "known_us", "name", "feature", "amount")
# What is counted once however often it is used.
DISTINCT: Final = ("account_id", "is_integration", "feature")


@dataclass(frozen=True)
class Measure:
    """One number per account: `values` is null in events that do not count.

    It takes the events with a `mark` in the last `span` days: how many have the column `of`, its
    sum, its last value, or how many different days they have (by their ages, 0 is `today`).
    """

    today: int
    name: str
    how: How
    mark: str
    of: Literal["day", "amount"] = "day"
    span: int = WINDOW_DAYS

    @property
    def values(self) -> nw.Expr:
        inside = () if self.span == WINDOW_DAYS else (nw.col(f"in_{self.span}"),)
        value = nw.col(self.of)
        if self.how == "days":
            value = nw.lit(self.today) - value
        elif self.how == "count" and self.of == "day":
            value = nw.lit(1)
        return nw.when(nw.col(self.mark), *inside).then(value)


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
    counted = counts(events, moment=moment, core=core)
    return told(counted, distinct(events, moment=moment))


def counts(events: Frame, *, moment: Moment, core: Collection[str]) -> Frame:
    """The measures of each account with any event in the window, sums as they come."""
    declared = measures(moment)
    marks = marked(_seen(events, moment=moment), moment=moment, core=core)
    columns = marks.select("account_id", "day", **{one.name: one.values for one in declared})
    if columns.implementation.is_duckdb():
        return _added_by_duckdb(columns, declared)
    return added_anywhere(columns, declared)


def distinct(events: Frame, *, moment: Moment) -> Frame:
    """What each account used in 30 days, with the last day of each.

    Returns:
        One row per account, `is_integration` (0 or 1) and `feature`: a feature of the product, or
        another program that the account let work with it (CHN-12).
    """
    name = nw.col("name")
    used = _seen(events, moment=moment).filter(
        nw.col("day") >= moment.since(30),
        name.is_in((*words.FEATURE_USES, *words.INTEGRATIONS)),
        ~nw.col("feature").is_null(),
    )
    named = used.select(
        "account_id",
        "feature",
        "day",
        is_integration=name.is_in(words.INTEGRATIONS).cast(nw.Int64),
    )
    return named.group_by(*DISTINCT).agg(last_day=nw.col("day").max())


def told(counted: Frame, distinct: Frame) -> Frame:
    """The measures as features read them: sums rounded, different things counted."""
    # What was taken away again may be a little below zero: then it is zero, not "-0.0".
    rounded = counted.with_columns(nw.col(*SUMS).round(6) + 0.0)
    per_account = distinct.group_by("account_id").agg(
        integrations_30=nw.col("is_integration").sum(), used=nw.len()
    )
    per_account = per_account.select(
        "account_id",
        "integrations_30",
        distinct_features_30=nw.col("used") - nw.col("integrations_30"),
    )
    return rounded.join(per_account, on="account_id", how="left")


def marks_of(events: Frame, *, moment: Moment, core: Collection[str]) -> Frame:
    """`marked` events of whatever days are given, of somebody, and known by the moment."""
    known = _known(events, moment=moment).filter(~nw.col("account_id").is_null())
    return marked(known, moment=moment, core=core)


def leaving_days(moment: Moment) -> tuple[int, ...]:
    """The days that were in a window the day before and are in none of its size now."""
    return tuple(sorted({moment.day - one.span for one in measures(moment)}))


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
        event=~day.is_null(),
        active=~name.is_in(words.PASSIVE),
    )


def measures(moment: Moment) -> tuple[Measure, ...]:
    """What is added up in the pass, as columns of values over marked events."""
    return tuple(Measure(moment.day, *one) for one in _DECLARED)


_DECLARED: Final[tuple[tuple[str, How, str, Literal["day", "amount"], int], ...]] = (
    ("events_90", "count", "event", "day", WINDOW_DAYS),
    ("logins_7", "count", "login", "day", 7),
    ("logins_30", "count", "login", "day", 30),
    ("logins_90", "count", "login", "day", WINDOW_DAYS),
    ("last_login", "max", "login", "day", WINDOW_DAYS),
    ("sessions_30", "count", "session", "day", 30),
    ("minutes_30", "sum", "minutes", "amount", 30),
    ("minutes_90", "sum", "minutes", "amount", WINDOW_DAYS),
    ("gb_30", "sum", "gb", "amount", 30),
    ("gb_90", "sum", "gb", "amount", WINDOW_DAYS),
    ("amount_30", "sum", "usage", "amount", 30),
    ("amount_90", "sum", "usage", "amount", WINDOW_DAYS),
    ("speed_tests_30", "count", "speed", "amount", 30),
    ("speed_sum_30", "sum", "speed", "amount", 30),
    ("outages_30", "count", "outage", "day", 30),
    ("outage_minutes_90", "sum", "outage", "amount", WINDOW_DAYS),
    ("compare_visits_30", "count", "compares", "day", 30),
    ("exports_30", "count", "exports", "day", 30),
    ("opens_90", "count", "opens", "day", WINDOW_DAYS),
    ("last_core", "max", "core", "day", WINDOW_DAYS),
    ("active_days_30", "days", "active", "day", 30),
    ("active_days_90", "days", "active", "day", WINDOW_DAYS),
    ("core_days_30", "days", "core", "day", 30),
    ("slow_evenings_30", "days", "slow", "day", 30),
)
SUMS: Final = (
    "minutes_30", "minutes_90", "gb_30", "gb_90", "amount_30", "amount_90", "speed_sum_30",
    "outage_minutes_90",
)  # fmt: skip


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
    inside = (nw.col("day") >= moment.first_day) & (nw.col("day") <= moment.day)
    return _known(events, moment=moment).filter(inside)


def _known(events: Frame, *, moment: Moment) -> Frame:
    return events.filter(nw.col("known_us") <= moment.known_us)


def _in_the_evening(moment: Moment) -> nw.Expr:
    """Whether an event lies at 18 o'clock or later, in the business's zone."""
    (_, begins), *changes = moment.evenings
    evening = nw.lit(begins)
    for from_day, begins in changes:
        evening = nw.when(nw.col("day") >= from_day).then(nw.lit(begins)).otherwise(evening)
    return nw.col("at_us") - nw.col("day").cast(nw.Int64) * DAY_US >= evening
