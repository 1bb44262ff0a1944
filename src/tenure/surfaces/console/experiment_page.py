"""The pages of experiments: each comparison by its name, its course over days, and its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext, gettext_lazy

from tenure.kernel.failures import Sentence
from tenure.prove.readouts.actions import EXPLORATION
from tenure.prove.readouts.heterogeneity import differing, scope_of
from tenure.prove.readouts.models import Readout
from tenure.prove.readouts.queries import told
from tenure.prove.readouts.verdicts import Verdict
from tenure.prove.statistics.groups import Difference, difference, yes_or_no
from tenure.prove.statistics.guards import Guarded, Guarding, guarded
from tenure.prove.statistics.sample_ratio import SampleRatio
from tenure.records.experiments.rules import HOLDOUT
from tenure.strategy.experiments import Comparison
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console.parts import PartLine, line_of_honest
from tenure.surfaces.console.today_page import PROGRAMME

TONES: Final = {Verdict.HELPS: "good", Verdict.HARMS: "bad", Verdict.UNEVEN: "bad"}
GUARDS: Final = {
    "complaints": gettext_lazy("Complained since"),
    "opt_outs": gettext_lazy("Took the permission for marketing back"),
    "regrets": gettext_lazy("Renewed, and took it or the money back within 30 days"),
}
_ACTION: Final = Sentence(zh="{journey}：{action}", en="{journey}: {action}")
_ARM: Final = Sentence(zh="{name}（{arm}）", en="{name} ({arm})")


def name_of(readout: Readout, *, strategy: Strategy) -> Sentence:
    """A comparison as people call it; what a newer strategy no longer knows keeps its id."""
    if readout.experiment_key == HOLDOUT:
        return PROGRAMME
    comparison = strategy.experiments.randomised.get(readout.experiment_key)
    if comparison is not None:
        return _ARM.fill(name=comparison.name, arm=readout.subject)
    journey, _, rest = readout.subject.partition(".")
    action = rest.rpartition(".")[2]
    known, offer = strategy.journeys.get(journey), strategy.offers.get(action)
    if known is None or offer is None:
        return Sentence(zh=readout.subject, en=readout.subject)
    return _ACTION.fill(journey=known.name, action=offer.name)


@dataclass(frozen=True)
class Line:
    """One comparison of the list."""

    readout: Readout
    name: Sentence

    @property
    def verdict(self) -> Sentence:
        return told(self.readout, name=self.name)

    @property
    def tone(self) -> str:
        return TONES.get(Verdict(self.readout.verdict), "")

    @property
    def has_interval(self) -> bool:
        """Whether a number may be shown at all."""
        return self.readout.diff is not None and self.readout.srm != SampleRatio.ALARM


@dataclass(frozen=True, slots=True)
class Guard:
    """One thing that must not get worse, in both arms."""

    name: str
    control: float
    treated: float
    one: Difference
    guarding: Guarding

    @property
    def tone(self) -> str:
        """The colour of the judgement; what nobody can judge yet has none."""
        return {Guarded.HELD: "good", Guarded.NOT_HELD: "warn"}.get(self.guarding.state, "t2")


@dataclass(frozen=True)
class ExperimentPage(Line):
    """One comparison with its whole course."""

    course: Sequence[Readout]
    comparison: Comparison | None
    strategy: Strategy

    @cached_property
    def different(self) -> list[PartLine] | None:
        """Parts found on one half and judged on the other; None while nothing may be split."""
        if not self.has_interval or self.is_locked or self.readout.experiment_key == EXPLORATION:
            return None
        found = differing(scope_of(self.readout))
        return [line_of_honest(one, strategy=self.strategy) for one in found]

    @property
    def days(self) -> int:
        """How many days it has been read out."""
        return len(self.course)

    @property
    def is_locked(self) -> bool:
        """Whether the planned day is still to come."""
        return self.comparison is not None and self.readout.as_of < self.comparison.planned_on

    @property
    def arms(self) -> list[tuple[str, Mapping[str, Any]]]:
        """The control first."""
        arms = self.readout.arms
        others = [(arm, counts) for arm, counts in arms.items() if arm != self.readout.control]
        return [(self.readout.control, arms.get(self.readout.control, {})), *others]

    @property
    def missing(self) -> int:
        """How many customers are still to come before the least effect can be seen."""
        return max(0, (self.readout.needs or 0) - self.readout.has)

    @cached_property
    def seen(self) -> list[Readout]:
        """The days on which something could be compared."""
        return [one for one in self.course if one.diff is not None]

    @property
    def chart(self) -> dict[str, Any] | None:
        """What the script draws: the effect with the interval that holds at any look."""
        if len(self.seen) < 2:
            return None
        return {
            "x": [f"{one.as_of.month}/{one.as_of.day}" for one in self.seen],
            "unit": "",
            "lo": [_points(one.low) for one in self.seen],
            "hi": [_points(one.high) for one in self.seen],
            "ref": [{"y": 0, "text": gettext("no difference"), "pos": "insideStartTop"}],
            "lines": [
                {
                    "name": gettext("Difference, percentage points"),
                    "data": [_points(one.diff) for one in self.seen],
                    "c": 0,
                    "end": wording.points(self.readout.diff),
                }
            ],
        }

    @property
    def dormant(self) -> list[tuple[str, int, int]]:
        """Of each arm: its renewed customers, and those of them without any use in 90 days."""
        known = self.readout.dormant
        return [(arm, *known[arm]) for arm in (self.readout.control, self.readout.subject)
                if arm in known]  # fmt: skip

    @cached_property
    def guards(self) -> list[Guard]:
        """What must not get worse, where both arms hold somebody."""
        found = []
        for code, arms in self.readout.guards.items():
            treated, control = arms.get(self.readout.subject), arms.get(self.readout.control)
            if not treated or not control or not treated[0] or not control[0]:
                continue
            groups = [yes_or_no(many, yes=some) for many, some in (treated, control)]
            one = difference(*groups)
            better = Difference(-one.effect, one.deviation, -one.high, -one.low)
            judged = guarded(better, groups[0], margin=self.readout.guard_margin)
            name = str(GUARDS.get(code, code))
            found.append(Guard(name, groups[1].mean, groups[0].mean, one, judged))
        return found


def _points(share: float | None) -> float:
    return round((share or 0.0) * 100, 2)
