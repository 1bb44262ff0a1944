"""A limit on wrong passwords, per address of the caller."""

from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest

FAILURES_ALLOWED = 10
CLOSED_SECONDS = 300


@dataclass(frozen=True)
class Throttle:
    """The failures of one address in the last minutes."""

    key: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Throttle":
        return cls(f"login-failures:{request.META.get('REMOTE_ADDR', '')}")

    @property
    def is_closed(self) -> bool:
        return int(cache.get(self.key, 0)) >= FAILURES_ALLOWED

    @property
    def minutes_left(self) -> int:
        return CLOSED_SECONDS // 60

    def count_failure(self) -> None:
        cache.add(self.key, 0, CLOSED_SECONDS)
        cache.incr(self.key)
