"""The review of a strategy: four measures as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy

from tenure.prove.reviews.queries import Judged, Measure, Review
from tenure.prove.statistics.groups import Difference
from tenure.surfaces import wording

NAMES: Final = {
    Measure.RENEWAL: gettext_lazy("Renewal"),
    Measure.VALUE: gettext_lazy("Value: margin bought per term that ended"),
    Measure.NPS: gettext_lazy("Recommendation (NPS)"),
    Measure.COMPLAINTS: gettext_lazy("Feedback: customers who complained"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A number with its interval, ready to be read; `one` is None where too few are known."""

    one: Difference | None
    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of the page."""

    name: str
    before: str
    after: str
    change: Told
    holdout: str
    treated: str
    effect: Told
    judged: Judged


@dataclass(frozen=True, slots=True)
class StrategyPage:
    """A review with its rows, and the other strategies that can be looked at."""

    review: Review
    rows: Sequence[Row]
    starts: Sequence[tuple[str, date]]


def page_of(review: Review, *, starts: Sequence[tuple[str, date]], currency: str) -> StrategyPage:
    """The page of one review."""
    return StrategyPage(review, [_row(one, currency) for one in review.judged], starts)


def _row(judged: Judged, currency: str) -> Row:
    measure = judged.measure

    def level(mean: float | None) -> str:
        return _level(mean, measure=measure, currency=currency)

    return Row(
        name=str(NAMES[measure]),
        before=level(judged.before.mean),
        after=level(judged.after.mean),
        change=_told(judged.change, measure=measure, currency=currency),
        holdout=level(judged.holdout.mean),
        treated=level(judged.treated.mean),
        effect=_told(judged.effect, measure=measure, currency=currency),
        judged=judged,
    )


def _level(mean: float | None, *, measure: Measure, currency: str) -> str:
    if mean is None:
        return "—"
    if measure is Measure.VALUE:
        return wording.money(int(mean), currency)
    if measure is Measure.NPS:
        return f"{mean * 100:+.0f}"
    return wording.percent(mean, digits=1)


def _told(one: Difference | None, *, measure: Measure, currency: str) -> Told:
    """A difference with its interval; good or bad only where the interval leaves 0 out."""
    if one is None:
        return Told(None, "", "")
    if measure is Measure.VALUE:
        low, value, high = (
            wording.money(int(it), currency) for it in (one.low, one.effect, one.high)
        )
    else:
        low, value, high = (wording.points(it) for it in (one.low, one.effect, one.high))
    is_clear = one.low > 0 or one.high < 0
    is_better = (one.effect > 0) != (measure is Measure.COMPLAINTS)
    tone = ("good" if is_better else "bad") if is_clear else ""
    return Told(one, f"{value} ({low} … {high})", tone)
