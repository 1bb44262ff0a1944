"""The builders build what the tests rely on."""

import pytest

from tenure.records.customers.models import Consent, ContactPoint
from tenure.records.subscriptions.states import TermState
from tests.builders import a_message, a_person, a_term, an_account, day, primary_person

pytestmark = pytest.mark.django_db


def test_a_term_is_a_whole_reachable_customer() -> None:
    term = a_term(days_left=7)

    person = primary_person(term.account)
    assert term.ends_on == day(7)
    assert term.state == TermState.RUNNING
    assert term.account.currency == "CNY"
    assert person.language == "zh-Hans"
    assert [point.channel for point in ContactPoint.objects.filter(person=person)] == ["email"]
    assert sorted(Consent.objects.values_list("purpose", flat=True)) == ["marketing", "service"]


def test_what_is_named_is_not_defaulted() -> None:
    account = an_account(in_holdout=True, language="en", email=None, consents=())

    assert account.holdout_bucket == 0
    assert primary_person(account).language == "en"
    assert ContactPoint.objects.count() == 0
    assert Consent.objects.count() == 0


def test_a_message_goes_to_the_primary_person_of_its_term() -> None:
    term = a_term()
    a_person(account=term.account, primary=False)

    message = a_message(term=term)

    assert message.person == primary_person(term.account)
    assert message.account_id == term.account_id
