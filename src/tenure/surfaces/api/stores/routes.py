"""Notices of stores: the contract is the store's from the first one on."""

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from tenure.kernel import clock
from tenure.records.keys.models import ApiKey
from tenure.records.stores.actions import hear
from tenure.records.stores.rules import Notice
from tenure.records.stores.states import Store
from tenure.records.subscriptions.models import Subscription
from tenure.surfaces.api.access import KeyAuth
from tenure.surfaces.api.answers import CHANGES
from tenure.surfaces.api.once import IDEMPOTENT, call_name, once
from tenure.surfaces.api.stores.schemas import NoticeIn, StoreContractOut

router = Router(auth=KeyAuth(ApiKey.Scope.RENEWALS), tags=["renewals"])


@router.post(
    "/stores/{store}/notices",
    response={200: StoreContractOut, **CHANGES},
    operation_id="hear_store",
    openapi_extra=IDEMPOTENT,
)
@once
def notice(request: HttpRequest, store: Store, told: NoticeIn) -> dict[str, Any]:
    """Take a store's notice; the same one again changes nothing, an older one moves nothing."""
    subscription_id = int(told.contract.removeprefix("sub_"))
    if not Subscription.objects.filter(pk=subscription_id).exists():
        raise Http404
    heard = Notice(store, told.event_id, told.kind, told.sent_at, told.subtype)
    row = hear(subscription_id, heard, at=clock.now(), by=call_name(request))
    return {
        "contract": told.contract,
        "store": row.store,
        "state": row.standing,
        "price_rise": row.price_rise,
        "told_at": row.told_at,
    }
