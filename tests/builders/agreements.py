"""Subscriptions and their terms."""

from datetime import date, datetime
from typing import Any

from tenure.kernel.periods import add_months
from tenure.records.catalog.models import PlanVersion
from tenure.records.customers.models import Account
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.states import SubscriptionState, TermState
from tests.builders.catalogs import a_plan_version
from tests.builders.moments import at_on, day, fresh
from tests.builders.people import an_account

CLOSED = (TermState.LAPSED, TermState.CANCELLED)


def a_subscription(
    *,
    account: Account | None = None,
    external_id: str | None = None,
    source: str = "test",
    plan_version: PlanVersion | None = None,
    cycle_months: int = 12,
    anchor_on: date | None = None,
    auto_renew: bool = False,
    quantity: int = 1,
    state: SubscriptionState = SubscriptionState.ACTIVE,
    started_on: date | None = None,
    ended_on: date | None = None,
    end_kind: str = "",
    owner_name: str = "",
    attributes: dict[str, Any] | None = None,
    recorded_at: datetime | None = None,
) -> Subscription:
    """A subscription without a term; `a_term` builds both."""
    started_on = started_on or day(-335)
    ended = state == SubscriptionState.ENDED
    return Subscription.objects.create(
        account=account or an_account(),
        source=source,
        external_id=external_id or fresh("subscription"),
        plan_version=plan_version or a_plan_version(),
        cycle_months=cycle_months,
        anchor_on=anchor_on or started_on,
        auto_renew=auto_renew,
        quantity=quantity,
        state=state,
        started_on=started_on,
        ended_on=ended_on or (day(-1) if ended else None),
        end_kind=end_kind or ("lapse" if ended else ""),
        owner_name=owner_name,
        attributes=attributes or {},
        recorded_at=recorded_at or at_on(started_on),
    )


def a_term(
    *,
    account: Account | None = None,
    subscription: Subscription | None = None,
    plan_version: PlanVersion | None = None,
    number: int | None = None,
    cycle_months: int = 12,
    days_left: int = 30,
    starts_on: date | None = None,
    ends_on: date | None = None,
    price_minor: int = 106_920,
    list_price_minor: int | None = None,
    currency: str = "CNY",
    state: TermState = TermState.RUNNING,
    renewed_on: date | None = None,
    closed_on: date | None = None,
    cancel_asked_on: date | None = None,
    end_kind: str = "",
    extended_days: int = 0,
    recorded_at: datetime | None = None,
    **of_subscription: Any,
) -> Term:
    """A term that ends `days_left` days after the day of the tests, unless `ends_on` is named."""
    if starts_on is not None and ends_on is None:
        ends_on = add_months(starts_on, cycle_months)
    ends_on = ends_on or day(days_left)
    starts_on = starts_on or add_months(ends_on, -cycle_months)
    if subscription is None:
        wanted = {"cycle_months": cycle_months, "started_on": starts_on, **of_subscription}
        subscription = a_subscription(account=account, plan_version=plan_version, **wanted)
    return Term.objects.create(
        account_id=subscription.account_id,
        subscription=subscription,
        plan_version_id=plan_version.pk if plan_version else subscription.plan_version_id,
        number=number or Term.objects.filter(subscription=subscription).count() + 1,
        cycle_months=cycle_months,
        starts_on=starts_on,
        ends_on=ends_on,
        price_minor=price_minor,
        list_price_minor=price_minor if list_price_minor is None else list_price_minor,
        currency=currency,
        state=state,
        renewed_on=renewed_on or (ends_on if state == TermState.RENEWED else None),
        closed_on=closed_on or (ends_on if state in CLOSED else None),
        cancel_asked_on=cancel_asked_on,
        end_kind=end_kind or ("lapse" if state == TermState.LAPSED else ""),
        extended_days=extended_days,
        recorded_at=recorded_at or at_on(starts_on),
    )
