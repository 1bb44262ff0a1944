"""Telling the merchant: again and again until it says that it heard, on the gateway's schedule."""

import heapq
import http.client
import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from tenure.kernel.clock import monotonic_seconds
from tenure.world.gateways.faults import Fault, Faults

_TIMEOUT_S: Final = 5.0
_HANDS: Final = 4
#: How late a delayed notification is, and how long one is held for the next: paced, but felt.
_LATE_S: Final = 60.0
_LEAST_LATE_S: Final = 1.0
_AFTER_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Letter:
    """One notification as it goes over the wire."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """One delivery that was tried: what was sent, and what came back (0: nothing)."""

    url: str
    letter: Letter
    status: int
    answer: bytes
    is_taken: bool


@dataclass(order=True, slots=True)
class _Errand:
    due: float
    order: int
    url: str = field(compare=False)
    write: Callable[[], Letter] = field(compare=False)
    is_taken: Callable[[int, bytes], bool] = field(compare=False)
    tries: int = field(compare=False, default=0)


class Messenger:
    """Delivers notifications; each is written anew when it is sent, as its time is signed.

    Args:
        schedule_s: seconds between one delivery and the next, as the provider has them.
        pace: what a second of that schedule takes here; 0.01 makes a minute of an hour and a half.
    """

    def __init__(self, schedule_s: Sequence[float], *, pace: float, faults: Faults) -> None:
        self._schedule_s = tuple(schedule_s)
        self._pace = pace
        self._faults = faults
        self._waiting: list[_Errand] = []
        self._held: list[_Errand] = []
        self._order = itertools.count()
        self._change = threading.Condition()
        self._is_open = True
        self._busy = 0
        self.told: list[Told] = []
        self._hands = [threading.Thread(target=self._work, daemon=True) for _ in range(_HANDS)]
        for hand in self._hands:
            hand.start()

    def tell(
        self,
        url: str,
        *,
        write: Callable[[], Letter],
        is_taken: Callable[[int, bytes], bool],
    ) -> None:
        """Have a notification delivered, now and again until it is taken."""
        if not url or self._faults.strikes(Fault.LOSE):
            return
        held_s = max(_LEAST_LATE_S, _LATE_S * self._pace)
        late_s = held_s if self._faults.strikes(Fault.DELAY) else 0.0
        errand = _Errand(monotonic_seconds() + late_s, next(self._order), url, write, is_taken)
        with self._change:
            released, self._held = self._held, []
            if self._faults.strikes(Fault.REORDER):
                errand.due += held_s
                self._held.append(errand)
            for one in released:
                # Held until now, and still behind the one that came after it.
                self._waiting.remove(one)
                one.due = monotonic_seconds() + _AFTER_S
                heapq.heappush(self._waiting, one)
            heapq.heapify(self._waiting)
            heapq.heappush(self._waiting, errand)
            if self._faults.strikes(Fault.DUPLICATE):
                twin = _Errand(errand.due, next(self._order), url, write, is_taken)
                heapq.heappush(self._waiting, twin)
            self._change.notify_all()

    def settle(self, *, timeout_s: float = 10.0) -> bool:
        """Wait until nothing is left to deliver; whether that came in time."""
        with self._change:
            return self._change.wait_for(
                lambda: not self._waiting and not self._busy, timeout=timeout_s
            )

    def close(self) -> None:
        """Deliver nothing more."""
        with self._change:
            self._is_open = False
            self._waiting.clear()
            self._change.notify_all()
        for hand in self._hands:
            hand.join(timeout=_TIMEOUT_S)

    def _work(self) -> None:
        while (errand := self._next()) is not None:
            self._deliver(errand)
            with self._change:
                self._busy -= 1
                self._change.notify_all()

    def _next(self) -> _Errand | None:
        with self._change:
            while self._is_open:
                wait_s = self._waiting[0].due - monotonic_seconds() if self._waiting else None
                if wait_s is not None and wait_s <= 0:
                    self._busy += 1
                    errand = heapq.heappop(self._waiting)
                    self._held = [one for one in self._held if one is not errand]
                    return errand
                self._change.wait(wait_s)
        return None

    def _deliver(self, errand: _Errand) -> None:
        letter = errand.write()
        status, answer = post(errand.url, headers=letter.headers, body=letter.body)
        is_taken = errand.is_taken(status, answer)
        with self._change:
            self.told.append(Told(errand.url, letter, status, answer, is_taken))
            if is_taken or errand.tries >= len(self._schedule_s) or not self._is_open:
                return
            errand.due = monotonic_seconds() + self._schedule_s[errand.tries] * self._pace
            errand.tries += 1
            heapq.heappush(self._waiting, errand)


def post(url: str, *, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
    """Send a POST; its status and body, or (0, b"") when nobody answered."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)
    try:
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path or "/", body=body, headers=dict(headers))
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()
