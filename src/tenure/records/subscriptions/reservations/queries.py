"""How commitments are used."""

from datetime import date
from fractions import Fraction

from tenure.kernel.money import Money, rounded
from tenure.kernel.periods import cycle
from tenure.records.subscriptions.reservations.models import Reservation
from tenure.records.subscriptions.reservations.rules import MonthUsed, Utilisation, month_used
from tenure.records.subscriptions.usage.queries import used


def utilisation(reservation_id: int, *, as_of: date) -> Utilisation:
    """How a commitment was used in each of its months that has begun by a day (OFR-16)."""
    reservation = Reservation.objects.get(pk=reservation_id)
    over_on = min(reservation.ends_on, reservation.cancelled_on or reservation.ends_on)
    months: list[MonthUsed] = []
    while True:
        month = cycle(reservation.starts_on, months_per_cycle=1, k=len(months))
        if month.starts_on >= over_on or month.starts_on > as_of:
            return Utilisation(tuple(months))
        units = used(reservation.subscription_id, month).get(reservation.resource, 0)
        committed = reservation.units_per_month
        prices = [
            _for_all(reservation, minor)
            for minor in (reservation.unit_minor, reservation.list_unit_minor)
        ]
        months.append(month_used(month, committed=committed, used=units, prices=prices))


def _for_all(reservation: Reservation, unit_minor: int) -> Money:
    """What all committed units of a month cost at a price for `per` of them."""
    exact = Fraction(unit_minor * reservation.units_per_month, reservation.per)
    return Money(rounded(exact), reservation.currency)
