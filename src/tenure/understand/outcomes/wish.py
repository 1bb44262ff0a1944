"""What somebody wants learned from a table."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Wish:
    """Columns by name; `base_rate` is the true share of leavers where the table was sampled.

    `as_of` is the day of observation where no column tells it, `today` the reader's day.
    """

    outcome: str
    today: date
    time: str = ""
    duration: str = ""
    positive: str = ""
    base_rate: float | None = None
    as_of: date | None = None
