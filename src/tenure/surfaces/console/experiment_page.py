"""The pages of experiments: each comparison by its name, its course over days, and its checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext, gettext_lazy

from tenure.kernel.currencies import EXPONENTS
from tenure.kernel.failures import Sentence
from tenure.prove.readouts.actions import EXPLORATION
from tenure.prove.readouts.heterogeneity import differing, scope_of
from tenure.prove.readouts.models import Readout
from tenure.prove.readouts.queries import measure_of, told
from tenure.prove.statistics.groups import Difference, difference, yes_or_no
from tenure.prove.statistics.guards import Guarded, Guarding, at_any_look, guarded
from tenure.prove.statistics.sample_ratio import SampleRatio
from tenure.prove.statistics.sequential import always_valid
from tenure.prove.telling.measures import Kind, Measure, round_half_up
from tenure.prove.telling.statements import told_guard
from tenure.prove.telling.verdicts import Verdict
from tenure.records.experiments.rules import HOLDOUT, Ended
from tenure.strategy.experiments import Comparison
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console import wordbook
from tenure.surfaces.console.parts import PartLine, line_of_honest
from tenure.surfaces.console.rolling_out import RollingOut
from tenure.surfaces.console.strata_lines import StratumLine, lines_of
from tenure.surfaces.console.today_page import PROGRAMME

TONES: Final = {Verdict.HELPS: "good", Verdict.HARMS: "bad", Verdict.UNEVEN: "bad"}
GUARDS: Final = {
    "complaints": gettext_lazy("Complained since"),
    "opt_outs": gettext_lazy("Took the permission for marketing back"),
    "regrets": gettext_lazy("Renewed, and took it or the money back within 30 days"),
}
_ACTION: Final = Sentence(zh="{journey}：{action}", en="{journey}: {action}")
_CAMPAIGN: Final = Sentence(zh="活动“{name}”", en="Campaign “{name}”")
_ARM: Final = Sentence(zh="{name}（{arm}）", en="{name} ({arm})")


def name_of(
    readout: Readout, *, strategy: Strategy, campaigns: Mapping[str, str] | None = None
) -> Sentence:
    """A comparison as people call it; what a newer strategy no longer knows keeps its id.

    Args:
        campaigns: the names of campaigns by the key of their experiment.
    """
    if readout.experiment_key == HOLDOUT:
        return PROGRAMME
    if campaigns and readout.experiment_key in campaigns:
        return _CAMPAIGN.fill(name=campaigns[readout.experiment_key])
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
    ended: Ended | None = field(default=None, kw_only=True)

    @property
    def verdict(self) -> Sentence:
        return told(self.readout, name=self.name)

    @property
    def tone(self) -> str:
        return TONES.get(Verdict(self.readout.verdict), "")

    @cached_property
    def measure(self) -> Measure:
        """What is compared, with its unit."""
        return measure_of(self.readout)

    @property
    def diff(self) -> str:
        return amount(self.readout.diff, self.measure)

    @property
    def low(self) -> str:
        return amount(self.readout.low, self.measure)

    @property
    def high(self) -> str:
        return amount(self.readout.high, self.measure)

    @property
    def unit(self) -> str:
        """What one of the difference is."""
        return unit_of(self.measure)

    @property
    def least(self) -> str:
        """The least change worth finding."""
        return self.measure.least(self.readout.least_effect)

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
    judgement: Sentence

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
    rolling: RollingOut

    @cached_property
    def different(self) -> list[PartLine] | None:
        """Parts found on one half and judged on the other; None while nothing may be split."""
        if not self.has_interval or self.is_locked or self.readout.experiment_key == EXPLORATION:
            return None
        if self.measure.kind is not Kind.RENEWAL:
            return None
        found = differing(scope_of(self.readout))
        return [line_of_honest(one, strategy=self.strategy) for one in found]

    @cached_property
    def strata(self) -> list[tuple[StratumLine, str]]:
        """The strata by which it was weighed, with the difference in each; none while it waits."""
        if not self.has_interval:
            return []
        lines = lines_of(self.readout, strategy=self.strategy)
        return [(one, amount(one.effect, self.measure)) for one in lines]

    @property
    def days(self) -> int:
        """How many days it has been read out."""
        return len(self.course)

    @property
    def is_locked(self) -> bool:
        """Whether the planned day is still to come."""
        return self.comparison is not None and self.readout.as_of < self.comparison.planned_on

    @property
    def is_looked_at_daily(self) -> bool:
        """Whether only what holds at any look may be said: until a planned day, or without one."""
        return self.comparison is None or self.is_locked

    @property
    def arms(self) -> list[tuple[str, Mapping[str, Any]]]:
        """The control first."""
        arms = self.readout.arms
        others = [(arm, counts) for arm, counts in arms.items() if arm != self.readout.control]
        return [(self.readout.control, arms.get(self.readout.control, {})), *others]

    @property
    def has_exposure(self) -> bool:
        """Whether it is known how many of each group really met what is compared."""
        return all("exposed" in counts for _, counts in self.arms)

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
            "lo": [plotted(one.low, self.measure) for one in self.seen],
            "hi": [plotted(one.high, self.measure) for one in self.seen],
            "ref": [{"y": 0, "text": gettext("no difference"), "pos": "insideStartTop"}],
            "notes": self._clear_since(),
            "lines": [
                {
                    "name": f"{gettext('Difference')} ({self.unit})",
                    "data": [plotted(one.diff, self.measure) for one in self.seen],
                    "c": 0,
                    "end": self.diff,
                }
            ],
        }

    def _clear_since(self) -> list[dict[str, str]]:
        """The day from which on the interval leaves out no difference, where it does today."""
        since = None
        for one in reversed(self.seen):
            if one.low is None or one.high is None or one.low <= 0 <= one.high:
                break
            since = one
        if since is None or since is self.seen[0]:
            return []
        day = f"{since.as_of.month}/{since.as_of.day}"
        return [{"x": day, "text": gettext("without zero from here on")}]

    @property
    def course_lines(self) -> list[tuple[date, str, str, str]]:
        """The same as a table: the day, the difference, and its interval."""
        kind = self.measure
        return [
            (one.as_of, amount(one.diff, kind), amount(one.low, kind), amount(one.high, kind))
            for one in self.seen
        ]

    @property
    def stays(self) -> list[tuple[int, list[str]]]:
        """Of a stay, as a table: every so many days, the share of each group that is left."""
        curves = self._curves()
        last = max((len(one) for one in curves.values()), default=0)
        days = range(0, last, max(1, self.readout.horizon_days // 9))
        return [
            (day, [wording.percent(one[day]) if day < len(one) else "—" for one in curves.values()])
            for day in days
        ]

    @property
    def stay_chart(self) -> dict[str, Any] | None:
        """Of a stay: how many of each group are still there, day by day since their lot."""
        curves = self._curves()
        if not curves or not self.has_interval:
            return None
        days = range(max(len(one) for one in curves.values()))
        lines = [
            {
                "name": str(wordbook.word(wordbook.ARMS, arm)),
                "data": [round(share * 100, 2) for share in one],
                "c": place,
                "end": f"{str(wordbook.word(wordbook.ARMS, arm))[:12]} {wording.percent(one[-1])}",
            }
            for place, (arm, one) in enumerate(curves.items())
        ]
        return {
            "x": [str(day) for day in days],
            "unit": "%",
            "max": 100,
            "endPad": 150,
            "lines": lines,
        }

    def _curves(self) -> dict[str, list[float]]:
        """The control first; a group that nobody is in has no line."""
        known = self.readout.curves
        order = (self.readout.control, self.readout.subject)
        return {arm: known[arm] for arm in order if known.get(arm)}

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
            one, margin = difference(*groups), self.readout.guard_margin
            judged = guarded(_turned(one), groups[0], margin=margin)
            if self.is_looked_at_daily:
                accounts = sum(group.accounts for group in groups)
                one = always_valid(one, accounts=accounts, tuning=accounts)
                judged = at_any_look(judged, _turned(one), margin=margin)
            name = str(GUARDS.get(code, code))
            said = told_guard(
                judged,
                arm=str(wordbook.word(wordbook.ARMS, self.readout.subject)),
                margin=wording.percent(self.readout.guard_margin),
            )
            found.append(Guard(name, groups[1].mean, groups[0].mean, one, judged, said))
        return found


def _turned(one: Difference) -> Difference:
    """The same where more of it is better."""
    return Difference(-one.effect, one.deviation, -one.high, -one.low)


def amount(value: float | None, measure: Measure) -> str:
    """A difference with its sign, in the reader's writing: points, money or days."""
    if value is None:
        return "—"
    if measure.kind is Kind.RENEWAL:
        return wording.points(value)
    if measure.kind.is_money:
        text = wording.money(round_half_up(value), measure.currency)
    else:
        text = wording.figure(value, digits=1)
    return text if value < 0 else f"+{text}"


def unit_of(measure: Measure) -> str:
    """The unit of a difference in words."""
    if measure.kind is Kind.RENEWAL:
        return gettext("percentage points")
    if measure.kind is Kind.REVENUE:
        return gettext("revenue for each term")
    if measure.kind is Kind.MARGIN:
        return gettext("margin for each term")
    return gettext("days among the first %(days)s") % {"days": measure.horizon_days}


def plotted(value: float | None, measure: Measure) -> float:
    """A difference as the script draws it: points, major units of money, or days."""
    plain = value or 0.0
    if measure.kind is Kind.RENEWAL:
        return round(plain * 100, 2)
    if measure.kind.is_money:
        units: int = 10 ** EXPONENTS[measure.currency]
        return round(plain / units, 2)
    return round(plain, 2)
