"""Units of two arms as pairs of groups, stratum by stratum."""

import numpy as np
from numpy.typing import NDArray

from tenure.prove.statistics.groups import Group
from tenure.prove.statistics.strata import groups_of


def pairs_of(
    outcome: NDArray[np.float64], strata: NDArray[np.intp], *, treated: NDArray[np.bool_]
) -> list[tuple[Group, Group]]:
    """Treated and control of each stratum (its place, from 0), one value for each unit."""
    count = int(strata.max()) + 1
    sides = [
        groups_of(outcome[here], np.ones(int(here.sum())), places=strata[here], count=count)
        for here in (treated, ~treated)
    ]
    return list(zip(*sides, strict=True))
