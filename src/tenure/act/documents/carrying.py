"""Carry requests to a connected service and bring its answers back, each step once.

A request is marked as handed over before the service is asked: who dies in between finds out by
asking how far it is, under the same order number, and never asks for a second one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from tenure.act.documents import invoices
from tenure.act.documents.invoicing.einvoice import format_of
from tenure.act.documents.invoicing.manual import ByHand
from tenure.act.documents.invoicing.provider import Answer, InvoiceProvider, Status
from tenure.act.documents.invoicing.registry import is_connected, provider_of
from tenure.kernel.clock import today
from tenure.kernel.failures import Outage
from tenure.records.invoicing.actions import requests
from tenure.records.invoicing.models import Invoice
from tenure.records.invoicing.queries import due, is_ready
from tenure.records.invoicing.states import FileFormat, InvoiceKind, InvoiceState
from tenure.records.strategies.queries import current

FIRST_PAUSE: Final = timedelta(seconds=20)
LONGEST_PAUSE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Carried:
    """What one look brought: how many were asked about, and whether the service failed."""

    asked: int = 0
    is_down: bool = False


def has_due(at: datetime) -> bool:
    """Whether a connected service is to be asked now; without a service it costs nothing."""
    return is_connected() and bool(due(at, by_hand=ByHand.name, limit=1))


def advance(*, at: datetime, by: str) -> Carried:
    """One step for each request that is due; an outage ends the look, the next one goes on."""
    asked = 0
    for invoice in due(at, by_hand=ByHand.name):
        if not requests.claim(invoice.pk, until=at + _pause(invoice, at), at=at):
            continue
        asked += 1
        try:
            carry(invoice, at=at, by=by)
        except Outage:
            return Carried(asked, is_down=True)
    return Carried(asked)


def carry(invoice: Invoice, *, at: datetime, by: str) -> None:
    """The next step of one request.

    Raises:
        Outage: the service did not answer; the request stays where it is.
    """
    provider, on = provider_of(invoice.provider), today(current().business.zone, at)
    if invoice.state == InvoiceState.REQUESTED:
        if is_ready(invoice):
            _hand_over(invoice, provider=provider, on=on, at=at, by=by)
    elif invoice.state == InvoiceState.ISSUING:
        answer = provider.query(invoice, at=at)
        if answer.status == Status.UNKNOWN:
            answer = _ask(invoice, provider=provider, at=at)
        settle(invoice, answer, on=on, at=at, by=by)
    elif invoice.state == InvoiceState.ISSUED:
        _bring(invoice, provider=provider, on=on, at=at, by=by)


def settle(invoice: Invoice, answer: Answer, *, on: date, at: datetime, by: str) -> None:
    """Note what the platform said; after a red one for another title the new request follows."""
    if answer.status == Status.ISSUED:
        issued = requests.Issued(answer.number, answer.issued_on or on)
        requests.settle_issued(invoice.pk, issued, at=at, by=by)
        if invoice.kind == InvoiceKind.RED:
            invoices.request_replacement(invoice.pk, at=at, by=by)
    elif answer.status == Status.FAILED:
        requests.settle_failed(invoice.pk, why=answer.why, on=on, at=at, by=by)


def _hand_over(
    invoice: Invoice, *, provider: InvoiceProvider, on: date, at: datetime, by: str
) -> None:
    if invoice.kind == InvoiceKind.RED and not invoice.confirmation:
        number = provider.apply_red_confirmation(invoice, at=at)
        if not number:
            return  # the buyer has to agree first
        invoice.confirmation = requests.note_confirmation(
            invoice.pk, number=number, on=on, at=at, by=by
        ).confirmation
    again = invoice.attempts > 0
    requests.submit(invoice.pk, on=on, at=at, by=by)
    if again and invoice.kind == InvoiceKind.BLUE:
        answer = provider.reissue(invoice, at=at)
    else:
        answer = _ask(invoice, provider=provider, at=at)
    settle(invoice, answer, on=on, at=at, by=by)


def _ask(invoice: Invoice, *, provider: InvoiceProvider, at: datetime) -> Answer:
    if invoice.kind == InvoiceKind.RED:
        return provider.issue_red(invoice, at=at)
    return provider.issue_blue(invoice, at=at)


def _bring(invoice: Invoice, *, provider: InvoiceProvider, on: date, at: datetime, by: str) -> None:
    """Fetch the files, keep those that are what they say, and have the customer told."""
    for form in FileFormat:
        content = provider.download(invoice, form=form, at=at)
        if content is not None and format_of(content) == form:
            requests.attach(invoice.pk, form=form, content=content, at=at, by=by)
    email = str(invoice.buyer.get("email", ""))
    if email:
        provider.deliver(invoice, email=email, phone="", at=at)
    requests.note_delivered(invoice.pk, on=on, at=at, by=by)


def _pause(invoice: Invoice, at: datetime) -> timedelta:
    """The longer a request is under way, the longer it is left alone: half of its age."""
    age = at - (invoice.submitted_at or invoice.requested_at)
    return min(max(FIRST_PAUSE, age / 2), LONGEST_PAUSE)
