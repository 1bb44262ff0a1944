"""`tenure corrections`: a person sees which past days late events changed (DAT-03)."""

import json
from datetime import UTC, date, datetime

import pytest

from tenure.kernel.periods import day_number
from tenure.records.jobs.actions import finish_run, start_run
from tenure.records.jobs.models import Fill
from tenure.records.journal.actions import Fact, append
from tenure.surfaces.cli.corrections import rows_since, told
from tenure.understand.features.queries import CORRECTED

DAY = date(2026, 3, 11)
THEN, SINCE = (datetime(2026, 3, day, 1, tzinfo=UTC) for day in (12, 15))


@pytest.fixture(autouse=True)
def a_corrected_day(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENURE_LANG", "en")
    number = day_number(DAY)
    Fill.objects.create(entry="features", day=number, version="1", filled_at=THEN)
    content = {"terms": 3, "features": {"logins_30": 2, "active_days_30": 3}}
    append(Fact(CORRECTED, on=DAY, content=content), at=SINCE, by="loop")
    finish_run(start_run(date(2026, 3, 14), strategy_hash="x", at=SINCE), at=SINCE, by="test")


def test_a_corrected_day_is_told_with_what_moved() -> None:
    """DAT-03: when it was known, when it was corrected, and of how many terms which feature."""
    first, [row] = rows_since("")

    assert first == date(2025, 12, 14)
    assert json.loads(json.dumps(row)) == {
        "day": "2026-03-11",
        "terms": 3,
        "known": "2026-03-12T01:00:00+00:00",
        "corrected": "2026-03-15T01:00:00+00:00",
        "features": {"logins_30": 2, "active_days_30": 3},
    }
    assert told(row["features"]) == "active days in 30 days 3, logins in 30 days 2"


def test_days_before_the_first_one_asked_about_are_left_out() -> None:
    assert rows_since("2026-03-12") == (date(2026, 3, 12), [])
