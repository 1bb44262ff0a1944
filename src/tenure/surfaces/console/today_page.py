"""The page of the day: the briefing, arranged for reading."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext, ngettext

from tenure.decide.decisions.queries import Chosen
from tenure.kernel.failures import Sentence
from tenure.prove.readouts.models import Readout
from tenure.prove.readouts.queries import told
from tenure.prove.telling.verdicts import Verdict
from tenure.strategy.offers import OfferKind
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console.briefing import Briefing
from tenure.surfaces.console.templatetags.tenure_marks import RISK_NAMES
from tenure.understand.metrics.queries import Reading

BANDS: Final = (1, 2, 3, 4)
PROGRAMME: Final = Sentence(zh="全部干预", en="The whole programme")
CONCLUSIVE: Final = frozenset({Verdict.HELPS, Verdict.HARMS, Verdict.NO_DIFFERENCE})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the daily loop: where it leads, and what waits there."""

    number: int
    title: str
    note: str
    anchor: str
    is_done: bool
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Stat:
    """One figure of the row, with what stands behind it."""

    reading: Reading
    note: str
    falling_is_better: bool = False


@dataclass(frozen=True)
class TodayPage:
    """What the templates ask for."""

    briefing: Briefing
    strategy: Strategy
    stages: Mapping[str, Mapping[str, Any]]
    today: date
    waiting: int

    @property
    def is_yesterday(self) -> bool:
        """Whether the last finished day is the one before today."""
        return self.briefing.as_of == self.today - timedelta(days=1)

    @property
    def changes(self) -> Mapping[str, Any]:
        """The counts of what the last day changed."""
        return {**self.stages.get("observe", {}), **self.stages.get("understand", {})}

    @cached_property
    def steps(self) -> list[Step]:
        """Five steps; the first that is not done is the present one."""
        rose, faults = int(self.changes.get("risk_rose", 0)), len(self.briefing.faults)
        decided = sum(one.count for one in self.briefing.made.chosen)
        verdict = self.verdict
        every = [
            Step(
                1,
                gettext("See what changed"),
                ngettext("%(n)s moved to high risk", "%(n)s moved to high risk", rose)
                % {"n": wording.figure(rose)},
                "changes",
                is_done=rose == 0,
            ),
            Step(
                2,
                gettext("Deal with faults"),
                ngettext("%(n)s not repaired", "%(n)s not repaired", faults) % {"n": faults}
                if faults
                else gettext("none is open"),
                "faults",
                is_done=faults == 0,
            ),
            Step(
                3,
                gettext("Check the decisions"),
                ngettext("%(n)s choice last night", "%(n)s choices last night", decided)
                % {"n": wording.figure(decided)},
                "decisions",
                is_done=decided == 0,
            ),
            Step(
                4,
                gettext("Work the list"),
                ngettext("%(n)s needs a person", "%(n)s need a person", self.waiting)
                % {"n": wording.figure(self.waiting)},
                "people",
                is_done=self.waiting == 0,
            ),
            Step(
                5,
                gettext("See what it changed"),
                gettext("a result is in") if verdict in CONCLUSIVE else gettext("too early to say"),
                "effect",
                is_done=False,
            ),
        ]
        return _with_current(every)

    @property
    def verdict(self) -> Verdict | None:
        readout = self.briefing.readout
        return None if readout is None else Verdict(readout.verdict)

    @property
    def verdict_told(self) -> Sentence | None:
        """What the comparison with the holdout says."""
        readout = self.briefing.readout
        return None if readout is None else told(readout, name=PROGRAMME)

    @property
    def effect(self) -> Readout | None:
        """The readout, where it may show a number at all."""
        readout = self.briefing.readout
        has_number = readout is not None and readout.renewals is not None
        return readout if has_number and self.verdict is not Verdict.UNEVEN else None

    @property
    def holdout_share(self) -> float:
        return float(self.strategy.experiments.holdout_share)

    @cached_property
    def stats(self) -> list[Stat]:
        """The four figures before the one against the holdout."""
        metrics = self.briefing.metrics
        lost = metrics["logo_churn"].value
        return [
            Stat(metrics["renewal_rate_recent"], gettext("provisional, grace days run")),
            Stat(metrics["grr"], _over_a_year(metrics["grr"])),
            Stat(metrics["nrr"], _over_a_year(metrics["nrr"])),
            Stat(
                metrics["logo_churn"],
                gettext("%(n)s customers in 30 days")
                % {"n": "—" if lost is None else wording.figure(lost.num or 0)},
                falling_is_better=True,
            ),
        ]

    @property
    def totals(self) -> tuple[int, int]:
        """Expected cost and margin of the day's choices, in minor units."""
        chosen = self.briefing.made.chosen
        return sum(one.cost_minor for one in chosen), sum(one.margin_minor for one in chosen)

    @property
    def withheld(self) -> int:
        return sum(one.count for one in self.briefing.made.withheld)

    @property
    def choices(self) -> list[tuple[Chosen, str]]:
        """Each action with how it stands: left alone, sure to pay even unluckily, or not."""
        offers = self.strategy.offers
        left = {one.id for one in offers.values() if one.kind is OfferKind.NOTHING}
        return [
            (one, "left" if one.action in left else "sure" if one.margin_low_minor > 0 else "open")
            for one in self.briefing.made.chosen
        ]

    @property
    def month_share(self) -> float:
        """How much of the month of the day has passed, 0 to 100."""
        on = self.briefing.as_of
        return on.day / monthrange(on.year, on.month)[1] * 100

    @property
    def budget_share(self) -> float:
        budget = self.briefing.budget.budget
        return budget.used_minor / budget.planned_minor * 100 if budget.planned_minor else 0.0

    @cached_property
    def forecast(self) -> "Forecast | None":
        """The next 13 weeks in the business's currency."""
        currency = self.strategy.business.currency
        found = [one for one in self.briefing.weeks if one.currency == currency]
        if not found:
            return None
        return Forecast(
            due=sum(one.due for one in found),
            low=sum(one.renewals_p10 for one in found),
            middle=sum(one.renewals_p50 for one in found),
            high=sum(one.renewals_p90 for one in found),
            starts=tuple(one.week_starts_on for one in found),
            by_band=tuple(tuple(one.by_band) for one in found),
        )


