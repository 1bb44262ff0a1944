"""How wide a table may be for its rows: of many columns that say nothing, one looks lucky.

Of n rows a column that has nothing to do with the outcome follows it with a correlation beyond t in
fewer than 2 · exp(−n · t² ÷ 2) of all tables (Hoeffding), so of p columns together in fewer than p
times that.
"""

from __future__ import annotations

import math
from typing import Final

# A column that says little, but is worth having.
WEAK: Final = 0.1
# How often a table of nothing may look as if something stood in it.
_BY_CHANCE: Final = 0.05


def luck(columns: int, *, rows: int) -> float:
    """The correlation with the outcome that the luckiest of so many columns hardly ever passes.

    Args:
        columns: at least 1, none of which says anything.
        rows: at least 1.
    """
    return min(1.0, math.sqrt(2 * math.log(2 * columns / _BY_CHANCE) / rows))


def rows_needed(columns: int, *, correlation: float = WEAK) -> int:
    """From how many rows on a column of a correlation is told from the luckiest of so many."""
    return math.ceil(2 * math.log(2 * columns / _BY_CHANCE) / correlation**2)
