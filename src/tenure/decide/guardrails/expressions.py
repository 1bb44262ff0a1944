"""What the guardrails look at, for every term that faces a choice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING, Final

from tenure.strategy.contact import Cap, CapScope
from tenure.strategy.messages import MessageClass
from tenure.warehouse.beside import beside

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    from tenure.warehouse.engines import Frame

YEAR_DAYS: Final = 365
DAY_US: Final = 86_400_000_000
TROUBLES: Final = ("fault", "complaint")


def with_troubles(points: Frame, *, tickets: Frame, incidents: Frame, at_us: int) -> Frame:
    """Add whether something is broken or complained about, and how long the last one is over.

    Args:
        points: one row per choice; needs `account_id` and `node_id`.
        tickets: one row per ticket.
        incidents: one row per fault of a node.
        at_us: the instant; what began or became known after it does not exist yet.
    Returns:
        The same rows plus `open_fault` (0 or 1) and `days_since_complaint` (whole days since the
        last fault or complaint ended; null without any).
    """
    import narwhals.stable.v2 as nw

    complained = tickets.filter(
        nw.col("kind").is_in(TROUBLES),
        nw.col("opened_us") <= at_us,
        nw.col("known_us") <= at_us,
    ).select("account_id", ended_us=nw.col("resolved_us"))
    broken = incidents.filter(nw.col("started_us") <= at_us).select("node_id", "ended_us")
    per_account = _troubles(complained, "account_id", at_us=at_us)
    per_node = _troubles(broken, "node_id", at_us=at_us)
    joined = beside(
        beside(points, per_account, on="account_id"), per_node, on="node_id", suffix="_node"
    )
    ended = nw.max_horizontal("ended_us", "ended_us_node")
    return joined.with_columns(
        open_fault=nw.max_horizontal("open_now", "open_now_node").fill_null(0),
        days_since_complaint=(at_us - ended) // DAY_US,
    ).drop("open_now", "open_now_node", "ended_us", "ended_us_node")


def _troubles(rows: Frame, key: str, *, at_us: int) -> Frame:
    """One row per key: whether one is open at the instant, and when the last one ended."""
    import narwhals.stable.v2 as nw

    is_open = nw.col("ended_us").is_null() | (nw.col("ended_us") > at_us)
    return (
        rows.filter(~nw.col(key).is_null())
        .with_columns(
            open_now=nw.when(is_open).then(nw.lit(1)).otherwise(nw.lit(0)),
            ended_us=nw.when(~is_open).then(nw.col("ended_us")),
        )
        .group_by(key)
        .agg(nw.col("open_now").max(), nw.col("ended_us").max())
    )


def with_cap_room(points: Frame, *, contacts: Frame, caps: Sequence[Cap], day: int) -> Frame:
    """Add how many more marketing messages the caps leave for tomorrow, the day of sending.

    Args:
        points: one row per choice; needs `account_id`.
        contacts: one row per message that was sent.
        caps: the strategy's; those that count all marketing to one person together.
        day: the last day counted, in days since 1970.
    Returns:
        The same rows plus `cap_room` (int64; null where no cap counts).
    """
    import narwhals.stable.v2 as nw

    counting = [cap for cap in caps if _counts_marketing(cap)]
    if not counting:
        return points.with_columns(cap_room=nw.lit(None).cast(nw.Int64))
    longest = max(cap.days for cap in counting)
    recent = contacts.filter(
        nw.col("message_class") == str(MessageClass.MARKETING),
        nw.col("day") > day + 1 - longest,
        nw.col("day") <= day,
    )
    names = [f"sent_{place}" for place in range(len(counting))]
    counted = recent.with_columns(
        *(
            (nw.col("day") > day + 1 - cap.days).cast(nw.Int64).alias(name)
            for name, cap in zip(names, counting, strict=True)
        )
    )
    per_account = counted.group_by("account_id").agg(*(nw.col(name).sum() for name in names))
    rooms = [
        nw.lit(cap.at_most) - nw.col(name).fill_null(0)
        for name, cap in zip(names, counting, strict=True)
    ]
    joined = beside(points, per_account, on="account_id")
    room = reduce(lambda least, one: nw.min_horizontal(least, one), rooms)
    return joined.with_columns(cap_room=room.cast(nw.Int64)).drop(*names)


def _counts_marketing(cap: Cap) -> bool:
    return (
        MessageClass.MARKETING in cap.classes and cap.scope is CapScope.PERSON and not cap.purposes
    )


def with_discounts(points: Frame, *, terms: Frame, day: int) -> Frame:
    """Add how many discounts an account had within a year, and what they came to.

    Args:
        points: one row per choice; needs `account_id`.
        terms: one row per term that ever was.
        day: the last day counted, in days since 1970.
    Returns:
        The same rows plus `discounts_in_year` (count) and `discounted_minor` (minor units), over
        terms that began in the last 365 days or are bought and have yet to begin.
    """
    import narwhals.stable.v2 as nw

    given = nw.col("list_price_minor") - nw.col("price_minor")
    per_account = (
        terms.filter(nw.col("starts_day") > day - YEAR_DAYS, given > 0)
        .with_columns(discounted_minor=given)
        .group_by("account_id")
        .agg(nw.len().alias("discounts_in_year"), nw.col("discounted_minor").sum())
    )
    joined = beside(points, per_account, on="account_id")
    return joined.with_columns(
        discounts_in_year=_whole("discounts_in_year"),
        discounted_minor=_whole("discounted_minor"),
    )


def _whole(column: str) -> nw.Expr:
    import narwhals.stable.v2 as nw

    return nw.col(column).fill_null(0).cast(nw.Int64)
