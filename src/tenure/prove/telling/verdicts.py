"""What a comparison says on a day, as a code."""

from enum import StrEnum


class Verdict(StrEnum):
    """What a readout says; only the last three say anything about the effect.

    `locked`: only an interval that holds at any look may be shown, of a table that is read before
    its planned day.
    """

    TOO_EARLY = "too_early"
    UNEVEN = "uneven"
    TOO_FEW = "too_few"
    LOCKED = "locked"
    HELPS = "helps"
    HARMS = "harms"
    NO_DIFFERENCE = "no_difference"
