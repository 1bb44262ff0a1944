"""The events of a history are the same files whoever writes them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenure.records.jobs.models import StoredFile
from tenure.warehouse.store import Store
from tenure.warehouse.tables.events import EVENTS
from tenure.world.market import event_files
from tenure.world.market.activity import habits
from tenure.world.market.event_files import Drawing, writing
from tests.world.markets import a_market

AT = datetime(2026, 2, 10, tzinfo=UTC)


def written(home: Path, drawing: Drawing) -> dict[int, bytes]:
    """The content of the files of five days."""
    store, last = Store(home=home), drawing.market.recipe.history_day
    with (
        store.many_days(EVENTS, at=AT) as days,
        writing(drawing, days, from_day=last - 4, to_day=last) as begun,
    ):
        total = begun.finish(lambda _: None)
    files = StoredFile.objects.filter(table=EVENTS.name, replaced_at__isnull=True)
    assert sum(files.values_list("row_count", flat=True)) == total
    return {file.day: (home / file.path).read_bytes() for file in files}


@pytest.mark.django_db
def test_a_child_and_we_write_the_files_that_we_would_write_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = a_market(customers=300)
    drawing = Drawing(market, habits(market), market.population.who + 1)

    here = written(tmp_path / "here", drawing)
    monkeypatch.setattr(event_files, "CHILD_FROM_CUSTOMERS", 0)
    monkeypatch.setattr(event_files, "_DAYS_AT_ONCE", 1)  # the last one is left to us
    by_child = written(tmp_path / "child", drawing)

    assert len(here) == 5
    assert by_child == here
