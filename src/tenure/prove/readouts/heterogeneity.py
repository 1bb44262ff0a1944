"""For whom a comparison does more or less, found on one half of the accounts and judged on the
other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from tenure.prove.readouts.models import Readout
from tenure.prove.statistics.groups import ALPHA, Group
from tenure.prove.statistics.parts import HonestPart, Looked, honest_parts, together
from tenure.records.rows import select_rows

PARTS: Final = Path(__file__).parent / "parts.sql"
SEGMENTS: Final = ("plan", "cycle", "years")
# Accounts with an even bucket look, the others judge; the bucket was drawn with the account.
_LOOKING, _JUDGING = 0, 1
_YEAR: Final = timedelta(days=365)
_NOBODY: Final = Group(0, 0, 0.0, 0.0, 0.0, 0)

type _Cells = dict[tuple[str, str, int, str], list[Group]]


def differing(readout: Readout, *, alpha: float = ALPHA) -> tuple[HonestPart, ...]:
    """The parts of the customers that a comparison changes otherwise than the others.

    Parts are plans, lengths of a term, and years with us, as known at the readout. Nothing is
    found where outcomes are few.
    """
    cells = _cells(readout)
    levels = sorted({(segment, level) for segment, level, *_ in cells})
    arms = (readout.subject, readout.control)

    def looked(segment: str, level: str) -> Looked:
        groups = [
            [together(cells.get((segment, level, half, arm), [_NOBODY])) for arm in arms]
            for half in (_LOOKING, _JUDGING)
        ]
        return Looked(segment, level, *((each[0], each[1]) for each in groups))

    found = [looked(segment, level) for segment, level in levels]
    return honest_parts(found, alpha=alpha)


def _cells(readout: Readout) -> _Cells:
    values: Mapping[str, object] = {
        "key": readout.experiment_key,
        "as_of": readout.as_of,
        "matured_until": readout.matured_until,
        "a_year_ago": readout.as_of - _YEAR,
        "three_years_ago": readout.as_of - 3 * _YEAR,
    }
    cells: _Cells = {}
    for plan, cycle, years, half, arm, *sums in select_rows(PARTS, values):
        group = _group(sums)
        for segment, level in zip(SEGMENTS, (plan, str(cycle), years), strict=True):
            cells.setdefault((segment, level, int(half), arm), []).append(group)
    return cells


def _group(sums: list[Any]) -> Group:
    accounts, terms, term_squares, total, squares, products = sums
    return Group(
        accounts=int(accounts),
        terms=int(terms),
        total=float(total),
        squares=float(squares),
        products=float(products),
        term_squares=int(term_squares),
    )
