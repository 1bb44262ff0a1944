"""Read an experiment: the sample ratio first, then what each metric may say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from tenure.prove.experiments.contrast import Adjusting, By, Contrast, Outcomes
from tenure.prove.experiments.honest import honest_of
from tenure.prove.experiments.past import filled
from tenure.prove.experiments.plan import Plan
from tenure.prove.experiments.refusals import (
    BadGuardrail,
    BadWeights,
    FewUnits,
    ManyLevels,
    NegativeParts,
    NoOutcome,
    NothingVaries,
)
from tenure.prove.experiments.staying import stay_groups
from tenure.prove.experiments.strata import Strata
from tenure.prove.experiments.table import (
    Flags,
    Floats,
    Units,
    is_stay,
    parts_of,
    units_of,
    words_of,
)
from tenure.prove.statistics.adjusting import of_values
from tenure.prove.statistics.bayes import posterior
from tenure.prove.statistics.groups import (
    Difference,
    Group,
    difference,
    students,
    yes_or_no,
)
from tenure.prove.statistics.guards import Guarded, Guarding, at_any_look, guarded
from tenure.prove.statistics.many import holm
from tenure.prove.statistics.parts import HonestPart
from tenure.prove.statistics.sample_ratio import (
    SampleRatio,
    evenness,
    sample_ratio,
    sample_ratio_level,
)
from tenure.prove.statistics.sequential import always_valid

if TYPE_CHECKING:
    import pyarrow as pa

LEAST_UNITS: Final = 2
MOST_LEVELS: Final = 12
LEAST_IN_LEVEL: Final = 30
# An always-valid interval is tightest at the size that the table has.
_LEAST_TUNING: Final = 100


@dataclass(frozen=True, slots=True)
class Ratio:
    """Whether the arms have the sizes promised to them."""

    counts: Mapping[str, int]
    weights: Mapping[str, int]
    p_value: float
    level: SampleRatio


@dataclass(frozen=True, slots=True)
class Compared:
    """One arm against the control in one metric.

    `shown` holds at any look. `fixed`, `p_value` and `adjusted_p` are None while the fixed-horizon
    result is locked. `relative` and `wins` (the chance to do better) are None where the control
    is at zero, or nothing varies. `guarding` is None where the metric is no guardrail.
    """

    arm: str
    shown: Difference
    fixed: Difference | None
    p_value: float | None
    adjusted_p: float | None
    relative: Difference | None
    wins: float | None
    guarding: Guarding | None

    @property
    def held(self) -> bool | None:
        """Whether a harm is ruled out; None where it is no guardrail or too few were seen."""
        if self.guarding is None or self.guarding.state is Guarded.TOO_FEW:
            return None
        return self.guarding.state is Guarded.HELD


@dataclass(frozen=True, slots=True)
class Loss:
    """Arm → the share of its units whose outcome is known, where that is not all of them.

    `p_value` is how likely the arms lose so unevenly by chance: who is left may not be alike.
    """

    known: Mapping[str, float]
    p_value: float

    @classmethod
    def of(cls, rows: Mapping[str, int], known: Mapping[str, int]) -> Self | None:
        """None where every outcome is known."""
        table = np.array([[known[arm], rows[arm] - known[arm]] for arm in rows])
        if not table[:, 1].any():
            return None
        return cls({arm: known[arm] / rows[arm] for arm in rows}, evenness(table))


@dataclass(frozen=True, slots=True)
class Measured:
    """One metric: each arm as drawn, each comparison, and the share of the variance left in it.

    `adjusted_by` is what took the rest away; with strata, `variance_left` compares the variances
    of the differences. `horizon` is how far days are counted where the metric is a time to an
    event.
    """

    metric: str
    kind: str  # share | mean | ratio | days
    arms: Mapping[str, Group]
    compared: tuple[Compared, ...]
    variance_left: float | None
    horizon: float | None = None
    adjusted_by: tuple[By, ...] = ()
    loss: Loss | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The primary metric in one level of a segment, exploratory and adjusted for being many."""

    segment: str
    level: str
    arm: str
    units: int
    effect: Difference
    adjusted_p: float


@dataclass(frozen=True, slots=True)
class Before:
    """What was measured before anybody was assigned, and whether the arms differ in it."""

    column: str
    arm: str
    p_value: float


@dataclass(frozen=True, slots=True)
class Readout:
    """All that an experiment says on a day; with an alarming ratio nothing of it is to be used."""

    rows: int
    control: str
    ratio: Ratio
    is_locked: bool
    before: tuple[Before, ...]
    metrics: tuple[Measured, ...]
    parts: tuple[Part, ...]
    honest: Mapping[str, tuple[HonestPart, ...]]  # arm → segments that differ
    strata: Strata | None = None
    without_arm: int = 0


