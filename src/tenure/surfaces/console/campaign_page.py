"""The page of a campaign: goals on their way, money within its lines, the timeline, the return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext

from tenure.kernel.failures import Sentence
from tenure.prove.campaigns.lines import LineReturn, LineVerdict
from tenure.prove.campaigns.rules import Evaluation
from tenure.prove.readouts.models import Readout
from tenure.records.campaigns.models import Campaign, CampaignLine
from tenure.records.campaigns.plan import (
    AUDIENCE_RENEWAL,
    RETURN,
    Goal,
    Task,
    TaskKind,
    waiting_for,
)
from tenure.records.campaigns.queries import Joined, goals_of, tasks_of
from tenure.records.campaigns.rules import name_in_journal
from tenure.records.campaigns.states import CampaignState
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console.campaign_audiences import AudienceLine
from tenure.surfaces.console.parts import PartLine, line_of_part
from tenure.understand.metrics.queries import Reading, share_of
from tenure.understand.metrics.registry import METRICS

TONES: Final = {
    CampaignState.RUNNING: "good",
    CampaignState.ASKED: "warn",
    CampaignState.STOPPED: "bad",
}
COLOURS: Final = {
    TaskKind.REACH: "c1",
    TaskKind.PREPARE: "c2",
    TaskKind.MEET: "c3",
    TaskKind.ASSESS: "c5",
}
WEEK: Final = 7
MOST_DAYS: Final = 180
HALF: Final = Decimal("0.5")
AUDIENCE: Final = Sentence(zh="目标人群续费率", en="renewal rate of the audience")
NOT_TOLD: Final = {
    LineVerdict.TOO_EARLY: Sentence(zh="结果未满观察期", en="too early"),
    LineVerdict.UNEVEN: Sentence(zh="两组人数不可信", en="the groups cannot be trusted"),
    LineVerdict.TOO_FEW: Sentence(zh="数据不足", en="too few"),
    LineVerdict.UNPROVEN: Sentence(
        zh="区间含零，还不能说多续", en="interval spans zero; none shown to be more"
    ),
    LineVerdict.FEWER: Sentence(zh="续费反而更少", en="fewer renewed, none more"),
}
_RETURNED: Final = Sentence(
    zh="增量投入产出比（100% 为保本）", en="margin for each unit spent (100 % pays for itself)"
)


def metric_name(metric: str) -> Sentence:
    """How people call the number of a goal."""
    if metric == AUDIENCE_RENEWAL:
        return AUDIENCE
    if metric == RETURN:
        return _RETURNED
    known = METRICS.get(metric)
    return Sentence(zh=metric, en=metric) if known is None else known.name


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One goal with where it stands, and whether it is on its way.

    `bounds` of a number that has an interval, as shares: what may be said of it is the interval.
    """

    goal: Goal
    now: Decimal | None
    time_share: Decimal
    bounds: tuple[float, float] | None = None

    @property
    def name(self) -> Sentence:
        return metric_name(self.goal.metric)

    @property
    def is_share(self) -> bool:
        known = METRICS.get(self.goal.metric)
        return known is None or known.unit == "share"

    def said(self, value: Decimal | None) -> str:
        """A number as its metric counts it."""
        if value is None:
            return gettext("unknown")
        if self.is_share:
            return wording.percent(float(value), digits=1)
        return wording.figure(float(value), digits=1)

    @property
    def told(self) -> tuple[str, str, str]:
        """Baseline, target and present value as texts."""
        return self.said(self.goal.baseline), self.said(self.goal.target), self.said(self.now)

    @property
    def done(self) -> float | None:
        share = self.goal.done_share(self.now)
        return None if share is None else float(share * 100)

    @property
    def verdict(self) -> tuple[str, str]:
        """A tone and a word: ahead of the time, on track, or slow."""
        if self.bounds is not None:
            low, high = self.bounds
            tone = "good" if low >= self.goal.target else "t2"
            return tone, f"{wording.percent(low)} … {wording.percent(high)}"
        share = self.goal.done_share(self.now)
        if share is None:
            return "t3", gettext("not known yet")
        if share >= self.time_share or share >= 1:
            return "good", gettext("ahead")
        if share >= self.time_share * HALF:
            return "t2", gettext("on track")
        return "warn", gettext("slow")


@dataclass(frozen=True, slots=True)
class Bar:
    """One task of the timeline as columns: days before it, its own, and days after."""

    task: Task
    before: int
    span: int
    after: int
    waits: Sequence[Task]

    @property
    def colour(self) -> str:
        return COLOURS[self.task.kind]


@dataclass(frozen=True, slots=True)
class Paid:
    """One budget line with how many offers it paid, and what one more renewal cost on it.

    `returned` is None where a line pays no offer, and before the launch.
    """

    line: CampaignLine
    name: Sentence
    offers: int
    returned: LineReturn | None = None

    @property
    def not_told(self) -> Sentence | None:
        """Why no cost of a renewal is shown; None where it is."""
        return None if self.returned is None else NOT_TOLD.get(self.returned.verdict)

    @property
    def share(self) -> float:
        return self.line.used_minor / self.line.planned_minor * 100


@dataclass(frozen=True, slots=True)
class Returned:
    """The incremental margin for each unit spent, as known at the end of a day."""

    on: date
    ratio: float
    low: float
    high: float


def _spent(one: Readout) -> int:
    return one.offer_cost_minor + one.channel_cost_minor


def _ratios(one: Readout) -> list[float]:
    """The margin before what was spent, over it: the estimate and its bounds."""
    nets = (one.margin_minor, one.margin_low_minor, one.margin_high_minor)
    return [round(((net or 0) + _spent(one)) / _spent(one), 3) for net in nets]


