"""Take a file of the tax platform, see that it is the answer to a request, and keep it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tenure.act.documents import invoices
from tenure.act.documents.invoicing.einvoice import EInvoice, format_of, read
from tenure.kernel.clock import today
from tenure.kernel.failures import Refusal, Sentence
from tenure.records.invoicing.actions import requests
from tenure.records.invoicing.models import Invoice
from tenure.records.invoicing.queries import by_public_id
from tenure.records.invoicing.states import (
    NUMBERED,
    FileFormat,
    InvoiceKind,
    InvoiceState,
    TitleKind,
)
from tenure.records.strategies.queries import current


class NoRequestFits(Refusal):
    """A file that answers no request of ours, or more than one."""

    code = "no_request_fits"
    said = Sentence(
        zh="找到 {count} 个与该文件相符的开票申请；请用 --invoice 指明申请编号。",
        en="{count} requests fit this file; name the request with --invoice.",
    )


class NotItsAnswer(Refusal):
    """A file that says something else than the request."""

    code = "not_its_answer"
    said = Sentence(
        zh="文件与申请 {invoice} 不符：{why}；没有保存。请核对后重新上传。",
        en="The file does not fit the request {invoice}: {why}. Nothing was kept; check and "
        "upload again.",
    )


class NoNumberYet(Refusal):
    """A picture without the number that it shows."""

    code = "no_number_yet"
    said = Sentence(
        zh="申请 {invoice} 还没有号码，而文件里没有可读的数据；请先上传 XML，或附上 20 位号码。",
        en="The request {invoice} has no number yet and this file holds no data: upload the XML "
        "first, or name the 20 digits.",
    )


_DIFFERS = Sentence(
    zh="{what}应为 {wanted}，文件中是 {found}", en="{what} is {found}, not {wanted}"
)
_WHAT = {
    "number": Sentence(zh="号码", en="its number"),
    "gross": Sentence(zh="价税合计", en="its total"),
    "net": Sentence(zh="不含税金额", en="its net amount"),
    "tax": Sentence(zh="税额", en="its tax"),
    "seller": Sentence(zh="销售方税号", en="the seller's tax id"),
    "buyer": Sentence(zh="购买方", en="the buyer"),
    "original": Sentence(zh="被红冲号码", en="the number that it takes back"),
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was handed in; the rest says what the file itself may not."""

    content: bytes
    invoice: str = ""
    number: str = ""
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Fitting:
    """The request that a file answers, and what the file says."""

    invoice: Invoice
    form: FileFormat
    told: EInvoice | None


def fit(upload: Upload) -> Fitting:
    """Find the request that a file answers and see that they agree; nothing is written.

    Raises:
        NotAnEInvoice, NoSuchInvoice, NoRequestFits, NotItsAnswer, NoNumberYet
    """
    form, told = format_of(upload.content), read(upload.content)
    invoice = by_public_id(upload.invoice) if upload.invoice else _found(told)
    if told is not None:
        _compare(invoice, told)
    elif invoice.state not in NUMBERED and not _is_number(upload.number):
        raise NoNumberYet(invoice=invoice.public_id)
    return Fitting(invoice, form, told)


@transaction.atomic
def attach(upload: Upload, *, at: datetime, by: str) -> Invoice:
    """Keep a file: the request that it answers is issued with its number. Again, nothing more.

    Raises:
        Whatever `fit` raises.
    """
    fitting = fit(upload)
    invoice, told = fitting.invoice, fitting.told
    on = today(current().business.zone, at)
    if told is not None and told.confirmation:
        requests.note_confirmation(invoice.pk, number=told.confirmation, on=on, at=at, by=by)
    if invoice.state == InvoiceState.REQUESTED:
        requests.submit(invoice.pk, on=on, at=at, by=by)
    if invoice.state in (InvoiceState.REQUESTED, InvoiceState.ISSUING):
        number = told.number if told is not None else upload.number
        day = told.issued_on if told is not None else upload.issued_on or on
        requests.settle_issued(invoice.pk, requests.Issued(number, day), at=at, by=by)
    requests.attach(invoice.pk, form=fitting.form, content=upload.content, at=at, by=by)
    if invoice.kind == InvoiceKind.RED:
        invoices.request_replacement(invoice.pk, at=at, by=by)
    return by_public_id(invoice.public_id)


def _found(told: EInvoice | None) -> Invoice:
    if told is None:
        raise NoRequestFits(count=0)
    numbered = Invoice.objects.filter(number=told.number).first()
    if numbered is not None:
        return numbered
    open_ones = Invoice.objects.filter(
        state__in=(InvoiceState.REQUESTED, InvoiceState.ISSUING),
        gross_minor=told.gross.amount_minor,
    )
    named = [one for one in open_ones if one.order_number in told.remark]
    fitting = named or [one for one in open_ones if _differences(one, told) == []]
    if len(fitting) != 1:
        raise NoRequestFits(count=len(fitting))
    return fitting[0]


def _compare(invoice: Invoice, told: EInvoice) -> None:
    found = _differences(invoice, told)
    if found:
        raise NotItsAnswer(invoice=invoice.public_id, why=found)


def _differences(invoice: Invoice, told: EInvoice) -> list[Sentence]:
    """Everything in which the file is not what was asked for."""
    buyer = invoice.buyer
    is_company = buyer["kind"] == TitleKind.COMPANY
    blue = invoice.corrects.number if invoice.corrects is not None else ""
    pairs = {
        "number": (invoice.number or told.number, told.number),
        "gross": (invoice.gross_minor, told.gross.amount_minor),
        "net": (invoice.net_minor, told.net.amount_minor),
        "tax": (invoice.tax_minor, told.tax.amount_minor),
        "seller": (invoice.seller["tax_id"], told.seller_id),
        "buyer": (
            (buyer["tax_id"], told.buyer_id) if is_company else (buyer["name"], told.buyer_name)
        ),
        "original": (blue or "", told.original),
    }
    return [
        _DIFFERS.fill(what=_WHAT[key], wanted=wanted or "—", found=found or "—")
        for key, (wanted, found) in pairs.items()
        if wanted != found
    ]


def _is_number(text: str) -> bool:
    return len(text) == 20 and text.isascii() and text.isdigit()
