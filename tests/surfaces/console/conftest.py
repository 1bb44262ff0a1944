"""The console, served as it is in earnest, on a small business that has lived some days."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.surfaces.console.serving import Served


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Served"]:
    """One server for all tests of a worker."""
    from tests.surfaces.console.serving import serve

    with serve(tmp_path_factory.mktemp("served")) as found:
        yield found


@pytest.fixture(autouse=True)
def same_names() -> None:
    """The same rows in each test that builds them, so that what follows of them is remembered."""
    from tests.builders.moments import count_anew

    count_anew()
