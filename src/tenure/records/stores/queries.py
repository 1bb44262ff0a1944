"""Who owns the billing of a contract."""

from collections.abc import Collection, Mapping

from tenure.records.stores.models import StoreContract
from tenure.records.stores.rules import sold_by
from tenure.records.stores.states import Store
from tenure.records.subscriptions.models import Term


def stores_of(subscription_ids: Collection[int]) -> Mapping[int, Store]:
    """Subscription → the store that sold it; those that we renew ourselves are left out."""
    rows = StoreContract.objects.filter(subscription_id__in=list(subscription_ids))
    return {pk: Store(name) for pk, name in rows.values_list("subscription_id", "store")}


def of_stores(terms: Collection[int]) -> frozenset[int]:
    """Those of some terms whose contracts a store renews: nobody offers or reminds them here."""
    sold = StoreContract.objects.values("subscription_id")
    found = Term.objects.filter(subscription_id__in=sold)
    # Few contracts come from stores: where there are none, nothing is looked up.
    if not StoreContract.objects.exists():
        return frozenset()
    return frozenset(found.filter(pk__in=list(terms)).values_list("pk", flat=True))


def check_ours(subscription_id: int) -> None:
    """Refuse to sell, change or end what a store renews (R-A-070).

    Raises:
        SoldByStore: names the store and where it is managed.
    """
    store = stores_of([subscription_id]).get(subscription_id)
    if store is not None:
        raise sold_by(store)
