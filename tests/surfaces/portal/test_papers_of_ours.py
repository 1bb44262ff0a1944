"""Invoices asked for, contracts signed and files checked, by the customer alone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenure.act.documents.attaching import Upload, attach
from tenure.kernel.clock import now
from tenure.records.access.secrets import code_from
from tenure.records.billing.models import Payment
from tenure.records.contracts.actions import drafting
from tenure.records.contracts.models import Contract, Signatory
from tenure.records.contracts.queries import files_of
from tenure.records.invoicing.models import Invoice, Title
from tenure.records.subscriptions.models import Term
from tenure.world.tax_platform.papers import xml_of
from tests.act.documents.invoicing.requested import BUYER_ID, a_paper
from tests.act.documents.signing.agreed import a_wanted
from tests.builders import a_payment
from tests.surfaces.portal.customers import ENGLISH, a_customer, signed_in


def draft_for(term: Term) -> Contract:
    from tenure.act.documents import contracts

    made = contracts.draft(a_wanted(term.account), at=now(), by="user:1")
    return drafting.send(made.pk, on=now().date(), at=now(), by="user:1")


def a_paid(term: Term) -> Payment:
    return a_payment(term=term)


def test_a_customer_asks_for_an_invoice_and_fetches_it(term: Term) -> None:
    """ENT-02: title, request, answer, file; nobody else gets it."""
    payment, client = a_paid(term), signed_in(term, headers=ENGLISH)
    stranger = signed_in(a_customer(external_id="LJ-2", email="b@example.com"))

    client.post("/my/invoices/titles", {"name": "腾讯", "tax_id": BUYER_ID})
    asked = client.post("/my/invoices", {"payment": payment.pk, "title": Title.objects.get().pk})
    invoice = Invoice.objects.get()
    content = xml_of(a_paper(invoice))
    attach(Upload(content), at=now(), by="user:1")
    page = client.get("/my/invoices")
    file = client.get(f"/my/invoices/{invoice.public_id}/xml")

    assert asked.status_code == 302
    assert "26332000000000000001" in page.content.decode()
    assert file.content == content
    assert stranger.get(f"/my/invoices/{invoice.public_id}/xml").status_code == 404
    assert stranger.post("/my/invoices", {"payment": payment.pk}).status_code == 404
    assert Client().get(f"/my/invoices/{invoice.public_id}/xml").status_code == 302


def test_a_wrong_tax_id_is_one_sentence_and_keeps_nothing(term: Term) -> None:
    client = signed_in(term, headers=ENGLISH)

    page = client.post("/my/invoices/titles", {"name": "x", "tax_id": f"{BUYER_ID[:-1]}H"})

    assert page.status_code == 422
    assert "is not a valid unified social credit code" in page.content.decode()
    assert not Title.objects.exists()


def test_a_contract_is_read_signed_and_checked(term: Term) -> None:
    """ENT-03: code, consent, signature; then the page that verifies it."""
    contract, client = draft_for(term), signed_in(term, headers=ENGLISH)
    stranger = signed_in(a_customer(external_id="LJ-2", email="b@example.com"))
    address = f"/my/contracts/{contract.public_id}"

    before = client.get(address).content.decode()
    client.post(address)
    code = code_from(Signatory.objects.get(role="customer").code_nonce)
    refused = client.post(address, {"code": code})
    signed = client.post(address, {"code": code, "agrees": "on"})
    contract.refresh_from_db()
    pdf = client.get(f"{address}/file").content
    verdict = Client(headers=ENGLISH).post("/verify", {"file": SimpleUploadedFile("a.pdf", pdf)})

    assert "Send me a code" in before
    assert refused.status_code == 422
    assert (signed.status_code, contract.state) == (302, "effective")
    assert pdf == bytes(files_of(contract.pk)[-1].content)
    assert client.get(f"{address}/evidence").content[:2] == b"PK"
    said = verdict.content.decode()
    assert "Unchanged since it was signed" in said
    assert "not by itself who signed" in said
    for path in (address, f"{address}/file", f"{address}/evidence"):
        assert stranger.get(path).status_code == 404
        assert Client().get(path).status_code == 302


@pytest.mark.parametrize(
    ("language", "said"), [("en", "This is no PDF"), ("zh-Hans", "这不是可读取的")]
)
def test_what_is_no_pdf_is_said_so(term: Term, language: str, said: str) -> None:
    client = Client(headers={"Accept-Language": language})

    page = client.post("/verify", {"file": SimpleUploadedFile("a.pdf", b"junk")})

    assert page.status_code == 422
    assert said in page.content.decode()
