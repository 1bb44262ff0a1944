"""Two providers in memory, under the names of real ones, and an applied strategy."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.act.conftest import strategy

if TYPE_CHECKING:
    from tests.act.payments.memory import MemoryProvider

__all__ = ["strategy"]


@pytest.fixture
def wechat() -> "Iterator[MemoryProvider]":
    yield from _in_use("wechat")


@pytest.fixture
def alipay() -> "Iterator[MemoryProvider]":
    yield from _in_use("alipay")


def _in_use(name: str) -> "Iterator[MemoryProvider]":
    from tenure.act.payments import registry
    from tests.act.payments.memory import MemoryProvider

    provider = MemoryProvider(name)
    with registry.standing_in(provider):
        yield provider
