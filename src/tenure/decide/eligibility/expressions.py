"""Lines that refuse actions, read on everyone at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tenure.strategy.refusing import Refusing
from tenure.warehouse.rules import compiled

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

NOT_REFUSED = -1


def first_refused(lines: Sequence[Refusing]) -> nw.Expr:
    """The place in `lines` of the first one that refuses a case, NOT_REFUSED where none does.

    Args:
        lines: in the order in which they are named.
    Returns:
        An int64 expression over a frame with one row per case and the columns of `cases`.
    """
    import narwhals.stable.v2 as nw

    found = nw.lit(NOT_REFUSED)
    for place in reversed(range(len(lines))):
        refuses = compiled(lines[place].rule, row="is_nothing")
        found = nw.when(refuses).then(nw.lit(place)).otherwise(found)
    return nw.when(nw.col("is_nothing") == 1).then(nw.lit(NOT_REFUSED)).otherwise(found)
