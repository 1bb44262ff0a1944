"""A business with its strategy applied and a warehouse of its own."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.understand.warehouses import Warehouse


@pytest.fixture
def broadband(db: None, settings: Any, tmp_path: Path) -> "Warehouse":
    from tests.understand.warehouses import with_strategy

    settings.TENURE_HOME = tmp_path
    return with_strategy("broadband")
