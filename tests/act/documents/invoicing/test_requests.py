"""One request for one payment, of the cash that was paid; refunds take it back (ENT-02)."""

import pytest
from django.db import IntegrityError, transaction

from tenure.act.documents import invoices, receipts
from tenure.act.documents.attaching import Upload, attach
from tenure.act.documents.receipts import Refunded
from tenure.kernel.money import Money
from tenure.records.invoicing.actions import requests
from tenure.records.invoicing.models import Invoice
from tenure.records.invoicing.queries import waiting
from tenure.records.invoicing.rules import AlreadyRequested, BadTitle, NothingToInvoice
from tenure.records.invoicing.states import InvoiceState
from tenure.records.journal.models import Entry
from tenure.strategy.sections import Strategy
from tenure.world.tax_platform.papers import xml_of
from tests.act.documents.invoicing.requested import a_paper, a_request, a_title
from tests.act.documents.papers import a_payment
from tests.builders import AS_OF, AT


def refund(invoice: Invoice, minor: int, *, name: str) -> Invoice | None:
    """Money goes back: the credit note, then the red letter, as the reaction does it."""
    refunded = Refunded(invoice.payment_id, Money(minor, "CNY"), name, AS_OF)
    receipts.credit(refunded, at=AT, by="loop")
    return invoices.red_letter(refunded, at=AT, by="loop")


def issue(invoice: Invoice, *, number: str) -> Invoice:
    """The platform issues a request, and its XML is uploaded."""
    invoice = Invoice.objects.select_related("corrects").get(pk=invoice.pk)
    return attach(Upload(xml_of(a_paper(invoice, number=number))), at=AT, by="user:1")


def test_a_request_holds_the_split_amounts_and_the_default_title(strategy: Strategy) -> None:
    """ENT-02, R-I-005, R-I-006: 1,200.00 at 9 % is 1,100.92 and 99.08."""
    invoice = a_request()

    assert (invoice.gross_minor, invoice.net_minor, invoice.tax_minor) == (120_000, 110_092, 9_908)
    assert invoice.buyer["name"] == "腾讯科技（深圳）有限公司"
    assert invoice.lines[0]["classification"] == "3030100000000000000"
    assert (invoice.state, invoice.provider) == (InvoiceState.REQUESTED, "manual")
    assert len(invoice.order_number) == 20


def test_a_payment_is_invoiced_once(strategy: Strategy) -> None:
    """R-I-008: by the verb, and by the database behind it."""
    invoice = a_request()

    with pytest.raises(AlreadyRequested):
        invoices.request(invoice.payment_id, at=AT, by="test")
    twin = Invoice.objects.get(pk=invoice.pk)
    twin.pk, twin.public_id, twin.order_number = None, "inv_twin", "1" * 20
    with pytest.raises(IntegrityError, match="UNIQUE"), transaction.atomic():
        twin.save(force_insert=True)

    assert Invoice.objects.count() == 1


def test_more_than_was_paid_cannot_be_stored(strategy: Strategy) -> None:
    """R-I-008: over-invoicing is impossible by constraint."""
    invoice = a_request()
    invoice.gross_minor += 1
    invoice.net_minor += 1

    with pytest.raises(IntegrityError, match="invoice_within_paid"), transaction.atomic():
        invoice.save()


def test_a_title_that_cannot_be_right_is_refused(strategy: Strategy) -> None:
    """R-I-006: the check digit, and a name alone for individuals."""
    payment = a_payment()

    with pytest.raises(BadTitle, match="XH"):
        a_title(payment.account_id, tax_id="9144030071526726XH")
    with pytest.raises(BadTitle):
        invoices.request(payment.pk, at=AT, by="test")
    private = a_title(payment.account_id, name="张伟", tax_id="")
    with pytest.raises(BadTitle, match="bank"):
        invoices.request(payment.pk, at=AT, by="test", is_special=True)
    invoice = invoices.request(payment.pk, at=AT, by="test", title_id=private.pk)

    assert (invoice.buyer["name"], invoice.buyer["tax_id"]) == ("张伟", "")


