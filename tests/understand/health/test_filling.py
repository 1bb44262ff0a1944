"""Health falls once and recovers once, whatever happens in between."""

from datetime import date, timedelta
from typing import Any

import pytest

from tenure.records.journal.models import Entry
from tenure.understand.features.registry import FEATURES
from tenure.understand.health.actions import fill
from tenure.understand.health.queries import health_of, history
from tenure.warehouse.fills import reopen
from tests.builders import AS_OF, AT, a_term
from tests.understand.features.literal import TODAY
from tests.understand.warehouses import Warehouse

GOOD = {"active_days_30": 20, "tickets_90": 0, "payments_failed_365": 0}  # (30·95+20·100+10·100)/60
BAD = {"active_days_30": 4, "tickets_90": 3, "payments_failed_365": 0}
BETWEEN = {"active_days_30": 10, "tickets_90": 1, "payments_failed_365": 1}


@pytest.fixture
def term(broadband: Warehouse) -> Any:
    return a_term()


def of(term: Any, **features: Any) -> dict[str, Any]:
    return {
        "term_id": term.pk,
        "subscription_id": term.subscription_id,
        "account_id": term.account_id,
        **features,
    }


def live(warehouse: Warehouse, term: Any, *days: dict[str, Any] | None) -> list[dict[str, int]]:
    """Fill one day after the other; None is a day without a live term."""
    counts = []
    for ago, features in enumerate(days):
        rows = [] if features is None else [of(term, **features)]
        warehouse.put(FEATURES, *rows, on=TODAY - len(days) + 1 + ago)
        counts.append(fill(as_of=AS_OF - timedelta(days=len(days) - 1 - ago), at=AT))
    return counts


def falls() -> list[tuple[str, date]]:
    return list(
        Entry.objects.order_by("on", "pk")
        .filter(kind__startswith="health.")
        .values_list("kind", "on")
    )


def test_a_fall_is_written_once_until_recovery(broadband: Warehouse, term: Any) -> None:
    """HLT-01: crossing below 70 is told exactly once; 75 is the way back."""
    live(broadband, term, GOOD, BAD, BAD, BETWEEN, BAD, GOOD, BAD)

    assert falls() == [
        ("health.fell", AS_OF - timedelta(days=5)),
        ("health.recovered", AS_OF - timedelta(days=1)),
        ("health.fell", AS_OF),
    ]
    entry = Entry.objects.filter(kind="health.fell").earliest("on")
    assert (entry.term_id, entry.content["line"]) == (term.pk, 70)
    assert entry.content["score"] == 45.8  # (30·35 + 20·35 + 10·100) ÷ 60


def test_days_without_a_live_term_do_not_make_it_fall_again(
    broadband: Warehouse, term: Any
) -> None:
    live(broadband, term, GOOD, BAD, None, None, BAD)

    assert falls() == [("health.fell", AS_OF - timedelta(days=3))]
    (reading,) = health_of(term.account_id, as_of=AS_OF)
    assert reading.below_since == AS_OF - timedelta(days=3)


def test_on_the_first_day_ever_a_low_score_is_found_and_is_no_fall(
    broadband: Warehouse, term: Any
) -> None:
    days = live(broadband, term, BAD, BAD, GOOD, BAD)

    assert [day["fell"] for day in days] == [0, 0, 0, 1]
    assert [day["recovered"] for day in days] == [0, 0, 1, 0]
    (reading,) = health_of(term.account_id, as_of=AS_OF)
    assert reading.below_since == AS_OF


def test_filling_again_writes_nothing(broadband: Warehouse, term: Any) -> None:
    live(broadband, term, GOOD, BAD)

    again = fill(as_of=AS_OF, at=AT)
    reopen("health", from_day=TODAY)
    reopened = fill(as_of=AS_OF, at=AT)

    assert again == reopened == {"rows": 1, "fell": 0, "recovered": 0}
    assert len(falls()) == 1


def test_the_screen_shows_parts_coverage_and_history(broadband: Warehouse, term: Any) -> None:
    live(broadband, term, GOOD, BETWEEN, BAD)

    (reading,) = health_of(term.account_id, as_of=AS_OF)
    past = history(term.account_id, as_of=AS_OF)

    assert [(part.id, part.score) for part in reading.parts] == [
        ("usage", 35.0),
        ("network", None),
        ("tickets", 35.0),
        ("satisfaction", None),
        ("payment", 100.0),
    ]
    assert (reading.coverage, reading.threshold) == (0.6, 70)
    assert [(one.on, one.score) for one in past] == [
        (AS_OF - timedelta(days=2), 97.5),
        (AS_OF - timedelta(days=1), 70.833333),
        (AS_OF, 45.833333),
    ]
