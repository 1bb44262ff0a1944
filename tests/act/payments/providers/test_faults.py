"""R-Y-052: each thing that a gateway does wrong on request, and how the provider takes it."""

import pytest

from tenure.act.payments.values import Charge, Status
from tenure.kernel.money import Money
from tenure.world.gateways.faults import Fault, Faults
from tests.act.payments.providers.benches import Bench


def opened(bench: Bench) -> Charge:
    charge = bench.charge()
    bench.open(charge)
    return charge


def test_a_duplicate_says_the_same_event_again(bench: Bench) -> None:
    bench.gateway.faults.arm(Fault.DUPLICATE)

    bench.paid()

    first, second = bench.hook.notices
    assert first.event_id == second.event_id
    assert (first.number, first.amount) == (second.number, second.amount)


def test_what_is_not_taken_comes_again_as_the_same_event(bench: Bench) -> None:
    """R-Y-005, R-Y-023, R-Y-033: the schedule is run, and ends with the acknowledgement."""
    bench.hook.not_taking = 4

    bench.paid()

    tries = [one.is_taken for one in bench.gateway.messenger.told]
    assert tries == [False] * 4 + [True]
    assert len(bench.hook.notices) == 1


def test_a_gateway_gives_up_at_the_end_of_its_schedule(bench: Bench) -> None:
    bench.hook.not_taking = 1_000
    deal = opened(bench)
    pace, bench.gateway.messenger._pace = bench.gateway.messenger._pace, 0.0
    try:
        bench.gateway.pay(deal.number)
        bench.settled()
    finally:
        bench.gateway.messenger._pace = pace

    assert len(bench.gateway.messenger.told) == len(bench.gateway.schedule_s) + 1
    assert bench.hook.notices == []


def test_reordered_notifications_arrive_the_later_one_first(bench: Bench) -> None:
    one, other = opened(bench), opened(bench)
    bench.gateway.faults.arm(Fault.REORDER)

    bench.gateway.pay(one.number)
    bench.gateway.pay(other.number)
    bench.settled()

    assert [notice.number for notice in bench.hook.notices] == [other.number, one.number]


def test_a_delayed_notification_comes_after_the_query_knows(bench: Bench) -> None:
    charge = opened(bench)
    bench.gateway.faults.arm(Fault.DELAY)

    bench.gateway.pay(charge.number)
    known = bench.query(charge.number)
    heard = list(bench.hook.notices)
    bench.settled()

    assert known.status is Status.SUCCEEDED
    assert heard == []
    assert [one.number for one in bench.hook.notices] == [charge.number]


def test_a_wrong_amount_is_rightly_signed_and_told_as_it_is(bench: Bench) -> None:
    """R-Y-005: whoever takes the notice compares the amount."""
    bench.gateway.faults.arm(Fault.WRONG_AMOUNT)

    charge = bench.paid()

    (notice,) = bench.hook.notices
    assert notice.amount == Money(charge.amount.amount_minor + 1, charge.amount.currency)


def test_a_wrong_app_is_another_merchant(bench: Bench) -> None:
    """R-Y-005: whoever takes the notice compares the merchant."""
    bench.gateway.faults.arm(Fault.WRONG_MERCHANT)

    bench.paid()

    (notice,) = bench.hook.notices
    assert notice.merchant != bench.provider.merchant


def test_a_bad_signature_is_refused_and_the_next_delivery_is_believed(bench: Bench) -> None:
    bench.gateway.faults.arm(Fault.BAD_SIGNATURE)

    charge = bench.paid()

    assert len(bench.hook.refused) == 1
    assert [one.number for one in bench.hook.notices] == [charge.number]


def test_an_old_timestamp_is_refused_where_there_is_one(bench: Bench) -> None:
    """R-Y-022, R-Y-041: a callback replayed after 300 seconds is nobody's word."""
    bench.gateway.faults.arm(Fault.OLD_TIMESTAMP)

    charge = bench.paid()

    assert len(bench.hook.refused) == int(Fault.OLD_TIMESTAMP not in bench.gateway.not_here)
    assert [one.number for one in bench.hook.notices] == [charge.number]


def test_a_closed_order_may_be_paid_late(calling: Bench) -> None:
    """R-Y-008: it happens, and then query and notification both say so."""
    charge = opened(calling)
    calling.gateway.visit(charge.number)
    calling.close(charge.number)
    calling.gateway.faults.arm(Fault.PAID_WHEN_CLOSED)

    calling.gateway.pay(charge.number)
    calling.settled()

    assert calling.query(charge.number).status is Status.SUCCEEDED
    assert [one.status for one in calling.hook.notices] == [Status.SUCCEEDED]


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_can_be_switched(fault: Fault) -> None:
    faults = Faults()
    faults.arm(fault, times=2)

    assert [faults.strikes(fault) for _ in range(3)] == [True, True, False]


def test_a_fault_for_a_share_of_occasions_is_the_same_for_the_same_seed() -> None:
    runs = []
    for _ in range(2):
        faults = Faults(seed=7)
        faults.arm(Fault.DUPLICATE, times=None, share=0.3)
        runs.append([faults.strikes(Fault.DUPLICATE) for _ in range(200)])

    assert runs[0] == runs[1]
    assert 40 <= sum(runs[0]) <= 80


def test_nothing_strikes_after_it_is_disarmed() -> None:
    faults = Faults()
    faults.arm(Fault.DELAY, times=None)

    faults.disarm()

    assert faults.strikes(Fault.DELAY) is False
    assert faults.armed() == {}


def test_a_gateway_tells_nobody_beyond_this_machine(bench: Bench) -> None:
    """R-Y-053: an address in the world becomes the merchant's own on the loopback, or nothing."""
    gateway = bench.gateway
    url = "https://portal.example.com/hooks/x?a=1"

    nowhere = gateway.local(url)
    gateway.home = "http://127.0.0.1:8000"
    here = gateway.local(url)
    gateway.home = ""

    assert (nowhere, here) == ("", "http://127.0.0.1:8000/hooks/x?a=1")
