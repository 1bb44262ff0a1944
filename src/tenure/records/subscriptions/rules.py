"""The calendar of terms: when the next one starts and ends, and when and how one is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.lifecycle import Lifecycle
from tenure.kernel.periods import Period, add_months, late_start
from tenure.records.billing.pricing.bill import Bill
from tenure.records.subscriptions.states import EndKind, SubscriptionState, TermState
from tenure.strategy.components import PauseRules


class TermVerb(StrEnum):
    """What may happen to a term."""

    RENEW = "renew"
    EXTEND = "extend"
    ASK_TO_CANCEL = "ask to cancel"
    UNDO_CANCEL = "undo the cancellation"
    OVERRUN = "pass its end"
    LAPSE = "lapse"
    CANCEL = "be cancelled"
    UNDO_RENEWAL = "lose its renewal"


class SubscriptionVerb(StrEnum):
    """What may happen to a subscription."""

    END = "end"
    RESUME = "resume"
    PAUSE = "pause"
    CONTINUE = "continue"


TERM = Lifecycle(
    {
        (TermState.RUNNING, TermVerb.RENEW): TermState.RENEWED,
        (TermState.RUNNING, TermVerb.EXTEND): TermState.RUNNING,
        (TermState.RUNNING, TermVerb.ASK_TO_CANCEL): TermState.CANCELLING,
        (TermState.RUNNING, TermVerb.OVERRUN): TermState.GRACE,
        (TermState.RUNNING, TermVerb.CANCEL): TermState.CANCELLED,
        (TermState.CANCELLING, TermVerb.RENEW): TermState.RENEWED,
        (TermState.CANCELLING, TermVerb.UNDO_CANCEL): TermState.RUNNING,
        (TermState.CANCELLING, TermVerb.CANCEL): TermState.CANCELLED,
        (TermState.GRACE, TermVerb.RENEW): TermState.RENEWED,
        (TermState.GRACE, TermVerb.EXTEND): TermState.RUNNING,
        (TermState.GRACE, TermVerb.LAPSE): TermState.LAPSED,
        (TermState.GRACE, TermVerb.CANCEL): TermState.CANCELLED,
        # A payment made within grace can become known after the lapse was written.
        (TermState.LAPSED, TermVerb.RENEW): TermState.RENEWED,
        # The money went back; a look at the calendar says what it is instead.
        (TermState.RENEWED, TermVerb.UNDO_RENEWAL): TermState.RUNNING,
    },
    name="term",
    start=TermState.RUNNING,
)

SUBSCRIPTION = Lifecycle(
    {
        (SubscriptionState.ACTIVE, SubscriptionVerb.END): SubscriptionState.ENDED,
        (SubscriptionState.ENDED, SubscriptionVerb.RESUME): SubscriptionState.ACTIVE,
        (SubscriptionState.ACTIVE, SubscriptionVerb.PAUSE): SubscriptionState.PAUSED,
        (SubscriptionState.PAUSED, SubscriptionVerb.CONTINUE): SubscriptionState.ACTIVE,
        (SubscriptionState.PAUSED, SubscriptionVerb.END): SubscriptionState.ENDED,
    },
    name="subscription",
    start=SubscriptionState.ACTIVE,
)


class TermsOverlap(Refusal):
    """A term would run on days that another term of the subscription has already."""

    code = "terms_overlap"
    said = Sentence(
        zh="{starts_on} 至 {ends_on}（不含）与同一订阅的另一期 {other_starts_on} 至 {other_ends_on}"
        " 重叠；请更正其中一期的日期。",
        en="{starts_on} to {ends_on} (not included) overlaps the term {other_starts_on} to "
        "{other_ends_on} of the same subscription; correct the dates of one of them.",
    )


class AlreadyStarted(Refusal):
    """A subscription is begun a second time."""

    code = "already_started"
    said = Sentence(
        zh="订阅 {subscription} 已于 {started_on} 开始；请续费它，而不是重新开始。",
        en="Subscription {subscription} started on {started_on} already; renew it instead.",
    )


class AlreadyExtended(Refusal):
    """A term's end may be moved once."""

    code = "already_extended"
    said = Sentence(
        zh="本期已延长过 {days} 天，每期只能延长一次；请改为续费或其他优惠。",
        en="This term was extended by {days} days already, and each is extended once; "
        "renew it or choose another offer.",
    )


