"""Providers that lose answers, say things twice, late, out of order or never; seeded."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tenure.act.payments.provider import ProviderDown
from tests.act.payments.memory import Letter, MemoryProvider, _Answering

LOST_BEFORE, LOST_AFTER, NEVER_TOLD = 0.05, 0.05, 0.15


class UnreliableProvider(MemoryProvider):
    """Loses a twentieth of the questions and a twentieth of the answers while `is_rough`."""

    def __init__(self, name: str, *, seed: int) -> None:
        super().__init__(name)
        self.chance = random.Random(seed)
        self.is_rough = True

    @contextmanager
    def _rough(self, verb: str, number: str) -> Iterator[None]:
        with self.lock:
            before, after = self.chance.random(), self.chance.random()
            pause_s = self.chance.random() * 0.004
        time.sleep(pause_s)
        if self.is_rough and before < LOST_BEFORE:
            raise ProviderDown(provider=self.name, why="lost on the way there")
        with _Answering(self, verb, number):
            yield
        if self.is_rough and after < LOST_AFTER:
            raise ProviderDown(provider=self.name, why="lost on the way back")

    def _answering(self, verb: str, number: str) -> Any:
        return self._rough(verb, number)

    def letters(self) -> list[Letter]:
        """What is delivered of the outbox: in any order, some twice or thrice, some never."""
        told = [one for one in self.outbox if self.chance.random() >= NEVER_TOLD]
        told += self.chance.choices(told, k=len(told) // 2) if told else []
        self.chance.shuffle(told)
        return told
