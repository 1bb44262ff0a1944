"""The rules of all tags, read on everyone at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from tenure.strategy.rules import Rule, features_of
from tenure.warehouse.flags import flags_of

if TYPE_CHECKING:
    import pyarrow as pa

KEYS: Final = ("term_id", "subscription_id", "account_id")


def asked(rules: Mapping[str, Rule]) -> tuple[str, ...]:
    """The columns that masks are read from: whose they are, and what the rules look at."""
    looked_at = frozenset[str]().union(*map(features_of, rules.values()))
    return (*KEYS, *sorted(looked_at.difference(KEYS)))


def masks(rows: pa.Table, rules: Mapping[str, Rule]) -> pa.Table:
    """One number per live term, whose bits are the tags.

    Args:
        rows: one row per live term with the columns `asked`.
        rules: tag → rule, at most 63; the first has the lowest bit.
    Returns:
        The columns of the table `tag_masks`.
    """
    import pyarrow as pa

    mask = np.zeros(rows.num_rows, dtype=np.int64)
    for place, (_, held) in enumerate(flags_of(rules, rows)):
        mask[held] |= 1 << place
    return rows.select(list(KEYS)).append_column("mask", pa.array(mask))
