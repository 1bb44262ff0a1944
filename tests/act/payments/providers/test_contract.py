"""PAY-02, SYS-19, R-Y-050: the same claims about every provider, on its real library."""

from datetime import timedelta

import pytest
import time_machine

from tenure.act.payments.provider import NotNow, NotOffered, ProviderDown, ProviderRefused
from tenure.act.payments.values import About, BillKind, RefundStatus, Status
from tenure.kernel import clock
from tenure.kernel.money import Money
from tenure.world.gateways.faults import Fault
from tests.act.payments.providers.benches import Bench

#: These have an order only once the customer has come.
LATE_TO_KNOW = {"alipay", "unionpay"}


def test_a_payment_is_opened_paid_told_and_found(bench: Bench) -> None:
    charge = bench.charge()

    hand_off = bench.open(charge)
    before = bench.query(charge.number)
    bench.gateway.pay(charge.number)
    bench.settled()
    after = bench.query(charge.number)

    assert hand_off.url.startswith(bench.gateway.address)
    assert before.status is Status.PENDING
    assert (after.status, after.amount) == (Status.SUCCEEDED, charge.amount)
    assert after.paid_at is not None
    assert clock.now() - after.paid_at < timedelta(minutes=1)
    (notice,) = bench.hook.notices
    assert (notice.about, notice.number) == (About.PAYMENT, charge.number)
    assert (notice.status, notice.amount) == (Status.SUCCEEDED, charge.amount)
    assert notice.merchant == bench.provider.merchant
    assert notice.provider_id == after.provider_id != ""


def test_the_same_number_opens_one_order(bench: Bench) -> None:
    charge = bench.charge()

    first = bench.open(charge)
    second = bench.open(charge)

    assert first.url == second.url
    assert [one for one in bench.gateway.book.deals if one == charge.number] == [charge.number]


def test_an_unknown_number_is_said_to_be_unknown_and_closing_it_does_nothing(
    bench: Bench,
) -> None:
    number = bench.number()

    bench.close(number)

    found = bench.query(number)
    assert found.is_known is False
    assert found.status is (Status.PENDING if bench.name in LATE_TO_KNOW else Status.CLOSED)


def test_a_closed_order_is_closed_again_and_takes_no_money(calling: Bench) -> None:
    charge = calling.charge()
    calling.open(charge)
    calling.gateway.visit(charge.number)

    calling.close(charge.number)
    calling.close(charge.number)
    calling.gateway.pay(charge.number)

    assert calling.query(charge.number).status is Status.CLOSED


def test_what_is_paid_cannot_be_closed(bench: Bench) -> None:
    charge = bench.paid()

    with pytest.raises(ProviderRefused):
        bench.close(charge.number)

    assert bench.query(charge.number).status is Status.SUCCEEDED


def test_a_failed_payment_is_found_with_its_reason(bench: Bench) -> None:
    charge = bench.charge()
    bench.open(charge)

    bench.gateway.fail(charge.number, reason="NOT_ENOUGH")

    found = bench.query(charge.number)
    assert found.status in {Status.FAILED, Status.PENDING}
    assert found.status is not Status.FAILED or found.decline_code == "insufficient_funds"


def test_a_refund_is_made_once_and_found(bench: Bench) -> None:
    charge = bench.paid()
    order = bench.refund(charge, 3_000)

    first = bench.provider.refund(order, at=clock.now())
    second = bench.provider.refund(order, at=clock.now())
    found = bench.provider.query_refund(order, at=clock.now())

    assert first.status in {RefundStatus.PROCESSING, RefundStatus.SUCCEEDED}
    assert second.provider_id == first.provider_id
    assert (found.status, found.amount) == (RefundStatus.SUCCEEDED, Money(3_000, "CNY"))
    assert bench.deal.refunded_minor == 3_000


def test_more_than_the_payment_is_never_refunded(bench: Bench) -> None:
    charge = bench.paid()
    bench.provider.refund(bench.refund(charge, 9_000), at=clock.now())

    with pytest.raises(ProviderRefused):
        bench.provider.refund(bench.refund(charge, 991), at=clock.now())

    assert bench.deal.refunded_minor == 9_000


