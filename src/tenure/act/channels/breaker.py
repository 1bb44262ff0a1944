"""A provider that keeps failing is left alone for a while, and then tried with one message."""

from dataclasses import dataclass
from datetime import datetime, timedelta

OPENS_AFTER = 5
RESTS = timedelta(minutes=5)
LONGEST_REST = timedelta(hours=1)


@dataclass(slots=True)
class Breaker:
    """Failures in a row; open, it says until when."""

    failures: int = 0
    openings: int = 0
    open_until: datetime | None = None
    told_until: datetime | None = None  # what whoever looks was told last

    def is_open(self, at: datetime) -> bool:
        """Whether nobody asks this provider now."""
        # A rest that would last longer than any was begun by a clock that ran ahead.
        return self.open_until is not None and at < self.open_until <= at + LONGEST_REST

    def succeeded(self) -> None:
        """The provider answered, whatever it said: it is there."""
        self.failures = self.openings = 0
        self.open_until = None

    def failed(self, at: datetime, *, outright: bool = False) -> None:
        """Count a failure; an outright one (nobody there) opens at once.

        After a rest one failure is enough to open again, for twice as long each time.
        """
        self.failures += 1
        if not outright and self.failures < OPENS_AFTER and not self.openings:
            return
        rest = min(RESTS * 2**self.openings, LONGEST_REST)
        self.openings += 1
        self.open_until = at + rest
