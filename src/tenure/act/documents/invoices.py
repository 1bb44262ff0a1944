"""Ask for an invoice of a payment, take it back when money goes back, make it out anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from tenure.act.documents import receipts
from tenure.act.documents.gathering import split_of
from tenure.act.documents.invoicing.registry import configured
from tenure.act.documents.receipts import Refunded, take_back
from tenure.kernel.clock import today
from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.documents.models import Document
from tenure.records.documents.queries import credit_notes_of
from tenure.records.documents.rules.taxes import Split
from tenure.records.invoicing.actions.requests import (
    NewInvoice,
    blue_of,
    buyer_of,
    locked,
    store,
    withdraw,
)
from tenure.records.invoicing.models import Invoice, Title
from tenure.records.invoicing.queries import reds_of, titles_of
from tenure.records.invoicing.rules import (
    INVOICE,
    NO_NAME,
    BadTitle,
    InvoiceVerb,
    NothingToInvoice,
    TitleText,
    check_special,
)
from tenure.records.invoicing.states import NUMBERED, InvoiceKind, InvoiceState, TitleKind
from tenure.records.strategies.queries import current


@transaction.atomic
def request(
    payment_id: int,
    *,
    at: datetime,
    by: str,
    title_id: int | None = None,
    is_special: bool = False,
) -> Invoice:
    """Ask for the invoice of a payment: the cash that was paid and not returned (R-I-008).

    Args:
        title_id: one of the customer's titles; None takes the default.
    Raises:
        NotPaid, NothingToInvoice, AlreadyRequested, BadTitle
    """
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    title = _title(payment.account_id, title_id)
    return _ask(payment, title=title, at=at, by=by, is_special=is_special)


@transaction.atomic
def red_letter(refunded: Refunded, *, at: datetime, by: str) -> Invoice | None:
    """Take back what a refund returned of an invoice; the same refund does it once (R-I-007).

    A request that the platform has not seen is withdrawn and made anew for the rest. None where
    the payment has no invoice. The refund's credit note is there already.

    Raises:
        MoreThanIsLeft: more went back than the invoice still holds.
    """
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=refunded.payment_id)
    keys = [f"{name}:{payment.pk}:{refunded.refund}" for name in ("red", "rest")]
    known = Invoice.objects.filter(once_key__in=keys).first()
    blue = blue_of(payment.pk)
    if known is not None or blue is None:
        return known
    if blue.state in (InvoiceState.REQUESTED, InvoiceState.FAILED):
        return _ask_for_rest(payment, blue=blue, once_key=keys[1], at=at, by=by)
    reds = reds_of(blue.pk)
    for red in reds:
        if red.reissue_title_id is not None and red.state not in NUMBERED:
            return red  # all of it is taken back already, and made out anew for what is left
    return _store_red(blue, reds=reds, refunded=refunded, at=at, by=by)


@transaction.atomic
def reissue(invoice_id: int, *, title_id: int, at: datetime, by: str) -> Invoice:
    """Make an issued invoice out to another title: all of it is taken back, then asked anew.

    Returns:
        The red one; `request_replacement` follows when the platform has issued it.
    """
    blue = locked(invoice_id)
    known = Invoice.objects.filter(once_key=f"reissue:{blue.pk}").first()
    if known is not None:
        return known
    INVOICE.after(InvoiceState(blue.state), InvoiceVerb.ASK_RED)
    Payment.objects.select_for_update(of=("self",)).get(pk=blue.payment_id)
    reds = reds_of(blue.pk)
    left = blue.gross_minor + sum(one.gross_minor for one in reds)
    lines = take_back(
        blue.lines, before=[one.lines for one in reds], amount=Money(left, blue.currency)
    )
    title = Title.objects.get(pk=title_id, account_id=blue.account_id)
    new = _red(blue, lines=lines, once_key=f"reissue:{blue.pk}", title=title)
    return store(new, on=_today(at), at=at, by=by)


@transaction.atomic
def request_replacement(red_id: int, *, at: datetime, by: str) -> Invoice | None:
    """After a red one that makes room for another title: the new request, linked to the old one."""
    red = locked(red_id)
    if red.reissue_title_id is None or red.state not in NUMBERED or red.corrects_id is None:
        return None
    known = Invoice.objects.filter(replaces_id=red.corrects_id).first()
    if known is not None:
        return known
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=red.payment_id)
    title = Title.objects.get(pk=red.reissue_title_id)
    try:
        return _ask(payment, title=title, at=at, by=by, replaces_id=red.corrects_id)
    except NothingToInvoice:
        return None


def _ask(payment: Payment, *, title: Title, at: datetime, by: str, **more: Any) -> Invoice:
    receipt = receipts.issue(payment.pk, at=at, by=by)
    lines = _lines_left(receipt)
    if not lines:
        raise NothingToInvoice(payment=payment.external_id)
    if more.get("is_special"):
        check_special(_text(title))
    new = NewInvoice(
        kind=InvoiceKind.BLUE,
        account_id=payment.account_id,
        payment_id=payment.pk,
        provider=configured().name,
        seller=receipt.content["seller"],
        buyer=buyer_of(title),
        lines=lines,
        currency=payment.currency,
        paid_minor=payment.amount_minor,
        **more,
    )
    return store(new, on=_today(at), at=at, by=by)


def _ask_for_rest(
    payment: Payment, *, blue: Invoice, once_key: str, at: datetime, by: str
) -> Invoice | None:
    """What the platform has not seen is given up, and asked for without what was returned."""
    withdraw(blue.pk, on=_today(at), at=at, by=by)
    receipt = receipts.issue(payment.pk, at=at, by=by)
    lines = _lines_left(receipt)
    if not lines:
        return None
    new = NewInvoice(
        kind=InvoiceKind.BLUE,
        account_id=blue.account_id,
        payment_id=blue.payment_id,
        provider=blue.provider,
        seller=blue.seller,
        buyer=blue.buyer,
        lines=lines,
        currency=blue.currency,
        paid_minor=blue.paid_minor,
        is_special=blue.is_special,
        replaces_id=blue.pk,
        once_key=once_key,
    )
    return store(new, on=_today(at), at=at, by=by)


def _store_red(
    blue: Invoice, *, reds: Sequence[Invoice], refunded: Refunded, at: datetime, by: str
) -> Invoice:
    lines = take_back(blue.lines, before=[one.lines for one in reds], amount=refunded.amount)
    key = f"red:{blue.payment_id}:{refunded.refund}"
    return store(_red(blue, lines=lines, once_key=key), on=_today(at), at=at, by=by)


def _red(
    blue: Invoice, *, lines: Sequence[Any], once_key: str, title: Title | None = None
) -> NewInvoice:
    return NewInvoice(
        kind=InvoiceKind.RED,
        account_id=blue.account_id,
        payment_id=blue.payment_id,
        provider=blue.provider,
        seller=blue.seller,
        buyer=blue.buyer,
        lines=lines,
        currency=blue.currency,
        paid_minor=blue.paid_minor,
        is_special=blue.is_special,
        corrects_id=blue.pk,
        reissue_title_id=title.pk if title is not None else None,
        once_key=once_key,
        reason="return" if title is None else "title",
    )


def _lines_left(receipt: Document) -> list[dict[str, Any]]:
    """A receipt's lines less what its credit notes took back, those that hold nothing left out."""
    lines = [dict(line) for line in receipt.content["lines"]]
    for note in credit_notes_of(receipt.pk):
        for red in note.content["lines"]:
            _reduce(lines[red["place"]], split_of(red, receipt.currency))
    return [line for line in lines if line["gross_minor"]]


def _reduce(line: dict[str, Any], red: Split) -> None:
    line["gross_minor"] += red.gross.amount_minor
    line["net_minor"] += red.net.amount_minor
    line["tax_minor"] += red.tax.amount_minor


def _title(account_id: int, title_id: int | None) -> Title:
    book = titles_of(account_id)
    chosen = [one for one in book if title_id is None or one.pk == title_id]
    if not chosen:
        raise BadTitle(why=NO_NAME)
    return chosen[0]


def _text(title: Title) -> TitleText:
    names = ("name", "tax_id", "address", "phone", "bank", "bank_account", "email")
    return TitleText(TitleKind(title.kind), *(getattr(title, name) for name in names))


def _today(at: datetime) -> date:
    return today(current().business.zone, at)