@dataclass(frozen=True)
class CampaignPage:
    """What the templates ask for."""

    campaign: Campaign
    lines: Sequence[CampaignLine]
    people: Joined
    readings: Mapping[str, Reading]
    evaluation: Evaluation | None
    offered: Mapping[str, int]
    strategy: Strategy
    today: date
    audiences: Sequence[AudienceLine]
    course: Sequence[Readout] = ()
    line_returns: Mapping[int, LineReturn] = field(default_factory=dict)

    @property
    def customers(self) -> int:
        """Everybody in both arms."""
        return self.people.treated + self.people.control

    @property
    def experiment(self) -> str:
        """The key under which it is read as an experiment."""
        return name_in_journal(self.campaign.key)

    @cached_property
    def returns(self) -> list[Returned]:
        """The return of each day on which something could be said of it, the oldest first."""
        return [
            Returned(one.as_of, *_ratios(one))
            for one in self.course
            if one.margin_minor is not None and _spent(one) > 0
        ]

    @property
    def chart(self) -> dict[str, Any] | None:
        """What the script draws: margin for each unit spent, with the bounds of any look."""
        found = self.returns
        if len(found) < 2:
            return None
        return {
            "x": [f"{one.on.month}/{one.on.day}" for one in found],
            "unit": "",
            "lo": [one.low for one in found],
            "hi": [one.high for one in found],
            "ref": [{"y": 1, "text": gettext("pays for itself"), "pos": "insideStartTop"}],
            "lines": [
                {
                    "name": gettext("Margin for each unit spent"),
                    "data": [one.ratio for one in found],
                    "c": 0,
                    "end": f"{found[-1].ratio:.2f}",
                }
            ],
        }

    @property
    def tone(self) -> str:
        return TONES.get(CampaignState(self.campaign.state), "")

    @property
    def day(self) -> int:
        """The how-manieth day of it is today; 0 before the first."""
        return max(0, (self.today - self.campaign.starts_on).days + 1)

    @property
    def time_share(self) -> Decimal:
        days = (self.campaign.ends_on - self.campaign.starts_on).days + 1
        return min(Decimal(1), Decimal(self.day) / days)

    @property
    def time_percent(self) -> float:
        return float(self.time_share * 100)

    @cached_property
    def goals(self) -> list[GoalLine]:
        return [
            GoalLine(one, self._now(one.metric), self.time_share, self._bounds(one.metric))
            for one in goals_of(self.campaign)
        ]

    def _bounds(self, metric: str) -> tuple[float, float] | None:
        if metric != RETURN or not self.returns:
            return None
        return self.returns[-1].low, self.returns[-1].high

    def _now(self, metric: str) -> Decimal | None:
        if metric == AUDIENCE_RENEWAL:
            found = self.evaluation
            if found is None or not found.treated.terms:
                return None
            return Decimal(str(found.treated.mean))
        if metric == RETURN:
            return Decimal(str(self.returns[-1].ratio)) if self.returns else None
        reading = self.readings.get(metric)
        value = None if reading is None else reading.value
        if value is None or value.num is None:
            return None
        if not value.den:
            return Decimal(value.num)
        share = share_of(value)
        return None if share is None else Decimal(str(share))

    @cached_property
    def budget(self) -> list[Paid]:
        offers = self.strategy.offers
        return [
            Paid(
                one,
                offers[one.offer_id].name
                if one.offer_id in offers and one.offer_id == one.name
                else Sentence(zh=one.name, en=one.name),
                self.offered.get(one.offer_id, 0),
                self.line_returns.get(one.pk),
            )
            for one in self.lines
        ]

    @property
    def planned_minor(self) -> int:
        return sum(one.planned_minor for one in self.lines)

    @property
    def used_minor(self) -> int:
        return sum(one.used_minor for one in self.lines)

    @cached_property
    def tasks(self) -> list[Task]:
        return tasks_of(self.campaign)

    @cached_property
    def first_on(self) -> date:
        return min([self.campaign.starts_on, *(one.starts_on for one in self.tasks)])

    @cached_property
    def days(self) -> int:
        last = max([self.campaign.ends_on, *(one.ends_on for one in self.tasks)])
        return min((last - self.first_on).days + 1, MOST_DAYS)

    @property
    def last_on(self) -> date:
        return self.first_on + timedelta(days=self.days - 1)

    @property
    def weeks(self) -> list[tuple[date, int]]:
        """The first day of each week of the timeline, and how many of its days are shown."""
        return [
            (self.first_on + timedelta(days=start), min(WEEK, self.days - start))
            for start in range(0, self.days, WEEK)
        ]

    @cached_property
    def bars(self) -> list[Bar]:
        found = []
        for one in self.tasks:
            before = min((one.starts_on - self.first_on).days, self.days - 1)
            span = max(1, min((one.ends_on - one.starts_on).days + 1, self.days - before))
            after = self.days - before - span
            found.append(Bar(one, before, span, after, waiting_for(one, self.tasks)))
        return found

    @property
    def now_percent(self) -> float | None:
        """Where today stands on the timeline; None outside."""
        place = (self.today - self.first_on).days + 0.5
        return place / self.days * 100 if 0 <= place <= self.days else None

    @property
    def verdict(self) -> Sentence | None:
        """What may honestly be said of what it changed."""
        if self.evaluation is None:
            return None
        name = self.campaign.name
        return self.evaluation.statement.told(name=Sentence(zh=name, en=name))

    @cached_property
    def parts(self) -> list[PartLine]:
        """What it changed in each part of its customers but the audiences, exploratory."""
        if self.evaluation is None:
            return []
        return [
            line_of_part(one, strategy=self.strategy)
            for one in self.evaluation.parts
            if one.segment != "audience"
        ]
