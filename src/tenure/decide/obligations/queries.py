"""The policies of real contracts, read from the records and the strategy in force."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import OuterRef, Subquery

from tenure.decide.obligations.rules import Binding, CancelLimits, Contract, bind, cancel_limits
from tenure.records.customers.rules import COMPANIES
from tenure.records.stores.models import StoreContract
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Subscription
from tenure.strategy.obligations import Obligations


def contracts(
    subscription_ids: Collection[int],
    *,
    obligations: Obligations,
    methods: Mapping[int, str] | None = None,
) -> Mapping[int, Contract]:
    """Subscription → what the choice of its policies depends on, in one read.

    Args:
        methods: subscription → how it pays, where that is known; what a store sold, it renews.
    """
    known = methods or {}
    store = StoreContract.objects.filter(subscription=OuterRef("pk")).values("store")
    every = Subscription.objects.filter(pk__in=subscription_ids)
    rows = every.annotate(sold_by=Subquery(store[:1])).values_list(
        "pk",
        "account__country",
        "account__region",
        "account__kind",
        "account__sales_channel",
        "plan_version__plan__product_code",
        "sold_by",
    )
    return {
        pk: Contract(
            country=country,
            region=region,
            is_consumer=kind not in COMPANIES,
            product_class=obligations.product_class(product),
            sales_channel=sales_channel,
            method=sold_by or known.get(pk, ""),
        )
        for pk, country, region, kind, sales_channel, product, sold_by in rows
    }


def bindings(
    subscription_ids: Collection[int], *, on: date, methods: Mapping[int, str] | None = None
) -> Mapping[int, Binding]:
    """Subscription → the policies that bind it on a day."""
    obligations = current().at(on).obligations
    found = contracts(subscription_ids, obligations=obligations, methods=methods)
    return {pk: bind(contract, obligations, on=on) for pk, contract in found.items()}


def binding_of(subscription_id: int, *, on: date, method: str = "") -> Binding:
    """The policies that bind one subscription on a day."""
    return bindings([subscription_id], on=on, methods={subscription_id: method})[subscription_id]


def binding_for(subscription: Subscription, *, on: date) -> Binding:
    """The same of a subscription that was read with its account and plan: no query more."""
    account, obligations = subscription.account, current().at(on).obligations
    contract = Contract(
        country=account.country,
        region=account.region,
        is_consumer=account.kind not in COMPANIES,
        product_class=obligations.product_class(subscription.plan_version.plan.product_code),
        sales_channel=account.sales_channel,
    )
    return bind(contract, obligations, on=on)


def limits_on_leaving(subscription_id: int, *, on: date) -> CancelLimits:
    """How a visit of somebody who wants to leave must look, by the law of the place and day."""
    return cancel_limits(binding_of(subscription_id, on=on))
