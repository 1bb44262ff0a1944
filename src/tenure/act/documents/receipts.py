"""A receipt for each payment that arrived, a credit note for each amount that went back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from tenure.act.documents.gathering import (
    both,
    buyer_content,
    language_for,
    seller_content,
    split_of,
    sums_of,
    taxed,
)
from tenure.act.documents.pages import page_of
from tenure.act.documents.typesetting import pdf
from tenure.act.documents.wording import REFUND
from tenure.kernel.clock import today
from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.records.billing.models import Payment
from tenure.records.documents import actions as papers
from tenure.records.documents.actions import NewDocument
from tenure.records.documents.models import Document
from tenure.records.documents.queries import credit_notes_of, receipt_of
from tenure.records.documents.rules.taxes import Split, Totals, spread_back, taken_back
from tenure.records.documents.states import DocumentKind
from tenure.records.strategies.queries import current

# Money came in, whatever became of it later.
ARRIVED: Final = frozenset(
    {"succeeded", "partially_refunded", "refunded", "charged_back", "won", "lost"}
)


class NotPaid(Refusal):
    """A receipt for money that did not arrive."""

    code = "not_paid"
    said = Sentence(
        zh="付款 {payment} 的状态是“{state}”，款项没有到账，不能开收据。",
        en="Payment {payment} is {state}: the money did not arrive, so there is no receipt.",
    )


class NoReceipt(Refusal):
    """A credit note without a receipt to correct."""

    code = "no_receipt"
    said = Sentence(
        zh="付款 {payment} 还没有收据；请先开收据，再开退款凭证。",
        en="Payment {payment} has no receipt yet; issue the receipt first.",
    )


@dataclass(frozen=True, slots=True)
class Refunded:
    """Money that went back: which payment, how much, and the refund's own name, used once."""

    payment_id: int
    amount: Money
    refund: str
    on: date
    reason: Sentence = REFUND


@transaction.atomic
def issue(payment_id: int, *, at: datetime, by: str) -> Document:
    """The receipt for a payment, in its recipient's language; asked again, the same one.

    Raises:
        NotPaid: the money did not arrive.
    """
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    known = receipt_of(payment_id)
    if known is not None:
        return known
    if payment.state not in ARRIVED:
        raise NotPaid(payment=payment.external_id, state=payment.state)
    strategy = current()
    on = today(strategy.business.zone, at)
    account = payment.account
    seller = strategy.documents.seller_for(account.country)
    lines = [one.stored() for one in taxed(payment, seller=seller, strategy=strategy)]
    content = {
        "issued_on": on.isoformat(),
        "seller": seller_content(seller),
        "buyer": buyer_content(account),
        "paid_on": payment.paid_on.isoformat(),
        "method": payment.method or payment.source,
        "payment": payment.external_id,
        **_amounts(lines, payment.currency),
    }
    receipts = Document.objects.filter(payment_id=payment_id, kind=DocumentKind.RECEIPT).count()
    return papers.issue(
        NewDocument(
            kind=DocumentKind.RECEIPT,
            account_id=payment.account_id,
            entity=seller.id,
            prefix=seller.prefix,
            on=on,
            language=language_for(payment.account_id, strategy=strategy),
            totals=sums_of(lines, payment.currency),
            content=content,
            once_key=f"receipt:{payment_id}:{receipts}",
            payment_id=payment_id,
            term_id=payment.term_id,
        ),
        at=at,
        by=by,
    )


@transaction.atomic
def credit(refunded: Refunded, *, at: datetime, by: str) -> Document:
    """The credit note for an amount that went back; the same refund has one.

    It keeps the receipt's lines in their order, and the last one takes the rest of each (G20).

    Raises:
        NoReceipt: the payment has no receipt.
        MoreThanIsLeft: more went back than the receipt still holds.
    """
    once_key = f"credit:{refunded.payment_id}:{refunded.refund}"
    known = Document.objects.filter(once_key=once_key).first()
    if known is not None:
        return known
    receipt = _locked_receipt(refunded.payment_id)
    lines = red_lines(receipt, amount=refunded.amount)
    content = {
        **{key: receipt.content[key] for key in ("seller", "buyer", "method", "payment")},
        "issued_on": refunded.on.isoformat(),
        "corrects": {"number": receipt.number, "issued_on": receipt.issued_on.isoformat()},
        "reason": both(refunded.reason),
        **_amounts(lines, receipt.currency),
    }
    return papers.issue(
        NewDocument(
            kind=DocumentKind.CREDIT_NOTE,
            account_id=receipt.account_id,
            entity=receipt.entity,
            prefix=_prefix(receipt),
            on=refunded.on,
            language=receipt.language,
            totals=sums_of(lines, receipt.currency),
            content=content,
            once_key=once_key,
            payment_id=refunded.payment_id,
            corrects_id=receipt.pk,
        ),
        at=at,
        by=by,
    )


def red_lines(receipt: Document, *, amount: Money) -> list[dict[str, Any]]:
    """The lines that take `amount` back, after what was taken back before."""
    before = [note.content["lines"] for note in credit_notes_of(receipt.pk)]
    return take_back(receipt.content["lines"], before=before, amount=amount)


def take_back(
    blue: Sequence[Mapping[str, Any]],
    *,
    before: Sequence[Sequence[Mapping[str, Any]]],
    amount: Money,
) -> list[dict[str, Any]]:
    """Stored lines that take an amount back of `blue`, each naming its `place` in the blue order.

    Args:
        before: the lines of each earlier taking back, with their places.
    """
    currency = amount.currency
    taken: dict[int, list[Split]] = {place: [] for place in range(len(blue))}
    for lines in before:
        for line in lines:
            taken[line["place"]].append(split_of(line, currency))
    zero = Money.zero(currency)
    wholes = [split_of(line, currency) for line in blue]
    left = [
        whole.gross + sum((one.gross for one in taken[place]), start=zero)
        for place, whole in enumerate(wholes)
    ]
    red = []
    for place, part in enumerate(spread_back(left, refund=amount)):
        if part.amount_minor:
            back = taken_back(wholes[place], before=taken[place], gross=part)
            red.append({**blue[place], "place": place, **_minor(back)})
    return red


def print_document(document: Document, language: str = "") -> bytes:
    """The paper as PDF, the same bytes each time."""
    return pdf("paper", page_of(document, language))


def _minor(part: Split) -> dict[str, int]:
    return {
        "gross_minor": part.gross.amount_minor,
        "net_minor": part.net.amount_minor,
        "tax_minor": part.tax.amount_minor,
    }


def _amounts(lines: Sequence[Mapping[str, Any]], currency: str) -> dict[str, Any]:
    sums: Totals = sums_of(lines, currency)
    return {
        "lines": list(lines),
        "currency": currency,
        "gross_minor": sums.gross.amount_minor,
        "net_minor": sums.net.amount_minor,
        "tax_minor": sums.tax.amount_minor,
    }


def _locked_receipt(payment_id: int) -> Document:
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    receipt = receipt_of(payment_id)
    if receipt is None:
        raise NoReceipt(payment=payment.external_id)
    return receipt


def _prefix(receipt: Document) -> str:
    """The entity's own prefix, read from the number that it gave."""
    return receipt.number.partition("RC-")[0].rstrip("-")
