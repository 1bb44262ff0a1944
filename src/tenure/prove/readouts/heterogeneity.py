"""For whom a comparison does more or less, found on one half of the accounts and judged on the
other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from tenure.prove.readouts.models import Readout
from tenure.prove.readouts.verdicts import within_rates
from tenure.prove.statistics.groups import ALPHA, Difference, Group, difference
from tenure.prove.statistics.parts import HonestPart, Looked, Pair, honest_parts, together
from tenure.prove.statistics.sequential import always_valid
from tenure.records.rows import select_rows

PARTS: Final = Path(__file__).parent / "parts.sql"
SEGMENTS: Final = ("plan", "cycle", "years", "audience")
# Accounts with an even bucket look, the others judge; the bucket was drawn with the account.
_LOOKING, _JUDGING = 0, 1
_YEAR: Final = timedelta(days=365)
_NOBODY: Final = Group(0, 0, 0.0, 0.0, 0.0, 0)

type _Cells = dict[tuple[str, str, int, str], list[Group]]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose outcomes are divided: two arms of an experiment, as known on a day."""

    key: str
    arms: tuple[str, str]  # treated, control
    as_of: date
    matured_until: date


@dataclass(frozen=True, slots=True)
class Part:
    """One level of a segment with both arms; `shown` is None where they are too few.

    `shown` holds at any look, for all parts together.
    """

    segment: str
    level: str
    treated: Group
    control: Group
    shown: Difference | None

    @property
    def customers(self) -> int:
        return self.treated.accounts + self.control.accounts


def scope_of(readout: Readout) -> Scope:
    """Whose outcomes a readout speaks of."""
    arms = (readout.subject, readout.control)
    return Scope(readout.experiment_key, arms, readout.as_of, readout.matured_until)


def differing(scope: Scope, *, alpha: float = ALPHA) -> tuple[HonestPart, ...]:
    """The parts of the customers that a comparison changes otherwise than the others.

    Parts are plans, lengths of a term, and years with us, as known on the day. Nothing is found
    where outcomes are few.
    """
    cells = _cells(scope)
    return honest_parts(
        [
            Looked(
                segment,
                level,
                _pair(cells, segment, level, scope=scope, halves=(_LOOKING,)),
                _pair(cells, segment, level, scope=scope, halves=(_JUDGING,)),
            )
            for segment, level in _levels(cells)
        ],
        alpha=alpha,
    )


def every_part(scope: Scope, *, least_per_arm: int, alpha: float = ALPHA) -> tuple[Part, ...]:
    """Each plan, length of a term, time with us and audience, of all customers; the largest first.

    Args:
        least_per_arm: parts with fewer customers in an arm get no interval.
        alpha: the chance that the interval of any part is wrong at any look.
    """
    cells = _cells(scope)
    levels = _levels(cells)
    pairs = [_pair(cells, *one, scope=scope, halves=(_LOOKING, _JUDGING)) for one in levels]
    enough = [min(group.accounts for group in pair) >= least_per_arm for pair in pairs]
    each = alpha / max(sum(enough), 1)
    found = [
        Part(*one, *pair, _any_look(pair, alpha=each) if may else None)
        for one, pair, may in zip(levels, pairs, enough, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (SEGMENTS.index(one.segment), -one.customers)))


def _any_look(pair: Pair, *, alpha: float) -> Difference:
    accounts = pair[0].accounts + pair[1].accounts
    plain = difference(*pair, alpha=alpha)
    return within_rates(always_valid(plain, accounts=accounts, tuning=accounts, alpha=alpha))


def _levels(cells: _Cells) -> list[tuple[str, str]]:
    return sorted({(segment, level) for segment, level, *_ in cells})


def _pair(cells: _Cells, segment: str, level: str, *, scope: Scope, halves: Iterable[int]) -> Pair:
    treated, control = (
        together(
            one for half in halves for one in cells.get((segment, level, half, arm), [_NOBODY])
        )
        for arm in scope.arms
    )
    return treated, control


def _cells(scope: Scope) -> _Cells:
    values: Mapping[str, object] = {
        "key": scope.key,
        "as_of": scope.as_of,
        "matured_until": scope.matured_until,
        "a_year_ago": scope.as_of - _YEAR,
        "three_years_ago": scope.as_of - 3 * _YEAR,
    }
    cells: _Cells = {}
    for plan, cycle, years, audience, half, arm, *sums in select_rows(PARTS, values):
        group = Group.of_sums(*sums)
        for segment, level in zip(SEGMENTS, (plan, str(cycle), years, audience), strict=True):
            if level:
                cells.setdefault((segment, level, int(half), arm), []).append(group)
    return cells
