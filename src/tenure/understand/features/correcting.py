"""Correct the filled days that late events belong to, beside what was known then.

What was decided was decided on what was known, so the filled rows stay. Terms whose features are
other ones by now stand in a second table of the same day, and one entry of the journal says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction

from tenure.kernel.clock import to_us
from tenure.kernel.periods import date_of, day_number
from tenure.records.jobs.models import Fill, StoredFile
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.queries import current
from tenure.understand.features.moments import WINDOW_DAYS, moment
from tenure.understand.features.queries import CORRECTED
from tenure.understand.features.registry import CORRECTIONS, FEATURES, KEYS
from tenure.understand.features.sources import Desk, core_features, features_of_day, kinds_known
from tenure.warehouse.engines import Engine, open_engine
from tenure.warehouse.fills import Filled, complete
from tenure.warehouse.store import Store, current_store
from tenure.warehouse.tables.events import EVENTS

if TYPE_CHECKING:
    import pyarrow as pa

# A list of more accounts than this takes longer to compare than everybody to compute.
MOST_NAMED: Final = 2_000


@dataclass(frozen=True, slots=True)
class _Late:
    """A filled day, when it was filled, and the days whose events were written since."""

    day: int
    known_at: datetime
    days: tuple[int, ...]


def correct(*, as_of: date, at: datetime) -> dict[str, int]:
    """Fill what late events changed on days before `as_of` (DAT-03); said again, nothing changes.

    It costs a look at two lists of files where nothing came late; else only the days inside whose
    windows late events lie are computed again, for the accounts that they are about.

    Returns:
        `days` that were looked at again, `terms` whose features are other ones by now.
    """
    late = _late_days(day_number(as_of))
    if not late:
        return {"days": 0, "terms": 0}
    store, terms = current_store(), 0
    with open_engine(settings.TENURE_ENGINE) as engine:
        for one in late:
            changed, moved = _corrected(one, at=at, store=store, engine=engine)
            terms += changed.num_rows
            store.write(CORRECTIONS, day=one.day, frame=changed, at=at, engine=engine)
            _say(one, moved, terms=changed.num_rows, at=at)
    return {"days": len(late), "terms": terms}


def _late_days(today: int) -> list[_Late]:
    """The filled days for which events were written after they were filled and last corrected."""
    first = today - WINDOW_DAYS + 1
    fills = Fill.objects.filter(day__gte=first, day__lt=today)
    filled = dict(fills.filter(entry=FEATURES.name).values_list("day", "filled_at"))
    if not filled:
        return []
    looked = dict(fills.filter(entry=CORRECTIONS.name).values_list("day", "filled_at"))
    files = StoredFile.objects.filter(
        table=EVENTS.name, replaced_at__isnull=True, day__lt=today,
        written_at__gt=min(filled.values()),
    )  # fmt: skip
    written = dict(files.order_by("day").values_list("day", "written_at"))
    found = []
    for day, known_at in sorted(filled.items()):
        window = {d: when for d, when in written.items() if day - WINDOW_DAYS < d <= day}
        last = max(known_at, looked.get(day, known_at))
        if any(when > last for when in window.values()):
            since = tuple(d for d, when in window.items() if when > known_at)
            found.append(_Late(day, known_at, since))
    return found


def _corrected(
    late: _Late, *, at: datetime, store: Store, engine: Engine
) -> tuple[pa.Table, Mapping[str, int]]:
    """The rows that are other ones by now, and of how many terms each feature is.

    Facts are read as they were copied on the day: only events are corrected. Where a kind of event
    had never been seen before, its absence is a zero from now on, for everybody.
    """
    import narwhals.stable.v2 as nw

    as_of = date_of(late.day)
    strategy = current().at(as_of)
    now = moment(as_of, at=at, zone=strategy.business.zone)
    then = engine.collect(store.read(FEATURES, engine=engine, from_day=late.day, to_day=late.day))
    desk, core = Desk(engine, store, late.day), core_features(strategy.catalog)
    accounts = _accounts(late, store=store, engine=engine)
    if not accounts:
        return then.slice(0, 0), {}
    known = kinds_known(then)
    if len(accounts) <= MOST_NAMED:
        only = nw.col("account_id").is_in(accounts)
        some = features_of_day(desk, now, core=core, only=only, known=known)
        rows = engine.collect(some)
        if kinds_known(rows) <= known:
            return _changed(rows, then)
    return _changed(engine.collect(features_of_day(desk, now, core=core)), then)


def _accounts(late: _Late, *, store: Store, engine: Engine) -> list[int]:
    """Whose events came after the day was filled."""
    import narwhals.stable.v2 as nw

    files = store.files({EVENTS: late.days}).values()
    events = engine.scan(list(files), EVENTS)
    unknown_then = events.filter(nw.col("known_us") > to_us(late.known_at))
    found = engine.collect(unknown_then.select("account_id").unique().sort("account_id"))
    accounts: list[int] = found["account_id"].to_pylist()
    return accounts


def _changed(rows: pa.Table, then: pa.Table) -> tuple[pa.Table, Mapping[str, int]]:
    """The rows that differ from what was known then, in the order of the terms."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if not rows.num_rows:
        return rows, {}
    rows, then = rows.sort_by("term_id"), then.sort_by("term_id")
    place = pc.index_in(rows["term_id"], value_set=then["term_id"].combine_chunks())
    before = then.take(place)
    different = np.zeros(rows.num_rows, dtype=np.bool_)
    moved: Counter[str] = Counter()
    for name in rows.column_names:
        if name in KEYS:
            continue
        unequal = pc.fill_null(pc.not_equal(rows[name], before[name]), False)
        other = pc.or_(unequal, pc.xor(rows[name].is_null(), before[name].is_null()))
        flags = np.asarray(other.to_numpy(zero_copy_only=False), dtype=np.bool_)
        moved[name] += int(flags.sum())
        different |= flags
    return rows.filter(pa.array(different)), {name: n for name, n in moved.items() if n}


@transaction.atomic
def _say(late: _Late, moved: Mapping[str, int], *, terms: int, at: datetime) -> None:
    filled = Filled(CORRECTIONS.name, late.day)
    before = Fill.objects.filter(entry=filled.entry, day=filled.day).first()
    if terms or (before and before.row_count):
        content = {"terms": terms, "features": dict(moved)}
        append(Fact(CORRECTED, on=date_of(late.day), content=content), at=at, by="loop")
    complete(filled, row_count=terms, at=at)
