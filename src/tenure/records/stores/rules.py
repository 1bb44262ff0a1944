"""What each store calls what happened, read into words that all of them share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tenure.kernel.failures import Refusal, Sentence
from tenure.records.stores.states import PriceRise, Store, StoreState

MANAGED_AT: Final[Mapping[Store, str]] = {
    Store.APPLE: "https://apps.apple.com/account/subscriptions",
    Store.GOOGLE: "https://play.google.com/store/account/subscriptions",
    Store.HUAWEI: "https://appgallery.huawei.com/subscription",
}
NAMES: Final[Mapping[Store, Sentence]] = {
    Store.APPLE: Sentence(zh="App Store", en="the App Store"),
    Store.GOOGLE: Sentence(zh="Google Play", en="Google Play"),
    Store.HUAWEI: Sentence(zh="华为应用市场", en="Huawei AppGallery"),
}


class SoldByStore(Refusal):
    """A contract that a store sold, and that only the store renews, changes or ends."""

    code = "sold_by_store"
    said = Sentence(
        zh="这份订阅由{store}售出并续费；请在 {url} 管理。没有扣款。",
        en="This subscription was sold by {store}, which renews and ends it; manage it at {url}. "
        "Nothing was charged.",
    )


class UnknownNotice(Refusal):
    """A kind of notice that we do not know."""

    code = "unknown_store_notice"
    said = Sentence(
        zh="不认识{store}的通知类型“{kind}”；没有任何变化。",
        en="{store} has no notice of the kind “{kind}” that we know; nothing was changed.",
    )


def sold_by(store: Store) -> SoldByStore:
    """The refusal of what a store renews, with the place where it is managed."""
    return SoldByStore(store=NAMES[store], url=MANAGED_AT[store])


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a notice says: how the contract stands now, and what became of a higher price."""

    state: StoreState | None = None
    price: PriceRise | None = None
    is_renewal: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as a store sent it; `event_id` is the store's own and comes again with it."""

    store: Store
    event_id: str
    kind: str
    sent_at: datetime
    subtype: str = ""


_RENEWED: Final = Meaning(StoreState.ACTIVE, is_renewal=True)
_APPLE: Final[Mapping[tuple[str, str], Meaning]] = {
    ("SUBSCRIBED", ""): Meaning(StoreState.ACTIVE),
    ("DID_RENEW", ""): _RENEWED,
    ("DID_CHANGE_RENEWAL_STATUS", "AUTO_RENEW_DISABLED"): Meaning(StoreState.WILL_END),
    ("DID_CHANGE_RENEWAL_STATUS", "AUTO_RENEW_ENABLED"): Meaning(StoreState.ACTIVE),
    ("DID_FAIL_TO_RENEW", "GRACE_PERIOD"): Meaning(StoreState.IN_GRACE),
    ("DID_FAIL_TO_RENEW", ""): Meaning(StoreState.ON_HOLD),
    ("GRACE_PERIOD_EXPIRED", ""): Meaning(StoreState.ON_HOLD),
    ("EXPIRED", ""): Meaning(StoreState.EXPIRED),
    ("REFUND", ""): Meaning(StoreState.REVOKED),
    ("REVOKE", ""): Meaning(StoreState.REVOKED),
    ("PRICE_INCREASE", "PENDING"): Meaning(price=PriceRise.NEEDS_CONSENT),
    ("PRICE_INCREASE", "ACCEPTED"): Meaning(price=PriceRise.AGREED),
    ("PRICE_INCREASE", ""): Meaning(price=PriceRise.ANNOUNCED),
}
# Real-time developer notifications by their number.
_GOOGLE: Final[Mapping[str, Meaning]] = {
    "1": Meaning(StoreState.ACTIVE),  # recovered
    "2": _RENEWED,
    "3": Meaning(StoreState.WILL_END),
    "4": Meaning(StoreState.ACTIVE),  # bought
    "5": Meaning(StoreState.ON_HOLD),
    "6": Meaning(StoreState.IN_GRACE),
    "7": Meaning(StoreState.ACTIVE),  # switched on again
    "8": Meaning(price=PriceRise.AGREED),
    "10": Meaning(StoreState.PAUSED),
    "12": Meaning(StoreState.REVOKED),
    "13": Meaning(StoreState.EXPIRED),
    "19": Meaning(price=PriceRise.NEEDS_CONSENT),
}
# AppGallery's states; a failed payment keeps the service for its retention period.
_HUAWEI: Final[Mapping[str, Meaning]] = {
    "续期": _RENEWED,
    "将到期": Meaning(StoreState.WILL_END),
    "已到期": Meaning(StoreState.EXPIRED),
    "尝试扣费": Meaning(StoreState.IN_GRACE),
    "撤销": Meaning(StoreState.REVOKED),
}


def meaning_of(notice: Notice) -> Meaning:
    """What a notice means (R-A-071, R-A-072, R-A-073).

    A subtype that says no more than its kind is read as the kind.

    Raises:
        UnknownNotice: the store has no such kind, as far as we know.
    """
    if notice.store is Store.APPLE:
        found = _APPLE.get((notice.kind, notice.subtype)) or _APPLE.get((notice.kind, ""))
    else:
        found = (_GOOGLE if notice.store is Store.GOOGLE else _HUAWEI).get(notice.kind)
    if found is None:
        raise UnknownNotice(store=NAMES[notice.store], kind=notice.kind)
    return found
