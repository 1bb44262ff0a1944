"""Not faster than a provider allows: a bucket of leave for it, and one for each template.

Each process has buckets of its own; where several send, each takes its part of what is allowed.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tenure.act.channels.channel import Limits
from tenure.kernel.clock import monotonic_seconds

#: A wait that is not longer is waited for; messages with a longer one keep their place.
MOST_WAIT_S = 1.0


@dataclass(slots=True)
class Bucket:
    """So many at once, and so many more each second."""

    per_second: float
    burst: float
    left: float | None = None
    looked_at_s: float = 0.0

    def wait_s(self, now_s: float) -> float:
        """How long until one more may go, in seconds; 0 where it may go now."""
        left = self._left(now_s)
        return 0.0 if left >= 1 else (1 - left) / self.per_second

    def take(self, now_s: float, *, count: int) -> None:
        """Count what goes; whoever takes more than is left waits so much longer the next time."""
        self.left, self.looked_at_s = self._left(now_s) - count, now_s

    def _left(self, now_s: float) -> float:
        if self.left is None:
            return self.burst
        grown = max(0.0, now_s - self.looked_at_s) * self.per_second
        return min(self.burst, self.left + grown)


@dataclass(slots=True)
class Pace:
    """The buckets of one provider."""

    limits: Limits
    now_s: Callable[[], float] = monotonic_seconds
    sleep: Callable[[float], None] = time.sleep
    senders: int = 1  # so many processes send now, at the same pace
    _whole: Bucket | None = None
    _templates: dict[str, Bucket] = field(default_factory=dict)

    def ask(self, template: str) -> float:
        """Take leave for one message: waited for where it is near, else the seconds to wait."""
        limits = self.limits
        if self._whole is None:
            self._whole = Bucket(limits.per_second, limits.burst)
        own = self._templates.get(template)
        if own is None:
            burst = max(1.0, limits.template_per_second)
            own = self._templates[template] = Bucket(limits.template_per_second, burst)
        now_s = self.now_s()
        wait_s = max(self._whole.wait_s(now_s), own.wait_s(now_s))
        if wait_s > MOST_WAIT_S:
            return wait_s
        if wait_s:
            self.sleep(wait_s)
            now_s += wait_s
        self._whole.take(now_s, count=self.senders)
        own.take(now_s, count=self.senders)
        return 0.0
