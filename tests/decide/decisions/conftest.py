"""A business that decides without chance, unless a test turns it on."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.understand.warehouses import Warehouse


@pytest.fixture
def broadband(db: None, settings: Any, tmp_path: Path) -> "Warehouse":
    return _without_chance(settings, tmp_path)


@pytest.fixture
def broadband_anywhere(either_database: str, settings: Any, tmp_path: Path) -> "Warehouse":
    """The same on SQLite and on PostgreSQL."""
    return _without_chance(settings, tmp_path)


def _without_chance(settings: Any, home: Path) -> "Warehouse":
    # Models can only be imported when Django is ready, which this file is read before.
    from tests.decide.decisions.deciding import without_chance

    settings.TENURE_HOME = home
    return without_chance()
