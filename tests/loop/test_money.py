"""The loop and the worker take money by themselves, one collector at a time."""

from datetime import timedelta

import pytest

from tenure.loop.leases import held
from tenure.loop.money import LEASE, collect_money, prepare_money
from tenure.loop.nightly import run
from tenure.loop.worker import MONEY_EVERY, Worker
from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.deductions.states import DeductionState
from tenure.records.contacts.models import Message
from tenure.records.strategies.queries import current
from tests.act.collecting.tills import DUE, a_contract, a_till, days, last_term, one_day
from tests.act.posts import Postbag
from tests.builders import at_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


@pytest.mark.slow
def test_nights_and_looks_of_the_worker_take_a_renewal_once() -> None:
    """TOP-07, PAY-04: the real loop, night by night, and the worker at ten and at three."""
    term = a_contract()
    rule = current().collecting.announcements["wechat"]
    with a_till(announces=rule) as till:
        worker = Worker(post=Postbag())
        for on in days(DUE - timedelta(days=8), DUE):
            run(as_of=on - timedelta(days=1), at=at_on(on, 2), post=Postbag())
            for hour in (7, 10, 15):
                worker.look(at_on(on, hour))

    assert Deduction.objects.get().state == DeductionState.COLLECTED
    assert till.charged_on == [DUE]
    assert Message.objects.filter(template="deduction_notice", state="sent").count() == 1
    assert last_term(term.subscription).number == 2


def test_two_collectors_do_not_work_at_once() -> None:
    a_contract()
    with a_till() as till, held(LEASE, by="another"):
        assert prepare_money(at=at_on(DUE - timedelta(days=6)), by="here") == 0
        assert collect_money(at=at_on(DUE), by="here") is None

    assert till.charged == []
    assert Deduction.objects.count() == 0


def test_the_worker_looks_at_money_once_a_minute() -> None:
    a_contract(provider="alipay", method="alipay")
    with a_till("alipay") as till:
        for on in days(DUE - timedelta(days=10), DUE - timedelta(days=1)):
            one_day(on, delivers=True)
        worker, nine = Worker(post=Postbag()), at_on(DUE, 9)
        worker.look(nine - MONEY_EVERY)
        worker.look(nine - timedelta(seconds=1))
        assert till.charged == []
        worker.look(nine)
        assert len(till.charged) == 1
        assert worker.money_from == nine + MONEY_EVERY
        worker.look(nine + MONEY_EVERY)

    assert len(till.charged) == 1
