"""Renewing together: nobody is renewed before enough have paid, and else all money goes back.

A paid order of a group waits with its effect. The payment that makes the group complete wakes the
others; when its time is over they are woken as well, and give their money back, each once: the
refund has a unique key from its payment, and the note that it is done is in its transaction.
"""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from tenure.act.payments.models import Effect
from tenure.act.payments.ordering import WAITS, Wanted, as_promised, order, renewal_subject
from tenure.act.payments.outbox import FULFIL
from tenure.act.payments.rules import GroupFailed, GroupWaits
from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.orders.rules import renewal_key
from tenure.records.billing.orders.states import Purpose
from tenure.records.billing.pricing.basket import Discount, DiscountKind
from tenure.records.groups import actions as groups
from tenure.records.groups.models import Group
from tenure.records.groups.queries import orders_of, over, place_of
from tenure.records.groups.rules import TooLateForGroup
from tenure.records.groups.states import GroupState
from tenure.records.stores.queries import check_ours
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.queries import grace_days, renews
from tenure.records.subscriptions.quoting.queries import quote_renewal
from tenure.records.subscriptions.quoting.values import (
    TERM_GROUP,
    RenewalChoice,
    RenewalQuote,
)
from tenure.strategy.loyalty import GROUP_PRICE


@transaction.atomic
def order_in_group(term_id: int, group: Group, *, seen: str = "", at: datetime, by: str) -> Order:
    """Take a place and order the renewal at the group's price; clicked twice, one order.

    Raises:
        GroupOver, OtherPlan, InAnotherGroup: there is no place for this customer.
        TooLateForGroup: the term would be over before the group is decided.
        PriceChanged, AlreadyPaid, SoldByStore: as for any renewal.
    """
    term = Term.objects.select_related("plan_version__plan").get(pk=term_id)
    check_ours(term.subscription_id)
    deadline_on = business_day(group.deadline_at)
    if not renews(term, deadline_on, grace_days=grace_days(deadline_on)):
        raise TooLateForGroup()
    place = groups.take_place(group.pk, term, at=at, by=by)
    quote = quote_in_group(term, group, at=at)
    wanted = Wanted(
        account_id=term.account_id,
        purpose=Purpose.GROUP,
        bill=quote.bill,
        on=quote.on,
        subject={**renewal_subject(quote), "group": group.public_id},
        subject_key=renewal_key(term_id),
        seen=seen,
        waits=min(WAITS, group.deadline_at - at),
    )
    placed = order(wanted, at=at, by=by)
    groups.pay_for(place, placed.pk, at=at, by=by)
    return placed


def quote_in_group(term: Term, group: Group, *, at: datetime) -> RenewalQuote:
    """What renewing costs in a group; a better offer that the customer has counts instead."""
    on = business_day(at)
    off = Discount(
        "group",
        GROUP_PRICE,
        DiscountKind.PERCENT,
        share=Decimal(group.percent_off) / 100,
        group=TERM_GROUP,
    )
    choice = as_promised(term.pk, RenewalChoice(discounts=(off,)), on=on)
    return quote_renewal(term.pk, choice, on=on)


@transaction.atomic
def count_effect(effect_id: int, *, at: datetime, by: str) -> None:
    """Count the payment of an effect in its group; a group that is complete wakes everybody."""
    effect = Effect.objects.select_related("payment__order").get(pk=effect_id)
    sold = effect.payment.order
    if effect.kind != FULFIL or sold is None or sold.purpose != Purpose.GROUP:
        return
    paid_at = effect.payment.paid_at or at
    group = groups.count_in(sold.pk, paid_at=paid_at, at=at, by=by)
    if group is not None and group.state != GroupState.OPEN:
        _wake(group, at=at)


def check_formed(payment: Payment, order_id: int) -> None:
    """Whether an order of a group may be given now.

    Raises:
        GroupWaits: the group still gathers.
        GroupFailed: too few paid in time, or this one paid too late.
    """
    place = place_of(order_id)
    if place is not None and place.group.state == GroupState.OPEN:
        raise GroupWaits()
    is_in = place is not None and place.paid_at is not None
    if place is None or not is_in or place.group.state == GroupState.EXPIRED:
        raise GroupFailed(amount=Money(payment.amount_minor, payment.currency))


@transaction.atomic
def wait(effect_id: int) -> None:
    """Let an effect rest until its group is over; a group settled meanwhile lets it go on."""
    effect = Effect.objects.select_related("payment").get(pk=effect_id)
    place = place_of(effect.payment.order_id or 0)
    if place is None:
        return
    group = Group.objects.select_for_update(no_key=True).get(pk=place.group_id)
    if group.state == GroupState.OPEN:
        Effect.objects.filter(pk=effect_id, done_at=None).update(due_at=group.deadline_at)


def expire_groups(*, at: datetime, by: str) -> int:
    """End the groups whose time is over, which lets every paid order give its money back.

    Unpaid orders end by themselves at the latest then; a payment of the last second that is told
    afterwards is taken, finds the group over, and goes back as well.
    """
    return sum(_expire(group_id, at=at, by=by) for group_id in over(at))


@transaction.atomic
def _expire(group_id: int, *, at: datetime, by: str) -> bool:
    group = groups.expire(group_id, at=at, by=by)
    if group is None:
        return False
    _wake(group, at=at)
    return True


def _wake(group: Group, *, at: datetime) -> None:
    waiting = Effect.objects.filter(
        payment__order__in=orders_of(group.pk), kind=FULFIL, done_at=None, due_at__gt=at
    )
    waiting.update(due_at=at)
