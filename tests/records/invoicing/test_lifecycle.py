"""Any order of verbs keeps the promises of a request (Hypothesis drives them)."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tenure.kernel.lifecycle import IllegalMove
from tenure.records.billing.actions import Receipt, record_payment
from tenure.records.invoicing.actions import requests
from tenure.records.invoicing.actions.requests import Issued, NewInvoice
from tenure.records.invoicing.models import Invoice
from tenure.records.invoicing.rules import INVOICE, AlreadyRequested, InvoiceVerb
from tenure.records.invoicing.states import NUMBERED, OVER, InvoiceKind, InvoiceState
from tests.builders import AS_OF, AT, an_account
from tests.builders.moments import fresh

PAID = 10_000
DONE: dict[str, Any] = {"on": AS_OF, "at": AT, "by": "test"}


def test_every_state_is_reached() -> None:
    assert INVOICE.reachable == set(InvoiceState)
    assert INVOICE.terminal == {InvoiceState.REVERSED, InvoiceState.WITHDRAWN}
    assert {verb for _, verb in INVOICE.moves} == set(InvoiceVerb)


class Requests(RuleBasedStateMachine):
    """One payment, its blue requests and their red ones."""

    @initialize()
    def begin(self) -> None:
        account = an_account()
        receipt = Receipt(account.pk, "alipay", fresh("tx"), PAID, "CNY", AS_OF)
        self.payment = record_payment(receipt, at=AT, by="test")
        self.numbers = 0

    def new(self, kind: InvoiceKind, gross: int, **more: Any) -> NewInvoice:
        line = {"gross_minor": gross, "net_minor": gross, "tax_minor": 0}
        return NewInvoice(
            kind=kind,
            account_id=self.payment.account_id,
            payment_id=self.payment.pk,
            provider="manual",
            seller={},
            buyer={},
            lines=[line],
            currency="CNY",
            paid_minor=PAID,
            **more,
        )

    def some_invoice(self, drawn: some.DataObject) -> Invoice | None:
        found = list(self.invoices())
        return drawn.draw(some.sampled_from(found)) if found else None

    def invoices(self) -> Any:
        return Invoice.objects.filter(payment=self.payment).order_by("pk")

    @rule(gross=some.integers(1, PAID))
    def ask(self, gross: int) -> None:
        standing = requests.blue_of(self.payment.pk)
        new = self.new(InvoiceKind.BLUE, gross)
        if standing is None:
            requests.store(new, **DONE)
            return
        with pytest.raises(AlreadyRequested):
            requests.store(new, **DONE)

    @rule(drawn=some.data())
    def take_back(self, drawn: some.DataObject) -> None:
        blue = requests.blue_of(self.payment.pk)
        if blue is None or blue.state not in NUMBERED:
            return
        reds = Invoice.objects.filter(corrects=blue).exclude(state=InvoiceState.WITHDRAWN)
        left = blue.gross_minor + sum(one.gross_minor for one in reds)
        if left:
            gross = drawn.draw(some.integers(1, left))
            new = self.new(InvoiceKind.RED, -gross, corrects_id=blue.pk)
            requests.store(new, **DONE)

    @rule(
        drawn=some.data(),
        verb=some.sampled_from(["submit", "issue", "fail", "retry", "withdraw", "deliver"]),
    )
    def act(self, drawn: some.DataObject, verb: str) -> None:
        invoice = self.some_invoice(drawn)
        if invoice is None:
            return
        before = list(self.invoices().values_list("pk", "state", "reversed_minor"))
        try:
            self.do(invoice, verb)
        except IllegalMove:
            assert before == list(self.invoices().values_list("pk", "state", "reversed_minor"))

    def do(self, invoice: Invoice, verb: str) -> None:
        if verb == "submit":
            requests.submit(invoice.pk, **DONE)
        elif verb == "issue":
            self.numbers += 1
            number = f"{self.payment.pk:010d}{self.numbers:010d}"
            requests.settle_issued(invoice.pk, Issued(number, AS_OF), at=AT, by="test")
        elif verb == "fail":
            requests.settle_failed(invoice.pk, why="no", **DONE)
        elif verb == "retry":
            requests.retry(invoice.pk, **DONE)
        elif verb == "withdraw":
            requests.withdraw(invoice.pk, **DONE)
        else:
            requests.note_delivered(invoice.pk, **DONE)

    @invariant()
    def one_blue_stands_and_nothing_exceeds_it(self) -> None:
        if not hasattr(self, "payment"):
            return
        blues = [one for one in self.invoices() if one.kind == InvoiceKind.BLUE]
        assert sum(one.state not in OVER for one in blues) <= 1
        for blue in blues:
            reds = [one for one in self.invoices() if one.corrects_id == blue.pk]
            issued = -sum(one.gross_minor for one in reds if one.state in NUMBERED)
            assert blue.reversed_minor == issued <= blue.gross_minor
            assert (blue.state == InvoiceState.REVERSED) == (issued == blue.gross_minor)
            under_way = [one for one in reds if one.state == InvoiceState.ISSUING]
            assert len(under_way) == (blue.state == InvoiceState.RED_REQUESTED)


@pytest.mark.django_db
def test_any_order_of_verbs_keeps_the_promises() -> None:
    """ENT-02."""
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        Requests, settings=settings(max_examples=25, stateful_step_count=25, deadline=None)
    )
