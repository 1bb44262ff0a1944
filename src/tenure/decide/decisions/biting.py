"""Count what each line refused, each time that everybody is chosen for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from django.db.models import Sum

from tenure.decide.decisions.rows import Result
from tenure.decide.guardrails.models import GuardBite
from tenure.records.rows import insert_rows

_COLUMNS: Final = ("as_of", "at", "journey", "code", "action", "refused", "left_alone")


@dataclass(frozen=True, slots=True)
class Bites:
    """What one line did over some days: offers refused, terms left alone, and days it bit on."""

    refused: int = 0
    left_alone: int = 0
    days: int = 0


def count_bites(result: Result) -> int:
    """Write how often each line bit; how many rows are new."""
    journey = result.steps[0].journey.id
    stamp = (result.desk.as_of, result.desk.at, journey)
    rows = [(*stamp, *row) for row in _counted(result)]
    return insert_rows(GuardBite, rows, columns=_COLUMNS)


def _counted(result: Result) -> Iterator[tuple[Any, ...]]:
    evaluated, codes = result.evaluated, [line.code for line in result.evaluated.lines]
    for row, offer in enumerate(evaluated.offers):
        places, counts = np.unique(evaluated.refused[row], return_counts=True)
        for place, count in zip(places.tolist(), counts.tolist(), strict=True):
            if place >= 0:
                yield codes[place], offer.id, count, 0
    alone = Counter(result.chosen.reason[result.chosen.choice == 0].tolist())
    for code in codes:
        if alone[code]:
            yield code, "", 0, alone[code]


def bites_between(since: date, until: date) -> dict[str, Bites]:
    """Line → what it did between two days, both counted."""
    rows = GuardBite.objects.filter(as_of__gte=since, as_of__lte=until)
    sums = rows.values("code", "as_of").annotate(
        refused=Sum("refused"), left_alone=Sum("left_alone")
    )
    found: dict[str, Bites] = {}
    for one in sums.order_by("code", "as_of"):
        so_far = found.get(one["code"], Bites())
        found[one["code"]] = Bites(
            so_far.refused + one["refused"],
            so_far.left_alone + one["left_alone"],
            so_far.days + 1,
        )
    return found
