"""Why one customer is in a segment or out of it: each line with the customer's own value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import day_number
from tenure.records.strategies.queries import current
from tenure.strategy.features import FeatureKind
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
    holds; `cut` says where a standing cuts today, and nothing of any other comparison."""

    asked: Sentence
    leaf: Leaf
    settled: Leaf | None
    value: Any
    is_true: bool
    told: Sentence = _NOTHING
    cut: Sentence = _NOTHING


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
    plain, told = settle(rules, cuts), _Telling(names, current().business.currency)
    return [
        Why(
            segment=segments[name],
            term_id=row["term_id"],
            is_in=holds(plain[name], row),
            lines=tuple(_lines(rule, cuts, row=row, told=told)),
        )
        for row in rows
        for name, rule in rules.items()
    ]


@dataclass(frozen=True, slots=True)
class _Telling:
    """How values are told: in their units, and amounts in the money of the business."""

    names: Fields
    currency: str

    def __call__(self, leaf: Leaf, value: Any) -> Sentence:
        if value is None:
            return _NOTHING
        if self.names[leaf.feature].kind is FeatureKind.MONEY and not isinstance(value, str):
            text = str(Money(round(value), leaf.currency or self.currency))
            return Sentence(zh=text, en=text)
        return value_of(leaf, value, names=self.names)


def _lines(rule: Rule, cuts: Cuts, *, row: Mapping[str, Any], told: _Telling) -> list[Line]:
    """A standing that cuts nowhere, because nobody's value is known, holds for nobody."""
    found = []
    for leaf in leaves(rule):
        asked, plain = sentence_of(leaf, names=told.names), settled(leaf, cuts)
        if isinstance(plain, Leaf):
            value = row[plain.feature]
            cut = told(plain, plain.value) if plain.feature != leaf.feature else _NOTHING
            said = told(plain, value)
            found.append(Line(asked, leaf, plain, value, holds(plain, row), said, cut))
        else:
            found.append(Line(asked, leaf, None, None, False))
    return found
