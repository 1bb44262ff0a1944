"""What the outcomes of two arms say by what was settled beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from tenure.prove.statistics.bayes import posterior
from tenure.prove.statistics.groups import ALPHA, Difference, Group, Test, difference, pooled_test
from tenure.prove.statistics.sample_ratio import SampleRatio
from tenure.prove.statistics.sequential import always_valid
from tenure.prove.statistics.sizes import needed_by_now, needed_in_total
from tenure.prove.statistics.strata import Stratified
from tenure.prove.statistics.survival import Stays, log_rank, longer_stay
from tenure.prove.telling.measures import RENEWALS, Kind, Measure
from tenure.prove.telling.statements import Statement
from tenure.prove.telling.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Design:
    """What was settled before anybody looked.

    `control_share` is the share of customers in the control arm and `least_effect` the least
    change of rate worth finding, both 0 to 1; `least_per_arm` is the number below which an
    approximation by the normal curve is not tried. `is_open` says that the planned day is here,
    so that the fixed-horizon test may be read once; until then it stays locked.
    """

    control_share: float
    least_effect: float
    least_per_arm: int
    is_open: bool
    alpha: float = ALPHA


@dataclass(frozen=True, slots=True)
class Finding:
    """A comparison, read by its design.

    `shown` is valid at any look; `fixed` and `test` are None while they are locked. All three
    are None while nothing can be compared. `needs` counts customers of both groups, None while
    nothing can be planned. All are in the unit of `measure`. `wins` is the chance (0 to 1) that
    the treated do better, by a flat prior; locked as long as the test is.
    """

    verdict: Verdict
    shown: Difference | None
    fixed: Difference | None
    test: Test | None
    has: int
    needs: int | None
    measure: Measure = RENEWALS
    wins: float | None = None

    def statement(self, *, least_effect: float, srm_p: float) -> Statement:
        """What is told of it.

        Args:
            least_effect: of the design by which it was read.
            srm_p: how likely such sizes of the groups are by chance.
        """
        shown = self.shown
        return Statement(
            verdict=self.verdict,
            diff=shown.effect if shown else None,
            low=shown.low if shown else None,
            high=shown.high if shown else None,
            has=self.has,
            needs=self.needs,
            least_effect=least_effect,
            srm_p=srm_p,
            measure=self.measure,
        )


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two arms that can be compared: the plain difference, its test, and how many there are."""

    plain: Difference
    test: Callable[[], Test]
    accounts: tuple[int, int]
    needs: int | None
    measure: Measure

    @property
    def has(self) -> int:
        return sum(self.accounts)


def read(treated: Group, control: Group, *, design: Design, ratio: SampleRatio) -> Finding:
    """Say what may be said of matured outcomes.

    Args:
        treated: the terms that were worked on and whose outcome is known.
        control: the terms that were left alone and whose outcome is known.
        design: what was settled beforehand.
        ratio: whether the arms have the sizes that were promised.
    """
    if treated.terms == 0 or control.terms == 0:
        return too_early(treated.accounts + control.accounts, RENEWALS)
    pair = _Pair(
        plain=difference(treated, control, alpha=design.alpha),
        test=partial(pooled_test, treated, control),
        accounts=(treated.accounts, control.accounts),
        needs=needed(control.mean, design=design),
        measure=RENEWALS,
    )
    return _judged(pair, design=design, ratio=ratio)


def read_amounts(
    treated: Group, control: Group, *, measure: Measure, design: Design, ratio: SampleRatio
) -> Finding:
    """Say what may be said of an amount for each term: a ratio of two sums, by the delta method.

    Args:
        measure: of which amount, in minor units of which currency.
    """
    if treated.terms == 0 or control.terms == 0:
        return too_early(treated.accounts + control.accounts, measure)
    plain = difference(treated, control, alpha=design.alpha)
    accounts = (treated.accounts, control.accounts)
    change = design.least_effect * abs(control.mean)
    pair = _Pair(
        plain=plain,
        test=partial(pooled_test, treated, control),
        accounts=accounts,
        needs=needed_by_now(plain, has=sum(accounts), change=change, alpha=design.alpha),
        measure=measure,
    )
    return _judged(pair, design=design, ratio=ratio)


