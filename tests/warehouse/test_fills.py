"""An entry is complete for a day under the version it was filled with."""

from datetime import UTC, datetime

import pytest

from tenure.records.jobs.models import Fill
from tenure.warehouse.fills import Filled, complete, is_complete, latest_complete, reopen

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 1, tzinfo=UTC)


def test_a_day_is_complete_only_under_its_version() -> None:
    complete(Filled("features", 100, "a"), row_count=7, at=AT)

    assert is_complete(Filled("features", 100, "a"))
    assert not is_complete(Filled("features", 100, "b"))
    assert not is_complete(Filled("features", 101, "a"))
    assert not is_complete(Filled("health", 100, "a"))


def test_completing_again_keeps_one_row_with_the_new_version() -> None:
    complete(Filled("features", 100, "a"), row_count=7, at=AT)
    complete(Filled("features", 100, "b"), row_count=8, at=AT)

    assert list(Fill.objects.values_list("version", "row_count")) == [("b", 8)]


def test_corrected_days_are_incomplete_again() -> None:
    for day in (99, 100, 101):
        complete(Filled("features", day), row_count=1, at=AT)

    assert reopen("features", from_day=100) == 2
    assert latest_complete("features", on_or_before=200) == 99
    assert latest_complete("features", on_or_before=98) is None
