"""Read outcomes as groups, and readouts as screens show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.db.models import Count

from tenure.kernel.failures import Sentence
from tenure.prove.readouts.models import Readout
from tenure.prove.statistics.groups import NOBODY, Group
from tenure.prove.telling.measures import Kind, Measure
from tenure.prove.telling.statements import Statement, Weighed
from tenure.prove.telling.verdicts import Verdict
from tenure.records.experiments.models import Assignment
from tenure.records.rows import select_rows

_HERE = Path(__file__).parent
GROUPS: Final = _HERE / "groups.sql"
DRAWN: Final = _HERE / "drawn_groups.sql"
COSTS: Final = _HERE / "costs.sql"


@dataclass(frozen=True, slots=True)
class Matured:
    """Which outcomes count: known on `as_of`, of terms that ended on `until` or before."""

    as_of: date
    until: date
    currency: str

    @property
    def values(self) -> dict[str, object]:
        return {"as_of": self.as_of, "matured_until": self.until}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One arm: its renewals, and the revenue and margin of the terms bought (minor units)."""

    renewals: Group
    revenue: Group
    margin: Group

    def __add__(self, other: Outcome) -> Outcome:
        """Both, as one."""
        return Outcome(
            self.renewals + other.renewals,
            self.revenue + other.revenue,
            self.margin + other.margin,
        )


@dataclass(frozen=True, slots=True)
class Costs:
    """What was spent on terms whose outcome is known, in minor units."""

    contact: int
    discounts: int
    given_days: int
    subsidy: int


NO_OUTCOME: Final = Outcome(NOBODY, NOBODY, NOBODY)


def outcomes(key: str, matured: Matured) -> Mapping[str, Outcome]:
    """Arm → what became of it, for the arms of an experiment that have a known outcome."""
    return of_arms(outcomes_by_stratum(key, matured))


def of_arms(by_stratum: Mapping[str, Mapping[str, Outcome]]) -> Mapping[str, Outcome]:
    """Arm → what became of it in all strata together."""
    found: dict[str, Outcome] = {}
    for arms in by_stratum.values():
        for arm, one in arms.items():
            found[arm] = found.get(arm, NO_OUTCOME) + one
    return found


def outcomes_by_stratum(key: str, matured: Matured) -> Mapping[str, Mapping[str, Outcome]]:
    """Stratum in which accounts were drawn (empty where there are none) → arm → what became."""
    rows = select_rows(GROUPS, {**matured.values, "key": key, "currency": matured.currency})
    found: dict[str, dict[str, Outcome]] = {}
    for arm, stratum, *sums in rows:
        found.setdefault(stratum, {})[arm] = _outcome(sums)
    return found


def _outcome(sums: Sequence[Any]) -> Outcome:
    accounts, terms, term_squares, *rest = sums
    groups = [
        Group.of_sums(accounts, terms, term_squares, *three)
        for three in zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    ]
    return Outcome(*groups)


def drawn_outcomes(matured: Matured) -> Mapping[tuple[str, str, str], Mapping[str, Group]]:
    """(journey, step, action) → "tried" and "left" → the renewals of what chance drew."""
    found: dict[tuple[str, str, str], dict[str, Group]] = {}
    for journey, step, action, arm, *sums in select_rows(DRAWN, matured.values):
        found.setdefault((journey, step, action), {})[arm] = Group.of_sums(*sums)
    return found


def costs(matured: Matured) -> Costs:
    """What the choices for matured terms cost."""
    row = select_rows(COSTS, {**matured.values, "currency": matured.currency})[0]
    return Costs(*(int(one) for one in row))


def course(key: str, subject: str, *, until: date) -> list[Readout]:
    """Every readout of a comparison up to a day, the oldest first."""
    found = Readout.objects.filter(experiment_key=key, subject=subject, as_of__lte=until)
    return list(found.order_by("as_of"))


def assigned_accounts(key: str, *, since: date, as_of: date) -> Mapping[str, int]:
    """Arm → accounts that were given an arm of an experiment between two days, both counted."""
    given = Assignment.objects.filter(
        experiment__key=key, assigned_on__gte=since, assigned_on__lte=as_of
    )
    counted = given.values_list("arm").annotate(Count("account_id", distinct=True))
    return dict(counted.order_by("arm"))


def latest(key: str, subject: str, *, as_of: date | None = None) -> Readout | None:
    """The newest readout of a comparison, on or before a day."""
    found = Readout.objects.filter(experiment_key=key, subject=subject)
    if as_of is not None:
        found = found.filter(as_of__lte=as_of)
    return found.order_by("-as_of").first()


def of_day(as_of: date) -> list[Readout]:
    """Every readout of a day: the holdout first, then comparisons, then what chance tried."""
    order = {"holdout": 0, "exploration": 2}
    found = Readout.objects.filter(as_of=as_of)
    return sorted(found, key=lambda one: (order.get(one.experiment_key, 1), one.subject))


def told(readout: Readout, *, name: Sentence) -> Sentence:
    """What a readout says, in both languages.

    Args:
        name: what was compared, as people call it.
    """
    found = Statement(
        verdict=Verdict(readout.verdict),
        diff=readout.diff,
        low=readout.low,
        high=readout.high,
        has=readout.has,
        needs=readout.needs,
        least_effect=readout.least_effect,
        srm_p=readout.srm_p,
        measure=measure_of(readout),
        weighed=Weighed.read(readout.strata),
    )
    return found.told(name=name)


def measure_of(readout: Readout) -> Measure:
    """What a readout measures, with its unit."""
    return Measure(Kind(readout.metric), readout.currency, readout.horizon_days)
