"""A payment is one row however often its source tells it, and its life has one direction."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.kernel.lifecycle import IllegalMove
from tenure.records.billing.actions import (
    Receipt,
    Step,
    move_payment,
    record_payment,
    record_payments,
)
from tenure.records.billing.models import Payment, PaymentStep
from tenure.records.billing.rules import PAYMENT, PaymentVerb, number_on
from tenure.records.billing.states import Origin, PaymentState
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
    assert PAYMENT.terminal == {PaymentState.REFUNDED, PaymentState.WON, PaymentState.LOST}


MOVES = {
    "created": "begin→pending lose_sight→unknown succeed→succeeded fail→failed close→closed "
    "expire→expired dispute→disputed_amount",
    "pending": "lose_sight→unknown succeed→succeeded fail→failed close→closed expire→expired "
    "dispute→disputed_amount",
    "unknown": "begin→pending succeed→succeeded fail→failed close→closed expire→expired "
    "dispute→disputed_amount",
    "failed": "succeed_late→succeeded dispute→disputed_amount",
    "closed": "succeed_late→succeeded dispute→disputed_amount",
    "expired": "succeed_late→succeeded dispute→disputed_amount",
    "disputed_amount": "accept→succeeded refund→refunded",
    "succeeded": "refund_part→partially_refunded refund→refunded charge_back→charged_back",
    "partially_refunded": "refund_part→partially_refunded refund→refunded charge_back→charged_back",
    "charged_back": "win→won lose→lost",
}


@pytest.mark.parametrize("state", PaymentState)
@pytest.mark.parametrize("verb", PaymentVerb)
def test_every_move_of_a_payment_is_in_the_table_or_refused(
    state: PaymentState, verb: PaymentVerb
) -> None:
    """R-Y-010: the full cross product of states and verbs, written out by hand above."""
    allowed = dict(move.split("→") for move in MOVES.get(state, "").split())
    wanted = allowed.get(verb.name.lower())

    if wanted is None:
        with pytest.raises(IllegalMove):
            PAYMENT.after(state, verb)
    else:
        assert PAYMENT.after(state, verb) == wanted


def test_a_refused_move_leaves_no_history(either_database: str) -> None:
    receipt = a_receipt(state=PaymentState.FAILED)
    payment = record_payment(receipt, at=AT, by="alipay")
    step = Step(Origin.NOTIFY, on=AS_OF, at=AT, by="alipay")

    with pytest.raises(IllegalMove):
        move_payment(payment, PaymentVerb.SUCCEED, step=step)

    assert PaymentStep.objects.count() == 0
    assert Payment.objects.get().state == PaymentState.FAILED


def test_the_history_says_who_told_each_move(either_database: str) -> None:
    """R-Y-010: append-only, with its source."""
    receipt = a_receipt(state=PaymentState.PENDING)
    record_payment(receipt, at=AT, by="import:alipay")
    record_payment(replace(receipt, state=PaymentState.SUCCEEDED), at=AT, by="import:alipay")
    payment = record_payment(
        replace(receipt, state=PaymentState.REFUNDED), at=AT, by="import:alipay"
    )

    assert payment.refunded_minor == 106_920
    steps = PaymentStep.objects.order_by("pk").values_list("from_state", "to_state", "origin")
    assert list(steps) == [
        ("pending", "succeeded", "import"),
        ("succeeded", "refunded", "import"),
    ]


@given(chance=st.binary(min_size=13, max_size=13), on=st.dates())
def test_a_number_suits_every_provider(chance: bytes, on: date) -> None:
    """R-Y-003: 29 capital letters and digits; WeChat 6 to 32, UnionPay 8 to 32, Alipay 64."""
    number = number_on(on, initial="R", entropy=lambda count: chance[:count])

    assert re.fullmatch(r"R[0-9]{8}[A-Z2-7]{20}", number)
    assert number[1:9] == on.isoformat().replace("-", "")
