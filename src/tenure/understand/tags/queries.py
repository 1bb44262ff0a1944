"""Who carries which tag."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from tenure.records.customers.queries import refused_tags
from tenure.records.strategies.queries import by_hash
from tenure.strategy.tags import Tag
from tenure.understand.readings import Reading, of_account
from tenure.understand.tags.rules import carried
from tenure.warehouse.tables.understanding import TAG_MASKS


@dataclass(frozen=True, slots=True)
class Carried:
    """The tags of one live term on a day."""

    on: date
    subscription_id: int
    term_id: int
    tags: tuple[Tag, ...]


def tags_of(account_id: int, *, as_of: date) -> list[Carried]:
    """The tags of each live term of an account, in the order of the strategy."""
    reading = of_account(TAG_MASKS, account_id=account_id, as_of=as_of)
    return [] if reading is None else told(reading, refused=refused_tags(account_id))


def told(reading: Reading, *, refused: Collection[str]) -> list[Carried]:
    """What was read of one account, as the tags of the strategy of that day.

    What the customer deleted since (`refused`) is gone at once, and not only from the next night
    on.
    """
    tags = by_hash(reading.version).at(reading.on).tags
    return [
        Carried(
            on=reading.on,
            subscription_id=row["subscription_id"],
            term_id=row["term_id"],
            tags=tuple(
                tags[name] for name in carried(row["mask"], tuple(tags)) if name not in refused
            ),
        )
        for row in sorted(reading.rows, key=lambda row: int(row["term_id"]))
    ]
