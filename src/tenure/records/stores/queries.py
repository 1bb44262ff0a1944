"""Who owns the billing of a contract."""

from collections.abc import Collection, Mapping

from tenure.records.stores.models import StoreContract
from tenure.records.stores.rules import MANAGED_AT, NAMES, SoldByStore
from tenure.records.stores.states import Store


def stores_of(subscription_ids: Collection[int]) -> Mapping[int, Store]:
    """Subscription → the store that sold it; those that we renew ourselves are left out."""
    rows = StoreContract.objects.filter(subscription_id__in=list(subscription_ids))
    return {pk: Store(name) for pk, name in rows.values_list("subscription_id", "store")}


def check_ours(subscription_id: int) -> None:
    """Refuse to sell, change or end what a store renews (R-A-070).

    Raises:
        SoldByStore: names the store and where it is managed.
    """
    store = stores_of([subscription_id]).get(subscription_id)
    if store is not None:
        raise SoldByStore(store=NAMES[store], url=MANAGED_AT[store])
