"""What may honestly be said of a comparison, as a code and as a sentence in both languages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.prove.statistics.groups import ALPHA, Difference, Group, Test, difference, pooled_test
from tenure.prove.statistics.sample_ratio import SampleRatio
from tenure.prove.statistics.sequential import always_valid
from tenure.prove.statistics.sizes import needed_in_total


class Verdict(StrEnum):
    """What a readout says; only the last three say anything about the effect."""

    TOO_EARLY = "too_early"
    UNEVEN = "uneven"
    TOO_FEW = "too_few"
    HELPS = "helps"
    HARMS = "harms"
    NO_DIFFERENCE = "no_difference"


SENTENCES: Final = {
    Verdict.TOO_EARLY: Sentence(
        zh="为时过早：还没有到期且过了等待期的订期可以比较。",
        en="Too early: no term has ended and passed its waiting days in both groups yet.",
    ),
    Verdict.UNEVEN: Sentence(
        zh="分组比例异常（p = {srm_p}），结果不可信；请先查清分组与数据。",
        en="The groups do not have the promised sizes (p = {srm_p}), so nothing here can be "
        "trusted; find out why first.",
    ),
    Verdict.TOO_FEW: Sentence(
        zh="样本不足：已有 {has} 个客户，要看出 {effect} 个百分点的变化需要 {needs} 个。",
        en="Too few: {has} customers so far, and it takes {needs} to see a change of {effect} "
        "percentage points.",
    ),
    Verdict.HELPS: Sentence(
        zh="“{name}”带来更多续费：{diff} 个百分点（{low} 至 {high}）。",
        en="“{name}” brings renewals: {diff} percentage points ({low} to {high}).",
    ),
    Verdict.HARMS: Sentence(
        zh="“{name}”正在损失续费：{diff} 个百分点（{low} 至 {high}）；请停用并查明原因。",
        en="“{name}” loses renewals: {diff} percentage points ({low} to {high}); stop it and "
        "find out why.",
    ),
    Verdict.NO_DIFFERENCE: Sentence(
        zh="样本已够，没有看出差别：{diff} 个百分点（{low} 至 {high}）。",
        en="There are enough customers and no difference shows: {diff} percentage points "
        "({low} to {high}).",
    ),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What a comparison says on a day, as it is told everywhere: shares of 1, customers, p.

    `diff`, `low` and `high` are None while nothing can be compared, `needs` while nothing can be
    planned.
    """

    verdict: Verdict
    diff: float | None
    low: float | None
    high: float | None
    has: int
    needs: int | None
    least_effect: float
    srm_p: float

    def told(self, *, name: Sentence) -> Sentence:
        """The statement in both languages.

        Args:
            name: what was compared, as people call it.
        """
        return SENTENCES[self.verdict].fill(
            name=name,
            diff=_points(self.diff),
            low=_points(self.low),
            high=_points(self.high),
            effect=f"{self.least_effect * 100:g}",
            has=self.has,
            needs="–" if self.needs is None else self.needs,
            srm_p=f"{self.srm_p:.2g}",
        )


def _points(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:+.1f}"


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
    are None while nothing can be compared. `needs` counts customers of both groups.
    """

    verdict: Verdict
    shown: Difference | None
    fixed: Difference | None
    test: Test | None
    has: int
    needs: int | None

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
        )


def read(treated: Group, control: Group, *, design: Design, ratio: SampleRatio) -> Finding:
    """Say what may be said of matured outcomes.

    Args:
        treated: the terms that were worked on and whose outcome is known.
        control: the terms that were left alone and whose outcome is known.
        design: what was settled beforehand.
        ratio: whether the arms have the sizes that were promised.
    """
    has = treated.accounts + control.accounts
    if treated.terms == 0 or control.terms == 0:
        return Finding(Verdict.TOO_EARLY, None, None, None, has=has, needs=None)
    needs = needed(control.mean, design=design)
    plain = difference(treated, control, alpha=design.alpha)
    shown = within_rates(always_valid(plain, accounts=has, tuning=needs, alpha=design.alpha))
    test = pooled_test(treated, control) if design.is_open and has >= needs else None
    few = min(treated.accounts, control.accounts) < design.least_per_arm
    if ratio is SampleRatio.ALARM:
        verdict = Verdict.UNEVEN
    elif not few and (shown.low > 0 or shown.high < 0):
        verdict = _direction(shown)
    elif few or has < needs:
        verdict = Verdict.TOO_FEW
    elif test is not None and test.is_significant(design.alpha):
        verdict = _direction(shown)
    else:
        verdict = Verdict.NO_DIFFERENCE
    return Finding(verdict, shown, plain if test else None, test, has=has, needs=needs)


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
