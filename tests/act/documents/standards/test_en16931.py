"""European e-invoices, judged offline by the schemas and the rules themselves (R-I-010)."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from tenure.act.documents import receipts
from tenure.act.documents.receipts import Refunded
from tenure.act.documents.standards.checking import (
    NotValid,
    breaks_schema,
    broken_rules,
    check,
)
from tenure.act.documents.standards.writing import cii, factur_x, ubl
from tenure.kernel.money import Money
from tenure.records.documents.models import Document
from tests.act.documents.papers import a_payment
from tests.builders import AS_OF, AT, an_account

if TYPE_CHECKING:
    from tenure.strategy.sections import Strategy


@pytest.fixture
def saas(db: None, settings: Any, tmp_path: Path) -> "Strategy":
    from tenure.records.strategies.actions import apply_strategy
    from tenure.strategy.loading import preset

    settings.TENURE_HOME = tmp_path
    found = preset("saas")
    apply_strategy(found, by="test", at=AT.replace(year=2020))
    return found


def a_receipt(*, country: str = "DE", vat_id: str = "", minor: int = 11_900) -> Document:
    account = an_account(
        name="Müller GmbH",
        country=country,
        region="Hamburg",
        language="en",
        currency="EUR",
        attributes={"vat_id": vat_id} if vat_id else None,
    )
    payment = a_payment(account=account, amount_minor=minor, currency="EUR", starts_on=AS_OF)
    return receipts.issue(payment.pk, at=AT, by="loop")


def a_credit_note(receipt: Document) -> Document:
    assert receipt.payment_id is not None
    refunded = Refunded(receipt.payment_id, Money(5_950, "EUR"), "r1", AS_OF)
    return receipts.credit(refunded, at=AT, by="loop")


@pytest.mark.parametrize(("flavor", "write"), [("factur-x", cii), ("ubl-2.1", ubl)])
def test_a_receipt_and_its_credit_note_are_valid(saas: "Strategy", flavor: str, write: Any) -> None:
    """R-I-010, BIL-04: XSD and schematron, offline; 381 names the invoice that it corrects."""
    receipt = a_receipt()
    note = a_credit_note(receipt)

    for document in (receipt, note):
        xml = write(document)
        assert breaks_schema(xml, flavor=flavor) == ""
        assert broken_rules(xml, flavor=flavor) == []
    assert receipt.number == "EU-RC-2026-000001"
    assert b">381<" in write(note)
    assert receipt.number.encode() in write(note)


def test_a_wrong_tax_total_is_named_by_its_rules(saas: "Strategy") -> None:
    """R-I-010: BR-CO-14 (sum of the breakdown) and BR-CO-15 (net and tax make the total)."""
    receipt = a_receipt()
    xml = cii(receipt)
    total = b'<ram:TaxTotalAmount currencyID="EUR">%s<'
    wrong = xml.replace(total % b"19.00", total % b"18.00")

    found = {one.rule for one in broken_rules(wrong, flavor="factur-x")}

    assert wrong != xml
    assert {"BR-CO-14", "BR-CO-15"} <= found
    with pytest.raises(NotValid, match="BR-CO-14"):
        check(wrong, flavor="factur-x", number=receipt.number)


def test_what_is_no_invoice_at_all_breaks_the_schema(saas: "Strategy") -> None:
    xml = cii(a_receipt()).replace(b"TypeCode>380<", b"NoCode>380<", 1)

    assert breaks_schema(xml, flavor="factur-x") != ""


def test_a_company_elsewhere_in_the_union_owes_the_tax_itself(saas: "Strategy") -> None:
    """R-I-011: reverse charge, with its text."""
    receipt = a_receipt(country="FR", vat_id="FR40303265045")

    xml = cii(receipt)

    assert (receipt.net_minor, receipt.tax_minor) == (11_900, 0)
    assert broken_rules(xml, flavor="factur-x") == []
    assert b">AE<" in xml
    assert b"Reverse charge" in xml


def test_amounts_that_round_are_valid_too(saas: "Strategy") -> None:
    for minor in (1, 99, 9_999, 123_457):
        assert broken_rules(cii(a_receipt(minor=minor)), flavor="factur-x") == []


def test_the_paper_carries_its_data(saas: "Strategy") -> None:
    """Factur-X: a PDF/A-3 for people with the XML for programs inside."""
    receipt = a_receipt()

    pdf = factur_x(receipt)

    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert list(reader.attachments) == ["factur-x.xml"]
    assert reader.attachments["factur-x.xml"][0] == cii(receipt)
    assert receipt.number in reader.pages[0].extract_text()
    metadata = reader.trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]
    assert b"<pdfaid:part>3</pdfaid:part>" in metadata
    assert b"EN 16931" in metadata
