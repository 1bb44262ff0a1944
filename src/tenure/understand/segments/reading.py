"""Rules read on everyone with a live term: one pass, one number each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

import numpy as np
from django.conf import settings

from tenure.kernel.periods import day_number
from tenure.strategy.rules import Rule
from tenure.understand.segments.population import (
    Cuts,
    cuts_of,
    fields_of,
    population,
    settle,
)
from tenure.understand.segments.rules import People, Wholes, people
from tenure.understand.tags.expressions import masks
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store

if TYPE_CHECKING:
    import pyarrow as pa

MOST_RULES = 63


@dataclass(frozen=True)
class Read:
    """Some rules on a day: bit i of a term's mask is the i-th of `names`."""

    on: date
    names: tuple[str, ...]
    cuts: Cuts
    table: pa.Table  # term_id, subscription_id, account_id, mask
    people: People

    def bit(self, name: str) -> int:
        return self.names.index(name)

    def customers(self, name: str) -> int:
        """How many accounts have a live term of which the rule is true."""
        return self.people.count(self.bit(name))

    def terms(self, name: str) -> Wholes:
        """The live terms of which the rule is true."""
        carried = (column(self.table, "mask") >> self.bit(name)) & 1 == 1
        inside: Wholes = column(self.table, "term_id")[carried]
        return inside


def read_on_everyone(rules: Mapping[str, Rule], *, on: date) -> Read:
    """Read up to 63 rules on every live term of a day whose features are complete."""
    assert len(rules) <= MOST_RULES, "a mask has 63 bits"
    day, store = day_number(on), current_store()
    with open_engine(settings.TENURE_ENGINE) as engine:
        everyone = population(fields_of(rules.values()), day=day, store=store, engine=engine)
        # Read twice, once for the standings: the events of months need not be added up twice.
        rows = engine.collect(everyone)
        cuts = cuts_of(rules.values(), engine.frame(rows), engine=engine)
    table = masks(rows, settle(rules, cuts))
    return Read(on, tuple(rules), cuts, table, gathered(table))


def gathered(table: pa.Table) -> People:
    """The masks of a table by account."""
    return people(column(table, "account_id"), column(table, "mask"))


def column(table: pa.Table, name: str) -> Wholes:
    """A column of whole numbers without nulls."""
    return cast("Wholes", table[name].to_numpy().astype(np.int64, copy=False))
