"""Why one customer is in a segment or out of it: each line with the customer's own value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from tenure.kernel.failures import Sentence
from tenure.kernel.periods import day_number
from tenure.strategy.fields import Fields, settled
from tenure.strategy.rule_sentences import sentence_of, value_of
from tenure.strategy.rules import Leaf, Rule, holds, leaves
from tenure.understand.segments.population import Cuts, cuts_of, fields_of, population, settle
from tenure.understand.segments.queries import Known
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store

_NOTHING = Sentence(zh="", en="")


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison as it was asked and as it cuts today, the customer's value, and whether it
    holds."""

    asked: Sentence
    leaf: Leaf
    settled: Leaf | None
    value: Any
    is_true: bool
    told: Sentence = _NOTHING


@dataclass(frozen=True, slots=True)
class Why:
    """One live term and one segment."""

    segment: Known
    term_id: int
    is_in: bool
    lines: tuple[Line, ...]

    @property
    def missing(self) -> tuple[Line, ...]:
        """The lines that do not hold."""
        return tuple(line for line in self.lines if not line.is_true)


def why(account_id: int, segments: Mapping[str, Known], *, on: date, names: Fields) -> list[Why]:
    """Read some segments on every live term of one account, in the order of terms and segments."""
    import narwhals.stable.v2 as nw

    rules = {name: one.rule for name, one in segments.items()}
    day, store = day_number(on), current_store()
    with open_engine(settings.TENURE_ENGINE) as engine:
        frame = population(fields_of(rules.values()), day=day, store=store, engine=engine)
        cuts = cuts_of(rules.values(), frame, engine=engine)
        mine = frame.filter(nw.col("account_id") == account_id).sort("term_id")
        rows = engine.collect(mine).to_pylist()
    plain = settle(rules, cuts)
    return [
        Why(
            segment=segments[name],
            term_id=row["term_id"],
            is_in=holds(plain[name], row),
            lines=tuple(_lines(rule, cuts, row=row, names=names)),
        )
        for row in rows
        for name, rule in rules.items()
    ]


def _lines(rule: Rule, cuts: Cuts, *, row: Mapping[str, Any], names: Fields) -> list[Line]:
    """A standing that cuts nowhere, because nobody's value is known, holds for nobody."""
    found = []
    for leaf in leaves(rule):
        asked, plain = sentence_of(leaf, names=names), settled(leaf, cuts)
        if isinstance(plain, Leaf):
            value = row[plain.feature]
            told = _NOTHING if value is None else value_of(plain, value, names=names)
            found.append(Line(asked, leaf, plain, value, holds(plain, row), told))
        else:
            found.append(Line(asked, leaf, None, None, False))
    return found
