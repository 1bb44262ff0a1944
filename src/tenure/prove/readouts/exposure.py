"""How many of those who were drawn really met what is compared.

A comparison counts everybody by their lot, whether it reached them or not: that alone keeps the
arms alike. How many were reached says how far the difference is thinned by those who were not.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from tenure.records.rows import select_rows
from tenure.strategy.experiments import Comparison

TOLD: Final = Path(__file__).with_name("told_by_message.sql")
GIVEN: Final = Path(__file__).with_name("given_by_choice.sql")


def exposed(comparison: Comparison, *, as_of: date) -> Mapping[str, int]:
    """Arm → customers who were sent its message, or between offers were given its offer.

    An arm that leaves the step out has nobody.
    """
    values: dict[str, object] = {"key": comparison.id, "as_of": as_of}
    if not comparison.step:
        return {arm: int(count) for arm, count in select_rows(GIVEN, values)}
    values |= {"journey": comparison.journey, "step": comparison.step}
    return {arm: int(count) for arm, count in select_rows(TOLD, values)}
