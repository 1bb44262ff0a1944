"""Reads what features are made from, for the terms of one day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tenure.strategy.catalog import Catalog, EntitlementKind
from tenure.understand.features.expressions.terms import from_terms, live_terms
from tenure.understand.features.expressions.together import (
    RESTS_ON,
    Sources,
    features,
    per_account,
)
from tenure.understand.features.expressions.use import READ_OF_EVENTS
from tenure.understand.features.moments import Moment
from tenure.warehouse.engines import Engine
from tenure.warehouse.store import Store
from tenure.warehouse.tables.declaration import Table
from tenure.warehouse.tables.events import EVENTS
from tenure.warehouse.tables.facts import ACCOUNTS, ANSWERS, CONTACTS, PAYMENTS, TERMS, TICKETS

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw
    import pyarrow as pa

    from tenure.warehouse.engines import Frame


_READ: Final = (ACCOUNTS, TERMS, TICKETS, ANSWERS, PAYMENTS, CONTACTS)


@dataclass(frozen=True)
class Desk:
    """Where tables are read: one engine, one store, and the day whose copy of the facts counts.

    Facts are copied with their whole history, so the newest copy tells every day before it. `kept`
    are facts that were read once, for many looks at a part of the accounts. `use` is what the
    events of the day add up to, where that is known.
    """

    engine: Engine
    store: Store
    facts_day: int
    kept: Mapping[str, Frame] = field(default_factory=dict)
    use: Frame | None = None

    def facts(self, table: Table) -> Frame:
        """The newest copy of a table of facts, on or before the day."""
        if table.name in self.kept:
            return self.kept[table.name]
        assert table in _READ, "every table of facts is sought at once"
        found = self._newest.get(table.name)
        return self.engine.scan([] if found is None else [found[1]], table)

    @cached_property
    def _newest(self) -> Mapping[str, tuple[int, Path]]:
        # Asked once for all of them.
        return self.store.newest(_READ, on_or_before=self.facts_day)

    def in_memory(self, frame: Frame) -> Frame:
        """The same rows, computed."""
        return self.engine.frame(self.engine.collect(frame))

    def keeping(self, accounts: nw.Expr) -> Desk:
        """A desk with the facts of some accounts in memory."""
        kept = {table.name: self.in_memory(self.facts(table).filter(accounts)) for table in _READ}
        return replace(self, kept=kept)

    def events(self, moment: Moment) -> Frame:
        """The events of the days that features look at."""
        return self.store.read(
            EVENTS, engine=self.engine, from_day=moment.first_day, to_day=moment.day
        )


def core_features(catalog: Catalog) -> frozenset[str]:
    """What the product is bought for: the core entitlements of every plan."""
    sold = (one for plan in catalog.plans.values() for one in plan.entitlements)
    return frozenset(one.code for one in sold if one.kind is EntitlementKind.CORE) | {"core"}


def features_of_day(
    desk: Desk,
    moment: Moment,
    *,
    core: Collection[str],
    only: nw.Expr | None = None,
    known: Collection[str] = (),
) -> Frame:
    """The features of the terms that were live on a day.

    Args:
        only: a condition on the rows of `terms`; all live terms when not given.
        known: kinds that somebody else has (`kinds_known`), where `only` looks at a few.
    """
    terms, events = desk.facts(TERMS), desk.events(moment)
    live = live_terms(terms, moment=moment)
    if only is not None:
        live = desk.in_memory(live.filter(only))
        theirs = events.join(live.select("account_id").unique(), on="account_id", how="semi")
        # Read once for the two ways in which they are added up.
        events = desk.in_memory(theirs.select(*READ_OF_EVENTS))
    sources = Sources(
        live=live,
        terms=terms,
        accounts=desk.facts(ACCOUNTS),
        tickets=desk.facts(TICKETS),
        answers=desk.facts(ANSWERS),
        payments=desk.facts(PAYMENTS),
        contacts=desk.facts(CONTACTS),
        events=events,
        use=desk.use,
    )
    # Each source is added up by itself, and laid beside the terms in memory: an engine plans seven
    # small tables far quicker than one deep tree over every file, or than seven joins of them.
    added = {
        name: desk.engine.collect(frame)
        for name, frame in per_account(sources, moment=moment, core=core).items()
    }
    rows = desk.engine.collect(from_terms(live, terms, moment=moment))
    for table in added.values():
        rows = _beside(rows, table)
    return features(
        desk.engine.frame(rows), {}, recorded=recorded(added).union(known), moment=moment
    )


def _beside(rows: pa.Table, table: pa.Table) -> pa.Table:
    """The rows with what a table says of their accounts; null where it says nothing.

    Args:
        table: one row per account at most.
    """
    import pyarrow.compute as pc

    accounts = table["account_id"].cast(rows["account_id"].type).combine_chunks()
    place = pc.index_in(rows["account_id"], value_set=accounts)
    for name in table.column_names:
        if name != "account_id":
            rows = rows.append_column(name, table[name].take(place))
    return rows


def recorded(added: Mapping[str, pa.Table]) -> frozenset[str]:
    """Which kinds of events and records anybody has at all, by the key of `RESTS_ON` that tells."""
    import pyarrow.compute as pc

    use = added["use"]
    records = {name for name in ("tickets", "payments") if added[name].num_rows}
    if not use.num_rows:
        return frozenset(records)
    measured = [name for name in RESTS_ON if name in use.column_names]
    told = {name for name in measured if (pc.max(use[name]).as_py() or 0) > 0}
    return frozenset({"any_event"} | told | records)


def kinds_known(rows: pa.Table) -> frozenset[str]:
    """Which kinds anybody has, by the key of `RESTS_ON`, read off rows of the table `features`."""
    return frozenset(
        kind
        for kind, names in RESTS_ON.items()
        if any(rows[name].null_count < rows.num_rows for name in names)
    )
