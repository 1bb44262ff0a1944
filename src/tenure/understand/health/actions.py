"""Fill the health of a day, and write down whose fell and whose recovered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from django.conf import settings
from django.db import transaction
from numpy.typing import NDArray

from tenure.kernel.periods import date_of, day_number
from tenure.records.jobs.models import Fill
from tenure.records.journal.actions import Fact, append_many
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import by_hash, current
from tenure.strategy.health import Health
from tenure.understand.features.registry import FEATURES
from tenure.understand.health.expressions import found_low, scored, with_state
from tenure.understand.health.studying import InUse, in_use, newest, study
from tenure.warehouse.engines import Engine, Frame, open_engine
from tenure.warehouse.fills import Filled, complete, is_complete, latest_complete
from tenure.warehouse.store import Store, current_store
from tenure.warehouse.tables.understanding import HEALTH

if TYPE_CHECKING:
    import pyarrow as pa

FELL, RECOVERED = "health.fell", "health.recovered"
_CHUNK = 500  # accounts in one look into the journal


def fill(*, as_of: date, at: datetime) -> dict[str, int]:
    """Score every live term (HLT-01); a second call changes nothing.

    Returns:
        `rows`: live terms; `fell` and `recovered`: new entries of the journal.
    """
    strategy = current().at(as_of)
    day = day_number(as_of)
    filled = Filled(HEALTH.name, day, version=strategy.hash)
    if is_complete(filled):
        rows = Fill.objects.get(entry=filled.entry, day=day).row_count
        return {"rows": rows, "fell": 0, "recovered": 0}
    store = current_store()
    last = latest_complete(HEALTH.name, on_or_before=day - 1)
    with open_engine(settings.TENURE_ENGINE) as engine:
        features = store.read(FEATURES, engine=engine, from_day=day, to_day=day)
        used = in_use(strategy.health, study(strategy, as_of=as_of, at=at, engine=engine))
        desk = _Desk(engine, store, strategy.health, used)
        before = desk.before(last, version=strategy.hash)
        scores = desk.scores(features)
        table = engine.collect(with_state(scores, before, day=day, health=strategy.health))
        table = _remembered(table, day=day)
        store.write(HEALTH, day=day, frame=_declared(table), at=at, engine=engine)
    states = _States.of(table)
    with transaction.atomic():
        # Whoever is low on the first day of all did not fall: they are found there.
        fallen = () if last is None else states.fallen(strategy.health, as_of=as_of)
        fell = append_many(fallen, at=at, by="loop")
        recovered = append_many(states.recovered(strategy.health, as_of=as_of), at=at, by="loop")
        complete(filled, row_count=table.num_rows, at=at)
    return {"rows": table.num_rows, "fell": fell, "recovered": recovered}


@dataclass(frozen=True)
class _Desk:
    """Where a day is scored, and with what."""

    engine: Engine
    store: Store
    health: Health
    used: InUse

    def scores(self, features: Frame) -> Frame:
        """`expressions.scored`, learned sets as 100 × the chance of a renewal."""
        made = scored(features, self.health, learned=self.used.weights)
        if not self.used.weights:
            return made
        table = self.engine.collect(made)
        plain = cast("NDArray[np.float64]", table["score"].to_numpy())
        shown = self.used.shown(plain, places=_whole(table, "place"), health=self.health)
        import pyarrow as pa

        column = pa.array(shown, mask=np.isnan(shown))
        place = table.column_names.index("score")
        return self.engine.frame(table.set_column(place, "score", column))

    def before(self, last: int | None, *, version: str) -> Frame:
        """Who was low on the last filled day.

        Where the rule changed since, whoever was low on that day by the new one is found low, and
        has not fallen: nobody is worked on because a weight moved (H4).
        """
        if last is None:
            return self.engine.scan([], HEALTH)
        rows = self.store.read(HEALTH, engine=self.engine, from_day=last, to_day=last)
        if not self._has_changed(last, version=version):
            return rows
        features = self.store.read(FEATURES, engine=self.engine, from_day=last, to_day=last)
        return found_low(rows, self.scores(features), day=last, health=self.health)

    def _has_changed(self, last: int, *, version: str) -> bool:
        """Whether another rule, or other learned weights, scored the last filled day."""
        on = date_of(last)
        then = Fill.objects.get(entry=HEALTH.name, day=last).version
        old = self.health if then == version else by_hash(then).at(on).health
        if old.version != self.health.version:
            return True
        made = {one.id: newest(one, as_of=on) for one in old.sets}
        kept = {name: one for name, one in made.items() if one is not None}
        return in_use(old, kept).version != self.used.version


@dataclass(frozen=True)
class _States:
    """The columns of a filled day that transitions are read from; −1 where there is no day."""

    subscription_id: NDArray[np.int64]
    account_id: NDArray[np.int64]
    term_id: NDArray[np.int64]
    score: NDArray[np.float64]
    since: NDArray[np.int64]
    before: NDArray[np.int64]

    @classmethod
    def of(cls, table: pa.Table) -> _States:
        return cls(
            subscription_id=_whole(table, "subscription_id"),
            account_id=_whole(table, "account_id"),
            term_id=_whole(table, "term_id"),
            score=cast("NDArray[np.float64]", table["score"].to_numpy()),
            since=_whole(table, "below_since_day"),
            before=_whole(table, "below_before"),
        )

    def fallen(self, health: Health, *, as_of: date) -> Iterator[Fact]:
        rows = np.flatnonzero((self.since >= 0) & (self.before < 0))
        return self._facts(rows, kind=FELL, line=health.threshold, as_of=as_of)

    def recovered(self, health: Health, *, as_of: date) -> Iterator[Fact]:
        rows = np.flatnonzero((self.since < 0) & (self.before >= 0))
        return self._facts(rows, kind=RECOVERED, line=health.recover, as_of=as_of)

    def _facts(
        self, rows: NDArray[np.intp], *, kind: str, line: float, as_of: date
    ) -> Iterator[Fact]:
        columns = (self.subscription_id, self.account_id, self.term_id, self.score)
        picked = zip(*(column[rows].tolist() for column in columns), strict=True)
        for subscription, account, term, score in picked:
            yield Fact(
                kind=kind,
                on=as_of,
                account_id=account,
                term_id=term,
                content={"subscription": subscription, "score": round(score, 1), "line": line},
                once_key=f"{kind.replace('.', ':')}:{subscription}:{as_of}",
            )


def _remembered(table: pa.Table, *, day: int) -> pa.Table:
    """Let who comes back below the line be below it since the day that the journal says.

    Between an early renewal and the start of the next term a subscription has no live term. Who
    fell before and has not recovered since does not fall again.
    """
    since, seen = _whole(table, "below_since_day"), _whole(table, "seen_before")
    rows = np.flatnonzero((since >= 0) & (seen == 0))
    if not len(rows):
        return table
    subscriptions = _whole(table, "subscription_id")[rows]
    accounts = _whole(table, "account_id")[rows]
    fallen = _fallen_since(accounts, before_day=day)
    known = np.array([fallen.get(one, -1) for one in subscriptions.tolist()], dtype=np.int64)
    before = _whole(table, "below_before")
    since[rows] = np.where(known >= 0, known, since[rows])
    before[rows] = known
    replaced = {"below_since_day": since, "below_before": before}
    for name, values in replaced.items():
        place = table.column_names.index(name)
        table = table.set_column(place, name, _days(values))
    return table


def _fallen_since(accounts: NDArray[np.int64], *, before_day: int) -> dict[int, int]:
    """Subscription → day of its fall, where the journal's last word before the day is a fall."""
    last: dict[int, int] = {}
    ids = np.unique(accounts).tolist()
    for start in range(0, len(ids), _CHUNK):
        entries = Entry.objects.filter(
            kind__in=(FELL, RECOVERED), account_id__in=ids[start : start + _CHUNK]
        )
        for kind, on, content in entries.order_by("on", "pk").values_list("kind", "on", "content"):
            day = day_number(on)
            if day < before_day:
                last[content["subscription"]] = day if kind == FELL else -1
    return last


def _declared(table: pa.Table) -> pa.Table:
    return table.select(list(HEALTH.column_names))


def _whole(table: pa.Table, name: str) -> NDArray[np.int64]:
    """A column of whole numbers, −1 where it is null."""
    import pyarrow.compute as pc

    values: Any = pc.fill_null(table[name], -1).to_numpy()
    return cast("NDArray[np.int64]", values.astype(np.int64))


def _days(values: NDArray[np.int64]) -> pa.Array:
    import pyarrow as pa

    return pa.array(values.astype(np.int32), mask=values < 0)
