"""Requests, and the platform's papers that answer them."""

from datetime import date

from tenure.act.documents import invoices
from tenure.records.billing.models import Payment
from tenure.records.invoicing.actions.titles import save_title
from tenure.records.invoicing.models import Invoice, Title
from tenure.records.invoicing.rules import TitleText
from tenure.records.invoicing.states import TitleKind
from tenure.world.tax_platform.papers import Paper, PaperLine, money
from tests.act.documents.papers import a_payment
from tests.builders import AS_OF, AT

BUYER_ID = "9144030071526726XG"


def a_title(
    account_id: int,
    *,
    name: str = "腾讯科技（深圳）有限公司",
    tax_id: str = BUYER_ID,
    email: str = "",
    address: str = "",
) -> Title:
    kind = TitleKind.COMPANY if tax_id else TitleKind.INDIVIDUAL
    text = TitleText(kind, name, tax_id, email=email, address=address)
    return save_title(account_id, text, on=AS_OF, at=AT, by="test")


def a_request(
    *, payment: Payment | None = None, amount_minor: int = 120_000, email: str = ""
) -> Invoice:
    """A blue request for a payment of a term that began on the day of the tests."""
    payment = payment or a_payment(amount_minor=amount_minor, starts_on=AS_OF)
    a_title(payment.account_id, email=email)
    return invoices.request(payment.pk, at=AT, by="test")


def a_paper(
    invoice: Invoice,
    *,
    number: str = "26332000000000000001",
    buyer_id: str = "",
    seller_id: str = "",
    more_tax: int = 0,
    remark: str | None = None,
    on: date = AS_OF,
) -> Paper:
    """What the platform would issue for a request, unless something is named otherwise."""
    blue = invoice.corrects.number if invoice.corrects is not None else ""
    lines = [
        PaperLine(
            name=f"*{line['group']['zh']}*{line['item']['zh']}",
            code=line["classification"],
            net=money(line["net_minor"]),
            tax=money(line["tax_minor"] + more_tax),
            share=line["share"],
        )
        for line in invoice.lines
    ]
    return Paper(
        number=number,
        on=on,
        seller_name=invoice.seller["name"]["zh"],
        seller_id=seller_id or invoice.seller["tax_id"],
        buyer_name=invoice.buyer["name"],
        buyer_id=buyer_id or invoice.buyer["tax_id"],
        lines=lines,
        remark=invoice.order_number if remark is None else remark,
        original=blue or "",
        confirmation="33012606151234567890" if blue else "",
    )
