"""Begin a subscription with its first term."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.rules import tax_split
from tenure.records.catalog.models import PlanVersion
from tenure.records.catalog.queries import price
from tenure.records.customers.models import Account
from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.queries import catalog_of, served_periods
from tenure.records.subscriptions.rules import (
    SUBSCRIPTION,
    TERM,
    AlreadyStarted,
    check_no_overlap,
    term_from,
)


@dataclass(frozen=True, slots=True)
class Start:
    """What an account buys first. What is None follows from the plan: the end, the price."""

    account_id: int
    source: str
    external_id: str
    plan_version_id: int
    starts_on: date
    cycle_months: int
    ends_on: date | None = None
    price_minor: int | None = None
    quantity: int = 1
    auto_renew: bool = False
    owner_name: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def start(wanted: Start, *, at: datetime, by: str) -> Term:
    """The first term of a new subscription; told again, the term that is there.

    Raises:
        TermsOverlap: the subscription has another term on some of these days.
        AlreadyStarted: the subscription began with another term.
        NoPrice: no price was named and the plan is not sold in that cycle.
    """
    account = Account.objects.select_for_update().get(pk=wanted.account_id)
    period = _period(wanted)
    existing = Subscription.objects.filter(
        source=wanted.source, external_id=wanted.external_id
    ).first()
    if existing is not None:
        return _first_term(existing, period=period)
    term = _started(wanted, account=account, period=period, at=at)
    append(
        Fact(
            "subscription.started",
            on=wanted.starts_on,
            account_id=account.pk,
            term_id=term.pk,
            content={"subscription": term.subscription_id, "ends_on": str(term.ends_on)},
            once_key=f"started:{term.subscription_id}",
        ),
        at=at,
        by=by,
    )
    return term


def _period(wanted: Start) -> Period:
    if wanted.ends_on is not None:
        return Period(wanted.starts_on, wanted.ends_on)
    first = term_from(
        wanted.starts_on, anchor_on=wanted.starts_on, cycle_months=wanted.cycle_months
    )
    return first.period


def _first_term(subscription: Subscription, *, period: Period) -> Term:
    first = Term.objects.filter(subscription=subscription, number=1).first()
    if first is not None and first.starts_on == period.starts_on:
        return first
    check_no_overlap(period, served_periods(subscription.pk))
    raise AlreadyStarted(subscription=subscription.external_id, started_on=subscription.started_on)


def _started(wanted: Start, *, account: Account, period: Period, at: datetime) -> Term:
    version = PlanVersion.objects.select_related("plan").get(pk=wanted.plan_version_id)
    listed = wanted.price_minor
    if listed is None:
        one = price(version, cycle_months=wanted.cycle_months, currency=account.currency)
        listed = one.amount_minor * wanted.quantity
    subscription = Subscription.objects.create(
        account=account,
        source=wanted.source,
        external_id=wanted.external_id,
        plan_version=version,
        cycle_months=wanted.cycle_months,
        anchor_on=period.starts_on,
        auto_renew=wanted.auto_renew,
        quantity=wanted.quantity,
        state=SUBSCRIPTION.start,
        started_on=period.starts_on,
        owner_name=wanted.owner_name,
        attributes=wanted.attributes,
        recorded_at=at,
    )
    return Term.objects.create(
        account=account,
        subscription=subscription,
        plan_version=version,
        number=1,
        cycle_months=wanted.cycle_months,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        price_minor=listed,
        list_price_minor=listed,
        tax_minor=_tax_minor(Money(listed, account.currency), version, on=period.starts_on),
        currency=account.currency,
        state=TERM.start,
        recorded_at=at,
    )


def _tax_minor(paid: Money, version: PlanVersion, *, on: date) -> int:
    """The tax inside the price of a first term."""
    sold = catalog_of(on)
    plan = sold.plans.get(version.plan.code) if sold else None
    return tax_split(paid, plan.tax_share)[1].amount_minor if plan else 0
