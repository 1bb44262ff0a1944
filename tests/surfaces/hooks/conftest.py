"""The benches of the providers, before the product's own pages."""

import pytest
from django.core.cache import cache

from tests.act.conftest import strategy
from tests.act.payments.providers.conftest import bench, benches

__all__ = ["bench", "benches", "strategy"]


@pytest.fixture(autouse=True)
def fresh_quota() -> None:
    """No test spends the quota of another one."""
    cache.clear()
