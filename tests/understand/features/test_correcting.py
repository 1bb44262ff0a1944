"""Days that were filled are corrected by late events, and what was known then stays (DAT-03)."""

from datetime import timedelta
from typing import Any

import pytest

from tenure.kernel.clock import to_us
from tenure.records.jobs.models import Fill, StoredFile
from tenure.records.journal.models import Entry
from tenure.understand.features import correcting
from tenure.understand.features.actions import fill
from tenure.understand.features.correcting import correct
from tenure.understand.features.queries import CORRECTED, Reading, corrections, features_as
from tenure.understand.features.registry import CORRECTIONS, FEATURES
from tenure.warehouse.engines import open_engine
from tenure.warehouse.tables.events import EVENTS
from tests.builders import AS_OF
from tests.understand.features.literal import (
    MIDNIGHT_AFTER,
    TODAY,
    a_term,
    an_account,
    an_event,
    frame,
)
from tests.understand.warehouses import Warehouse

LATER = MIDNIGHT_AFTER + timedelta(days=3)
NEXT = AS_OF + timedelta(days=3)
ON_TIME = [an_event(3, "Login"), an_event(4, "Login", account_id=2)]


def a_filled_day(warehouse: Warehouse) -> None:
    warehouse.write(
        accounts=[an_account(account_id=who) for who in (1, 2)],
        terms=[a_term(term_id=1), a_term(term_id=2, account_id=2, days_left=200)],
        events=ON_TIME,
    )
    fill(as_of=AS_OF, at=MIDNIGHT_AFTER)


def arrive(warehouse: Warehouse, *late: dict[str, Any]) -> None:
    """Events that reached us two days after the day was filled, in the files of their days."""
    known = to_us(MIDNIGHT_AFTER + timedelta(days=2))
    events = [*ON_TIME, *({**one, "known_us": known} for one in late)]
    with open_engine(threads=1) as engine:
        for day in sorted({one["day"] for one in late}):
            rows = frame(engine, EVENTS, *(one for one in events if one["day"] == day))
            written = MIDNIGHT_AFTER + timedelta(days=2)
            warehouse.store.write(EVENTS, day=day, frame=rows, at=written, engine=engine)


def read(warehouse: Warehouse, reading: Reading) -> dict[int, dict[str, Any]]:
    with open_engine(threads=1) as engine:
        rows = engine.collect(features_as(reading, TODAY, store=warehouse.store, engine=engine))
    return {row["term_id"]: row for row in rows.to_pylist()}


def everything_again(warehouse: Warehouse) -> dict[int, dict[str, Any]]:
    """The day filled from nothing with all that is known by now."""
    Fill.objects.filter(entry=FEATURES.name).delete()
    fill(as_of=AS_OF, at=LATER)
    return {row["term_id"]: row for row in warehouse.rows(FEATURES)}


def test_a_late_event_corrects_the_day_and_leaves_what_was_known_then(
    broadband: Warehouse,
) -> None:
    """DAT-03: both readings of a filled day stand side by side, by `as_of`."""
    a_filled_day(broadband)
    then = {row["term_id"]: row for row in broadband.rows(FEATURES)}
    arrive(broadband, an_event(3, "Login", message_id="late"))

    counts = correct(as_of=NEXT, at=LATER)

    assert counts == {"days": 1, "terms": 1}
    assert read(broadband, Reading.KNOWN_THEN) == then
    by_now = read(broadband, Reading.CORRECTED)
    assert (then[1]["logins_7"], by_now[1]["logins_7"]) == (1, 2)
    assert by_now[2] == then[2]
    assert [row["term_id"] for row in broadband.rows(CORRECTIONS)] == [1]
    assert by_now == everything_again(broadband)


