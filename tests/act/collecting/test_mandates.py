"""Mandates as providers tell of them, and letters that leave once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenure.act.collecting.actions import follow_terms, mirror, prepare
from tenure.act.messages.actions import dispatch
from tenure.act.messages.post import Drawer
from tenure.act.payments.values import AgreementStatus
from tenure.records.billing.mandates.models import Mandate
from tenure.records.billing.mandates.queries import with_leave
from tenure.records.billing.mandates.states import MandateState
from tenure.records.contacts.models import Message
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Subscription
from tenure.records.subscriptions.states import SubscriptionState, TermState
from tests.act.collecting.tills import DUE, a_contract, a_till
from tests.builders import a_mandate, a_term, at_on, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


def test_a_mandate_that_nobody_confirmed_is_asked_for_and_expires() -> None:
    """R-Y-036."""
    term = a_term(auto_renew=True)
    mandate = a_mandate(subscription=term.subscription, is_signed=False)
    with a_till() as till:
        prepare(at=at_on(day(1)))
        mandate.refresh_from_db()
        assert mandate.state == MandateState.PROPOSED
        till.agreement = AgreementStatus.ACTIVE
        prepare(at=at_on(day(2)))
        mandate.refresh_from_db()
    assert (mandate.state, mandate.agreement_id) == (
        MandateState.SIGNED, f"agreed-{mandate.number}",
    )  # fmt: skip


def test_ended_at_the_provider_it_ends_here() -> None:
    """R-Y-027: automatic renewal is off; reminders for hand-made renewal go on."""
    term = a_contract()
    mandate = Mandate.objects.get()

    assert mirror(mandate.number, AgreementStatus.ENDED, at=at_on(day(1))) is True

    mandate.refresh_from_db()
    term.subscription.refresh_from_db()
    assert mandate.state == MandateState.RELEASED
    assert mandate.unsign_at is None
    assert term.subscription.auto_renew is False


def test_the_leave_to_deduct_ends_with_the_agreement_and_nobody_else_is_asked_about() -> None:
    """R-A-085: of those who ended, only whom something could still be deducted from are touched."""
    term = a_contract()
    others = [a_term(state=TermState.LAPSED) for _ in range(4)]
    ended = [term.subscription_id, *(one.subscription_id for one in others)]
    Subscription.objects.filter(pk__in=ended).update(state=SubscriptionState.ENDED, ended_on=day(0))

    assert with_leave(ended) == {term.subscription_id}
    with CaptureQueriesContext(connection) as asked:
        follow_terms([one.pk for one in others], at=at_on(day(1)))
    follow_terms([term.pk, *(one.pk for one in others)], at=at_on(day(1)))

    mandate = Mandate.objects.get()
    assert mandate.state == MandateState.RELEASED
    assert with_leave(ended) == set()
    few = len(asked)
    with CaptureQueriesContext(connection) as asked:
        follow_terms([others[0].pk], at=at_on(day(1)))
    assert len(asked) == few
    assert Entry.objects.filter(kind="mandate.withdrawn").count() == 1


def test_letters_leave_once_however_often_the_day_is_looked_at() -> None:
    a_contract(provider="alipay", method="alipay")
    with a_till("alipay"):
        for hour in (10, 11, 12):
            prepare(at=at_on(DUE - timedelta(days=7), hour))
            dispatch(at=at_on(DUE - timedelta(days=7), hour), post=Drawer())

    assert Message.objects.filter(template="deduction_notice").count() == 1
