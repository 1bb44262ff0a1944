"""A payment is one row however often its source tells it, and its life has one direction."""

from dataclasses import replace

import pytest

from tenure.kernel.lifecycle import IllegalMove
from tenure.records.billing.actions import Receipt, record_payment, record_payments
from tenure.records.billing.models import Payment
from tenure.records.billing.rules import PAYMENT
from tenure.records.billing.states import PaymentState
from tenure.records.journal.models import Entry
from tests.builders import AS_OF, AT, an_account


def a_receipt(*, state: PaymentState = PaymentState.SUCCEEDED) -> Receipt:
    return Receipt(an_account().pk, "alipay", "tx-1", 106_920, "CNY", AS_OF, state=state)


def test_a_payment_told_twice_is_one_payment(either_database: str) -> None:
    """DAT-01."""
    receipt = a_receipt()

    first = record_payment(receipt, at=AT, by="import:alipay")
    second = record_payment(receipt, at=AT, by="import:alipay")

    assert first.pk == second.pk
    assert (first.amount_minor, first.state) == (106_920, PaymentState.SUCCEEDED)
    entry = Entry.objects.get()
    assert (entry.kind, entry.on) == ("payment.succeeded", AS_OF)
    assert entry.content == {"amount_minor": 106_920, "currency": "CNY"}


def test_a_payment_is_answered_and_refunded(either_database: str) -> None:
    receipt = a_receipt(state=PaymentState.PENDING)
    for state in (PaymentState.PENDING, PaymentState.SUCCEEDED, PaymentState.REFUNDED):
        record_payment(replace(receipt, state=state), at=AT, by="alipay")

    assert Payment.objects.get().state == PaymentState.REFUNDED
    assert list(Entry.objects.order_by("pk").values_list("kind", flat=True)) == [
        "payment.pending",
        "payment.succeeded",
        "payment.refunded",
    ]


def test_a_failed_payment_does_not_succeed_afterwards(either_database: str) -> None:
    receipt = a_receipt(state=PaymentState.FAILED)
    record_payment(receipt, at=AT, by="alipay")

    with pytest.raises(IllegalMove):
        record_payment(replace(receipt, state=PaymentState.SUCCEEDED), at=AT, by="alipay")

    assert Payment.objects.get().state == PaymentState.FAILED
    assert Entry.objects.count() == 1


def test_many_are_noted_at_once_and_known_ones_stay(either_database: str) -> None:
    receipt = a_receipt()
    record_payment(receipt, at=AT, by="alipay")
    more = [replace(receipt, external_id=f"tx-{one}") for one in range(1, 4)]

    added = record_payments(
        [replace(more[0], state=PaymentState.REFUNDED), *more[1:]], at=AT, by="alipay"
    )

    assert added == 2
    assert Payment.objects.get(external_id="tx-1").state == PaymentState.SUCCEEDED
    assert Entry.objects.filter(kind="payment.succeeded").count() == 3
    assert Entry.objects.count() == 3


def test_every_state_of_a_payment_is_reached() -> None:
    assert PAYMENT.reachable == set(PaymentState)
    assert PAYMENT.terminal == {PaymentState.FAILED, PaymentState.REFUNDED}
