"""Every term that was ever sold, as columns of numbers: read once for all who count.

The file is read as it lies, batch by batch. What is kept takes about a hundred bytes a term, and
each sum over it is a few passes over arrays (docs/decisions/0143).
"""

from __future__ import annotations

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
    Filled,
    Flags,
    Names,
    Wholes,
    looked_up,
    numbered,
    numbers,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from tenure.warehouse.batches import Source

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


def read_sold(terms: Source, accounts: Source, *, currency: str) -> Sold:
    """Read what the metrics count.

    Args:
        terms: the table `terms`, every term that ever was.
        accounts: the table `accounts`.
        currency: the business's own; terms that name none are in it.
    """
    rows, batches = terms.read((*_NUMBERS, *_FOR_REVENUE, *_NAMES))
    kept = {name: Filled(rows, kind) for name, (kind, _) in _NUMBERS.items()}
    monthly, names = Filled(rows, np.int64), {name: Names(rows) for name in _NAMES}
    for batch in batches:
        for name, (_, unknown) in _NUMBERS.items():
            kept[name].add(numbers(batch[name], unknown=unknown))
        monthly.add(_monthly(batch))
        for name, column in names.items():
            column.add(batch[name])
    whole = {name: one.values for name, one in kept.items()}
    told = {name: column.column() for name, column in names.items()}
    ids, who = numbered(whole["account_id"])
    began = whole["subscription_started_day"]
    return Sold(
        customers=_customers(accounts, ids),
        who=who,
        subscription_id=whole["subscription_id"],
        number=whole["number"],
        starts=whole["starts_day"],
        ends=whole["ends_day"],
        renewed=whole["renewed_day"],
        closed=whole["closed_day"],
        began=np.where(began == NEVER, whole["starts_day"], began),
        price=whole["price_minor"],
        monthly=monthly.values,
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
    net = numbers(batch["price_minor"], unknown=0) - numbers(batch["tax_minor"], unknown=0)
    assert not len(net) or max(-net.min(), net.max()) <= _MOST_WHOLE, "a whole number fits"
    free = numbers(batch["free_days"], unknown=0) * YEAR_MONTHS
    days = numbers(batch["cycle_months"], unknown=0) * YEAR_DAYS + free
    monthly: Wholes = net * (MONTHLY_SCALE * YEAR_DAYS) // days
    return monthly


def _is_ours(told: Column, currency: str) -> Flags:
    ours = told.names.index(currency) if currency in told.names else UNKNOWN
    found: Flags = (told.codes == ours) | (told.codes == UNKNOWN)
    return found


def _customers(accounts: Source, ids: Wholes) -> Customers:
    rows, batches = accounts.read(("account_id", "started_day", "region", "sales_channel"))
    known, started = Filled(rows, np.int64), Filled(rows, np.int32)
    region, channel = Names(rows), Names(rows)
    for batch in batches:
        known.add(numbers(batch["account_id"], unknown=0))
        started.add(numbers(batch["started_day"], unknown=NEVER))
        region.add(batch["region"])
        channel.add(batch["sales_channel"])
    place = looked_up(ids, among=known.values)

    def of(values: NDArray[Any], unknown: int) -> NDArray[Any]:
        # The last one is asked where the place is -1.
        return np.append(values, values.dtype.type(unknown))[place]

    def named(names: Names) -> Column:
        column = names.column()
        return Column(column.names, of(column.codes, UNKNOWN))

    return Customers(ids, of(started.values, NEVER), named(region), named(channel))
