"""The files that a tax platform gives: XML, and the same inside an OFD and beside a PDF."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html import escape
from typing import Final

from tenure.kernel.money import Money

_FIXED: Final = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line: a name with its code, and the amounts."""

    name: str
    code: str
    net: Decimal
    tax: Decimal
    share: Decimal


@dataclass(frozen=True, slots=True)
class Paper:
    """What one document says."""

    number: str
    on: date
    seller_name: str
    seller_id: str
    buyer_name: str
    buyer_id: str
    lines: Sequence[PaperLine] = field(default_factory=tuple)
    remark: str = ""
    original: str = ""
    confirmation: str = ""

    @property
    def net(self) -> Decimal:
        return sum((one.net for one in self.lines), start=Decimal(0))

    @property
    def tax(self) -> Decimal:
        return sum((one.tax for one in self.lines), start=Decimal(0))


def xml_of(paper: Paper) -> bytes:
    """The `EInvoice` of R-I-004."""
    gross = paper.net + paper.tax
    is_blue = "N" if gross < 0 else "Y"
    red = (
        f"<RedEInvoice><OriginalInvoiceCode>{paper.original}</OriginalInvoiceCode>"
        f"<CreditNoteNumber>{paper.confirmation}</CreditNoteNumber></RedEInvoice>"
        if paper.original
        else ""
    )
    lines = "".join(_line(one) for one in paper.lines)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<EInvoice><Header>'
        f"<EIid>{paper.number}</EIid><EInvoiceTag>SWEI3200</EInvoiceTag><Version>0.2</Version>"
        f"<InherentLabel><InIssuType><LabelCode>{is_blue}</LabelCode></InIssuType>"
        "<EInvoiceType><LabelCode>02</LabelCode></EInvoiceType></InherentLabel></Header>"
        "<EInvoiceData><SellerInformation>"
        f"<SellerIdNum>{paper.seller_id}</SellerIdNum>"
        f"<SellerName>{escape(paper.seller_name)}</SellerName></SellerInformation>"
        f"<BuyerInformation><BuyerIdNum>{paper.buyer_id}</BuyerIdNum>"
        f"<BuyerName>{escape(paper.buyer_name)}</BuyerName></BuyerInformation>"
        f"<BasicInformation><TotalAmWithoutTax>{paper.net}</TotalAmWithoutTax>"
        f"<TotalTaxAm>{paper.tax}</TotalTaxAm>"
        f"<TotalTax-includedAmount>{gross}</TotalTax-includedAmount>"
        f"<Drawer>样例</Drawer><RequestTime>{paper.on} 10:00:00</RequestTime></BasicInformation>"
        f"{lines}<SpecificInformation>{red}</SpecificInformation>"
        f"<AdditionalInformation><Remark>{escape(paper.remark)}</Remark></AdditionalInformation>"
        "</EInvoiceData><SellerAuthentication/><TaxSupervisionInfo>"
        f"<InvoiceNumber>{paper.number}</InvoiceNumber><IssueTime>{paper.on}</IssueTime>"
        "<TaxBureauCode>13300000000</TaxBureauCode><TaxBureauName>样例</TaxBureauName>"
        "</TaxSupervisionInfo></EInvoice>"
    )
    return text.encode()


def ofd_of(paper: Paper) -> bytes:
    """An OFD that carries the XML."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in (
            ("OFD.xml", b"<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'/>"),
            ("Doc_0/Attachs/original_invoice.xml", xml_of(paper)),
        ):
            archive.writestr(zipfile.ZipInfo(name, _FIXED), content)
    return stream.getvalue()


def pdf_of(paper: Paper) -> bytes:
    """The smallest PDF with the number on it: a picture for people, without data."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"trailer<</Root 1 0 R/Info<</Title(" + paper.number.encode() + b")>>>>\n%%EOF\n"
    )


def _line(line: PaperLine) -> str:
    gross = line.net + line.tax
    return (
        f"<IssuItemInformation><ItemName>{escape(line.name)}</ItemName><SpecMod/><MeaUnits/>"
        f"<Quantity>1</Quantity><Amount>{line.net}</Amount><TaxRate>{line.share}</TaxRate>"
        f"<ComTaxAm>{line.tax}</ComTaxAm><TotaltaxIncludedAmount>{gross}</TotaltaxIncludedAmount>"
        f"<TaxClassificationCode>{line.code}</TaxClassificationCode></IssuItemInformation>"
    )


def money(minor: int) -> Decimal:
    """Minor units of yuan as the papers write them."""
    return Money(minor, "CNY").decimal