def read_weighed(
    found: Stratified, *, measure: Measure, design: Design, ratio: SampleRatio
) -> Finding:
    """Say what may be said of arms that were weighed by the strata in which they were drawn.

    How many it takes to find the least change of a rate is what was planned before anybody knew
    how much the strata narrow; of an amount it is judged by what they left.
    """
    plain = found.difference(alpha=design.alpha)
    if measure.kind is Kind.RENEWAL:
        needs: int | None = needed(found.control.mean, design=design)
    else:
        change = design.least_effect * abs(found.control.mean)
        needs = needed_by_now(plain, has=found.accounts, change=change, alpha=design.alpha)
    pair = _Pair(plain, found.test, found.sizes, needs, measure)
    return _judged(pair, design=design, ratio=ratio)


def read_stays(
    treated: Stays, control: Stays, *, measure: Measure, design: Design, ratio: SampleRatio
) -> Finding:
    """Say what may be said of a time until customers leave, at equal age of both arms.

    The interval is about the mean days that a customer stays, counted up to the horizon; the test
    for one look is the log-rank test.

    Args:
        measure: with the horizon; while an arm has nobody who was followed for so long, it is too
            early.
    """
    accounts, horizon = (len(treated.seen), len(control.seen)), measure.horizon_days
    if not (treated.reaches(horizon) and control.reaches(horizon)):
        return too_early(sum(accounts), measure)
    plain = longer_stay(treated, control, horizon=horizon, alpha=design.alpha)
    change = design.least_effect * horizon
    pair = _Pair(
        plain=plain,
        test=partial(log_rank, treated, control),
        accounts=accounts,
        needs=needed_by_now(plain, has=sum(accounts), change=change, alpha=design.alpha),
        measure=measure,
    )
    return _judged(pair, design=design, ratio=ratio)


def too_early(has: int, measure: Measure) -> Finding:
    """Nothing can be compared yet."""
    return Finding(Verdict.TOO_EARLY, None, None, None, has=has, needs=None, measure=measure)


def _judged(pair: _Pair, *, design: Design, ratio: SampleRatio) -> Finding:
    has, needs = pair.has, pair.needs
    few = min(pair.accounts) < design.least_per_arm
    if few and pair.plain.deviation == 0:
        # The outcomes of a handful are alike by luck: that is no interval without width.
        alike = Verdict.UNEVEN if ratio is SampleRatio.ALARM else Verdict.TOO_FEW
        return Finding(alike, None, None, None, has=has, needs=needs, measure=pair.measure)
    shown = always_valid(pair.plain, accounts=has, tuning=needs or has, alpha=design.alpha)
    if pair.measure.kind is Kind.RENEWAL:
        shown = within_rates(shown)
    is_enough = needs is not None and has >= needs
    test = pair.test() if design.is_open and is_enough else None
    if ratio is SampleRatio.ALARM:
        verdict = Verdict.UNEVEN
    elif not few and (shown.low > 0 or shown.high < 0):
        verdict = _direction(shown)
    elif few or not is_enough:
        verdict = Verdict.TOO_FEW
    elif test is not None and test.is_significant(design.alpha):
        verdict = _direction(shown)
    else:
        verdict = Verdict.NO_DIFFERENCE
    if test is None:
        return Finding(verdict, shown, None, None, has=has, needs=needs, measure=pair.measure)
    believed = posterior(pair.plain, alpha=design.alpha)
    wins = believed.wins if believed else None
    return Finding(verdict, shown, pair.plain, test, has, needs, measure=pair.measure, wins=wins)


def within_rates(shown: Difference) -> Difference:
    """Two rates differ by at most one, however wide the interval of a few customers is."""
    return replace(shown, low=max(shown.low, -1.0), high=min(shown.high, 1.0))


def _direction(shown: Difference) -> Verdict:
    return Verdict.HELPS if shown.effect > 0 else Verdict.HARMS


def needed(rate: float, *, design: Design) -> int:
    """Customers of both groups that it takes to see the least effect worth finding.

    Args:
        rate: the renewal rate of those left alone. At 0 or 1 a change in the other direction is
            planned for, and the rate is taken as one that a small group can show.
    """
    base = min(max(rate, 0.01), 0.99)
    changed = base + design.least_effect
    if changed >= 1:
        changed = base - design.least_effect
    return needed_in_total(base, changed, control_share=design.control_share, alpha=design.alpha)
