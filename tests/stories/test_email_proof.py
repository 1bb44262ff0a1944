"""R-A-013: a business with e-mail and cards only may deduct where the law lets an e-mail do."""

from datetime import date, timedelta
from typing import Any

import pytest

from tenure.act.messages.envelope import return_path
from tenure.act.messages.returns import take_return
from tenure.records.billing.deductions.models import Deduction
from tenure.records.billing.deductions.queries import held_notices
from tenure.records.billing.deductions.states import DeductionState
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tests.act.collecting.tills import DUE, a_contract, a_till, days, one_day
from tests.act.conftest import strategy
from tests.act.messages.test_bounces import a_report
from tests.builders import at_on, day

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("strategy")]
__all__ = ["strategy"]

CALIFORNIA: dict[str, Any] = {
    "country": "US",
    "region": "CA",
    "provider": "stripe",
    "method": "card",
}
ENDS_ON = day(60)
SENT_ON = ENDS_ON - timedelta(days=17)


def comes_back(status: str, *, action: str = "failed", on: date, hour: int = 12) -> None:
    """A report about the notice arrives in our mailbox."""
    notice = Message.objects.get(template="deduction_notice")
    raw = a_report(status, action=action).decode()
    path = return_path(notice.pk, domain="lanjiang.example")
    old = return_path(7, domain="lanjiang.example")
    take_return(raw.replace(old, path).encode(), at=at_on(on, hour))


def test_a_mail_that_does_not_come_back_within_a_day_is_the_proof() -> None:
    a_contract(**CALIFORNIA, ends_on=ENDS_ON)
    with a_till("stripe") as till:
        for on in days(day(0), ENDS_ON):
            one_day(on)

    found = Deduction.objects.get()
    (proof,) = found.proof
    assert found.state == DeductionState.COLLECTED
    assert (proof["channel"], proof["is_delivered"]) == ("email", False)
    assert proof["on"] == str(SENT_ON)
    assert found.windows[0]["email_hours"] == 24
    assert till.charged_on == [ENDS_ON]


@pytest.mark.parametrize(("status", "action"), [("5.1.1", "failed"), ("4.2.2", "delayed")])
def test_a_mail_that_came_back_proves_nothing(status: str, action: str) -> None:
    """Also a report of delay disproves: nobody knows whether it arrived in time."""
    a_contract(**CALIFORNIA, ends_on=ENDS_ON)
    with a_till("stripe") as till:
        for on in days(day(0), ENDS_ON):
            one_day(on)
            if on == SENT_ON:
                comes_back(status, action=action, on=on)

    assert till.charged == []
    assert list(held_notices()) == [Deduction.objects.get()]


def test_a_mail_that_comes_back_after_it_counted_holds_what_was_not_taken_yet() -> None:
    a_contract(**CALIFORNIA, ends_on=ENDS_ON)
    with a_till("stripe") as till:
        for on in days(day(0), ENDS_ON):
            one_day(on)
            if on == SENT_ON + timedelta(days=4):
                assert Deduction.objects.get().state == DeductionState.NOTIFIED
                comes_back("5.1.1", on=on)

    assert till.charged == []
    found = Deduction.objects.get()
    assert (found.state, found.reason) == (DeductionState.HELD, "notice_came_back")


def test_a_report_of_delivery_proves_at_once_also_in_china() -> None:
    """R-A-012 names SMS and push: there an accepted mail is no proof, a delivered one is."""
    a_contract(provider="alipay", method="alipay")
    with a_till("alipay") as till:
        for on in days(DUE - timedelta(days=10), DUE):
            one_day(on)
            if on == DUE - timedelta(days=6):
                comes_back("2.0.0", action="delivered", on=on)

    assert Message.objects.get(template="deduction_notice").state == MessageState.DELIVERED
    assert len(till.charged) == 1