def test_a_person_sees_which_day_was_corrected_and_how(broadband: Warehouse) -> None:
    """DAT-03: one entry of the journal, and a list of corrected days."""
    a_filled_day(broadband)
    arrive(broadband, an_event(20, "Login", message_id="late"))

    correct(as_of=NEXT, at=LATER)

    [seen] = corrections(since=AS_OF - timedelta(days=30), until=NEXT)
    assert (seen.day, seen.terms, seen.known_at) == (AS_OF, 1, MIDNIGHT_AFTER)
    assert seen.features == {
        "logins_30": 1, "logins_90": 1, "active_days_30": 1, "active_days_90": 1,
    }  # fmt: skip
    assert Entry.objects.get(kind=CORRECTED).on == AS_OF


def test_correcting_again_changes_nothing(broadband: Warehouse) -> None:
    a_filled_day(broadband)
    arrive(broadband, an_event(3, "Login", message_id="late"))
    correct(as_of=NEXT, at=LATER)
    files = list(StoredFile.objects.values_list("path", flat=True))

    assert correct(as_of=NEXT, at=LATER) == {"days": 0, "terms": 0}
    assert list(StoredFile.objects.values_list("path", flat=True)) == files
    assert Entry.objects.filter(kind=CORRECTED).count() == 1


def test_days_without_late_events_are_not_looked_at(broadband: Warehouse) -> None:
    """Neither the day itself, nor a day before the event, nor one whose window is over."""
    a_filled_day(broadband)
    arrive(broadband, an_event(-1, "Login"), an_event(90, "Login"))

    assert correct(as_of=NEXT, at=LATER) == {"days": 0, "terms": 0}
    assert correct(as_of=AS_OF, at=LATER) == {"days": 0, "terms": 0}
    assert not Fill.objects.filter(entry=CORRECTIONS.name).exists()


def test_an_event_that_moves_no_feature_is_no_correction(broadband: Warehouse) -> None:
    a_filled_day(broadband)
    arrive(broadband, an_event(4, "Nothing We Count", message_id="late", account_id=3))

    assert correct(as_of=NEXT, at=LATER) == {"days": 1, "terms": 0}
    assert read(broadband, Reading.CORRECTED) == read(broadband, Reading.KNOWN_THEN)
    assert not Entry.objects.filter(kind=CORRECTED).exists()


def test_the_first_event_of_its_kind_makes_its_absence_a_zero_for_everybody(
    broadband: Warehouse,
) -> None:
    """Nobody was ever seen to use a meter; once anybody is, nothing used is 0 GB."""
    a_filled_day(broadband)
    meter = an_event(3, "Usage Recorded", feature="traffic", amount=2.5, message_id="late")
    arrive(broadband, meter)

    correct(as_of=NEXT, at=LATER)

    by_now = read(broadband, Reading.CORRECTED)
    assert {term: row["usage_gb_30"] for term, row in by_now.items()} == {1: 2.5, 2: 0.0}
    assert by_now == everything_again(broadband)


def test_many_accounts_are_corrected_as_few_are(
    broadband: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_filled_day(broadband)
    arrive(broadband, an_event(3, "Login", message_id="late"))
    monkeypatch.setattr(correcting, "MOST_NAMED", 0)

    correct(as_of=NEXT, at=LATER)

    assert [row["term_id"] for row in broadband.rows(CORRECTIONS)] == [1]
    assert read(broadband, Reading.CORRECTED) == everything_again(broadband)


def test_what_comes_later_still_corrects_once_more(broadband: Warehouse) -> None:
    a_filled_day(broadband)
    arrive(broadband, an_event(3, "Login", message_id="late"))
    correct(as_of=NEXT, at=MIDNIGHT_AFTER + timedelta(days=2))
    with open_engine(threads=1) as engine:
        known = to_us(LATER)
        rows = frame(engine, EVENTS, {**an_event(5, "Login", account_id=2), "known_us": known})
        broadband.store.write(EVENTS, day=TODAY - 5, frame=rows, at=LATER, engine=engine)

    assert correct(as_of=NEXT + timedelta(days=1), at=LATER) == {"days": 1, "terms": 2}
    [seen] = corrections(since=AS_OF, until=NEXT)
    assert (seen.terms, seen.corrected_at) == (2, LATER)