def analyse(table: pa.Table, plan: Plan, *, file: str, on: date) -> Readout:
    """Read an experiment by its plan.

    Args:
        table: one row per unit.
        on: the day of the reading; before the planned one the fixed-horizon result is locked.
    Raises:
        NoColumn, OneArm, ManyArms, NoSuchArm, ChangedArm, SeveralRows, OutcomeBeforeExposure,
        BadWeights, BadGuardrail, NoNumber, TooLarge, NoOutcome, FewUnits, NegativeParts, BadDays,
        NoEvent, NobodyFollowed, NotBefore, ManyStrata, SmallStratum, TimeInStrata: see `refusals`.
        StratumWithoutArm: a stratum holds nobody of an arm.
        NoUnit, AlikeArms, NoMetric, NoOrder, NothingVaries: see `refusals`.
    References:
        docs/algorithms/experiments.md
    """
    _check_guardrails(plan)
    units = units_of(table, plan, file=file)
    is_locked = plan.readable_on is not None and on < plan.readable_on
    adjusting = Adjusting.of(units, plan)
    found = [_measured(units, metric, plan=plan, adjusting=adjusting) for metric in plan.metrics]
    metrics = _together(found, is_locked=is_locked, guardrails=plan.guardrails)
    parts = () if is_locked else tuple(_parts(units, plan))
    honest = {} if is_locked else {arm: honest_of(units, plan, arm=arm) for arm in units.names[1:]}
    return Readout(
        rows=units.table.num_rows,
        control=units.names[0],
        ratio=_ratio(units, plan),
        is_locked=is_locked,
        before=tuple(_before(units, plan)),
        metrics=metrics,
        parts=parts,
        honest=honest,
        strata=adjusting.strata,
        without_arm=units.without_arm,
    )


def _check_guardrails(plan: Plan) -> None:
    """A guardrail that nobody reads would guard nothing, and no margin is no promise."""
    for metric, margin in plan.guardrails.items():
        if metric not in plan.metrics or not 0 < margin < inf:
            raise BadGuardrail(text=f"{metric}={margin:g}", metrics=", ".join(plan.metrics))


def _ratio(units: Units, plan: Plan) -> Ratio:
    counts = units.counts
    weights = dict(plan.weights) or dict.fromkeys(counts, 1)
    if weights.keys() != counts.keys():
        example = ",".join(f"{arm}=1" for arm in counts)
        given = ",".join(f"{arm}={weight}" for arm, weight in weights.items())
        raise BadWeights(text=given, example=example)
    p_value = sample_ratio(counts, weights)
    return Ratio(counts, weights, p_value, sample_ratio_level(p_value))


def _measured(units: Units, metric: str, *, plan: Plan, adjusting: Adjusting) -> Measured:
    parts = [units.numbers(part) for part in parts_of(metric)]
    known = np.logical_and.reduce([~np.isnan(one) for one in parts])
    flags = {arm: units.flags(arm) & known for arm in units.names}
    for arm, here in flags.items():
        _check_size(metric, arm=arm, has=int(here.sum()), rows=units.counts[arm])
    horizon: float | None = None
    if is_stay(metric):
        kind = "days"
        groups, horizon = stay_groups(metric, parts, flags=flags, plan=plan)
    elif len(parts) == 2:
        kind = "ratio"
        groups = {arm: _sums(metric, parts[0][here], parts[1][here]) for arm, here in flags.items()}
    else:
        values = parts[0]
        kind = "share" if ((values == 0) | (values == 1) | ~known).all() else "mean"
        groups = {arm: _group(values[here], kind) for arm, here in flags.items()}
    found = adjusting.contrasts(Outcomes(metric, kind, parts, known, groups))
    _check_varied(metric, found.of_arms.values(), groups=groups)
    has = {arm: group.accounts for arm, group in groups.items()}
    compared = tuple(
        _compared(arm, one, metric=metric, plan=plan) for arm, one in found.of_arms.items()
    )
    loss = Loss.of(units.counts, has)
    return Measured(metric, kind, groups, compared, found.left, horizon, found.by, loss)


def _check_size(metric: str, *, arm: str, has: int, rows: int) -> None:
    if has == 0:
        raise NoOutcome(arm=arm, metric=metric, rows=rows)
    if has < LEAST_UNITS:
        raise FewUnits(arm=arm, metric=metric, has=has, needs=LEAST_UNITS)


def _check_varied(
    metric: str, contrasts: Iterable[Contrast], *, groups: Mapping[str, Group]
) -> None:
    """A difference without any width is no knowledge where it is about a handful."""
    least = min(one.accounts for one in groups.values())
    for one in contrasts:
        if one.one.deviation == 0 and one.one.effect != 0 and least < LEAST_IN_LEVEL:
            raise NothingVaries(metric=metric, has=least, needs=LEAST_IN_LEVEL)


