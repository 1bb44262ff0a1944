"""The two syntaxes of EN 16931, and the PDF/A-3 that carries one of them."""

from typing import Final

from tenure.act.documents.pages import page_of
from tenure.act.documents.standards.semantic import terms_of
from tenure.act.documents.typesetting import pdf
from tenure.records.documents.models import Document

LEVEL: Final = "en16931"


def cii(document: Document) -> bytes:
    """The Cross Industry Invoice of Factur-X, level EN 16931."""
    import facturx

    written = facturx.generate_cii_xml(
        terms_of(document), level=LEVEL, check_xsd=False, check_schematron=False
    )
    return bytes(written)


def ubl(document: Document) -> bytes:
    """UBL 2.1: an Invoice, or a CreditNote."""
    import facturx

    written = facturx.generate_ubl_xml(
        terms_of(document), level=LEVEL, check_xsd=False, check_schematron=False
    )
    return bytes(written)


def factur_x(document: Document) -> bytes:
    """The paper as PDF/A-3 with its CII inside: read by people and by programs."""
    import facturx

    paper = pdf("paper", page_of(document), standard="a-3b")
    page = page_of(document)
    made = facturx.generate_from_binary(
        paper,
        cii(document),
        flavor="factur-x",
        level=LEVEL,
        check_xsd=True,
        check_schematron=False,
        lang=page["lang"],
        pdf_metadata={
            "author": page["issuer"],
            "keywords": "Factur-X, EN 16931",
            "title": f"{page['title']} {document.number}",
            "subject": f"{page['title']} {document.number}",
        },
    )
    return bytes(made)
