"""A file of the platform is kept only where it says what was asked for."""

import pytest

from tenure.act.documents.attaching import (
    NoNumberYet,
    NoRequestFits,
    NotItsAnswer,
    Upload,
    attach,
    fit,
)
from tenure.act.documents.invoicing.einvoice import NotAnEInvoice, parse
from tenure.records.invoicing.models import Invoice, InvoiceFile
from tenure.records.invoicing.states import InvoiceState
from tenure.strategy.sections import Strategy
from tenure.world.tax_platform.papers import ofd_of, pdf_of, xml_of
from tests.act.documents.invoicing.requested import a_paper, a_request
from tests.builders import AS_OF, AT

NUMBER = "26332000000000000001"


def test_an_xml_finds_its_request_and_issues_it(strategy: Strategy) -> None:
    """ENT-02, R-I-004."""
    invoice = a_request()
    content = xml_of(a_paper(invoice))

    done = attach(Upload(content), at=AT, by="user:1")
    again = attach(Upload(content), at=AT, by="user:1")

    assert (done.state, done.number, done.issued_on) == (InvoiceState.ISSUED, NUMBER, AS_OF)
    assert again.pk == done.pk == invoice.pk
    assert bytes(InvoiceFile.objects.get().content) == content


def test_ofd_and_pdf_join_the_same_request(strategy: Strategy) -> None:
    invoice = a_request()
    paper = a_paper(invoice, remark="")

    attach(Upload(ofd_of(paper)), at=AT, by="user:1")
    attach(Upload(pdf_of(paper), invoice=invoice.public_id), at=AT, by="user:1")

    invoice.refresh_from_db()
    assert invoice.number == NUMBER
    assert list(InvoiceFile.objects.order_by("pk").values_list("format", flat=True)) == [
        "ofd",
        "pdf",
    ]


def test_a_picture_needs_its_number(strategy: Strategy) -> None:
    invoice = a_request()
    content = pdf_of(a_paper(invoice))

    with pytest.raises(NoNumberYet):
        attach(Upload(content, invoice=invoice.public_id), at=AT, by="user:1")
    attach(Upload(content, invoice=invoice.public_id, number=NUMBER), at=AT, by="user:1")

    invoice.refresh_from_db()
    assert (invoice.state, invoice.number) == (InvoiceState.ISSUED, NUMBER)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"buyer_id": "91330108MA2BUYR01K"}, "the buyer is 91330108MA2BUYR01K"),
        ({"seller_id": "91330108MA2HEGN02B"}, "the seller's tax id is 91330108MA2HEGN02B"),
        ({"more_tax": 1}, "its total is 120001"),
    ],
)
def test_a_file_that_says_something_else_is_not_kept(
    strategy: Strategy, change: dict[str, object], said: str
) -> None:
    invoice = a_request()
    content = xml_of(a_paper(invoice, **change))  # type: ignore[arg-type]

    with pytest.raises(NotItsAnswer, match=said):
        attach(Upload(content, invoice=invoice.public_id), at=AT, by="user:1")
    with pytest.raises((NotItsAnswer, NoRequestFits)):
        attach(Upload(content), at=AT, by="user:1")

    invoice.refresh_from_db()
    assert (invoice.state, InvoiceFile.objects.count()) == (InvoiceState.REQUESTED, 0)


def test_two_requests_alike_are_told_apart_by_their_order_number(strategy: Strategy) -> None:
    first, second = a_request(), a_request()

    with pytest.raises(NoRequestFits):
        fit(Upload(xml_of(a_paper(first, remark=""))))

    assert fit(Upload(xml_of(a_paper(second)))).invoice.pk == second.pk
    assert Invoice.objects.filter(state=InvoiceState.REQUESTED).count() == 2


def test_totals_that_do_not_add_up_are_refused(strategy: Strategy) -> None:
    """R-I-004: the two similarly named totals are not mixed up."""
    content = xml_of(a_paper(a_request()))
    wrong_sum = content.replace(b"<TotalTaxAm>99.08<", b"<TotalTaxAm>99.09<")
    wrong_line = content.replace(b"<ComTaxAm>99.08<", b"<ComTaxAm>99.07<")

    told = parse(content)

    assert (told.tax.amount_minor, told.gross.amount_minor) == (9_908, 120_000)
    for wrong in (wrong_sum, wrong_line):
        with pytest.raises(NotAnEInvoice):
            parse(wrong)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ", "neither XML, OFD nor PDF"),
        (b"<a>", "cannot be read"),
        (b"<Invoice/>", "its root is Invoice"),
        (b"<EInvoice/>", "is missing"),
        (b"PK\x03\x04junk", "no OFD.xml inside"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><EInvoice>&b;</EInvoice>', "DTD or entities"),
    ],
)
def test_what_is_no_file_of_the_platform_is_said_so(content: bytes, said: str) -> None:
    with pytest.raises(NotAnEInvoice, match=said):
        fit(Upload(content))


def test_a_number_has_twenty_digits(strategy: Strategy) -> None:
    content = xml_of(a_paper(a_request(), number="2633200000000000000"))

    with pytest.raises(NotAnEInvoice, match="20 digits"):
        parse(content)
