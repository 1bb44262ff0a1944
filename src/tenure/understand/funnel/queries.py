"""Read the dated steps: our own records and what other systems told, as one history."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from tenure.kernel.periods import add_months
from tenure.records.rows import select_rows
from tenure.understand.funnel.rules import STAGES, Step, steps

_OF_ALL: Final = Path(__file__).with_name("of_all.sql")
_OF_ACCOUNT: Final = Path(__file__).with_name("of_account.sql")
MONTHS: Final = 24


@dataclass(frozen=True, slots=True)
class Reached:
    """One stage of one customer: the first day and the last, and how often."""

    stage: str
    first_on: date
    last_on: date
    count: int


def funnel(*, as_of: date, months: int = MONTHS) -> list[Step]:
    """The funnel of everybody whose first step lies in the last months: one query."""
    since = add_months(as_of, -months)
    found: dict[str, dict[str, date]] = defaultdict(dict)
    for party, stage, first in select_rows(_OF_ALL, {"since": str(since), "until": str(as_of)}):
        found[party][stage] = date.fromisoformat(first)
    return steps(list(found.values()))


def stages_of(account_id: int, *, as_of: date) -> list[Reached]:
    """The dated steps of one customer, in the order of the stages: one query (DAT-04)."""
    rows = select_rows(_OF_ACCOUNT, {"account": account_id, "until": str(as_of)})
    found = [
        Reached(stage, date.fromisoformat(first), date.fromisoformat(last), count)
        for stage, first, last, count in rows
    ]
    return sorted(found, key=lambda one: STAGES.index(one.stage))
