"""An empty home in which the small business's strategy was applied, and a folder to import."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.observe.imports.folders import Folder

__all__ = ["folder"]


@pytest.fixture
def folder(db: None, settings: Any, tmp_path: Path) -> "Folder":
    # Models can only be imported when Django is ready, which this file is read before.
    from tenure.records.strategies.actions import apply_strategy
    from tenure.strategy.loading import preset
    from tests.builders import AT
    from tests.observe.imports.folders import Folder
    from tests.remembered import as_before

    settings.TENURE_HOME = tmp_path / "home"
    found = preset("small_business")
    as_before(
        f"{found.hash} in 2025",
        lambda: apply_strategy(found, by="test", at=AT.replace(year=2025)),
    )
    return Folder(tmp_path / "files")
