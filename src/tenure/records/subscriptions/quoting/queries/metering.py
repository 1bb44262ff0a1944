"""What use costs: a month that is over, and what the next months would cost as use grows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money, rounded
from tenure.kernel.periods import Period, add_months, month_of
from tenure.records.billing.pricing.basket import Basket, UsageItem
from tenure.records.billing.pricing.bill import Bill
from tenure.records.billing.pricing.metering import Meter, MeterModel, Tier, cost_exact
from tenure.records.billing.pricing.rules import price
from tenure.records.subscriptions.entitlements.queries import in_force
from tenure.records.subscriptions.queries import serving_term
from tenure.records.subscriptions.quoting.standing import Standing
from tenure.records.subscriptions.quoting.values import NothingRunning
from tenure.records.subscriptions.reservations.models import Reservation
from tenure.records.subscriptions.usage.queries import full_months, used
from tenure.records.subscriptions.usage.rules import projected
from tenure.strategy import components

_USED = Sentence(zh="{meter}，用量 {units} {unit}", en="{meter}, {units} {unit} used")
_COMMITTED = Sentence(zh="{meter}，预留 {units} {unit}", en="{meter}, {units} {unit} reserved")


@dataclass(frozen=True, slots=True)
class GrowthMonth:
    """What one meter would cost in a month to come. An estimate; nobody is charged it."""

    month: Period
    meter: str
    name: Sentence
    units: int
    cost: Money


def quote_usage(subscription_id: int, month: Period, *, on: date) -> Bill:
    """What the use of one month costs, with a statement for each meter (BIL-04, BIL-05).

    What the plan and the add-ons hold of a meter is included; a reservation is charged whole at
    its locked price, and only what goes beyond it at the list's (OFR-16).

    Raises:
        NothingRunning: no term served the month's last day.
        NothingToPrice: nothing was used that is paid by use.
    """
    stands = _served(subscription_id, month, on=on)
    units = used(subscription_id, month)
    items = [
        item
        for meter in (stands.sold.meters.values() if stands.sold else ())
        for item in _items(stands, meter, month=month, units=units.get(meter.code, 0))
    ]
    return price(Basket(stands.term.currency, tuple(items)))


def project_growth(subscription_id: int, *, on: date, ahead: int = 6) -> tuple[GrowthMonth, ...]:
    """What each meter would cost in the next months if it goes on growing as it did (BIL-04).

    From the last six full months that have use; without any, nothing is projected.
    """
    months = full_months(subscription_id, before=on)
    if not months:
        return ()
    stands = _served(subscription_id, Period(on, add_months(on, 1)), on=on, day=on)
    past = [used(subscription_id, one) for one in months]
    ahead_months = [month_of(add_months(month_of(on).starts_on, k)) for k in range(ahead)]
    return tuple(
        GrowthMonth(month, meter.code, meter.name, units, _cost(priced, units))
        for meter in (stands.sold.meters.values() if stands.sold else ())
        if (priced := _priced(stands, meter, on=on)) is not None
        for month, units in zip(
            ahead_months,
            projected([one.get(meter.code, 0) for one in past], ahead=ahead),
            strict=True,
        )
    )


def _served(subscription_id: int, month: Period, *, on: date, day: date | None = None) -> Standing:
    served_on = day or month.last_on
    term = serving_term(subscription_id, on=served_on)
    if term is None:
        raise NothingRunning(on=served_on)
    return Standing.of(term.pk, on=on)


def _items(
    stands: Standing, meter: components.Meter, *, month: Period, units: int
) -> Iterator[UsageItem]:
    ref = f"subscription:{stands.term.subscription_id}:meter:{meter.code}"
    tax_share = stands.tax_share(stands.term.plan_version)
    committed = 0
    for one in _reservations(stands.term.subscription_id, meter.code, month):
        committed += one.units_per_month
        locked = Tier(None, Money(one.unit_minor, one.currency))
        by_volume = Meter(meter.code, meter.unit, MeterModel.VOLUME, (locked,), per=one.per)
        said = _COMMITTED.fill(meter=meter.name, units=one.units_per_month, unit=meter.unit)
        yield UsageItem(ref, said, by_volume, one.units_per_month, month, tax_share)
    priced = _priced(stands, meter, on=month.last_on, committed=committed)
    if priced is not None and units:
        said = _USED.fill(meter=meter.name, units=units, unit=meter.unit)
        yield UsageItem(ref, said, priced, units, month, tax_share)


def _priced(
    stands: Standing, meter: components.Meter, *, on: date, committed: int = 0
) -> Meter | None:
    """A meter with what is included in it; None where it is without limit."""
    held: Mapping[str, int | None] = {
        one.code: one.quantity for one in in_force(stands.term.subscription_id, on=on)
    }
    included = held.get(meter.code, 0)
    if included is None:
        return None
    return Meter(
        code=meter.code,
        unit=meter.unit,
        model=MeterModel(meter.model.value),
        tiers=tuple(Tier(one.up_to, one.price) for one in meter.tiers),
        included=included + committed,
        per=meter.per,
    )


def _cost(meter: Meter, units: int) -> Money:
    return Money(rounded(cost_exact(meter, units)), meter.tiers[0].price.currency)


def _reservations(subscription_id: int, meter: str, month: Period) -> list[Reservation]:
    found = Reservation.objects.filter(
        Q(cancelled_on=None) | Q(cancelled_on__gt=month.starts_on),
        subscription_id=subscription_id,
        resource=meter,
        starts_on__lt=month.ends_on,
        ends_on__gt=month.starts_on,
    )
    return list(found.order_by("pk"))
