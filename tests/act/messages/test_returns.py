"""CHN-03, R-P-031, R-C-032: dead addresses, complaints and refusals take effect at once."""

from datetime import timedelta

import pytest

from tenure.act.messages.returns import take_return, unsubscribe
from tenure.act.messages.tokens import token_of
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Consent, ContactPoint
from tenure.records.journal.models import Entry
from tests.act.messages.test_bounces import a_note, a_report
from tests.builders import AT, a_message, a_term, an_account, primary_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_database", "strategy")]


def a_sent_message(message_id: int = 7) -> Message:
    """The message number 7, which the sample mails answer."""
    account = an_account(phone="13800000001")
    person = primary_person(account)
    address = ContactPoint.objects.get(person=person, channel="email").address
    message = a_message(
        term=a_term(account=account),
        person=person,
        address=address,
        state="sent",  # type: ignore[arg-type]
    )
    Message.objects.filter(pk=message.pk).update(id=message_id)
    return Message.objects.get(pk=message_id)


def dead_addresses() -> list[str]:
    return list(
        ContactPoint.objects.filter(bounced_at__isnull=False).values_list("address", flat=True)
    )


def test_a_hard_bounce_buries_the_address_and_fails_the_message() -> None:
    message = a_sent_message()

    for _ in range(2):
        returned = take_return(a_report("5.1.1"), at=AT)

    message.refresh_from_db()
    assert returned is not None
    assert (message.state, message.reason) == ("failed", "bounced")
    assert dead_addresses() == [message.address]
    assert Entry.objects.filter(kind="message.returned").count() == 1
    assert Entry.objects.get(kind="contact_point.bounced").content["code"] == "5.1.1"


def test_a_refused_message_leaves_the_address_alive() -> None:
    message = a_sent_message()

    take_return(a_report("5.7.1"), at=AT)

    message.refresh_from_db()
    assert (message.state, message.reason) == ("failed", "refused")
    assert dead_addresses() == []


def test_five_soft_bounces_in_fourteen_days_are_a_dead_address() -> None:
    message = a_sent_message()

    for day in range(4):
        take_return(a_report("4.2.2"), at=AT + timedelta(days=day))
    assert dead_addresses() == []
    take_return(a_report("4.2.2"), at=AT + timedelta(days=20))
    assert dead_addresses() == []
    for day in range(21, 25):
        take_return(a_report("4.2.2"), at=AT + timedelta(days=day))

    assert dead_addresses() == [message.address]


def test_a_complaint_takes_back_the_consent_to_marketing_only() -> None:
    message = a_sent_message(9)
    raw = a_note("").replace(b"text/plain", b"multipart/report; report-type=feedback-report")

    take_return(raw.replace(b"b+7u", b"b+9u"), at=AT)
    assert Consent.objects.filter(withdrawn_at=AT).count() == 0  # another message's token
    complaint = raw.replace(
        f"b+{token_of(7, purpose='bounce')}".encode(),
        f"b+{token_of(9, purpose='bounce')}".encode(),
    )
    take_return(complaint, at=AT)

    withdrawn = Consent.objects.filter(person=message.person, withdrawn_at=AT)
    assert set(withdrawn.values_list("purpose", flat=True)) == {"marketing"}
    assert dead_addresses() == []


def test_one_click_stops_marketing_on_every_channel() -> None:
    message = a_sent_message()
    token = token_of(7, purpose="unsubscribe")

    assert unsubscribe(token, at=AT) is True
    assert unsubscribe(token, at=AT + timedelta(days=1)) is True

    withdrawn = Consent.objects.filter(person=message.person, purpose="marketing")
    assert {one.withdrawn_at for one in withdrawn} == {AT}
    assert Entry.objects.get(kind="consent.withdrawn").content["channels"] == ["email", "phone"]


@pytest.mark.parametrize(
    "token",
    ["", "7u0000000000000000", token_of(7, purpose="bounce")],
    ids=["nothing", "wrong signature", "for another purpose"],
)
def test_a_made_up_token_stops_nothing(token: str) -> None:
    a_sent_message()

    assert unsubscribe(token, at=AT) is False
    assert not Consent.objects.filter(withdrawn_at__isnull=False).exists()


def test_mail_about_nothing_of_ours_changes_nothing() -> None:
    assert take_return(a_note("hello"), at=AT) is None
    assert take_return(a_report("5.1.1"), at=AT) is None
    assert not Entry.objects.filter(kind="message.returned").exists()
