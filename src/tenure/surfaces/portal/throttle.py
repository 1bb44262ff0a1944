"""How often one address of the network may knock at a door."""

from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so many seconds, for each address of a caller."""

    name: str
    most: int
    seconds: int

    def is_reached(self, request: HttpRequest) -> bool:
        """Whether this caller tried too often already."""
        return int(cache.get(self._key(request), 0)) >= self.most

    def count(self, request: HttpRequest) -> None:
        """One more try of this caller."""
        key = self._key(request)
        cache.add(key, 0, self.seconds)
        cache.incr(key)

    @property
    def minutes(self) -> int:
        return self.seconds // 60

    def _key(self, request: HttpRequest) -> str:
        return f"portal:{self.name}:{request.META.get('REMOTE_ADDR', '')}"


CODES_ASKED = Limit("codes", most=20, seconds=600)
CODES_TRIED = Limit("tries", most=30, seconds=600)
FILES_CHECKED = Limit("files", most=20, seconds=600)
BAD_LINKS = Limit("links", most=30, seconds=600)
