"""Write in the books: the only writer of bookings, which are their own record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.records.billing.ledger.models import Booking, BookingLine
from tenure.records.billing.ledger.rules import Line
from tenure.records.rows import insert_rows

_COLUMNS = ("once_key", "kind", "on", "at", "actor", "account_id", "order_id", "payment_id",
            "refund_id")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """What is booked, once under its key, and whom and what it is about."""

    once_key: str
    kind: str
    on: date
    account_id: int | None = None
    order_id: int | None = None
    payment_id: int | None = None
    refund_id: int | None = None

    def row(self, *, at: datetime, by: str) -> tuple[object, ...]:
        """The values of a booking."""
        about = (self.account_id, self.order_id, self.payment_id, self.refund_id)
        return (self.once_key, self.kind, self.on, at, by, *about)


@transaction.atomic
def book(event: Event, lines: Sequence[Line], *, at: datetime, by: str) -> Booking | None:
    """Write one event in the books; None where its key was booked before, or nothing moves."""
    if not lines:
        return None
    if not insert_rows(Booking, [event.row(at=at, by=by)], columns=_COLUMNS):
        return None
    booking = Booking.objects.get(once_key=event.once_key)
    BookingLine.objects.bulk_create(
        BookingLine(
            booking=booking,
            debit=one.debit,
            credit=one.credit,
            amount_minor=one.amount.amount_minor,
            currency=one.amount.currency,
        )
        for one in lines
    )
    return booking
