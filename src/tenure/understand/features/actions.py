"""Fill the table of features for a day."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from django.conf import settings

from tenure.kernel.periods import day_number
from tenure.records.jobs.models import Fill
from tenure.records.strategies.queries import current
from tenure.understand.features.moments import moment
from tenure.understand.features.registry import FEATURES
from tenure.understand.features.running import Rules, use_of_day
from tenure.understand.features.sources import Desk, core_features, features_of_day
from tenure.warehouse.engines import open_engine
from tenure.warehouse.fills import Filled, complete, is_complete
from tenure.warehouse.store import current_store

# Raised when a feature is computed in another way: filled days are then filled again.
VERSION = "1"


def fill(*, as_of: date, at: datetime) -> dict[str, int]:
    """Compute every feature of every live term as of a day; a second call changes nothing.

    Returns:
        `rows`: how many live terms there were.
    """
    strategy = current().at(as_of)
    core = core_features(strategy.catalog)
    filled = Filled(FEATURES.name, day_number(as_of), version=_version(core))
    if is_complete(filled):
        return {"rows": Fill.objects.get(entry=filled.entry, day=filled.day).row_count}
    now = moment(as_of, at=at, zone=strategy.business.zone)
    store = current_store()
    with open_engine(settings.TENURE_ENGINE) as engine:
        desk = Desk(engine, store, now.day)
        used = use_of_day(desk, now, rules=Rules(core, strategy.business.zone), at=at)
        frame = engine.collect(features_of_day(replace(desk, use=used), now, core=core))
        count = store.write(FEATURES, day=now.day, frame=frame, at=at, engine=engine)
    complete(filled, row_count=count, at=at)
    return {"rows": count}


def _version(core: Collection[str]) -> str:
    """Another one whenever the same history would give other numbers."""
    text = "|".join((VERSION, *FEATURES.column_names, *sorted(core)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
