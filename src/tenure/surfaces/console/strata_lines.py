"""The strata by which a comparison was weighed, as lines of its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from tenure.prove.readouts.models import Readout
from tenure.prove.readouts.queries import measure_of
from tenure.prove.statistics.strata import TOGETHER
from tenure.prove.telling.measures import Kind, round_half_up
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console.parts import level_called

_SEGMENTS = {"plan": "plan", "cycle_months": "cycle"}


@dataclass(frozen=True, slots=True)
class StratumLine:
    """One stratum: who is in it, its weight, and of each group (the control first) how many
    customers are known and what they have.
    """

    who: str
    share: float
    groups: Sequence[tuple[int, str]]
    effect: float


def lines_of(readout: Readout, *, strategy: Strategy) -> list[StratumLine]:
    """The heaviest first; nothing where nothing was weighed."""
    kept = readout.strata
    if not kept:
        return []
    found = []
    for name, level in kept["levels"].items():
        control, treated = (level["arms"][arm] for arm in (readout.control, readout.subject))
        groups = [(one["accounts"], _told(one["mean"], readout)) for one in (control, treated)]
        who = _called(name, by=kept["by"], strategy=strategy)
        found.append(StratumLine(who, level["share"], groups, treated["mean"] - control["mean"]))
    return sorted(found, key=lambda one: (-one.share, one.who))


def _told(mean: float, readout: Readout) -> str:
    measure = measure_of(readout)
    if measure.kind is Kind.RENEWAL:
        return wording.percent(mean)
    return wording.money(round_half_up(mean), measure.currency)


def _called(name: str, *, by: Sequence[str], strategy: Strategy) -> str:
    if name == TOGETHER:
        return gettext("small ones together")
    if not name:
        return gettext("drawn before strata were kept")
    # A plan's code may hold the mark between two fields; the length of a term never does.
    is_plan_first = by[0] == "plan"
    levels = name.rsplit("/", len(by) - 1) if is_plan_first else name.split("/", len(by) - 1)
    called = [
        level_called(_SEGMENTS[field], level, strategy=strategy)
        for field, level in zip(by, levels, strict=True)
    ]
    return " · ".join(called)
