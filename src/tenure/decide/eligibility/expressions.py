"""Lines that refuse actions, read on everyone at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tenure.strategy.refusing import Refusing
from tenure.strategy.rules import Leaf, Op
from tenure.warehouse.flags import flags_of

if TYPE_CHECKING:
    import pyarrow as pa

NOT_REFUSED = -1
_IS_NOTHING = Leaf("is_nothing", Op.EQUAL, 1)


def first_refused(lines: Sequence[Refusing], cases: pa.Table) -> NDArray[np.int64]:
    """The place in `lines` of the first one that refuses a case, NOT_REFUSED where none does.

    Args:
        lines: in the order in which they are named.
        cases: one row per case with the columns of `strategy.cases`.
    Returns:
        One place a case. Doing nothing is refused by no line.
    """
    rules = {str(place): one.rule for place, one in enumerate(lines)} | {"": _IS_NOTHING}
    read = dict(flags_of(rules, cases))
    found = np.full(cases.num_rows, NOT_REFUSED, dtype=np.int64)
    for place in reversed(range(len(lines))):
        found[read[str(place)]] = place
    found[read[""]] = NOT_REFUSED
    return found
