"""What a gateway does wrong on request, as real ones do unasked (R-Y-052)."""

import random
import threading
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """One way of going wrong."""

    DROP_ANSWER = "drop_answer"  # the request is carried out, and the line breaks before the answer
    TIME_OUT = "time_out"  # the request is carried out, and the answer comes too late
    DUPLICATE = "duplicate"  # a notification comes twice
    REORDER = "reorder"  # a notification comes after the one that follows it
    DELAY = "delay"  # a notification comes late
    LOSE = "lose"  # a notification never comes
    WRONG_AMOUNT = "wrong_amount"  # a notification says another amount, rightly signed
    WRONG_MERCHANT = "wrong_merchant"  # a notification names another app, rightly signed
    BAD_SIGNATURE = "bad_signature"  # a notification is signed with another key
    OLD_TIMESTAMP = "old_timestamp"  # a notification was signed ten minutes ago
    SERVER_ERROR = "server_error"  # a call is answered 500, and nothing happens
    TOO_MANY = "too_many"  # a call is answered 429, and nothing happens
    PAID_WHEN_CLOSED = "paid_when_closed"  # a closed order takes money all the same


@dataclass(slots=True)
class _Armed:
    times: int | None
    share: float


class Faults:
    """Which faults are switched on, how often, and for what share of the occasions."""

    def __init__(self, *, seed: int = 0) -> None:
        self._armed: dict[Fault, _Armed] = {}
        self._rng = random.Random(seed)  # nosec B311
        self._lock = threading.Lock()

    def arm(self, fault: Fault, *, times: int | None = 1, share: float = 1.0) -> None:
        """Switch a fault on for so many occasions (None: until disarmed) and this share of them."""
        with self._lock:
            self._armed[fault] = _Armed(times, share)

    def disarm(self) -> None:
        """Behave again."""
        with self._lock:
            self._armed.clear()

    def strikes(self, fault: Fault) -> bool:
        """Whether the fault happens on this occasion; counts it down when it does."""
        with self._lock:
            armed = self._armed.get(fault)
            if armed is None or self._rng.random() >= armed.share:
                return False
            if armed.times is not None:
                armed.times -= 1
                if armed.times <= 0:
                    del self._armed[fault]
            return True

    def armed(self) -> dict[str, dict[str, float | None]]:
        """What is switched on now."""
        with self._lock:
            return {
                str(fault): {"times": one.times, "share": one.share}
                for fault, one in self._armed.items()
            }
