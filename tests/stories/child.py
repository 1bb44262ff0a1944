"""A process of its own that builds a small business, or runs one day of it and may be killed.

`build`, `run` and `state` are started by `warm`; everything comes in by the environment. With
`KILL_AT=n` the run is killed by SIGKILL at the n-th place: before a statement of the records
database, or before a file below the home folder is opened, renamed or removed.
"""

import json
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any


class Places:
    """Counts the places at which a run can be killed, and kills it at one of them."""

    def __init__(self, kill_at: int) -> None:
        self.passed = 0
        self.kill_at = kill_at

    def watch(self, home: Path) -> None:
        from django.db import connection

        connection.ensure_connection()
        connection.connection.set_trace_callback(lambda statement: self.reach())
        sys.addaudithook(lambda event, given: self.look(event, given, str(home)))

    def look(self, event: str, given: tuple[Any, ...], home: str) -> None:
        if event in ("open", "os.rename", "os.remove") and str(given[0]).startswith(home):
            self.reach()

    def reach(self) -> None:
        self.passed += 1
        if self.passed == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def build() -> None:
    """Forty households at all steps of the journey, with every kind of trouble among them."""
    from tenure.records.strategies.actions import apply_strategy
    from tenure.records.subscriptions.states import TermState
    from tenure.records.tables import make_tables
    from tenure.strategy.loading import preset
    from tests.builders import AT, a_consent, a_node, a_term, an_account, an_incident
    from tests.builders import primary_person as person_of

    make_tables()
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))
    for number, days_left in enumerate([180, 90, 30, 7, 3] * 7):
        account = an_account(
            in_holdout=number % 9 == 8,
            phone=f"1380000{number:04}" if number % 3 == 0 else None,
            born_year=1945 if number % 4 == 0 else 1990,
            language="en" if number % 5 == 0 else "zh-Hans",
            kind="business" if number % 7 == 0 else "household",
        )
        a_term(account=account, days_left=days_left, owner_name="陈立" if number % 2 else "")
    for days_left in (-1, -20, 0):
        a_term(days_left=days_left)
    a_term(days_left=0, state=TermState.CANCELLING)
    faulty = a_term(days_left=3)
    an_incident(node=a_node(serves=faulty.subscription), started_at=AT - timedelta(hours=2))
    a_consent(person=person_of(faulty.account), purpose="profiling")
    send_events(faulty.account.external_id)


def send_events(external_id: str) -> None:
    """A month of use by one household, which waits in the inbox for the night."""
    from tests.builders import AT
    from tests.observe.intake.sendings import a_source, a_track, send

    source, used = a_source(), range(1, 30)
    for days_back in used:
        happened = (AT - timedelta(days=days_back)).isoformat()
        send(
            a_track("Login", userId=external_id, timestamp=happened),
            a_track(
                "Feature Used",
                userId=external_id,
                timestamp=happened,
                properties={"feature": "cloud_space", "minutes": 12},
            ),
            source=source,
            received_at=AT - timedelta(days=days_back),
            sent_at=None,
        )


def run() -> None:
    """The loop for the day of the tests, at nine in the morning after it."""
    from django.conf import settings

    from tenure.loop.nightly import run as run_day
    from tests.builders import AS_OF, at_on

    places = Places(int(os.environ.get("KILL_AT", "0")))
    places.watch(Path(settings.TENURE_HOME))
    run_day(as_of=AS_OF, at=at_on(AS_OF + timedelta(days=1), 9), by="test")
    sys.stdout.write(json.dumps({"places": places.passed}))


def state() -> None:
    """Everything that is stored, without what only says how the work was done."""
    found = steady({"records": _records(), "tables": _tables()})
    sys.stdout.write(json.dumps(found, default=str))


def steady(value: Any) -> Any:
    """The same, with estimates to nine digits: threads add numbers up in any order."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {name: steady(one) for name, one in value.items()}
    return [steady(one) for one in value] if isinstance(value, list) else value


def _records() -> dict[str, list[Any]]:
    from django.apps import apps

    how = {"Lease", "StoredFile", "Follower"}
    models = [one for one in apps.get_models() if one.__module__.startswith("tenure.")]
    found = {one.__name__: list(one._default_manager.order_by("pk").values()) for one in models}
    for run_row in found["Run"]:
        for stage in run_row["stages"].values():
            del stage["seconds"]
    for entry in found["Entry"]:
        for stage in entry["content"].get("stages", {}).values():
            stage.pop("seconds", None)
    return {name: rows for name, rows in found.items() if name not in how}


def _tables() -> dict[str, list[Any]]:
    from tenure.kernel.periods import day_number
    from tenure.understand.features.registry import FEATURES
    from tenure.warehouse.engines import open_engine
    from tenure.warehouse.store import current_store
    from tenure.warehouse.tables.events import EVENTS
    from tenure.warehouse.tables.facts import FACTS
    from tenure.warehouse.tables.understanding import HEALTH, RISKS, TAG_MASKS
    from tests.builders import AS_OF

    day, store = day_number(AS_OF), current_store()
    found = {}
    with open_engine() as engine:
        for table in (*FACTS, FEATURES, TAG_MASKS, HEALTH, RISKS):
            frame = store.read(table, engine=engine, from_day=day, to_day=day)
            rows = engine.collect(frame).to_pylist()
            found[table.name] = sorted(rows, key=lambda row: [str(row[key]) for key in table.key])
        every_day = engine.collect(store.read(EVENTS, engine=engine)).to_pylist()
        found["events"] = sorted(every_day, key=lambda row: str(row["message_id"]))
    return found
