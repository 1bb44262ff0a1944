"""A subscription rests for a while: its terms move with it, and its price is kept (R-Y-068)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from tenure.kernel.periods import Period
from tenure.records.catalog.price_list import PriceList
from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.actions.moves import move_subscriptions
from tenure.records.subscriptions.models import (
    ContractPeriod,
    PeriodKind,
    Subscription,
    Term,
    TermLine,
)
from tenure.records.subscriptions.queries import catalog_of, grace_days, serving_term
from tenure.records.subscriptions.quoting.values import IsPaused, NothingRunning
from tenure.records.subscriptions.rules import SubscriptionVerb, check_periods, pause_until
from tenure.records.subscriptions.states import SubscriptionState
from tenure.strategy.components import PauseRules


@dataclass(frozen=True, slots=True)
class Rest:
    """A pause that begins on a day, for some days."""

    subscription_id: int
    on: date
    days: int


@transaction.atomic
def pause(wanted: Rest, *, at: datetime, by: str) -> Subscription:
    """Stop the service for some days; the rest of the term is had afterwards, at the same price.

    The end of the term, and a term that was bought after it, move by as many days. Paused again
    from the same day, nothing changes.

    Raises:
        NothingRunning: no term covers the day.
        IsPaused: it rests already.
        PauseTooShort, PausedEnough: more, or fewer, days than the catalogue allows.
        PeriodsOverlap: a trial or a pause holds on some of these days.
    """
    subscription = Subscription.objects.select_for_update().get(pk=wanted.subscription_id)
    if subscription.state == SubscriptionState.PAUSED:
        if subscription.paused_on == wanted.on:
            return subscription
        raise IsPaused(resumes_on=subscription.resumes_on)
    term = serving_term(subscription.pk, on=wanted.on)
    if term is None:
        raise NothingRunning(on=wanted.on)
    sold = catalog_of(wanted.on)
    periods = ContractPeriod.objects.filter(subscription=subscription)
    past = [Period(one.starts_on, one.ends_on) for one in periods.filter(kind=PeriodKind.PAUSE)]
    resumes_on = pause_until(
        wanted.on, days=wanted.days, allowed=sold.pause if sold else PauseRules(), past=past
    )
    rest = Period(wanted.on, resumes_on)
    busy = periods.filter(kind__in=[PeriodKind.PAUSE, PeriodKind.TRIAL])
    check_periods(rest, (Period(one.starts_on, one.ends_on) for one in busy))
    _hold(subscription, PeriodKind.PAUSE, rest, at=at, content={"term": term.pk})
    _lock_price(subscription, term, rest, at=at)
    _shift(subscription.pk, after=wanted.on, days=wanted.days)
    rows = Subscription.objects.filter(pk=subscription.pk)
    move_subscriptions(rows, SubscriptionVerb.PAUSE, paused_on=wanted.on, resumes_on=resumes_on)
    fact = _about("subscription.paused", subscription, on=wanted.on, resumes_on=str(resumes_on))
    append(fact, at=at, by=by)
    return rows.get()


@transaction.atomic
def resume(subscription_id: int, *, on: date, at: datetime, by: str) -> Subscription:
    """Go on before the day that was planned: the days not rested come off the end again.

    Where nothing rests, nothing changes.
    """
    subscription = Subscription.objects.select_for_update().get(pk=subscription_id)
    if subscription.state != SubscriptionState.PAUSED:
        return subscription
    paused_on, planned_on = subscription.paused_on, subscription.resumes_on
    assert paused_on is not None, "a paused subscription says since when"
    assert planned_on is not None, "a paused subscription says until when"
    from_on = min(max(on, paused_on), planned_on)
    rest = ContractPeriod.objects.filter(
        subscription=subscription, kind=PeriodKind.PAUSE, starts_on=paused_on
    )
    if from_on == paused_on:
        rest.delete()
    else:
        rest.update(ends_on=from_on)
    _shift(subscription_id, after=paused_on, days=(from_on - planned_on).days)
    rows = Subscription.objects.filter(pk=subscription_id)
    move_subscriptions(rows, SubscriptionVerb.CONTINUE, paused_on=None, resumes_on=None)
    fact = _about("subscription.resumed", subscription, on=from_on, planned_on=str(planned_on))
    append(fact, at=at, by=by)
    return rows.get()


def _shift(subscription_id: int, *, after: date, days: int) -> None:
    """Move every end, and every start, that lies after a day; lines move with their terms.

    What was closed before its end stays where it is, unless it had not begun: the chain must join.
    """
    if days == 0:
        return
    moved = timedelta(days=days)
    order = "-starts_on" if days > 0 else "starts_on"
    is_moving = Q(closed_on=None) | Q(starts_on__gt=after)
    terms = Term.objects.filter(is_moving, subscription_id=subscription_id, ends_on__gt=after)
    for term in terms.order_by(order):
        starts_on = term.starts_on + moved if term.starts_on > after else term.starts_on
        Term.objects.filter(pk=term.pk).update(starts_on=starts_on, ends_on=term.ends_on + moved)
        for line in TermLine.objects.filter(term=term, closed_on=None, ends_on__gt=after):
            begins = line.starts_on + moved if line.starts_on > after else line.starts_on
            TermLine.objects.filter(pk=line.pk).update(
                starts_on=begins, ends_on=line.ends_on + moved
            )


def _lock_price(subscription: Subscription, term: Term, rest: Period, *, at: datetime) -> None:
    """Keep today's prices of the plan until the renewal after the pause can be paid."""
    price_list = PriceList.read()
    version = price_list.versions[term.plan_version_id]
    sold_id = price_list.version_in_force(version.pk, on=rest.starts_on)
    prices = price_list.cycles(sold_id, currency=term.currency)
    until = term.ends_on + timedelta(days=rest.days + grace_days(rest.starts_on) + 1)
    content = {
        "plan": version.plan.code,
        "prices": {str(months): minor for months, minor in prices.items()},
    }
    lock = Period(rest.starts_on, until)
    ContractPeriod.objects.filter(
        subscription=subscription, kind=PeriodKind.PRICE_LOCK, starts_on=rest.starts_on
    ).delete()
    _hold(subscription, PeriodKind.PRICE_LOCK, lock, at=at, content=content)


def _hold(
    subscription: Subscription,
    kind: PeriodKind,
    period: Period,
    *,
    at: datetime,
    content: Mapping[str, object],
) -> ContractPeriod:
    return ContractPeriod.objects.create(
        account_id=subscription.account_id,
        subscription=subscription,
        kind=kind,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        content=dict(content),
        recorded_at=at,
    )


def _about(kind: str, subscription: Subscription, *, on: date, **content: str) -> Fact:
    return Fact(
        kind,
        on=on,
        account_id=subscription.account_id,
        content={"subscription": subscription.pk, **content},
    )
