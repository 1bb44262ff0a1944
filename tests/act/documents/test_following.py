"""Papers follow the journal: once each, whatever is read again."""

from tenure.act.documents import invoices, receipts
from tenure.loop.reactions import react
from tenure.records.documents.models import Document
from tenure.records.documents.states import DocumentKind
from tenure.records.invoicing.models import Invoice
from tenure.records.jobs.models import Follower
from tenure.records.journal.actions import Fact, append
from tenure.records.journal.models import Entry
from tenure.strategy.sections import Strategy
from tests.act.documents.invoicing.requested import a_title
from tests.act.documents.papers import a_payment
from tests.builders import AS_OF, AT


def tell_refund(payment_id: int, minor: int, *, name: str) -> None:
    """What the journal says when money has gone back."""
    content = {"refund": name, "payment": payment_id, "amount_minor": minor, "currency": "CNY"}
    fact = Fact("refund.succeeded", on=AS_OF, content=content, once_key=f"refund.succeeded:{name}")
    append(fact, at=AT, by="loop")


def test_a_refund_is_papered_once_however_often_it_is_read(strategy: Strategy) -> None:
    """ENT-02: credit note and red letter follow the refund."""
    payment = a_payment(amount_minor=120_000, starts_on=AS_OF)
    a_title(payment.account_id)
    receipts.issue(payment.pk, at=AT, by="loop")
    invoices.request(payment.pk, at=AT, by="customer")
    tell_refund(payment.pk, 40_000, name="r1")

    react(at=AT)
    Follower.objects.all().delete()
    react(at=AT)

    notes = Document.objects.filter(kind=DocumentKind.CREDIT_NOTE)
    assert [note.gross_minor for note in notes] == [-40_000]
    standing = Invoice.objects.exclude(state="withdrawn")
    assert [one.gross_minor for one in standing] == [80_000]


def test_a_payment_without_a_receipt_needs_no_credit_note(strategy: Strategy) -> None:
    payment = a_payment()
    tell_refund(payment.pk, 106_920, name="r1")

    react(at=AT)

    assert Document.objects.count() == 0


def test_a_paper_that_is_refused_stops_nobody_else(strategy: Strategy) -> None:
    first, second = a_payment(amount_minor=1_000), a_payment(amount_minor=1_000)
    for payment in (first, second):
        receipts.issue(payment.pk, at=AT, by="loop")
    tell_refund(first.pk, 1_001, name="r1")
    tell_refund(second.pk, 1_000, name="r2")

    react(at=AT)

    assert Document.objects.filter(kind=DocumentKind.CREDIT_NOTE).get().payment_id == second.pk
    withheld = Entry.objects.get(kind="document.withheld")
    assert withheld.content["code"] == "more_than_is_left"
