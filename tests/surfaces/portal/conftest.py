"""A customer of the broadband operator, on the morning after the day of the tests."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tenure.records.subscriptions.models import Term
    from tests.surfaces.portal.serving import Portal
    from tests.understand.warehouses import Warehouse


@pytest.fixture
def term(broadband: "Warehouse") -> "Term":
    """Li Wenjing's yearly contract, which ends in 22 days."""
    from tests.surfaces.portal.customers import a_customer

    return a_customer()


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Portal"]:
    """One server of the customers' pages for all tests of a worker."""
    from tests.surfaces.portal.serving import serve_portal

    with serve_portal(tmp_path_factory.mktemp("portal")) as found:
        yield found
