"""Build a market: its records in one transaction, then its events day by day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max, Model

from tenure.records.billing.models import Payment
from tenure.records.customers.models import Account, Consent, ContactPoint, Person
from tenure.records.feedback.models import Answer, LossReason
from tenure.records.journal.actions import Fact, append
from tenure.records.service.models import Incident, Line, Node, Ticket
from tenure.records.subscriptions.models import Subscription, Term
from tenure.strategy.sections import Strategy
from tenure.warehouse.store import Store, current_store
from tenure.warehouse.tables.events import EVENTS
from tenure.world.chance import Wholes
from tenure.world.market import voices
from tenure.world.market.activity import Habits, habits
from tenure.world.market.catalogue import on_sale
from tenure.world.market.event_files import Drawing, write_events, writing
from tenure.world.market.market import Market, assemble
from tenure.world.market.newcomers import with_newcomers
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
_WRITTEN: Final = (
    Account, Person, ContactPoint, Consent, Subscription, Term, Payment, Node, Line, Incident,
    Ticket, Answer, LossReason,
)  # fmt: skip
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
    built = Built(market, habits(market), bases, _next_id(Node), counts={})
    drawing = Drawing(market, built.habits, built.account_ids)
    first, last = recipe.first_event_day, recipe.history_day
    with (
        current_store().many_days(EVENTS, at=at) as days,
        writing(drawing, days, from_day=first, to_day=last) as begun,
    ):
        # Half a million rows are looked at once at the end, not each time one of them is written.
        with connection.constraint_checks_disabled(), transaction.atomic():
            counts = _write_records(built, strategy=strategy, told=told)
            connection.check_constraints(table_names=[one._meta.db_table for one in _WRITTEN])
            append(
                Fact("world.built", on=recipe.history_until, content={"counts": counts}),
                at=at,
                by=ACTOR,
            )
        counts["events"] = begun.finish(lambda done: told("events", 0.4 + 0.6 * done))
    # The days that are lived know who joins on them.
    grown = with_newcomers(market)
    return replace(built, market=grown, habits=habits(grown), counts=dict(counts))


def _next_id(*models: type[Model]) -> int:
    """An id above every one that these tables hold."""
    highest = [model._default_manager.aggregate(top=Max("pk"))["top"] or 0 for model in models]
    return max(highest) + 1


def _write_records(built: Built, *, strategy: Strategy, told: Told) -> dict[str, int]:
    market, bases, node_base = built.market, built.bases, built.node_base
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


def place_events(store: Store, rows: "pa.Table", *, day: int, at: datetime) -> int:
    """Make rows that are sorted already the events of a day."""

    def fill(paths: Mapping[str, Path]) -> Mapping[str, int]:
        write_events(rows, paths[EVENTS.name])
        return {EVENTS.name: rows.num_rows}

    return store.place([EVENTS], day=day, at=at, fill=fill)[EVENTS.name]
