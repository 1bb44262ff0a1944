"""Commit to a quantity for a time."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import add_months
from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.models import Subscription
from tenure.records.subscriptions.queries import catalog_of
from tenure.records.subscriptions.reservations.models import Reservation
from tenure.records.subscriptions.reservations.rules import NotReservable
from tenure.strategy.components import Meter


@dataclass(frozen=True, slots=True)
class Reserve:
    """So many units of a meter each month, for so many months; the same key counts once."""

    subscription_id: int
    resource: str
    units_per_month: int
    months: int
    starts_on: date
    key: str


@transaction.atomic
def reserve(wanted: Reserve, *, at: datetime, by: str) -> Reservation:
    """Commit a subscription at a price that holds until the commitment ends (OFR-16).

    Raises:
        NotReservable: the meter is not sold for so long.
    """
    subscription = Subscription.objects.select_for_update().get(pk=wanted.subscription_id)
    known = Reservation.objects.filter(once_key=wanted.key).first()
    if known is not None:
        return known
    meter = _offered(wanted)
    listed = _list_price(meter, wanted.units_per_month)
    locked = listed.share_of(1 - meter.commitments[wanted.months])
    made = Reservation.objects.create(
        account_id=subscription.account_id,
        subscription=subscription,
        resource=wanted.resource,
        units_per_month=wanted.units_per_month,
        per=meter.per,
        unit_minor=locked.amount_minor,
        list_unit_minor=listed.amount_minor,
        currency=listed.currency,
        starts_on=wanted.starts_on,
        ends_on=add_months(wanted.starts_on, wanted.months),
        once_key=wanted.key,
        recorded_at=at,
    )
    fact = Fact(
        "reservation.made",
        on=wanted.starts_on,
        account_id=subscription.account_id,
        content={"subscription": subscription.pk, "resource": wanted.resource,
                 "units_per_month": wanted.units_per_month, "until": str(made.ends_on),
                 "unit_minor": locked.amount_minor, "per": meter.per},
        once_key=f"reservation:{wanted.key}",
    )  # fmt: skip
    append(fact, at=at, by=by)
    return made


@transaction.atomic
def release(reservation_id: int, *, on: date, at: datetime, by: str) -> Reservation:
    """End a commitment on a day; ended before, nothing changes."""
    made = Reservation.objects.select_for_update().get(pk=reservation_id)
    if made.cancelled_on is None and on < made.ends_on:
        made.cancelled_on = on
        made.save(update_fields=["cancelled_on"])
        content = {"subscription": made.subscription_id, "resource": made.resource}
        fact = Fact("reservation.released", on=on, account_id=made.account_id, content=content)
        append(fact, at=at, by=by)
    return made


def _offered(wanted: Reserve) -> Meter:
    sold = catalog_of(wanted.starts_on)
    meter = sold.meters.get(wanted.resource) if sold else None
    if meter is None or wanted.months not in meter.commitments:
        known = sorted(meter.commitments) if meter else []
        raise NotReservable(
            resource=wanted.resource,
            months=wanted.months,
            known=known or Sentence(zh="无", en="none"),
        )
    return meter


def _list_price(meter: Meter, units: int) -> Money:
    """The price of `per` units in the tier that the committed units reach."""
    reached = [one for one in meter.tiers if one.up_to is None or units <= one.up_to]
    return reached[0].price
