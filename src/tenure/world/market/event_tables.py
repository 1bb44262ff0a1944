"""A day's events as the declared table of the warehouse."""

from typing import TYPE_CHECKING, Any

import numpy as np

from tenure.world.calendar import to_utc_us
from tenure.world.chance import Wholes
from tenure.world.market.activity import NAMES, Events, Habits

if TYPE_CHECKING:
    import pyarrow as pa

SOURCE = "feed"  # what is measured and metered; what customers send themselves has its sender
_LEAST_DELAY_US, _DELAY_SPREAD_US = 2_000_000, 60_000_000


def event_table(
    events: Events, kept: Habits, *, day: int, zone: str, account_ids: Wholes
) -> "pa.Table":
    """The events of one day, with the ids of the accounts that the places stand for.

    Args:
        account_ids: by place; an account and its one subscription have the same id here.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    count = len(events)
    at_us = to_utc_us(events.second, zone=zone)
    # The delay is a digest of the row's place, so that it needs no chance of its own.
    delay = (np.arange(count, dtype=np.int64) * 7_919_003) % _DELAY_SPREAD_US
    numbers = pc.cast(pa.array(np.arange(count)), pa.string())
    message_ids = pc.binary_join_element_wise(f"{day}", numbers, "-")
    columns: dict[str, Any] = {
        "account_id": pa.array(account_ids[events.who]),
        "subscription_id": pa.array(account_ids[events.who]),
        "day": pa.array(np.full(count, day, dtype=np.int32)),
        "at_us": pa.array(at_us),
        "known_us": pa.array(at_us + _LEAST_DELAY_US + delay),
        "source": _constant(SOURCE, count),
        "message_id": message_ids,
        "name": _named(events.name, NAMES),
        "feature": _named(events.feature, kept.features),
        "amount": pa.array(events.amount, from_pandas=True),
        "content": pa.nulls(count, pa.string()),
    }
    return pa.table(columns)


def _constant(text: str, count: int) -> "pa.Array":
    return _named(np.zeros(count, dtype=np.int64), (text,))


def _named(places: Wholes, names: tuple[str, ...]) -> "pa.Array":
    """The text at each place; a place of −1 has none."""
    import pyarrow as pa

    known = pa.array(names, type=pa.string())
    return known.take(pa.array(places, mask=places < 0))
