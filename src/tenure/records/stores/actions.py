"""Keep what a store tells: each notice once, and the newest counts."""

from datetime import datetime

from django.db import transaction

from tenure.records.journal.actions import Fact, append
from tenure.records.stores.models import StoreContract
from tenure.records.stores.rules import Meaning, Notice, meaning_of
from tenure.records.stores.states import PriceRise, StoreState
from tenure.records.strategies.queries import business_day
from tenure.records.subscriptions.actions import renew
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.queries import live_term
from tenure.records.subscriptions.rules import PaidBy, Purchase


@transaction.atomic
def hear(subscription_id: int, notice: Notice, *, at: datetime, by: str) -> StoreContract:
    """Take a store's notice: the contract is the store's from then on, and stands as it says.

    Told again, nothing happens. A notice that was sent before the one that counts moves nothing,
    and a renewal in it is a renewal all the same: the store took the money.

    Raises:
        UnknownNotice: nobody knows what it means.
    """
    meaning = meaning_of(notice)
    subscription = Subscription.objects.select_for_update().get(pk=subscription_id)
    fact = Fact(
        "store.price_rise" if meaning.price in _TO_TELL else "store.told",
        on=business_day(at),
        account_id=subscription.account_id,
        term_id=_term_id(subscription_id),
        content={"store": notice.store, "kind": notice.kind, "subtype": notice.subtype},
        once_key=f"store:{notice.store}:{notice.event_id}",
    )
    is_new = append(fact, at=at, by=by) is not None
    row, _ = StoreContract.objects.get_or_create(
        subscription=subscription,
        defaults={"store": notice.store, "standing": StoreState.ACTIVE, "told_at": notice.sent_at},
    )
    if not is_new:
        return row
    if meaning.is_renewal:
        _renew(subscription_id, notice, at=at, by=by)
    if notice.sent_at >= row.told_at:
        _stand(row, meaning, notice=notice)
    return row


_TO_TELL = (PriceRise.NEEDS_CONSENT, PriceRise.ANNOUNCED)


def _stand(row: StoreContract, meaning: Meaning, *, notice: Notice) -> None:
    row.store, row.told_at = notice.store, notice.sent_at
    row.standing = meaning.state or row.standing
    row.price_rise = meaning.price or row.price_rise
    if meaning.is_renewal:
        row.price_rise = PriceRise.NONE
    row.save()


def _renew(subscription_id: int, notice: Notice, *, at: datetime, by: str) -> Term | None:
    """The next term of what runs; what is over begins anew by whoever imports it."""
    term = live_term(subscription_id)
    if term is None:
        return None
    paid_by = PaidBy(notice.store, notice.event_id, notice.store)
    return renew(Purchase(term.pk, business_day(at), paid_by=paid_by), at=at, by=by)


def _term_id(subscription_id: int) -> int | None:
    term = live_term(subscription_id)
    return term.pk if term is not None else None
