"""A broadband operator whose loop has finished one day, and people who may sign in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

if TYPE_CHECKING:
    from django.test import Client

    from tests.understand.warehouses import Warehouse


type SignIn = Callable[[str], "Client"]


@pytest.fixture
def now() -> Iterator[None]:
    """The clock stands at the morning after the day of the tests."""
    from tests.surfaces.days import MORNING

    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def broadband(db: None, now: None, settings: Any, tmp_path: Path) -> "Warehouse":
    """Its strategy applied, without chance, and a warehouse of its own."""
    from tests.decide.decisions.deciding import without_chance

    settings.TENURE_HOME = tmp_path
    return without_chance()


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """A client that is signed in with one role."""
    from tests.surfaces.days import signed_in

    return signed_in


@pytest.fixture(autouse=True)
def fresh_counters() -> None:
    """No test inherits the failures or the quota of another one."""
    from django.core.cache import cache

    cache.clear()
