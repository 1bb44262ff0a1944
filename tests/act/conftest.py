"""The broadband operator's strategy, applied, and a warehouse of the test's own."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from tenure.act.journeys.planning import Planned
    from tenure.strategy.sections import Strategy


@pytest.fixture
def strategy(db: None, settings: Any, tmp_path: Path) -> "Strategy":
    # Models can only be imported when Django is ready, which this file is read before.
    from tenure.records.strategies.actions import apply_strategy
    from tenure.strategy.loading import preset
    from tests.builders import AT
    from tests.remembered import as_before

    settings.TENURE_HOME = tmp_path
    found = preset("broadband")
    as_before(
        f"{found.hash} in 2020",
        lambda: apply_strategy(found, by="test", at=AT.replace(year=2020)),
    )
    return found


class PlanDay(Protocol):
    """Copies the records, fills the features of a day, and plans what is due on it."""

    def __call__(self, as_of: date | None = None, *, at: datetime | None = None) -> "Planned": ...


@pytest.fixture
def plan_day(strategy: "Strategy") -> PlanDay:
    from tenure.act.journeys.actions import plan_due
    from tenure.understand.features import actions as features
    from tenure.warehouse import snapshots
    from tests.builders import AS_OF, AT

    def planned(as_of: date | None = None, *, at: datetime | None = None) -> "Planned":
        day, now = as_of or AS_OF, at or AT
        snapshots.take(as_of=day, at=now)
        features.fill(as_of=day, at=now)
        return plan_due(as_of=day, at=now)

    return planned
