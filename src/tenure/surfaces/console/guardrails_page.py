"""The guardrails as a page shows them: reason, tests, and how often each bit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tenure.decide.decisions.biting import Bites, bites_between
from tenure.decide.decisions.reasons import shown
from tenure.strategy.guard_lines import lines
from tenure.strategy.guards import GuardLine
from tenure.strategy.refusing import Refusing
from tenure.strategy.sections import Strategy
from tenure.surfaces.console.decisions_page import title_of


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line; `stated` is None where the operator wrote no reason."""

    code: str
    title: str
    stated: GuardLine | None
    bites: Bites


def lines_on(strategy: Strategy, *, since: date, until: date) -> list[ShownLine]:
    """Every line of a strategy with what it did between two days, the most active first."""
    bitten, stated = bites_between(since, until), strategy.guardrails.stated
    found = [
        ShownLine(
            line.code,
            _title(line, strategy.business.currency),
            stated.get(line.code),
            bitten.get(line.code, Bites()),
        )
        for line in lines(strategy.guardrails)
    ]
    return sorted(found, key=lambda one: (-one.bites.refused, one.code))


def _title(line: Refusing, currency: str) -> str:
    limit = None
    if line.limit is not None:
        limit = shown(line.limit, kind=line.kind, currency=currency)
    return title_of(line.code, limit=limit, example=line.sentence)
