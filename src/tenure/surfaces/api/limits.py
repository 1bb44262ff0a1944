"""How often a caller may ask, counted per key and, without one, per address.

Each server process counts for itself, so the true limit is this one times the processes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.cache import cache

WINDOW_SECONDS: Final = 60
PER_KEY: Final = 600
PER_ADDRESS: Final = 60


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of the present minute for one caller."""

    allowed: int
    used: int
    reset_seconds: int

    @property
    def left(self) -> int:
        return max(0, self.allowed - self.used)

    @property
    def is_spent(self) -> bool:
        """Whether this very request is one too many."""
        return self.used > self.allowed

    @property
    def headers(self) -> dict[str, str]:
        """The two fields of draft-ietf-httpapi-ratelimit-headers, and when to come back."""
        found = {
            "RateLimit-Policy": f'"default";q={self.allowed};w={WINDOW_SECONDS}',
            "RateLimit": f'"default";r={self.left};t={self.reset_seconds}',
        }
        if self.is_spent:
            found["Retry-After"] = str(self.reset_seconds)
        return found


def count(caller: str, *, allowed: int, at: datetime) -> Quota:
    """Count one request of a caller in the minute of `at`."""
    second = int(at.timestamp())
    window = second // WINDOW_SECONDS
    name = f"quota:{caller}:{window}"
    cache.add(name, 0, WINDOW_SECONDS * 2)
    used = cache.incr(name)
    return Quota(allowed, used, (window + 1) * WINDOW_SECONDS - second)
