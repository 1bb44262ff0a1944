"""R-P-022: whoever complained hears no more marketing, at once, on every channel."""

from datetime import timedelta

import pytest

from tenure.act.messages.actions import dispatch
from tenure.act.messages.complaints import Complaint, Taken, take_complaints
from tenure.act.messages.post import Drawer
from tenure.records.contacts.models import Message
from tenure.records.customers.models import Consent
from tenure.records.journal.models import Entry
from tests.builders import AS_OF, a_message, a_term, an_account, at_on, primary_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]

MORNING = at_on(AS_OF, 10)


def test_a_complaint_stops_marketing_within_the_hour_and_services_go_on() -> None:
    term = a_term(account=an_account(phone="13800000001"), days_left=7)
    person = primary_person(term.account)
    kinds = (("offer_coupon", Message.Class.MARKETING), ("ends_soon", Message.Class.TRANSACTIONAL))
    for template, kind in kinds:
        a_message(
            term=term, send_key=f"x:{template}:{term.pk}", template=template, journey="x",
            step=template, message_class=kind, channel="email", address="a@example.com",
            planned_at=MORNING, expires_at=MORNING + timedelta(days=3),
        )  # fmt: skip
    lines = [Complaint("12321-7", "+86 138 0000 0001"), Complaint("12321-8", "13900000009")]

    taken = [take_complaints(lines, at=MORNING, by="test") for _ in range(2)]
    dispatch(at=MORNING + timedelta(minutes=1), post=Drawer())

    assert taken == [Taken(1, 0, 1), Taken(0, 1, 1)]
    marketing = Consent.objects.filter(person=person, purpose="marketing")
    assert not marketing.filter(withdrawn_at__isnull=True).exists()
    assert marketing.filter(evidence="12321: 12321-7").exists()
    found = dict(Message.objects.values_list("template", "state"))
    assert found["offer_coupon"] == "suppressed"
    assert found["ends_soon"] == "sent"
    assert Entry.objects.filter(kind="message.complained").count() == 1
