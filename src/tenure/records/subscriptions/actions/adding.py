"""Add-ons: put on for the rest of a term, taken off at once or at its end (CAT-03)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.kernel.failures import Sentence
from tenure.records.billing.pricing.bill import Bill
from tenure.records.catalog import queries as catalog
from tenure.records.journal.actions import Fact, append
from tenure.records.subscriptions.actions.lines import Charged, is_written, write_bill
from tenure.records.subscriptions.actions.moves import locked
from tenure.records.subscriptions.models import Attachment, Term
from tenure.records.subscriptions.quoting.queries import quote_add_on, quote_detach
from tenure.records.subscriptions.quoting.values import AddOnNotThere
from tenure.records.subscriptions.rules import PaidBy


@dataclass(frozen=True, slots=True)
class Attach:
    """An add-on for a running term; the same key attaches it once."""

    term_id: int
    code: str
    on: date
    key: str
    quantity: int = 1
    bill: Bill | None = None
    paid_by: PaidBy | None = None


@transaction.atomic
def attach_addon(wanted: Attach, *, at: datetime, by: str) -> Attachment:
    """Put an add-on on a subscription from today, charged for the rest of the term.

    Raises:
        UnknownAddOn, DoesNotGoWith, AddOnThere: it cannot be had.
        NotRunning, IsPaused: nothing can be changed today.
    """
    term = locked(wanted.term_id)
    if is_written(term, wanted.key):
        return Attachment.objects.get(
            subscription=term.subscription, add_on__code=wanted.code, from_on=wanted.on
        )
    bill = wanted.bill or quote_add_on(term.pk, wanted.code, on=wanted.on, quantity=wanted.quantity)
    add_on = catalog.add_on(wanted.code)
    attached = Attachment.objects.create(
        account_id=term.account_id,
        subscription=term.subscription,
        add_on=add_on,
        add_on_version=catalog.add_on_in_force(add_on, on=wanted.on),
        quantity=wanted.quantity,
        from_on=wanted.on,
        recorded_at=at,
    )
    write_bill(term, Charged(bill, wanted.on, wanted.key, wanted.paid_by), at=at, by=by)
    append(
        _about("add_on.attached", term, on=wanted.on, code=wanted.code, digest=bill.digest),
        at=at,
        by=by,
    )
    return attached


@dataclass(frozen=True, slots=True)
class Detach:
    """An add-on to be taken off: at the end of what is paid, or today with the rest given back."""

    term_id: int
    code: str
    on: date
    is_at_once: bool = False


@transaction.atomic
def detach_addon(wanted: Detach, *, at: datetime, by: str) -> Attachment:
    """Take an add-on off: at the end of what is paid, or today with the rest given back.

    Taken off again, nothing changes.

    Raises:
        AddOnNotThere: the subscription does not have it.
    """
    term, on = locked(wanted.term_id), wanted.on
    add_on = catalog.add_on(wanted.code)
    attached = (
        Attachment.objects.filter(subscription=term.subscription, add_on=add_on)
        .order_by("-from_on", "-pk")
        .first()
    )
    if attached is None:
        raise AddOnNotThere(add_on=Sentence(add_on.name_zh, add_on.name_en))
    until_on = on if wanted.is_at_once else term.ends_on
    if attached.until_on is not None and attached.until_on <= until_on:
        return attached
    if wanted.is_at_once:
        bill = quote_detach(term.pk, wanted.code, on=on)
        key = f"detach:{attached.pk}"
        write_bill(term, Charged(bill, on, key), at=at, by=by)
    Attachment.objects.filter(pk=attached.pk).update(until_on=until_on)
    fact = _about("add_on.detached", term, on=on, code=wanted.code, until_on=str(until_on))
    append(fact, at=at, by=by)
    return Attachment.objects.get(pk=attached.pk)


def _about(kind: str, term: Term, *, on: date, **content: object) -> Fact:
    return Fact(kind, on=on, account_id=term.account_id, term_id=term.pk, content=content)
