"""Papers and the ledger after the years for which the law wants them (R-I-012).

A ledger of which a part is cut off would say other balances. What the years that go have left on
each account of the books is therefore brought forward, customer by customer, as one booking on
the first day that is kept; so every balance stays what it was.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet

from tenure.act.retention.rules import Horizon
from tenure.kernel.money import Money
from tenure.records.billing.ledger.actions import Event, book
from tenure.records.billing.ledger.models import Booking, BookingLine
from tenure.records.billing.ledger.rules import Line
from tenure.records.documents.models import Document
from tenure.records.invoicing.models import Invoice, InvoiceFile
from tenure.records.retention.queries import held_accounts

BROUGHT_FORWARD: Final = "brought_forward"
CUSTOMERS: Final = 200
PAPERS: Final = 500
# What the tax platform issues is issued in China.
_PLATFORM: Final = "CN"


def old_bookings(horizon: Horizon) -> QuerySet[Booking]:
    """The bookings before the first day that is kept, without those of who is under a hold."""
    return Booking.objects.filter(on__lt=horizon.books).exclude(account_id__in=held_accounts())


def old_documents(horizon: Horizon) -> QuerySet[Document]:
    """The papers of each seller before its first day, but for those that a kept one corrects."""
    old = Q()
    for entity in [*horizon.sellers, ""]:
        whose = Q(entity=entity) if entity else ~Q(entity__in=list(horizon.sellers))
        old |= whose & Q(issued_on__lt=horizon.books_of(entity))
    found = Document.objects.filter(old, is_held=False).exclude(account_id__in=held_accounts())
    staying = Document.objects.filter(corrects__isnull=False).exclude(pk__in=found.values("pk"))
    return found.exclude(pk__in=staying.values("corrects_id"))


def old_invoices(horizon: Horizon) -> QuerySet[Invoice]:
    """Requests to the tax platform, but for those that a kept one takes back or replaces."""
    first = horizon.begins(horizon.books_in(_PLATFORM))
    found = Invoice.objects.filter(requested_at__lt=first, is_held=False)
    found = found.exclude(account_id__in=held_accounts())
    staying = Invoice.objects.exclude(pk__in=found.values("pk"))
    return found.exclude(
        pk__in=staying.filter(corrects__isnull=False).values("corrects_id")
    ).exclude(pk__in=staying.filter(replaces__isnull=False).values("replaces_id"))


def let_documents_go(horizon: Horizon) -> int:
    """A handful of papers, those that correct others first; 0 where none is left."""
    corrected = Document.objects.filter(corrects__isnull=False).values("corrects_id")
    rows = old_documents(horizon).exclude(pk__in=corrected)
    return _delete(rows.order_by("pk"))


def let_invoices_go(horizon: Horizon) -> int:
    """A handful of requests with their files, those that take others back first."""
    rows = old_invoices(horizon)
    for pointer in ("corrects", "replaces"):
        pointing = Invoice.objects.filter(**{f"{pointer}__isnull": False})
        rows = rows.exclude(pk__in=pointing.values(f"{pointer}_id"))
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:PAPERS])
    InvoiceFile.objects.filter(invoice_id__in=keys).delete()
    return _delete(Invoice.objects.filter(pk__in=keys).order_by("pk"))


def let_bookings_go(horizon: Horizon, *, at: datetime, by: str) -> int:
    """A handful of customers: their old bookings go, and what they left is brought forward."""
    old = old_bookings(horizon)
    owners = old.order_by("account_id").values_list("account_id", flat=True).distinct()
    gone = 0
    for owner in list(owners[:CUSTOMERS]):
        mine = old.filter(account_id=owner) if owner else old.filter(account__isnull=True)
        keys = list(mine.order_by("pk").values_list("pk", flat=True))
        lines = BookingLine.objects.filter(booking_id__in=keys)
        left = _left(lines)
        lines.delete()
        Booking.objects.filter(pk__in=keys).delete()
        event = Event(
            f"{BROUGHT_FORWARD}:{owner or 0}:{horizon.books}:{keys[0]}",
            BROUGHT_FORWARD,
            horizon.books,
            account_id=owner,
        )
        book(event, left, at=at, by=by)
        gone += len(keys)
    return gone


def _left(lines: QuerySet[BookingLine]) -> Sequence[Line]:
    """What lines leave on each account of the books, as few lines as bring it there."""
    found: dict[str, Counter[str]] = {}
    for debit, credit, amount, currency in lines.values_list(
        "debit", "credit", "amount_minor", "currency"
    ):
        sums = found.setdefault(currency, Counter())
        sums[debit] += amount
        sums[credit] -= amount
    return [line for currency in sorted(found) for line in _netted(found[currency], currency)]


def _netted(sums: Counter[str], currency: str) -> Iterator[Line]:
    """Debits and credits that add up to nothing, paired in the order of their names."""
    debits = [(name, amount) for name, amount in sorted(sums.items()) if amount > 0]
    owed = [(name, -amount) for name, amount in sorted(sums.items()) if amount < 0]
    while debits and owed:
        (debit, left), (credit, due) = debits.pop(0), owed.pop(0)
        moved = min(left, due)
        yield Line(debit, credit, Money(moved, currency))
        if left > moved:
            debits.insert(0, (debit, left - moved))
        if due > moved:
            owed.insert(0, (credit, due - moved))


def _delete(rows: QuerySet[Any]) -> int:
    keys = list(rows.values_list("pk", flat=True)[:PAPERS])
    rows.model._default_manager.filter(pk__in=keys).delete()
    return len(keys)
