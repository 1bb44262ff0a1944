"""What the played providers other than those of text messages share: what arrived, and numbers."""

import itertools
import json
from dataclasses import dataclass
from datetime import datetime

from tenure.kernel import clock
from tenure.world.channels.exchange import Exchange
from tenure.world.gateways.serving import Answer


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message as its reader sees it."""

    address: str
    content: str
    provider_id: str
    own_id: str
    at: datetime


class Board(Exchange):
    """One provider that keeps what it took."""

    def __init__(self, *, port: int = 0, pace: float = 0.01, seed: int = 0) -> None:
        self.arrived: list[Arrived] = []
        # Numbers are never given out twice, also by a provider that was closed in between.
        self._numbers = itertools.count(int(clock.now().timestamp() * 1_000))
        super().__init__(port=port, pace=pace, seed=seed)

    def number(self) -> str:
        """A number that was never given out before."""
        return str(next(self._numbers))

    def take(self, address: str, content: str, *, provider_id: str, own_id: str = "") -> Arrived:
        """Keep one message."""
        one = Arrived(address, content, provider_id, own_id, clock.now())
        with self.lock:
            self.arrived.append(one)
        return one

    def shown(self) -> list[dict[str, object]]:
        """What readers got."""
        return [{"address": one.address, "content": one.content} for one in self.arrived]


def said(content: object, *, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(content, ensure_ascii=False).encode())