class ExtensionTooShort(Refusal):
    """The new end would lie in the past."""

    code = "extension_too_short"
    said = Sentence(
        zh="延长 {days} 天后的到期日 {ends_on} 早于今天 {on}；请增加天数。",
        en="With {days} more days the term would end on {ends_on}, before today, {on}; "
        "give more days.",
    )


class CancellationIsFinal(Refusal):
    """The end has come: the cancellation can no longer be undone."""

    code = "cancellation_is_final"
    said = Sentence(
        zh="本期已于 {ends_on} 结束，取消不能再撤回；请重新购买。",
        en="The term ended on {ends_on}, so the cancellation cannot be undone; buy a new term.",
    )


@dataclass(frozen=True, slots=True)
class PaidBy:
    """The payment behind a purchase, by the name that its source gives it."""

    source: str
    external_id: str
    method: str = ""


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a customer bought after a term.

    `on` is the day of payment in the business's zone. What is None stays as it was: the cycle of
    the term, the plan (in the version in force on that day) and the number of seats, or as it was
    planned; the list price. A `bill` that was accepted says the price, the end (free days on top,
    or a date shared with others) and the add-ons: its first line is the term.
    """

    term_id: int
    on: date
    cycle_months: int | None = None
    price_minor: int | None = None
    plan_version_id: int | None = None
    quantity: int | None = None
    bill: Bill | None = None
    paid_by: PaidBy | None = None

    @property
    def agreed_minor(self) -> int | None:
        """The price of the term itself where it is not the list price."""
        return self.bill.lines[0].amount.amount_minor if self.bill else self.price_minor

    @property
    def moved_end(self) -> date | None:
        """The end of the new term where it does not follow from the cycle alone."""
        return self.bill.lines[0].period.ends_on if self.bill else None


@dataclass(frozen=True, slots=True)
class NextTerm:
    """The days of a term to come, and the anchor from which the ones after it are counted."""

    period: Period
    anchor_on: date


@dataclass(frozen=True, slots=True)
class Ending:
    """When and how a term was over without a next one."""

    on: date
    kind: EndKind


def term_from(starts_on: date, *, anchor_on: date, cycle_months: int) -> NextTerm:
    """The term that starts on a day, ending on a due date counted from the anchor (R-Y-060, G17).

    A start that is no due date of the anchor, because the end before it was moved or the payment
    came after grace, becomes the anchor itself.
    """
    assert cycle_months > 0, "a cycle has at least one month"
    months = (starts_on.year - anchor_on.year) * 12 + starts_on.month - anchor_on.month
    if add_months(anchor_on, months) != starts_on:
        anchor_on, months = starts_on, 0
    ends_on = add_months(anchor_on, months + cycle_months)
    return NextTerm(period=Period(starts_on, ends_on), anchor_on=anchor_on)


def next_term(
    old_end: date, paid_on: date, *, anchor_on: date, cycle_months: int, grace_days: int
) -> NextTerm:
    """The term bought on a day after (or before) the old one ended (R-Y-061).

    Early, on time and within grace it joins the old end; after grace it starts with the payment.
    """
    starts_on = late_start(old_end, paid_on, grace_days=grace_days)
    return term_from(starts_on, anchor_on=anchor_on, cycle_months=cycle_months)


def is_within_grace(ends_on: date, paid_on: date, *, grace_days: int) -> bool:
    """Whether a payment on that day still renews the term."""
    return (paid_on - ends_on).days <= grace_days


def close_decision(
    paid_through: date,
    *,
    grace_days: int,
    cancel_asked_on: date | None = None,
    is_at_once: bool = False,
    last_failure_on: date | None = None,
) -> Ending:
    """When a term that is not renewed is over, and of which kind the end is (golden example G07).

    A customer's word counts first, then a failed automatic payment, then the lapse. Asked for at
    the end of the term it is over when the paid days are, or on the day of asking if that is
    later.

    Args:
        paid_through: the day on which the term ends, the first that is not paid.
        cancel_asked_on: the day of a cancellation that was not undone.
        is_at_once: with a refund, without waiting for the end.
        last_failure_on: the day of the final failed attempt of an automatic payment.
    """
    if cancel_asked_on is not None:
        on = cancel_asked_on if is_at_once else max(paid_through, cancel_asked_on)
        return Ending(on, EndKind.VOLUNTARY)
    if last_failure_on is not None:
        return Ending(max(paid_through, last_failure_on), EndKind.INVOLUNTARY)
    return Ending(paid_through + timedelta(days=grace_days), EndKind.LAPSE)


def extended_end(ends_on: date, *, days: int, extended_days: int, on: date) -> date:
    """The end of a term after its one extension (OFR-08).

    Raises:
        AlreadyExtended: its end was moved before.
        ExtensionTooShort: the new end is not after today.
    """
    assert days > 0, "an extension has at least one day"
    if extended_days:
        raise AlreadyExtended(days=extended_days)
    moved = ends_on + timedelta(days=days)
    if moved <= on:
        raise ExtensionTooShort(days=days, ends_on=moved, on=on)
    return moved


def check_no_overlap(period: Period, others: Iterable[Period]) -> None:
    """Refuse a term that would share a day with another one of its subscription.

    Raises:
        TermsOverlap: names the first that it overlaps.
    """
    for other in sorted(others):
        if period.overlaps(other):
            raise TermsOverlap(
                starts_on=period.starts_on,
                ends_on=period.ends_on,
                other_starts_on=other.starts_on,
                other_ends_on=other.ends_on,
            )


class PauseTooShort(Refusal):
    """A rest of fewer days, or more, than the catalogue allows."""

    code = "pause_out_of_bounds"
    said = Sentence(
        zh="暂停 {days} 天不在允许的 {least} 到 {most} 天之内；请改选天数。",
        en="A pause of {days} days is outside the {least} to {most} allowed; choose another "
        "number of days.",
    )


class PausedEnough(Refusal):
    """The days of rest of a year are used up."""

    code = "paused_enough"
    said = Sentence(
        zh="最近一年已暂停 {used} 天，最多 {most} 天，还可暂停 {left} 天；请改选天数。",
        en="In the last year {used} days were paused of {most} allowed, so {left} are left; "
        "choose another number of days.",
    )


class PeriodsOverlap(Refusal):
    """Two periods on a contract that may not hold at the same time (R-Y-068)."""

    code = "periods_overlap"
    said = Sentence(
        zh="{starts_on} 至 {ends_on}（不含）与已有的 {other_starts_on} 至 {other_ends_on} 重叠；"
        "请改选日期。",
        en="{starts_on} to {ends_on} (not included) overlaps {other_starts_on} to "
        "{other_ends_on}, which is there already; choose other days.",
    )


def pause_until(on: date, *, days: int, allowed: PauseRules, past: Iterable[Period]) -> date:
    """The first day with service again after a pause that begins on a day.

    Args:
        past: the pauses of the subscription so far.
    Raises:
        PauseTooShort: the pause is shorter or longer than allowed.
        PausedEnough: the days of the last 365 would be more than allowed.
    """
    if not allowed.least_days <= days <= allowed.most_days:
        raise PauseTooShort(days=days, least=allowed.least_days, most=allowed.most_days)
    year = Period(on - timedelta(days=365), on + timedelta(days=1))
    rested = (one.overlap(year) for one in past)
    used = sum(one.days for one in rested if one is not None)
    if used + days > allowed.days_per_year:
        left = max(allowed.days_per_year - used, 0)
        raise PausedEnough(used=used, most=allowed.days_per_year, left=left)
    return on + timedelta(days=days)


def check_periods(period: Period, others: Iterable[Period]) -> None:
    """Refuse days that something of the same sort holds already (R-Y-068).

    Raises:
        PeriodsOverlap: names the first.
    """
    for other in sorted(others):
        if period.overlaps(other):
            raise PeriodsOverlap(
                starts_on=period.starts_on,
                ends_on=period.ends_on,
                other_starts_on=other.starts_on,
                other_ends_on=other.ends_on,
            )
