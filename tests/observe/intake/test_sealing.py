"""Events reach the day they belong to, once, however late, and whoever is killed on the way."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tenure.kernel.clock import to_us
from tenure.kernel.periods import day_number
from tenure.observe.intake.actions import seal, sealing
from tenure.observe.intake.models import InboxEvent, Source
from tenure.records.jobs.models import StoredFile
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import Store
from tenure.warehouse.tables.events import EVENTS
from tests.observe.intake.sendings import RECEIVED, a_source, a_track, an_account, send

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 1)
NIGHT = datetime(2026, 6, 1, 18, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(home=tmp_path)


def stored(store: Store, day: date | None = None) -> list[dict[str, Any]]:
    number = None if day is None else day_number(day)
    with open_engine(threads=1) as engine:
        frame = store.read(EVENTS, engine=engine, from_day=number, to_day=number)
        rows: list[dict[str, Any]] = engine.collect(frame.sort("day", "message_id")).to_pylist()
    return rows


def count_as_known(store: Store, *, at: datetime) -> int:
    return sum(one["known_us"] <= to_us(at) for one in stored(store))


@pytest.mark.usefixtures("either_database")
def test_an_event_is_sealed_into_its_day_with_its_meaning(store: Store) -> None:
    account = an_account()
    message = a_track("Usage Recorded", properties={"gb": 12.5}, messageId="m-1")
    send(message, source=a_source())

    counts = seal(as_of=DAY, at=NIGHT, store=store)

    assert counts == {"events": 1, "duplicates": 0, "days": 1, "waiting": 0}
    [event] = stored(store, DAY)
    assert event["account_id"] == account.pk
    assert (event["source"], event["message_id"]) == ("app", "m-1")
    assert (event["name"], event["feature"], event["amount"]) == ("Usage Recorded", "gb", 12.5)
    assert event["at_us"] == to_us(RECEIVED - timedelta(seconds=1))
    assert event["known_us"] == to_us(RECEIVED)
    assert event["day"] == day_number(DAY)


@pytest.mark.usefixtures("either_database")
def test_sealing_again_changes_nothing(store: Store) -> None:
    an_account()
    send(a_track(), a_track(), source=a_source())
    seal(as_of=DAY, at=NIGHT, store=store)
    files = list(StoredFile.objects.values())

    counts = seal(as_of=DAY, at=NIGHT, store=store)

    assert counts == {"events": 0, "duplicates": 0, "days": 0, "waiting": 0}
    assert list(StoredFile.objects.values()) == files


def test_late_events_correct_their_day_and_what_was_known_then_can_still_be_read(
    store: Store,
) -> None:
    """R-E-007, DAT-03: known then and corrected since are both reproducible, through `known_us`."""
    an_account()
    source = a_source(kind=Source.Kind.SERVER)
    send(a_track(messageId="early"), source=source)
    seal(as_of=DAY, at=NIGHT, store=store)
    late, out_of_order = (
        a_track(messageId="late", timestamp="2026-06-01T03:00:00Z"),
        a_track(messageId="earlier", timestamp="2026-05-30T03:00:00Z"),
    )
    send(late, out_of_order, source=source, received_at=RECEIVED + timedelta(days=3), sent_at=None)

    counts = seal(as_of=DAY + timedelta(days=3), at=NIGHT + timedelta(days=3), store=store)

    assert (counts["events"], counts["days"]) == (2, 2)
    assert [one["message_id"] for one in stored(store, DAY)] == ["early", "late"]
    assert [one["message_id"] for one in stored(store, date(2026, 5, 30))] == ["earlier"]
    assert count_as_known(store, at=NIGHT) == 1
    assert count_as_known(store, at=NIGHT + timedelta(days=3)) == 3


def test_what_was_not_known_yet_or_happens_later_waits(store: Store) -> None:
    an_account()
    source = a_source()
    send(a_track(), source=source, received_at=NIGHT + timedelta(seconds=1), sent_at=None)

    before = seal(as_of=DAY, at=NIGHT, store=store)
    day_before = seal(as_of=DAY, at=NIGHT + timedelta(hours=1), store=store)
    on_its_day = seal(as_of=DAY + timedelta(days=1), at=NIGHT + timedelta(hours=1), store=store)

    assert [one["events"] for one in (before, day_before, on_its_day)] == [0, 0, 1]


@pytest.mark.usefixtures("either_database")
def test_sealed_events_leave_the_inbox_after_eight_days_and_stay_seen(store: Store) -> None:
    """R-E-004: a message that comes again after weeks meets the cold files."""
    an_account()
    source = a_source()
    dated, undated = a_track(messageId="dated"), a_track(messageId="undated", timestamp=None)
    send(dated, undated, source=source)
    seal(as_of=DAY, at=NIGHT, store=store)
    later = RECEIVED + timedelta(days=30)

    seal(as_of=DAY, at=NIGHT + timedelta(days=7), store=store)
    kept = InboxEvent.objects.count()
    seal(as_of=DAY, at=NIGHT + timedelta(days=8), store=store)
    assert (kept, InboxEvent.objects.count()) == (2, 0)

    again = send(dated, undated, a_track(messageId="new"), source=source, received_at=later)
    counts = seal(as_of=later.date(), at=later + timedelta(hours=1), store=store)

    assert again.stored == 3
    assert (counts["events"], counts["duplicates"]) == (1, 2)
    assert [one["message_id"] for one in stored(store)] == ["dated", "undated", "new"]


@pytest.mark.parametrize("place", ["add_rows", "update_rows"])
def test_a_seal_that_breaks_off_is_finished_by_the_next(
    store: Store, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_account()
    send(a_track(messageId="a"), a_track(messageId="b"), source=a_source())

    def breaks_off(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sealing, place, breaks_off)
        with pytest.raises(KeyboardInterrupt):
            seal(as_of=DAY, at=NIGHT, store=store)
    seal(as_of=DAY, at=NIGHT, store=store)

    assert [one["message_id"] for one in stored(store)] == ["a", "b"]
    assert InboxEvent.objects.filter(sealed_at__isnull=True).count() == 0


def test_what_a_killed_run_left_behind_is_removed(store: Store) -> None:
    leftover = store.home / "events" / "half.unfinished"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"half")

    seal(as_of=DAY, at=NIGHT, store=store)

    assert not leftover.exists()


def test_many_events_are_sealed_in_several_batches(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    an_account()
    send(*(a_track() for _ in range(25)), source=a_source())
    monkeypatch.setattr(sealing, "_AT_ONCE", 10)

    counts = seal(as_of=DAY, at=NIGHT, store=store)

    assert counts["events"] == len(stored(store)) == 25
