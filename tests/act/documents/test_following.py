"""Papers follow the journal: once each, whatever is read again."""

from collections.abc import Iterator
from datetime import date

import pytest

from tenure.act.documents import invoices, receipts
from tenure.act.payments import registry
from tenure.act.payments.actions import open_attempt, take_notice
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
from tests.act.payments.memory import MemoryProvider
from tests.act.payments.orders import an_order
from tests.builders import AS_OF, AT, a_term


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


@pytest.fixture
def wechat() -> "Iterator[MemoryProvider]":
    provider = MemoryProvider("wechat")
    with registry.standing_in(provider):
        yield provider


def test_a_paid_order_has_one_receipt_with_the_lines_of_its_bill(
    strategy: Strategy, wechat: "MemoryProvider"
) -> None:
    """BIL-01: what was charged is what the receipt says, line by line."""
    term = a_term(days_left=0)
    lines = [
        a_line(f"term:{term.pk}", kind="renewal", minor=89_100, day=AS_OF),
        a_line("add_on:storage", kind="add_on", minor=17_820, day=AS_OF),
    ]
    bill = {"currency": "CNY", "lines": lines, "balance_minor": 0, "total_minor": 106_920}
    order = an_order(term=term, total_minor=106_920, bill=bill)
    opened = open_attempt(order, "wechat_native", at=AT, by="customer")
    letter = wechat.pay(str(opened.payment.number), at=AT)
    take_notice("wechat", letter.headers, body=letter.body, at=AT)

    react(at=AT)
    Follower.objects.all().delete()
    react(at=AT)

    receipt = Document.objects.get()
    assert receipt.gross_minor == 106_920
    assert [line["gross_minor"] for line in receipt.content["lines"]] == [89_100, 17_820]
    assert receipt.payment_id == opened.payment.pk


def a_line(ref: str, *, kind: str, minor: int, day: date) -> dict[str, object]:
    """A line of a bill as an order keeps it, a year from a day."""
    return {
        "kind": kind,
        "ref": ref,
        "said": {"zh": "一项", "en": "Something"},
        "starts_on": str(day),
        "ends_on": str(day.replace(year=day.year + 1)),
        "quantity": 1,
        "list_minor": minor,
        "discount_minor": 0,
        "amount_minor": minor,
        "tax_share": "0",
        "net_minor": minor,
        "tax_minor": 0,
        "free_days": 0,
        "gift_minor": 0,
        "taken": [],
        "statement": [],
    }
