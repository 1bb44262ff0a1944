"""A customer of the broadband operator, on the morning after the day of the tests."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tenure.records.subscriptions.models import Term
    from tests.understand.warehouses import Warehouse


@pytest.fixture
def term(broadband: "Warehouse") -> "Term":
    """Li Wenjing's yearly contract, which ends in 22 days."""
    from tests.surfaces.portal.customers import a_customer

    return a_customer()
