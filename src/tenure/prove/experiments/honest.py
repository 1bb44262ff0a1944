"""Segments of an experiment's table that differ, by honest splitting."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

import numpy as np

from tenure.prove.experiments.plan import Plan
from tenure.prove.experiments.table import Flags, Floats, Units, parts_of, words_of
from tenure.prove.statistics.adjusting import of_values
from tenure.prove.statistics.groups import Group
from tenure.prove.statistics.parts import HonestPart, Looked, honest_parts

_SALT: Final = b"honest-halves"


def honest_of(units: Units, plan: Plan, *, arm: str) -> tuple[HonestPart, ...]:
    """The segments in which one arm changes the primary metric otherwise than elsewhere.

    Every unit belongs to one half for ever, by a hash of its name, or of its row where units have
    no name.
    """
    metric = plan.metrics[0]
    if not plan.segments or len(parts_of(metric)) == 2:
        return ()
    values = units.numbers(metric)
    looking = _halves(units, plan)
    levels = [
        one
        for segment in plan.segments
        for one in _levels(units, values, looking, segment=segment, arm=arm)
    ]
    return honest_parts(levels, alpha=plan.alpha)


def _halves(units: Units, plan: Plan) -> Flags:
    """Who looks; the others judge."""
    if not plan.unit:
        return np.asarray(np.random.default_rng(20261128).random(units.table.num_rows) < 0.5)
    names = words_of(units.table, plan.unit)
    digits = [blake2b(_SALT + name.encode(), digest_size=1).digest()[0] for name in names.tolist()]
    return np.asarray(np.array(digits) % 2 == 0)


def _levels(
    units: Units, values: Floats, looking: Flags, *, segment: str, arm: str
) -> Iterator[Looked]:
    words = words_of(units.table, segment)
    known, treated, control = ~np.isnan(values), units.flags(arm), units.flags(units.names[0])
    for level in np.unique(words).tolist():
        here = known & (words == level)

        def pair(half: Flags, here: Flags = here) -> tuple[Group, Group]:
            of = here & half
            return of_values(values[of & treated]), of_values(values[of & control])

        yield Looked(segment, str(level), pair(looking), pair(~looking))
