"""The broadband operator's strategy, applied."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tenure.strategy.sections import Strategy


@pytest.fixture
def strategy(db: None) -> "Strategy":
    # Models can only be imported when Django is ready, which this file is read before.
    from tenure.records.strategies.actions import apply_strategy
    from tenure.strategy.loading import preset
    from tests.builders import AT

    found = preset("broadband")
    apply_strategy(found, by="test", at=AT)
    return found
