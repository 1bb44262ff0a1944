"""The money of a batch goes back, of one line or of all: what was bought follows (R-Y-014)."""

from datetime import timedelta

import pytest

from tenure.act.batches.actions import ask_back, settle_line
from tenure.act.payments.actions import refund_due
from tenure.kernel.money import Money
from tenure.loop.reactions import react
from tenure.loop.takings import look_after_money
from tenure.records.billing.models import Payment
from tenure.records.billing.orders.models import Order
from tenure.records.billing.refunds.actions import approve
from tenure.records.billing.refunds.actions import request as request_refund
from tenure.records.billing.refunds.models import Refund
from tenure.records.billing.refunds.rules import NewRefund
from tenure.records.billing.refunds.states import RefundEffect, RefundReason
from tenure.records.billing.states import PaymentState
from tenure.records.documents.models import Document
from tenure.records.subscriptions.batches.models import BatchLine
from tenure.records.subscriptions.batches.refusals import Moved
from tenure.records.subscriptions.batches.states import LineState
from tenure.records.subscriptions.models import Term, TermLine
from tenure.records.subscriptions.states import TermState
from tests.act.batches.companies import (
    LATER,
    a_checked,
    a_company,
    a_list,
    an_ordered,
    faults,
    lines,
    pays,
)
from tests.act.payments.memory import MemoryProvider
from tests.builders import a_term, day

# 1,069.20 a year, less the tenth that paying a year at once takes off.
A_YEAR = 96_228

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


def test_the_money_of_one_line_goes_back_and_its_term_ends(wechat: MemoryProvider) -> None:
    """A refund of a batch in part: the other lines stay as they are."""
    account, _ = a_company(3)
    batch = an_ordered(a_checked(account, a_list("LINE-1", "LINE-2", "LINE-3")))
    payment = pays(batch, wechat)
    batch.refresh_from_db()

    refund = ask_back(batch, 3, at=LATER, by="user:1")
    assert ask_back(batch, 3, at=LATER, by="user:2").pk == refund.pk
    assert (refund.amount_minor, refund.needs_second) == (A_YEAR, False)
    look_after_money(at=LATER + timedelta(minutes=1), by="worker")
    look_after_money(at=LATER + timedelta(minutes=2), by="worker")

    payment.refresh_from_db()
    assert [one.state for one in lines(batch)] == [
        LineState.GIVEN, LineState.RETURNED, LineState.GIVEN,
    ]  # fmt: skip
    assert (payment.state, payment.refunded_minor) == (PaymentState.PARTIALLY_REFUNDED, A_YEAR)
    last = Term.objects.filter(account=account, reversed_on=None, state=TermState.RUNNING)
    assert sorted(last.values_list("number", flat=True)) == [1, 2, 2]


@pytest.mark.parametrize("effect", [RefundEffect.END, RefundEffect.REVERSE])
def test_all_the_money_of_a_batch_goes_back_and_every_line_ends(
    wechat: MemoryProvider, effect: RefundEffect
) -> None:
    """R-Y-014 for a batch: the lines, their revenue and the paper follow, in one transaction."""
    account, _ = a_company(3)
    batch = an_ordered(a_checked(account, a_list("LINE-1", "LINE-2", "LINE-3")))
    payment = pays(batch, wechat)
    react(at=LATER)

    refund = the_whole(payment, effect=effect)
    for minutes in (1, 2):
        look_after_money(at=LATER + timedelta(minutes=minutes), by="worker")
    react(at=LATER + timedelta(minutes=3))

    assert [(one.state, one.refund_id) for one in lines(batch)] == [
        (LineState.RETURNED, refund.pk)
    ] * 3  # fmt: skip
    last = Term.objects.filter(account=account, reversed_on=None)
    assert list(last.values_list("number", "state")) == [(1, TermState.RUNNING)] * 3
    credits = TermLine.objects.filter(kind="credit").values_list("amount_minor", flat=True)
    assert list(credits) == [-A_YEAR] * 3
    assert Document.objects.filter(kind="credit_note").count() == 1
    order = Order.objects.get()
    assert (order.reversed_at is not None) == (effect == RefundEffect.REVERSE)
    assert faults(a_checked(account, a_list("LINE-1", "LINE-2", "LINE-3"), at=LATER)) == []


