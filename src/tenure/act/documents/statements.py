"""Quotes and usage statements: what a bill says, on paper, before or after it is paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tenure.act.documents.gathering import (
    billed_lines,
    buyer_content,
    language_for,
    seller_content,
    sums_of,
    taxed_lines,
)
from tenure.kernel.clock import today
from tenure.kernel.money import Money
from tenure.records.customers.models import Account
from tenure.records.documents import actions as papers
from tenure.records.documents.actions import NewDocument
from tenure.records.documents.models import Document
from tenure.records.documents.states import DocumentKind
from tenure.records.strategies.queries import current


@dataclass(frozen=True, slots=True)
class Billed:
    """A bill to put on paper: whose, and `once_key` names the paper, issued once.

    `bill` is a bill as `Bill.as_document` writes it. A quote is good until `valid_until`; a
    statement covers `period`.
    """

    account_id: int
    bill: Mapping[str, Any]
    once_key: str
    valid_until: date | None = None
    period: tuple[date, date] | None = None


def issue_quote(billed: Billed, *, at: datetime, by: str) -> Document:
    """The quote for a bill, with its digest, so that the price seen is the price held."""
    return _issue(billed, DocumentKind.QUOTE, at=at, by=by)


def issue_statement(billed: Billed, *, at: datetime, by: str) -> Document:
    """What was used and what it costs, tier by tier, as it is charged."""
    return _issue(billed, DocumentKind.STATEMENT, at=at, by=by)


def _issue(billed: Billed, kind: DocumentKind, *, at: datetime, by: str) -> Document:
    strategy = current()
    on = today(strategy.business.zone, at)
    account = Account.objects.get(pk=billed.account_id)
    seller = strategy.documents.seller_for(account.country)
    currency = billed.bill["currency"]
    sold = billed_lines(billed.bill, currency)
    total = Money(billed.bill["total_minor"], currency)
    lines = [
        one.stored()
        for one in taxed_lines(sold, paid=total, buyer=account, seller=seller, strategy=strategy)
    ]
    sums = sums_of(lines, currency)
    content = {
        "issued_on": on.isoformat(),
        "seller": seller_content(seller),
        "buyer": buyer_content(account),
        "lines": lines,
        "currency": currency,
        "gross_minor": sums.gross.amount_minor,
        "net_minor": sums.net.amount_minor,
        "tax_minor": sums.tax.amount_minor,
        "valid_until": billed.valid_until.isoformat() if billed.valid_until else "",
        "period": [day.isoformat() for day in billed.period] if billed.period else None,
    }
    new = NewDocument(
        kind=kind,
        account_id=account.pk,
        entity=seller.id,
        prefix=seller.prefix,
        on=on,
        language=language_for(account.pk, strategy=strategy),
        totals=sums,
        content=content,
        once_key=billed.once_key,
    )
    return papers.issue(new, at=at, by=by)
