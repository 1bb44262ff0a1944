"""A day of use that goes on from the day before, beside all 90 days added up again.

Events are made up by another process: a million customers leave a third of a million on a day.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from benchmarks.million import AS_OF, About, customers, timed
from tenure.kernel.periods import day_number
from tenure.understand.features.expressions.use import counts, leaving_days, marks_of
from tenure.understand.features.growing import grown
from tenure.understand.features.moments import DAY_US, WINDOW_DAYS, Moment, moment
from tenure.understand.features.running import RUNNING_USE
from tenure.warehouse.engines import Engine, as_declared, open_engine
from tenure.warehouse.tables.events import EVENTS

ZONE = "Asia/Shanghai"
CORE = ("video",)
EVENTS_A_DAY = 0.33  # for each customer: 30 million of a million customers in 91 days
TODAY = day_number(AS_OF)
_KINDS = (
    ("Login", None, None),
    ("Feature Used", "video", 3.0),
    ("Feature Used", "mail", 1.5),
    ("Usage Recorded", "gb", 2.25),
    ("Speed Test", None, 0.75),
    ("Page Viewed", "compare", None),
)


def use_from_the_day_before() -> About:
    """What enters and what leaves, read and written."""
    with _open() as (engine, files, folder):
        before, after = folder / "before.parquet", folder / "after.parquet"
        _write(_added_up(engine, files, on=moment_of(TODAY - 1)), before, engine=engine)
        now = moment_of(TODAY)

        def work() -> int:
            some = [files[day] for day in (*leaving_days(now), TODAY)]
            marks = engine.collect(marks_of(engine.scan(some, EVENTS), moment=now, core=CORE))
            known = engine.collect(engine.scan([before], RUNNING_USE))
            return _write(grown(known, marks, moment=now), after, engine=engine)

        return timed(work)


def use_from_all_events() -> About:
    """Ninety days in one pass, and written."""
    with _open() as (engine, files, folder):
        after, now = folder / "after.parquet", moment_of(TODAY)
        return timed(lambda: _write(_added_up(engine, files, on=now), after, engine=engine))


def _added_up(engine: Engine, files: Mapping[int, Path], *, on: Moment) -> pa.Table:
    inside = [path for day, path in files.items() if on.first_day <= day <= on.day]
    added = counts(engine.scan(inside, EVENTS), moment=on, core=CORE)
    return engine.collect(added.sort(*RUNNING_USE.key))


def _write(use: pa.Table, path: Path, *, engine: Engine) -> int:
    """Store the table; what everybody's logins come to."""
    engine.write(as_declared(engine.frame(use), RUNNING_USE), path, codec="lz4_raw")
    logins: int = pc.sum(use["logins_90"]).as_py()
    return logins


def moment_of(day: int) -> Moment:
    """A day as it is known long after."""
    return moment(
        AS_OF - timedelta(days=TODAY - day), at=datetime(2027, 1, 1, tzinfo=UTC), zone=ZONE
    )


def events_made_up() -> About:
    """Prepare: a file of events for each day of both windows."""
    chance, count = np.random.default_rng(8), customers()
    files = event_files()
    next(iter(files.values())).parent.mkdir(parents=True, exist_ok=True)
    rows = int(count * EVENTS_A_DAY)
    with open_engine() as engine:
        for day, path in files.items():
            kinds = chance.integers(0, len(_KINDS), size=rows)
            at = day * DAY_US + chance.integers(0, DAY_US, size=rows)
            told = {
                "account_id": np.sort(chance.integers(1, count + 1, size=rows)),
                "day": np.full(rows, day),
                "at_us": at,
                "known_us": at,
                **{
                    name: pa.array([one[place] for one in _KINDS]).take(pa.array(kinds))
                    for place, name in enumerate(("name", "feature", "amount"))
                },
            }
            engine.write(as_declared(engine.frame(pa.table(told)), EVENTS), path)
    return {}


def event_files() -> dict[int, Path]:
    """Day → where its events lie."""
    home = Path(settings.TENURE_HOME)
    days = range(TODAY - WINDOW_DAYS, TODAY + 1)
    return {day: home / "events" / f"{day}.parquet" for day in days}


@contextmanager
def _open() -> Iterator[tuple[Engine, Mapping[int, Path], Path]]:
    """An engine, the files of events, and a folder to write into."""
    with TemporaryDirectory(prefix="tenure-bench-") as folder, open_engine() as engine:
        yield engine, event_files(), Path(folder)
