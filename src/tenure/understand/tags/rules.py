"""Who entered and who left, from the masks of two days."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Wholes = NDArray[np.int64]


@dataclass(frozen=True)
class Masks:
    """One row per subscription with a live term; bit i of a mask is the i-th of `tags`."""

    tags: tuple[str, ...]
    subscription_id: Wholes
    account_id: Wholes
    term_id: Wholes
    mask: Wholes


@dataclass(frozen=True)
class Moves:
    """One row per subscription that entered (or left) one tag."""

    tag: str
    entered: bool
    subscription_id: Wholes
    account_id: Wholes
    term_id: Wholes

    def __len__(self) -> int:
        return len(self.subscription_id)


def without_refused(masks: Masks, refused: Mapping[str, Collection[int]]) -> Wholes:
    """The masks without the bits of tags that an account deleted (R-P-005).

    Args:
        refused: tag → the accounts that deleted it.
    """
    cleared = masks.mask.copy()
    for place, tag in enumerate(masks.tags):
        if accounts := refused.get(tag):
            is_theirs = np.isin(masks.account_id, np.array(sorted(accounts), dtype=np.int64))
            cleared[is_theirs] &= ~np.int64(1 << place)
    return cleared


def carried(mask: int, tags: Sequence[str]) -> list[str]:
    """The tags of one customer, in the order of the strategy."""
    return [tag for place, tag in enumerate(tags) if mask >> place & 1]


def moves(before: Masks, now: Masks) -> list[Moves]:
    """What changed between two days, by subscription.

    Who has no live term any more has left every tag; who has a first one enters from nothing. A
    tag that the strategy no longer knows is not left: nobody could say by which rule.

    Returns:
        Only moves that happened, in the order of the tags, entries before exits, each ordered by
        subscription; the term is the live one, or the last one that was.
    """
    subscriptions = np.union1d(before.subscription_id, now.subscription_id)
    old, old_rows = _placed(before, subscriptions)
    new, new_rows = _placed(now, subscriptions)
    translated = _translated(old, before.tags, known=now.tags)
    account = _either(now.account_id, new_rows, before.account_id, old_rows)
    term = _either(now.term_id, new_rows, before.term_id, old_rows)
    found: list[Moves] = []
    changed = translated ^ new
    for place, tag in enumerate(now.tags):
        moved = (changed >> place & 1).astype(np.bool_)
        for entered in (True, False):
            rows = np.flatnonzero(moved & ((new >> place & 1) == int(entered)))
            if len(rows):
                found.append(Moves(tag, entered, subscriptions[rows], account[rows], term[rows]))
    return found


def _placed(masks: Masks, subscriptions: Wholes) -> tuple[Wholes, Wholes]:
    """The mask of each subscription (0 where it has none), and its row (−1 where it has none)."""
    rows = np.full(len(subscriptions), -1, dtype=np.int64)
    places = np.searchsorted(subscriptions, masks.subscription_id)
    rows[places] = np.arange(len(places))
    placed = np.zeros(len(subscriptions), dtype=np.int64)
    placed[places] = masks.mask
    return placed, rows


def _translated(mask: Wholes, tags: Sequence[str], *, known: Sequence[str]) -> Wholes:
    """The same tags, with the bits that they have today."""
    if tuple(tags) == tuple(known):
        return mask
    translated = np.zeros_like(mask)
    for place, tag in enumerate(tags):
        if tag in known:
            translated |= (mask >> place & 1) << known.index(tag)
    return translated


def _either(first: Wholes, rows: Wholes, second: Wholes, other_rows: Wholes) -> Wholes:
    """The value of the first table where it has a row, else of the second."""
    found = np.zeros(len(rows), dtype=np.int64)
    found[rows >= 0] = first[rows[rows >= 0]]
    only_second = (rows < 0) & (other_rows >= 0)
    found[only_second] = second[other_rows[only_second]]
    return found
