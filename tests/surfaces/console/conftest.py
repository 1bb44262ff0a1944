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
