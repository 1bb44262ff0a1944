"""Late and out-of-order events correct the features; what was known then can be computed again."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tenure.observe.intake.actions import seal
from tenure.observe.intake.models import Source
from tenure.understand.features.expressions.use import use
from tenure.understand.features.moments import moment
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import Store
from tenure.warehouse.tables.events import EVENTS
from tests.observe.intake.sendings import a_source, a_track, an_account, send

pytestmark = pytest.mark.django_db

AS_OF = date(2026, 6, 1)
THEN = datetime(2026, 6, 1, 18, 0, tzinfo=UTC)
SINCE = THEN + timedelta(days=5)


def logins(store: Store, *, known_at: datetime) -> tuple[int, int]:
    """Logins in 7 days and active days in 30, as of 1 June, with what was known at an instant."""
    with open_engine(threads=1) as engine:
        events = store.read(EVENTS, engine=engine)
        at = moment(AS_OF, at=known_at, zone="Asia/Shanghai")
        [row] = engine.collect(use(events, moment=at, core=())).to_pylist()
    return row["logins_7"], row["active_days_30"]


def test_features_of_a_day_are_corrected_by_late_events_and_stay_reproducible(
    tmp_path: Path,
) -> None:
    """DAT-03: known then and corrected since."""
    an_account()
    store, source = Store(home=tmp_path), a_source(kind=Source.Kind.SERVER)
    on_time = a_track("Login", timestamp="2026-06-01T02:00:00Z")
    send(on_time, source=source, sent_at=None)
    seal(as_of=AS_OF, at=THEN, store=store)
    then = logins(store, known_at=THEN)
    send(
        a_track("Login", timestamp="2026-05-31T15:59:00Z"),  # 23:59 of 31 May in Shanghai
        a_track("Login", timestamp="2026-05-28T02:00:00Z"),
        a_track("Login", timestamp="2026-06-02T02:00:00Z"),  # after the day, moves nothing
        on_time,  # delivered again
        source=source,
        received_at=THEN + timedelta(days=4),
        sent_at=None,
    )

    seal(as_of=AS_OF + timedelta(days=5), at=SINCE, store=store)

    assert then == (1, 1)
    assert logins(store, known_at=SINCE) == (3, 3)
    assert logins(store, known_at=THEN) == then
