"""How far a customer means to renew: a rule of two inputs that everybody can follow (INT-01)."""

from enum import StrEnum
from typing import Final

_CONTENT, _DISCONTENT = 0.75, 0.5
_MANY: Final = 2


class Level(StrEnum):
    """From the two inputs: how satisfied, and how often complained in half a year."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    UNKNOWN = "unknown"


def level_of(satisfaction: float | None, *, complaints: int) -> Level:
    """High: three quarters of the scale or more and no complaint. Low: under half, or complained
    twice. Unknown: never said anything and never complained. Else in between.

    Args:
        satisfaction: the newest score as a share of its scale, 0 to 1; None where there is none.
        complaints: in the last 180 days.
    """
    if complaints >= _MANY or (satisfaction is not None and satisfaction < _DISCONTENT):
        return Level.LOW
    if satisfaction is None:
        return Level.MEDIUM if complaints else Level.UNKNOWN
    return Level.HIGH if satisfaction >= _CONTENT and not complaints else Level.MEDIUM
