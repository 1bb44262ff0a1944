"""A business that decides without chance, unless a test turns it on."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.understand.warehouses import Warehouse


@pytest.fixture
def broadband(db: None, settings: Any, tmp_path: Path) -> "Warehouse":
    from tests.decide.decisions.deciding import change_strategy
    from tests.understand.warehouses import with_strategy

    settings.TENURE_HOME = tmp_path
    warehouse = with_strategy("broadband")
    change_strategy({"experiments.toml": {"exploration": "0 %"}})
    return warehouse
