"""Build a market: its records in one transaction, then its events day by day."""

from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max, Model

from tenure.records.customers.models import Account, Person
from tenure.records.journal.actions import Fact, append
from tenure.records.service.models import Node
from tenure.records.subscriptions.models import Subscription, Term
from tenure.strategy.sections import Strategy
from tenure.warehouse.store import Store, current_store
from tenure.warehouse.tables.events import EVENTS
from tenure.world.chance import Flags, Wholes
from tenure.world.market import voices
from tenure.world.market.activity import Habits, day_events, habits
from tenure.world.market.catalogue import on_sale
from tenure.world.market.event_tables import event_table
from tenure.world.market.market import Market, assemble
from tenure.world.market.recipe import Recipe
from tenure.world.market.rows.agreements import (
    Bases,
    write_payments,
    write_subscriptions,
    write_terms,
)
from tenure.world.market.rows.columns import DAY_SECONDS
from tenure.world.market.rows.people import write_people
from tenure.world.market.rows.voices import (
    write_answers,
    write_faults,
    write_network,
    write_reasons,
    write_tickets,
)

if TYPE_CHECKING:
    import pyarrow as pa

ACTOR: Final = "world"
_DAYS_AHEAD = 4
type Told = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Built:
    """A market that stands in the records and in the warehouse."""

    market: Market
    habits: Habits
    bases: Bases
    node_base: int
    counts: dict[str, int]

    @property
    def account_ids(self) -> Wholes:
        """The id of each place's account, person and subscription."""
        return self.market.population.who + self.bases.account


def build(recipe: Recipe, *, strategy: Strategy, at: datetime, told: Told) -> Built:
    """Build the market of a recipe beside whatever is in the store already.

    Args:
        at: the instant at which the records are written.
        told: called with what is being done and how much of it is done, 0 to 1.
    """
    told("market", 0.0)
    market = assemble(recipe, on_sale())
    bases = Bases(account=_next_id(Account, Person, Subscription), term=_next_id(Term))
    node_base = _next_id(Node)
    with transaction.atomic():
        counts = _write_records(
            market, strategy=strategy, bases=bases, node_base=node_base, told=told
        )
        append(
            Fact("world.built", on=recipe.history_until, content={"counts": counts}),
            at=at,
            by=ACTOR,
        )
    built = Built(market, habits(market), bases, node_base, counts)
    counts["events"] = write_events(
        built, from_day=recipe.first_event_day, to_day=recipe.history_day, at=at, told=told
    )
    return built


def _next_id(*models: type[Model]) -> int:
    """An id above every one that these tables hold."""
    highest = [model._default_manager.aggregate(top=Max("pk"))["top"] or 0 for model in models]
    return max(highest) + 1


def _write_records(
    market: Market, *, strategy: Strategy, bases: Bases, node_base: int, told: Told
) -> dict[str, int]:
    recipe = market.recipe
    until = (recipe.history_day + 1) * DAY_SECONDS
    salt = strategy.experiments.holdout_salt
    counts = {}
    told("people", 0.05)
    counts["accounts"] = write_people(market, base=bases.account, holdout_salt=salt)
    told("terms", 0.15)
    counts["subscriptions"] = write_subscriptions(market, base=bases.account)
    counts["terms"] = write_terms(market, bases=bases)
    told("payments", 0.25)
    counts["payments"] = write_payments(market, bases=bases)
    told("voices", 0.35)
    counts["nodes"] = write_network(market, bases=bases, node_base=node_base)
    counts["incidents"] = write_faults(market, market.faults, until=until, node_base=node_base)
    counts["tickets"] = write_tickets(market, market.tickets, until=until, bases=bases)
    given = voices.answers(market, first_day=recipe.first_day, last_day=recipe.history_day)
    counts["answers"] = write_answers(market, given, bases=bases)
    counts["reasons"] = write_reasons(market, known=tuple(strategy.reasons), bases=bases)
    _set_sequences()
    return counts


def _set_sequences() -> None:
    """Ids were given out here, and PostgreSQL must know (SQLite always does)."""
    models = [Account, Person, Subscription, Term, Node]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def active_on(market: Market, day: int) -> Flags:
    """Who is a customer on a day of the history."""
    active: Flags = (market.population.started <= day) & (day < market.ended)
    return active


def write_events(built: Built, *, from_day: int, to_day: int, at: datetime, told: Told) -> int:
    """What happened on each day of the history, one file a day; both ends are counted.

    The next days are drawn in a thread while one is written: drawing is arithmetic and writing is
    compression and waiting for the disk, so both cores have something to do.
    """
    store, total = current_store(), 0
    days = range(from_day, to_day + 1)
    with ThreadPoolExecutor(max_workers=1) as drawing:
        ahead = deque(drawing.submit(_table_of, built, day) for day in days[:_DAYS_AHEAD])
        for place, day in enumerate(days):
            if place + _DAYS_AHEAD < len(days):
                ahead.append(drawing.submit(_table_of, built, days[place + _DAYS_AHEAD]))
            total += place_events(store, ahead.popleft().result(), day=day, at=at)
            if place % 20 == 0:
                told("events", 0.4 + 0.6 * place / len(days))
    return total


def _table_of(built: Built, day: int) -> "pa.Table":
    market = built.market
    events = day_events(market, built.habits, day=day, active=active_on(market, day))
    return event_table(
        events, built.habits, day=day, zone=market.recipe.zone, account_ids=built.account_ids
    )


def place_events(store: Store, rows: "pa.Table", *, day: int, at: datetime) -> int:
    """Make rows that are sorted already the events of a day."""
    import pyarrow.parquet as pq

    def fill(paths: Mapping[str, Path]) -> Mapping[str, int]:
        pq.write_table(
            rows,
            paths[EVENTS.name],
            compression="zstd",
            use_dictionary=["source", "name", "feature"],
            write_statistics=["account_id", "day", "at_us", "known_us"],
        )
        return {EVENTS.name: rows.num_rows}

    return store.place([EVENTS], day=day, at=at, fill=fill)[EVENTS.name]
