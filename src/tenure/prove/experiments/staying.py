"""A time to an event of an experiment's table: days, and whether they ended with it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tenure.prove.experiments.plan import Plan
from tenure.prove.experiments.refusals import BadDays, NobodyFollowed, NoEvent
from tenure.prove.experiments.table import Flags, Floats, parts_of
from tenure.prove.statistics.groups import Group
from tenure.prove.statistics.survival import Stays, as_group


def stay_groups(
    metric: str, parts: list[Floats], *, flags: Mapping[str, Flags], plan: Plan
) -> tuple[dict[str, Group], float]:
    """Each arm as the mean days that its units stay up to a horizon, and that horizon.

    Args:
        parts: days that a unit was seen; 1 where it then left, 0 where it was still there.
    Raises:
        BadDays: days below zero.
        NoEvent: the second column holds more than yes and no.
        NobodyFollowed: an arm of which nobody was followed to the horizon that was registered.
    """
    days, left = (part.copy() for part in parts)
    names = parts_of(metric)
    known = np.logical_or.reduce(list(flags.values()))
    if (days[known] < 0).any():
        raise BadDays(column=names[0], count=int((days[known] < 0).sum()))
    odd = known & (left != 0) & (left != 1)
    if odd.any():
        raise NoEvent(column=names[1], cell=f"{left[odd][0]:g}", count=int(odd.sum()))
    stays = {arm: Stays(days[here], left[here] == 1) for arm, here in flags.items()}
    longest = {arm: float(one.seen.max()) for arm, one in stays.items()}
    horizon = plan.horizon or min(longest.values())
    for arm, most in longest.items():
        if most < horizon or horizon <= 0:
            raise NobodyFollowed(arm=arm, metric=metric, horizon=f"{horizon:g}", most=f"{most:g}")
    return {arm: as_group(one, horizon=horizon) for arm, one in stays.items()}, horizon
