"""A day goes on from the day before, and reads four days of events instead of ninety."""

import random
from datetime import timedelta
from typing import Any

import pytest

from tenure.kernel.periods import date_of
from tenure.records.jobs.models import StoredFile
from tenure.understand.features import growing
from tenure.understand.features.expressions.use import use
from tenure.understand.features.moments import Moment, moment
from tenure.understand.features.running import RUNNING_USE, Rules, use_of_day
from tenure.understand.features.sources import Desk
from tenure.warehouse.engines import open_engine
from tenure.warehouse.tables.events import EVENTS
from tests.builders import ZONE
from tests.understand.features.literal import MIDNIGHT_AFTER, TODAY, an_event, frame
from tests.understand.warehouses import Warehouse

RULES = Rules(("video",), ZONE)
KINDS = (
    *(("Login", None, None), ("Session Started", None, None), ("Data Exported", None, None)),
    *(("Feature Used", feature, 2.5) for feature in ("video", "mail", "cloud")),
    *(("Integration Used", program, None) for program in ("mail", "slack", "wecom")),
    *(("Usage Recorded", feature, 0.1) for feature in ("gb", "minutes", "calls", "other")),
    *(("Speed Test", None, share) for share in (0.2, 0.9)),
    *(("Outage", None, 12.34), ("Page Viewed", "compare", None), ("Email Opened", None, None)),
    ("Usage Recorded", "gb", None),
)
# A day that no window begins or ends at in the days that are tried.
MIDDLE = 50


def some_events(*, seed: int) -> list[dict[str, Any]]:
    """Four months of three customers who do everything, and one who came and went."""
    chance = random.Random(seed)
    made = [an_event(88, "Login", account_id=4), an_event(88, "Outage", account_id=4, amount=1.0)]
    for ago in range(-5, 100):
        for _ in range(chance.randrange(4)):
            name, feature, amount = chance.choice(KINDS)
            given = {"feature": feature, "amount": amount, "hour": chance.choice((9, 21))}
            made.append(an_event(ago, name, account_id=chance.randint(1, 3), **given))
    return [*made, an_event(MIDDLE, "Login")]


def put(warehouse: Warehouse, events: list[dict[str, Any]], *, without: int = 0) -> None:
    """Every day that has events, written with those of everybody but one."""
    days = {event["day"] for event in events}
    events = [event for event in events if event["account_id"] != without]
    warehouse.put_events({day: [one for one in events if one["day"] == day] for day in days})


def at_day(ahead: int) -> tuple[Moment, dict[str, Any]]:
    at = MIDNIGHT_AFTER + timedelta(days=ahead)
    return moment(date_of(TODAY + ahead), at=at, zone=ZONE), {"at": at}


def went_on(warehouse: Warehouse, ahead: int) -> list[dict[str, Any]]:
    now, told = at_day(ahead)
    with open_engine(threads=1) as engine:
        frame_ = use_of_day(Desk(engine, warehouse.store, now.day), now, rules=RULES, **told)
        rows: list[dict[str, Any]] = engine.collect(frame_.sort("account_id")).to_pylist()
    return rows


def from_all(events: list[dict[str, Any]], ahead: int) -> list[dict[str, Any]]:
    now, _ = at_day(ahead)
    with open_engine(threads=1) as engine:
        used = use(frame(engine, EVENTS, *events), moment=now, core=RULES.core)
        rows: list[dict[str, Any]] = engine.collect(used.sort("account_id")).to_pylist()
    return rows


@pytest.mark.parametrize("few", [growing._FEW, 0], ids=["one after the other", "two at once"])
def test_a_day_goes_on_from_the_day_before_to_the_same_numbers(
    broadband: Warehouse, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """Windows of 7, 30 and 90 days, days counted once, whoever falls silent is gone."""
    monkeypatch.setattr(growing, "_FEW", few)
    events = some_events(seed=11)
    put(broadband, events)
    went_on(broadband, 0)
    # Nobody may need a day inside the windows again.
    middle = StoredFile.objects.get(table=EVENTS.name, day=TODAY - MIDDLE)
    (broadband.store.home / middle.path).unlink()

    days = {ahead: went_on(broadband, ahead) for ahead in (1, 2, 3)}

    assert days == {ahead: from_all(events, ahead) for ahead in (1, 2, 3)}
    assert [row["account_id"] for row in days[1]] == [1, 2, 3, 4]
    assert [row["account_id"] for row in days[2]] == [1, 2, 3]
    # Two days are kept; what came before is nobody's any more.
    assert broadband.store.days(RUNNING_USE) == [TODAY + 2, TODAY + 3]


def test_what_came_late_or_was_erased_is_read_from_the_events(broadband: Warehouse) -> None:
    """TOP-18: a file that was written again is no longer what the day before counted."""
    events = some_events(seed=12)
    put(broadband, events)
    went_on(broadband, 0)
    late = [*events, an_event(MIDDLE, "Login", account_id=2)]
    erased = [event for event in late if event["account_id"] != 3]

    put(broadband, [one for one in late if one["day"] == TODAY - MIDDLE])
    after_late = went_on(broadband, 1)
    put(broadband, late, without=3)
    after_erasure = went_on(broadband, 2)

    assert after_late == from_all(late, 1)
    assert after_erasure == from_all(erased, 2)
    assert went_on(broadband, 3) == from_all(erased, 3)
