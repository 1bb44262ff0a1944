"""When a deduction is announced, proved, taken and tried again: values in, values out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from tenure.act.collecting.declines import Declined
from tenure.decide.obligations.windows import NoticeDays
from tenure.kernel.clock import instant
from tenure.kernel.money import Money
from tenure.strategy.catalog import Access
from tenure.strategy.collecting import Announcement, Ceiling, Dunning, EndAction
from tenure.strategy.duties import Arrears, PriceRise
from tenure.strategy.messages import Channel
from tenure.strategy.obligations import WithoutConsent

# R-A-013: one delivery proves a notice; without receipts two acceptances do.
PROVED: Final = 2
_PAYDAY_REACH: Final = 2


class ByHand(StrEnum):
    """Why a renewal is not deducted but left to the customer."""

    ABOVE_LIMIT = "above_limit"  # more than the mandate or the consent allows (R-Y-028)
    DEARER = "dearer_without_consent"  # a price rise that nobody agreed to (R-A-015)
    LAW = "second_factor"  # the customer must agree in person above an amount (R-Y-049)
    STORE = "charged_by_store"  # what a store sold, the store renews (R-A-070)
    NO_POLICY = "no_policy"  # nothing is known about the law there
    NO_TIME = "no_notice_day_left"  # the last lawful day for a notice is over
    LONGER = "prolongation_not_allowed"  # a fixed term may not follow by itself (R-A-059)


@dataclass(frozen=True, slots=True)
class Leave:
    """What the customer agreed to: the price that was shown, and the most for one deduction."""

    price: Money
    cap: Money
    limit: Money


@dataclass(frozen=True, slots=True)
class Taking:
    """What is deducted; by hand where `why` says so."""

    amount: Money
    why: ByHand | None = None


def what_to_take(
    today: Money,
    leave: Leave,
    *,
    price_rise: PriceRise,
    without_consent: WithoutConsent,
    second_factor_above_minor: int | None = None,
) -> Taking:
    """The amount of a deduction, or why the customer pays by hand (R-A-015, R-Y-028).

    A higher price is never deducted without a consent to it where the law wants one: the old
    price is, or nothing. A lower price is deducted as it is.
    """
    amount = today
    if today > leave.price and price_rise is PriceRise.CONSENT:
        if without_consent is WithoutConsent.MANUAL:
            return Taking(today, ByHand.DEARER)
        amount = leave.price
    if amount > leave.cap or amount > leave.limit:
        return Taking(amount, ByHand.ABOVE_LIMIT)
    if second_factor_above_minor is not None and amount.amount_minor > second_factor_above_minor:
        return Taking(amount, ByHand.LAW)
    return Taking(amount)


@dataclass(frozen=True, slots=True)
class Seen:
    """One sign that a notice reached somebody: on which channel and day, and how sure it is."""

    channel: str
    on: date
    is_delivered: bool
    ref: str
    # When it was accepted, where it may prove alone by not coming back.
    accepted_at: datetime | None = None


def proof(
    days: NoticeDays, seen: Sequence[Seen], *, with_receipts: Collection[str], at: datetime
) -> tuple[Seen, ...]:
    """What proves that a notice arrived inside its days, or nothing (R-A-013, PAY-04).

    One delivery is enough. Accepted counts only on a channel that reports no deliveries, and then
    on two of them; or on e-mail alone, where every policy of the window lets an e-mail do, once
    its hours have passed and nothing came back.
    """
    inside = [one for one in seen if days.contains(one.on)]
    delivered = [one for one in inside if one.is_delivered]
    if delivered:
        return (delivered[0],)
    silent = [one for one in inside if _is_silent(one, days, at=at)]
    if silent:
        return (silent[0],)
    accepted = {one.channel: one for one in inside if one.channel not in with_receipts}
    return tuple(accepted.values())[:PROVED] if len(accepted) >= PROVED else ()


def is_awaited(days: NoticeDays, seen: Sequence[Seen], *, at: datetime) -> bool:
    """Whether an e-mail that left in time may still prove a window by not coming back."""
    return any(
        days.contains(one.on)
        and one.accepted_at is not None
        and days.email_hours is not None
        and at - one.accepted_at < timedelta(hours=days.email_hours)
        for one in seen
    )


def _is_silent(one: Seen, days: NoticeDays, *, at: datetime) -> bool:
    if days.email_hours is None or one.accepted_at is None:
        return False
    return at - one.accepted_at >= timedelta(hours=days.email_hours)


@dataclass(frozen=True, slots=True)
class Tried:
    """One message that was planned for a notice: still on its way, or lost."""

    channel: str
    is_lost: bool


def next_ways(
    usable: Sequence[Channel],
    tried: Sequence[Tried],
    *,
    with_receipts: Collection[str],
    hurry: bool,
) -> list[Channel]:
    """The channels on which a notice is sent now, so that it can be proved.

    One channel with receipts could prove it alone, of the others it takes two; what is lost is
    made up for by the next one. In a `hurry`, on the last lawful day, every way is taken.
    """
    gone = {one.channel for one in tried}
    hopes = sum(PROVED if one.channel in with_receipts else 1 for one in tried if not one.is_lost)
    chosen: list[Channel] = []
    for channel in usable:
        if channel in gone or (hopes >= PROVED and not hurry):
            continue
        chosen.append(channel)
        hopes += PROVED if channel in with_receipts else 1
    return chosen


def first_notice_on(days: NoticeDays, *, lead_days: int) -> date:
    """The day on which a notice is first tried: some days before its last one, never too early."""
    wanted = days.latest_on - timedelta(days=lead_days)
    return wanted if days.earliest_on is None else max(wanted, days.earliest_on)


def announcement_days(rule: Announcement, due_on: date) -> NoticeDays:
    """Days on which a provider may announce a deduction that it takes on the due day (G26)."""
    latest_on = due_on - timedelta(days=rule.wait_days)
    earliest_on = latest_on - timedelta(days=rule.open_days - 1)
    return NoticeDays(earliest_on, latest_on, (rule.provider,))


def announce_on(rule: Announcement, due_on: date, *, windows: Sequence[NoticeDays]) -> date:
    """The best day for a provider's announcement: as late as the law's windows let it be.

    The later it is announced, the more days for trying again lie behind the due day.
    """
    own = announcement_days(rule, due_on)
    assert own.earliest_on is not None, "a provider's window has two ends"
    latest_on = min([own.latest_on, *(one.latest_on for one in windows)])
    return max(latest_on, own.earliest_on)


def early_days(due_on: date, days: int) -> tuple[date, date]:
    """The first and the last day on which an agreement that falls due may be charged (R-Y-035)."""
    return due_on - timedelta(days=days), due_on


def next_opening(rule: Announcement | None, at: datetime) -> datetime:
    """The first moment at or after `at` at which a provider takes anything."""
    if rule is None:
        return at
    local = at.astimezone(ZoneInfo(rule.zone))
    if rule.opens <= local.time() < rule.closes:
        return at
    day = local.date() + timedelta(days=local.time() >= rule.closes)
    return instant(day, rule.opens, zone=rule.zone)


@dataclass(frozen=True, slots=True)
class Story:
    """How a deduction went so far: its first try and how many there were."""

    first_on: date
    tries: int
    last_on: date


def next_try_on(
    dunning: Dunning, story: Story, *, declined: Declined, retries: bool = True
) -> date | None:
    """The day of the next try, or None where there is none (R-Y-063).

    Tries stand on the schedule's days after the first one; a network that asks for patience gets
    it, and a try within two days of a payday moves there.

    Args:
        retries: the law lets a declined charge be tried again without the customer.
    """
    if not declined.may_retry or not retries or story.tries >= len(dunning.days):
        return None
    whole_days = -(-declined.after // timedelta(days=1))
    earliest_on = story.last_on + timedelta(days=max(1, whole_days))
    last_on = story.first_on + timedelta(days=dunning.days[-1])
    for days in dunning.days[story.tries :]:
        planned = story.first_on + timedelta(days=days)
        if planned >= earliest_on:
            return _on_payday(planned, dunning.paydays, between=(earliest_on, last_on))
    return None


def _on_payday(planned: date, paydays: Sequence[int], *, between: tuple[date, date]) -> date:
    near = [
        day
        for offset in range(-_PAYDAY_REACH, _PAYDAY_REACH + 1)
        if (day := planned + timedelta(days=offset)).day in paydays
        and between[0] <= day <= between[1]
    ]
    return min(near, key=lambda day: abs((day - planned).days), default=planned)


def is_told(dunning: Dunning, tries: int, *, is_last: bool) -> bool:
    """Whether the customer is told after a try: the first, the third, and the last (R-Y-063)."""
    return is_last or tries in dunning.tell_after


def is_below_ceiling(
    ceilings: Sequence[Ceiling], network: str, *, tries: Sequence[date], on: date
) -> bool:
    """Whether one more try on a card stays below every limit of its network (R-Y-047)."""
    return all(
        sum((on - one).days < ceiling.days for one in tries) < ceiling.at_most
        for ceiling in ceilings
        if ceiling.network == network
    )


@dataclass(frozen=True, slots=True)
class End:
    """What follows when the last try was declined, and on which day."""

    action: EndAction
    on: date


def end_of(action: EndAction, *, last_try_on: date, due_on: date, arrears: Arrears | None) -> End:
    """The end action and its day; telecom customers are given the time that the law gives them.

    R-A-019: no suspension before 30 days overdue, no end before 60 days of suspension.
    """
    if arrears is None:
        return End(action, last_try_on)
    patience = {
        EndAction.SUSPEND: arrears.suspend_after_days,
        EndAction.CANCEL: arrears.suspend_after_days + arrears.terminate_after_suspended_days,
    }
    earliest_on = due_on + timedelta(days=patience.get(action, 0))
    return End(action, max(last_try_on, earliest_on))


_LESS: Final = [Access.FULL, Access.LIMITED, Access.NONE]


def access_on(
    steps: Mapping[int, Access],
    days_over: int,
    *,
    suspended_from: int | None = None,
    arrears: Arrears | None = None,
) -> Access:
    """What a customer can use so many days after an unpaid end (R-Y-065).

    Args:
        steps: day after the end → access, from the plan's own lapse policy.
        days_over: 0 on the first unpaid day; before it everything is paid.
        suspended_from: the day from which the end action stopped the service.
        arrears: nobody whom it protects is cut off before its day.
    """
    if days_over < 0:
        return Access.FULL
    reached = [access for day, access in sorted(steps.items()) if day <= days_over]
    found = reached[-1] if reached else Access.FULL
    if suspended_from is not None and days_over >= suspended_from:
        found = Access.NONE
    if arrears is not None and days_over < arrears.suspend_after_days:
        found = min(found, Access.LIMITED, key=_LESS.index)
    return found


def charge_instant(day: date, charge_at: time, *, zone: str) -> datetime:
    """When a deduction is taken on a day."""
    return instant(day, charge_at, zone=zone)
