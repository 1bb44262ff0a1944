"""The table of features, filled for a day."""

from typing import Any

from tenure.records.jobs.models import Fill, StoredFile
from tenure.understand.features.actions import fill
from tenure.understand.features.registry import FEATURES
from tests.builders import AS_OF
from tests.understand.features.literal import (
    MIDNIGHT_AFTER,
    TODAY,
    a_term,
    an_account,
    an_event,
)
from tests.understand.warehouses import Warehouse


def a_business(warehouse: Warehouse, **more: list[dict[str, Any]]) -> None:
    warehouse.write(
        accounts=[an_account(account_id=who) for who in (1, 2)],
        terms=[a_term(term_id=1), a_term(term_id=2, account_id=2, days_left=200)],
        events=[
            an_event(3, "Login"),
            an_event(8, "Feature Used", feature="download", amount=12.0),
            an_event(9, "Feature Used", feature="cloud_space", amount=12.0),
            *more.get("events", []),
        ],
    )


def test_a_day_is_filled_with_one_row_per_live_term(broadband: Warehouse) -> None:
    a_business(broadband)

    counts = fill(as_of=AS_OF, at=MIDNIGHT_AFTER)

    first, second = broadband.rows(FEATURES)
    assert counts == {"rows": 2}
    assert (first["days_since_login"], second["days_since_login"]) == (3, 90)
    assert (first["days_since_core"], first["distinct_features_30"]) == (8, 2)
    assert first["speed_ratio_30"] is None
    assert Fill.objects.get(entry="features", day=TODAY).row_count == 2


def test_filling_a_day_again_writes_no_file(broadband: Warehouse) -> None:
    a_business(broadband)
    fill(as_of=AS_OF, at=MIDNIGHT_AFTER)
    files = list(StoredFile.objects.values_list("path", flat=True))

    assert fill(as_of=AS_OF, at=MIDNIGHT_AFTER) == {"rows": 2}
    assert list(StoredFile.objects.values_list("path", flat=True)) == files


def test_a_past_day_comes_out_the_same_from_a_longer_history(broadband: Warehouse) -> None:
    """TOP-18: features of a past day are recomputed to the same numbers."""
    a_business(broadband)
    fill(as_of=AS_OF, at=MIDNIGHT_AFTER)
    then = broadband.rows(FEATURES)

    Fill.objects.all().delete()
    a_business(broadband, events=[an_event(-1, "Login"), an_event(-40, "Feature Used")])
    fill(as_of=AS_OF, at=MIDNIGHT_AFTER)

    assert broadband.rows(FEATURES) == then


def test_a_day_without_anybody_is_filled_with_no_rows(broadband: Warehouse) -> None:
    assert fill(as_of=AS_OF, at=MIDNIGHT_AFTER) == {"rows": 0}
    assert broadband.rows(FEATURES) == []