def _group(values: Floats, kind: str) -> Group:
    if kind == "share":
        return yes_or_no(len(values), yes=int(values.sum()))
    return of_values(values)


def _sums(metric: str, over: Floats, below: Floats) -> Group:
    """A ratio of two sums, whose units differ in size."""
    if below.sum() <= 0:
        raise NegativeParts(metric=metric, total=f"{below.sum():g}")
    return Group(
        accounts=len(over),
        terms=float(below.sum()),
        total=float(over.sum()),
        squares=float(over @ over),
        products=float(below @ over),
        term_squares=float(below @ below),
    )


def _compared(arm: str, contrast: Contrast, *, metric: str, plan: Plan) -> Compared:
    one, test, accounts = contrast.one, contrast.test, contrast.accounts
    tuning = max(accounts, _LEAST_TUNING)
    believed = posterior(one, alpha=plan.alpha)
    margin, guards = plan.guardrails.get(metric), partial(guarded, one, contrast.treated)
    return Compared(
        arm=arm,
        shown=always_valid(one, accounts=accounts, tuning=tuning, alpha=plan.alpha),
        fixed=replace(one, low=test.low, high=test.high),
        p_value=test.p_value,
        adjusted_p=test.p_value,
        relative=contrast.relative,
        wins=believed.wins if believed else None,
        guarding=None if margin is None else guards(margin=margin, alpha=plan.alpha),
    )


def _together(
    found: list[Measured], *, is_locked: bool, guardrails: Mapping[str, float]
) -> tuple[Measured, ...]:
    """Adjust for many questions: the primary metric stands alone, the others share their alpha."""
    if is_locked:
        return tuple(
            replace(
                one,
                compared=tuple(_locked(pair, guardrails.get(one.metric)) for pair in one.compared),
            )
            for one in found
        )
    primary, secondary = found[:1], found[1:]
    return (*_holm(primary), *_holm(secondary))


def _locked(pair: Compared, margin: float | None) -> Compared:
    """What may be said at any look: a guardrail, too, by the interval that holds at each."""
    guarding = pair.guarding
    if guarding is not None and margin is not None:
        guarding = at_any_look(guarding, pair.shown, margin=margin)
    return replace(pair, fixed=None, p_value=None, adjusted_p=None, wins=None, guarding=guarding)


def _holm(family: list[Measured]) -> list[Measured]:
    p_values = [pair.p_value or 0.0 for one in family for pair in one.compared]
    adjusted = iter(holm(p_values))
    return [
        replace(
            one,
            compared=tuple(replace(pair, adjusted_p=next(adjusted)) for pair in one.compared),
        )
        for one in family
    ]


def _before(units: Units, plan: Plan) -> Iterator[Before]:
    """Whether the arms already differed before the experiment, as an A/A test of each column."""
    for column in plan.past:
        values = filled(units.numbers(column))
        control = of_values(values[units.flags(units.names[0])])
        for arm in units.names[1:]:
            group = of_values(values[units.flags(arm)])
            if min(group.accounts, control.accounts) < LEAST_UNITS:
                continue
            test = students(group, control, one=difference(group, control))
            yield Before(column, arm, test.p_value)


def _parts(units: Units, plan: Plan) -> list[Part]:
    """The primary metric in each level of each segment; levels too small are left out."""
    metric = plan.metrics[0]
    if not plan.segments or len(parts_of(metric)) == 2:
        return []
    values = units.numbers(metric)
    found: list[Part] = []
    for segment in plan.segments:
        levels, places = np.unique(words_of(units.table, segment), return_inverse=True)
        if len(levels) > MOST_LEVELS:
            raise ManyLevels(column=segment, count=len(levels), most=MOST_LEVELS)
        for place, level in enumerate(levels.tolist()):
            here = (places == place) & ~np.isnan(values)
            found += _of_level(units, values, here, segment=segment, level=level)
    adjusted = holm([one.adjusted_p for one in found])
    return [replace(one, adjusted_p=p) for one, p in zip(found, adjusted, strict=True)]


def _of_level(
    units: Units, values: Floats, here: Flags, *, segment: str, level: str
) -> Iterator[Part]:
    control = of_values(values[here & units.flags(units.names[0])])
    for arm in units.names[1:]:
        group = of_values(values[here & units.flags(arm)])
        if min(group.accounts, control.accounts) < LEAST_IN_LEVEL:
            continue
        one = difference(group, control)
        test = students(group, control, one=one)
        count = group.accounts + control.accounts
        yield Part(segment, level, arm, count, one, test.p_value)
