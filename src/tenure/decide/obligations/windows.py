"""On which days a notice may go out (golden example G26), and until when somebody may withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tenure.decide.obligations.rules import Binding
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.periods import add_months
from tenure.strategy.duties import CountedFrom, Event, NoticeRule, Prolongation, Withdrawal


class ProlongationNotAllowed(Refusal):
    """An automatic renewal into a term that the law does not let it have."""

    code = "prolongation_not_allowed"
    said = Sentence(
        zh="首期最长 {first} 个月、自动续期每期最长 {renewed} 个月、提前通知最长 {notice} 个月；"
        "请改为按月自动续期，或不自动续期。",
        en="A first term may bind for {first} months at most, renew by itself for {renewed} "
        "at a time and ask for {notice} months of notice; renew by the month, or not by itself.",
    )


@dataclass(frozen=True, slots=True)
class NoticeDays:
    """Days on which a notice may go out, both ends included; None is no earliest day.

    `stamps` names the policies that one notice on such a day satisfies; `email_hours` is how long
    an accepted e-mail must stay without a return to prove it alone, None where it never does.
    """

    earliest_on: date | None
    latest_on: date
    stamps: tuple[str, ...]
    email_hours: int | None = None

    def contains(self, day: date) -> bool:
        """Whether a notice on this day is in time and not too early."""
        return (self.earliest_on is None or self.earliest_on <= day) and day <= self.latest_on


def days_of(rule: NoticeRule, due_on: date) -> tuple[date | None, date]:
    """Earliest and latest day of one rule before a due date (G26).

    The cancel deadline is the last day on which the customer can still stop: the day before. So
    many hours before a charge that may fall on the first minute of the day are as many whole days.
    """
    counted = due_on - timedelta(days=rule.counted_from is CountedFrom.CANCEL_DEADLINE)
    hours_as_days = -(-rule.latest_hours // 24)
    latest_on = counted - timedelta(days=max(rule.latest_days, hours_as_days))
    if rule.earliest_days is None:
        return None, latest_on
    return counted - timedelta(days=rule.earliest_days), latest_on


def notice_days(
    binding: Binding, event: Event, *, due_on: date, term_months: int, period_days: int = 366
) -> tuple[NoticeDays, ...]:
    """When to announce an event so that every policy that binds is kept (R-A-002).

    Args:
        binding: the policies of the contract.
        event: what is announced.
        due_on: the day of the deduction, or of the end.
        term_months: length of the term that ends.
        period_days: length of the trial or promotion that ends, where one does.
    Returns:
        One range of days inside all windows; one range per window where none lies in all; nothing
        where no notice is owed.
    """
    windows = [
        NoticeDays(*days_of(rule, due_on), stamps=(policy.stamp,), email_hours=rule.email_hours)
        for policy, rule in binding.notices(event)
        if rule.binds(term_months=term_months, period_days=period_days)
    ]
    if not windows:
        return ()
    together = meet(windows)
    return (together,) if together is not None else tuple(windows)


def meet(windows: Sequence[NoticeDays]) -> NoticeDays | None:
    """The days that lie in every window, or None."""
    starts = [one.earliest_on for one in windows if one.earliest_on is not None]
    earliest_on, latest_on = max(starts, default=None), min(one.latest_on for one in windows)
    if earliest_on is not None and earliest_on > latest_on:
        return None
    stamps = tuple(stamp for one in windows for stamp in one.stamps)
    hours = [one.email_hours for one in windows if one.email_hours is not None]
    email_hours = max(hours) if len(hours) == len(windows) else None
    return NoticeDays(earliest_on, latest_on, stamps, email_hours)


def withdrawal_until(right: Withdrawal, concluded_on: date, *, was_told: bool = True) -> date:
    """The last day of the right to withdraw (R-A-051): longer where nobody told the consumer."""
    until = concluded_on + timedelta(days=right.days)
    return until if was_told else add_months(until, right.extended_months)


def refund_until(right: Withdrawal, declared_on: date) -> date:
    """The last day on which the refund of a withdrawal is in time."""
    return declared_on + timedelta(days=right.refund_days)


def check_prolongation(
    limits: Sequence[Prolongation],
    *,
    first_months: int,
    renewed_months: int,
    notice_months: int = 0,
) -> None:
    """Refuse an automatic renewal into a longer term than the law lets it have (R-A-059).

    Raises:
        ProlongationNotAllowed: names the strictest limits.
    """
    for limit in limits:
        if (
            first_months > limit.first_months_at_most
            or renewed_months > limit.renewed_months_at_most
            or notice_months > limit.notice_months_at_most
        ):
            raise ProlongationNotAllowed(
                first=limit.first_months_at_most,
                renewed=limit.renewed_months_at_most,
                notice=limit.notice_months_at_most,
            )