def test_what_was_returned_before_is_not_invoiced(strategy: Strategy) -> None:
    payment = a_payment(amount_minor=120_000, starts_on=AS_OF)
    a_title(payment.account_id)
    receipts.issue(payment.pk, at=AT, by="loop")
    receipts.credit(Refunded(payment.pk, Money(40_000, "CNY"), "a", AS_OF), at=AT, by="loop")

    invoice = invoices.request(payment.pk, at=AT, by="test")

    assert (invoice.gross_minor, invoice.net_minor, invoice.tax_minor) == (80_000, 73_395, 6_605)


def test_nothing_is_left_of_a_payment_that_went_back(strategy: Strategy) -> None:
    payment = a_payment(amount_minor=120_000)
    a_title(payment.account_id)
    receipts.issue(payment.pk, at=AT, by="loop")
    receipts.credit(Refunded(payment.pk, Money(120_000, "CNY"), "a", AS_OF), at=AT, by="loop")

    with pytest.raises(NothingToInvoice):
        invoices.request(payment.pk, at=AT, by="test")


def test_refunds_of_an_issued_invoice_take_it_back_to_the_cent(strategy: Strategy) -> None:
    """ENT-02, R-I-007, G20: red lines keep the order and add up to the blue ones."""
    blue = issue(a_request(), number="26332000000000000001")

    first = refund(blue, 40_000, name="a")
    again = refund(blue, 40_000, name="a")
    assert first is not None
    assert again is not None
    issue(first, number="26332000000000000002")
    blue.refresh_from_db()
    after_first = (blue.state, blue.reversed_minor)
    second = refund(blue, 80_000, name="b")
    assert second is not None
    issue(second, number="26332000000000000003")
    blue.refresh_from_db()

    assert first.pk == again.pk
    assert (first.net_minor, first.tax_minor) == (-36_697, -3_303)
    assert (second.net_minor, second.tax_minor) == (-73_395, -6_605)
    assert [line["place"] for line in second.lines] == [0]
    assert after_first == (InvoiceState.ISSUED, 40_000)
    assert (blue.state, blue.reversed_minor) == (InvoiceState.REVERSED, 120_000)
    assert second.corrects_id == blue.pk
    assert Entry.objects.filter(kind="invoice.reversed").count() == 1


def test_a_second_red_one_waits_for_the_first(strategy: Strategy) -> None:
    blue = issue(a_request(), number="26332000000000000001")
    first, second = refund(blue, 10_000, name="a"), refund(blue, 20_000, name="b")
    assert first is not None
    assert second is not None

    requests.submit(first.pk, on=AS_OF, at=AT, by="cli")
    while_first = [one.pk for one in waiting()]
    issue(first, number="26332000000000000002")

    assert while_first == []
    assert [one.pk for one in waiting()] == [second.pk]


def test_a_request_that_nobody_saw_is_made_anew_for_the_rest(strategy: Strategy) -> None:
    old = a_request()

    new = refund(old, 40_000, name="a")
    same = invoices.red_letter(
        Refunded(old.payment_id, Money(40_000, "CNY"), "a", AS_OF), at=AT, by="loop"
    )
    old.refresh_from_db()

    assert new is not None
    assert same is not None
    assert old.state == InvoiceState.WITHDRAWN
    assert (new.gross_minor, new.replaces_id, new.pk) == (80_000, old.pk, same.pk)
    assert refund(new, 80_000, name="b") is None
    assert not Invoice.objects.exclude(state=InvoiceState.WITHDRAWN).exists()


def test_another_title_reverses_and_replaces(strategy: Strategy) -> None:
    """R-I-007: blue, red and re-issued are linked."""
    blue = issue(a_request(), number="26332000000000000001")
    title = a_title(blue.account_id, name="张伟", tax_id="")

    red = invoices.reissue(blue.pk, title_id=title.pk, at=AT, by="user:1")
    invoices.reissue(blue.pk, title_id=title.pk, at=AT, by="user:1")
    issue(red, number="26332000000000000002")
    new = Invoice.objects.get(replaces=blue)
    blue.refresh_from_db()

    assert red.gross_minor == -120_000
    assert blue.state == InvoiceState.REVERSED
    assert (new.buyer["name"], new.gross_minor, new.state) == ("张伟", 120_000, "requested")
    assert Invoice.objects.count() == 3


def test_a_payment_without_an_invoice_needs_no_red_letter(strategy: Strategy) -> None:
    payment = a_payment()

    refunded = Refunded(payment.pk, Money(1, "CNY"), "a", AS_OF)

    assert invoices.red_letter(refunded, at=AT, by="loop") is None
