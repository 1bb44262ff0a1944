"""The rules of all tags, read on everyone at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import narwhals.stable.v2 as nw

from tenure.strategy.rules import Rule
from tenure.warehouse.rules import compiled

if TYPE_CHECKING:
    from tenure.warehouse.engines import Frame


def masks(features: Frame, rules: Mapping[str, Rule]) -> Frame:
    """One number per live term, whose bits are the tags.

    Args:
        features: rows of the table `features`.
        rules: tag → rule, at most 63; the first has the lowest bit.
    Returns:
        The columns of the table `tag_masks`.
    """
    bits = [
        nw.when(compiled(rule, row="term_id")).then(nw.lit(1 << place)).otherwise(nw.lit(0))
        for place, rule in enumerate(rules.values())
    ]
    nothing = nw.col("term_id") * 0
    return features.select(
        "term_id",
        "subscription_id",
        "account_id",
        mask=reduce(add, bits, nothing).cast(nw.Int64),
    )
