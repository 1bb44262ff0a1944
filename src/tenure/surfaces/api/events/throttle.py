"""How fast a key may send: a bucket per key that fills by the second."""

from dataclasses import dataclass, field
from math import ceil
from threading import Lock


@dataclass
class Bucket:
    """Holds at most two seconds' worth of events."""

    per_second: int
    filled_at: float
    level: float = field(init=False)

    def __post_init__(self) -> None:
        self.level = 2.0 * self.per_second

    def take(self, events: int, *, now: float) -> float:
        """Take so many events out; else the seconds after which to come again.

        More than a full bucket passes once the bucket is full, so that no batch waits for ever.
        """
        full = 2.0 * self.per_second
        self.level = min(full, self.level + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        needed = min(float(events), full)
        if self.level >= needed:
            self.level -= events
            return 0.0
        return (needed - self.level) / self.per_second


class Throttle:
    """The buckets of one process; each process lets its own share through."""

    def __init__(self) -> None:
        self._buckets: dict[int, Bucket] = {}
        self._lock = Lock()

    def wait_seconds(self, key: int, *, per_second: int, events: int, now: float) -> int:
        """0 where the events may pass, else the whole seconds to wait."""
        with self._lock:
            bucket = self._buckets.get(key)
            if bucket is None or bucket.per_second != per_second:
                bucket = self._buckets[key] = Bucket(per_second, filled_at=now)
            return ceil(bucket.take(events, now=now))