def test_a_refund_that_never_arrived_has_failed(bench: Bench) -> None:
    charge = bench.paid()

    found = bench.provider.query_refund(bench.refund(charge, 100), at=clock.now())

    assert found.status is RefundStatus.FAILED


def test_a_refund_is_told_as_a_refund_where_it_is_told(bench: Bench) -> None:
    charge = bench.paid()
    bench.hook.forget()

    bench.provider.refund(bench.refund(charge, 1_000), at=clock.now())
    bench.settled()

    for notice in bench.hook.notices:
        assert (notice.about, notice.number) == (About.REFUND, charge.number)
        # Alipay tells the sum of all refunds, which is no refund's amount.
        assert notice.amount == (None if bench.name == "alipay" else Money(1_000, "CNY"))
        assert notice.refund_status is RefundStatus.SUCCEEDED
    assert bench.hook.refused == []


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.TOO_MANY])
def test_a_gateway_in_trouble_is_an_outage_and_nothing_happened(
    calling: Bench, fault: Fault
) -> None:
    """Switches `server_error` and `too_many` of R-Y-052."""
    charge = calling.charge()
    calling.gateway.faults.arm(fault, times=None)

    with pytest.raises(ProviderDown):
        calling.open(charge)

    assert charge.number not in calling.gateway.book.deals


def test_an_answer_lost_after_the_fact_is_no_second_order(calling: Bench) -> None:
    """Switch `drop_answer` of R-Y-052."""
    charge = calling.charge()
    calling.loses_answers()

    with pytest.raises(ProviderDown):
        calling.open(charge)
    hand_off = calling.open(charge)

    assert calling.deal.token in hand_off.url
    assert calling.query(charge.number).status is Status.PENDING


def test_a_refund_without_an_answer_is_unknown_until_asked(bench: Bench) -> None:
    """R-Y-012: money may have moved, so nobody says that it did not."""
    charge = bench.paid()
    bench.loses_answers()

    made = bench.provider.refund(bench.refund(charge, 500), at=clock.now())
    found = bench.provider.query_refund(bench.refund(charge, 500), at=clock.now())

    assert made.status is RefundStatus.UNKNOWN
    assert found.status is RefundStatus.SUCCEEDED
    assert bench.deal.refunded_minor == 500


def test_a_question_without_an_answer_is_an_outage(bench: Bench) -> None:
    charge = bench.paid()
    bench.gateway.faults.arm(Fault.DROP_ANSWER, times=None)

    with pytest.raises(ProviderDown):
        bench.query(charge.number)


def test_a_way_or_a_currency_that_is_not_offered_is_refused_before_any_call(bench: Bench) -> None:
    before = len(bench.gateway.calls)

    with pytest.raises(NotOffered):
        bench.provider.create(bench.charge(way="cheque"), at=clock.now())

    assert len(bench.gateway.calls) == before


def test_the_bill_of_a_day_holds_what_was_paid_and_refunded(calling: Bench) -> None:
    """R-Y-029: the bill is ready on the next day."""
    charge = calling.paid()
    calling.provider.refund(calling.refund(charge, 2_000), at=clock.now())
    day = calling.deal.paid_at.astimezone(calling.zone).date()

    with pytest.raises(NotNow):
        calling.provider.download_bill(day, at=clock.now())
    with time_machine.travel(clock.now() + timedelta(days=1)):
        bill = calling.provider.download_bill(day, at=clock.now())
        empty = calling.provider.download_bill(day - timedelta(days=7), at=clock.now())

    rows = [one for one in bill if one.number == charge.number]
    assert [(one.kind, one.amount) for one in rows] == [
        (BillKind.PAYMENT, charge.amount),
        (BillKind.REFUND, Money(2_000, "CNY")),
    ]
    assert rows[0].fee == Money(60, "CNY")
    assert rows[1].refund_number == calling.refund(charge, 2_000).refund_number
    assert list(empty) == []