def _over_a_year(reading: Reading) -> str:
    """The span of a figure, and what its change is against where there is one."""
    if reading.change is None:
        return gettext("over 12 months")
    return gettext("over 12 months, against 7 days ago")


def _with_current(steps: list[Step]) -> list[Step]:
    first = next((one for one in steps if not one.is_done), None)
    return [
        Step(one.number, one.title, one.note, one.anchor, one.is_done, is_current=one is first)
        for one in steps
    ]


@dataclass(frozen=True, slots=True)
class Forecast:
    """Weeks of due dates: sums of each week's 10th, 50th and 90th percentile."""

    due: int
    low: float
    middle: float
    high: float
    starts: tuple[date, ...]
    by_band: tuple[tuple[int, ...], ...]

    @property
    def rate(self) -> float | None:
        return self.middle / self.due if self.due else None

    @property
    def rate_low(self) -> float | None:
        return self.low / self.due if self.due else None

    @property
    def rate_high(self) -> float | None:
        return self.high / self.due if self.due else None

    @property
    def chart(self) -> dict[str, Any]:
        """What the script draws: one stacked bar a week."""
        chinese = wording.is_chinese(wording.reader_language())
        most = max((sum(week) for week in self.by_band), default=0)
        divisor, suffix = (10_000, "万") if chinese else (1_000, "k")
        return {
            "x": [f"{on.month}/{on.day}" for on in self.starts],
            "divisor": divisor if most >= divisor else 1,
            "suffix": suffix if most >= divisor else "",
            "series": [
                {"name": str(RISK_NAMES[band]), "data": [week[band - 1] for week in self.by_band]}
                for band in BANDS
            ],
        }

    @property
    def table(self) -> list[tuple[date, tuple[int, ...]]]:
        """Week → terms by band."""
        return list(zip(self.starts, self.by_band, strict=True))
