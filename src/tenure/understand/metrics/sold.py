"""Every term that was ever sold, as columns of numbers: read once for all who count.

An engine reads the file on all cores, batch by batch. What it leaves takes about a hundred bytes a
term, and each sum over it is a few passes over arrays (docs/decisions/0143).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from tenure.understand.metrics.columns import (
    NEVER,
    UNKNOWN,
    Codes,
    Column,
    Days,
    Flags,
    Names,
    Wholes,
    joined,
    looked_up,
    numbered,
    numbers,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from tenure.warehouse.engines import Engine, Frame

# Divisible by every cycle up to 10 months, a year, and its multiples up to five years: revenue
# per month, times this, is a whole number.
MONTHLY_SCALE: Final = 5_040
YEAR_DAYS, YEAR_MONTHS = 365, 12
# Column → its type here, and what stands where nothing is known.
_NUMBERS: Final[dict[str, tuple[Any, int]]] = {
    "account_id": (np.int64, 0),
    "subscription_id": (np.int64, 0),
    "number": (np.int32, 0),
    "starts_day": (np.int32, NEVER),
    "ends_day": (np.int32, NEVER),
    "renewed_day": (np.int32, NEVER),
    "closed_day": (np.int32, NEVER),
    "subscription_started_day": (np.int32, NEVER),
    "price_minor": (np.int64, 0),
    "cycle_months": (np.int32, 0),
    "cost_minor_per_month": (np.int64, 0),
    "node_id": (np.int64, UNKNOWN),
}
_NAMES: Final = ("plan_code", "owner_name", "end_kind", "currency")
_FOR_REVENUE: Final = ("tax_minor", "free_days")
_MOST_WHOLE: Final = 2**63 // (MONTHLY_SCALE * YEAR_DAYS) - 1


@dataclass(frozen=True)
class Customers:
    """Who has terms, in the order of their ids, and what is known of them."""

    account_id: Wholes
    started: Days
    region: Column
    channel: Column


@dataclass(frozen=True)
class Sold:
    """A row for each term; `who` is the place of its account among the customers.

    Days are days since 1970, `NEVER` where something has not happened. Amounts are minor units;
    `monthly` is what a term brings a month, net of tax, times `MONTHLY_SCALE`. Unknown costs are 0,
    unknown nodes -1. `is_ours`: priced in the business's currency.
    """

    customers: Customers
    who: Codes
    subscription_id: Wholes
    number: Codes
    starts: Days
    ends: Days
    renewed: Days
    closed: Days
    began: Days
    price: Wholes
    monthly: Wholes
    cycle: Codes
    cost: Wholes
    node_id: Wholes
    is_ours: Flags
    plan: Column
    owner: Column
    end_kind: Column

    def covers(self, day: int, *, grace_days: int) -> Flags:
        """Which terms bring revenue at the end of a day: paid, or in grace and not renewed."""
        is_paid = self.ends > day
        is_waiting = (self.ends >= day - grace_days) & (self.renewed > day)
        return (self.starts <= day) & (is_paid | is_waiting) & (self.closed > day)


def read_sold(terms: Frame, accounts: Frame, *, engine: Engine, currency: str) -> Sold:
    """Read what the metrics count.

    Args:
        terms: the table `terms`, every term that ever was.
        accounts: the table `accounts`.
        currency: the business's own; terms that name none are in it.
    """
    kept: dict[str, list[NDArray[Any]]] = defaultdict(list)
    names = {name: Names() for name in _NAMES}
    for batch in engine.batches(terms.select(*_NUMBERS, *_FOR_REVENUE, *_NAMES)):
        for name, (kind, unknown) in _NUMBERS.items():
            kept[name].append(numbers(batch[name], kind, unknown=unknown))
        kept["monthly"].append(_monthly(batch))
        for name, column in names.items():
            column.add(batch[name])
    whole = {name: joined(kept.pop(name, []), kind) for name, (kind, _) in _NUMBERS.items()}
    told = {name: column.column() for name, column in names.items()}
    ids, who = numbered(whole["account_id"])
    began = whole["subscription_started_day"]
    return Sold(
        customers=_customers(accounts, ids, engine=engine),
        who=who,
        subscription_id=whole["subscription_id"],
        number=whole["number"],
        starts=whole["starts_day"],
        ends=whole["ends_day"],
        renewed=whole["renewed_day"],
        closed=whole["closed_day"],
        began=np.where(began == NEVER, whole["starts_day"], began),
        price=whole["price_minor"],
        monthly=joined(kept["monthly"], np.int64),
        cycle=whole["cycle_months"],
        cost=whole["cost_minor_per_month"],
        node_id=whole["node_id"],
        is_ours=_is_ours(told["currency"], currency),
        plan=told["plan_code"],
        owner=told["owner_name"],
        end_kind=told["end_kind"],
    )


def _monthly(batch: pa.RecordBatch) -> Wholes:
    """What terms bring a month; free days at the end make a term longer, not dearer (G19)."""
    price: Wholes
    price, tax, cycle, free = (
        numbers(batch[name], np.int64, unknown=0)
        for name in ("price_minor", "tax_minor", "cycle_months", "free_days")
    )
    price -= tax
    assert not len(price) or max(-price.min(), price.max()) <= _MOST_WHOLE, "a whole number fits"
    monthly: Wholes = (
        price * (MONTHLY_SCALE * YEAR_DAYS) // (cycle * YEAR_DAYS + free * YEAR_MONTHS)
    )
    return monthly


def _is_ours(told: Column, currency: str) -> Flags:
    ours = told.names.index(currency) if currency in told.names else UNKNOWN
    found: Flags = (told.codes == ours) | (told.codes == UNKNOWN)
    return found


def _customers(accounts: Frame, ids: Wholes, *, engine: Engine) -> Customers:
    asked = accounts.select("account_id", "started_day", "region", "sales_channel")
    known, started = list[NDArray[Any]](), list[NDArray[Any]]()
    region, channel = Names(), Names()
    for batch in engine.batches(asked):
        known.append(numbers(batch["account_id"], np.int64, unknown=0))
        started.append(numbers(batch["started_day"], np.int32, unknown=NEVER))
        region.add(batch["region"])
        channel.add(batch["sales_channel"])
    place = looked_up(ids, among=joined(known, np.int64))

    def of(values: NDArray[Any], unknown: int) -> NDArray[Any]:
        # The last one is asked where the place is -1.
        return np.append(values, values.dtype.type(unknown))[place]

    def named(names: Names) -> Column:
        column = names.column()
        return Column(column.names, of(column.codes, UNKNOWN))

    return Customers(ids, of(joined(started, np.int32), NEVER), named(region), named(channel))