@pytest.mark.slow
def test_a_long_list_follows_its_money_in_handfuls(wechat: MemoryProvider) -> None:
    """What goes back of each line stands with the refund; killed in between, it goes on."""
    account, _ = a_company(205)
    batch = an_ordered(a_checked(account, a_list(*(f"LINE-{n + 1}" for n in range(205)))))
    payment = pays(batch, wechat)

    refund = the_whole(payment, effect=RefundEffect.REVERSE)
    refund_due(at=LATER + timedelta(minutes=1))

    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    waiting = BatchLine.objects.filter(back_minor__isnull=False)
    assert [(one.place, one.state, one.back_minor) for one in waiting.order_by("place")] == [
        (place, LineState.GIVEN, A_YEAR) for place in range(202, 207)
    ]
    with pytest.raises(Moved):
        ask_back(batch, 206, at=LATER, by="user:1")
    for minutes in (2, 3):
        look_after_money(at=LATER + timedelta(minutes=minutes), by="worker")
    assert {(one.state, one.refund_id, one.back_minor) for one in lines(batch)} == {
        (LineState.RETURNED, refund.pk, None)
    }
    last = Term.objects.filter(account=account, reversed_on=None)
    assert set(last.values_list("number", "state")) == {(1, TermState.RUNNING)}
    credits = TermLine.objects.filter(kind="credit").values_list("amount_minor", flat=True)
    assert list(credits) == [-A_YEAR] * 205


def test_a_part_that_goes_back_as_goodwill_is_shared_and_ends_nothing(
    wechat: MemoryProvider,
) -> None:
    account, _ = a_company(3)
    payment = pays(an_ordered(a_checked(account, a_list("LINE-1", "LINE-2", "LINE-3"))), wechat)

    request_refund(
        NewRefund(payment.pk, RefundReason.GOODWILL, "one", amount=Money(1_000, "CNY")),
        at=LATER,
        by="user:1",
    )
    look_after_money(at=LATER + timedelta(minutes=1), by="worker")

    credits = TermLine.objects.filter(kind="credit").values_list("amount_minor", flat=True)
    assert sorted(credits) == [-334, -333, -333]
    assert Term.objects.filter(account=account, number=2, state=TermState.RUNNING).count() == 3


def test_the_money_of_a_batch_goes_back_while_lines_are_stuck_or_on_their_own_way(
    wechat: MemoryProvider,
) -> None:
    """What is not given never is, and a line whose own refund waits follows that one."""
    account, terms = a_company(3, number=5)
    batch = an_ordered(a_checked(account, a_list("LINE-1", "LINE-2", "LINE-3")))
    a_term(subscription=terms[0].subscription, number=1, starts_on=day(40), ends_on=day(80),
           state=TermState.LAPSED)  # fmt: skip
    payment = pays(batch, wechat)
    batch.refresh_from_db()
    own = ask_back(batch, 3, at=LATER, by="user:1")

    whole = the_whole(payment, effect=RefundEffect.REVERSE)
    for minutes in (1, 2, 3):
        look_after_money(at=LATER + timedelta(minutes=minutes), by="worker")

    assert [(one.state, one.refund_id) for one in lines(batch)] == [
        (LineState.FAILED, whole.pk), (LineState.RETURNED, own.pk), (LineState.RETURNED, whole.pk),
    ]  # fmt: skip
    payment.refresh_from_db()
    assert payment.state == PaymentState.REFUNDED
    with pytest.raises(Moved):
        settle_line(batch, 2, at=LATER, by="user:1")


def test_a_contract_whose_renewal_was_undone_is_bought_in_a_batch_again(
    wechat: MemoryProvider,
) -> None:
    """The undone term has the number of the new one; the line names the new one."""
    account, _ = a_company(1)
    payment = pays(an_ordered(a_checked(account, a_list("LINE-1"))), wechat)
    the_whole(payment, effect=RefundEffect.REVERSE)
    look_after_money(at=LATER + timedelta(minutes=1), by="worker")
    again = an_ordered(a_checked(account, a_list("LINE-1"), at=LATER), at=LATER)

    pays(again, wechat, at=LATER + timedelta(minutes=2))

    added = lines(again)[0].added
    assert added is not None
    assert (added.number, added.reversed_on, added.state) == (2, None, TermState.RUNNING)


def the_whole(payment: Payment, *, effect: RefundEffect) -> Refund:
    """All that is left goes back; where it is much, a second person agrees."""
    new = NewRefund(payment.pk, RefundReason.CUSTOMER_REQUEST, "whole", effect=effect)
    refund = request_refund(new, at=LATER, by="user:1")
    return approve(refund.pk, at=LATER, by="user:2") if refund.needs_second else refund
