"""CHN-01, R-C-035: words on the customer's own page, seen, put away, and counted."""

from datetime import timedelta

from tenure.act.channels.models import Carriage
from tenure.act.messages.actions import dispatch
from tenure.act.messages.banners import put_away
from tenure.kernel.clock import now
from tenure.records.contacts.states import MessageState
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Term
from tests.builders import a_message
from tests.surfaces.portal.customers import ENGLISH, signed_in


def test_a_banner_is_shown_at_the_next_visit_until_it_is_put_away(term: Term) -> None:
    at = now()
    message = a_message(
        term=term,
        template="ends_soon",
        message_class="legal_notice",
        channel="banner",
        address="my",
        language="en",
        planned_at=at,
        expires_at=at + timedelta(days=3),
    )
    message.send_after = at
    message.save(update_fields=["send_after"])
    reader = signed_in(term, headers=ENGLISH)

    dispatch(at=at)
    message.refresh_from_db()
    taken = message.state
    foreign = put_away(message.person_id + 1, message.pk, at=at, by="somebody else")
    shown = [reader.get("/my").content.decode() for _ in range(2)]
    message.refresh_from_db()
    seen = message.state
    for _ in range(2):
        reader.post(f"/my/banners/{message.pk}/away")
    message.refresh_from_db()

    words = message.body[:20]
    assert (taken, seen, message.state) == (
        MessageState.SENT,
        MessageState.DELIVERED,
        MessageState.READ,
    )
    assert [words in one for one in shown] == [True, True]
    assert foreign is False
    assert words not in reader.get("/my").content.decode()
    assert Entry.objects.filter(kind="banner.put_away").count() == 1
    assert Carriage.objects.get(message=message).outcome == Carriage.Outcome.DELIVERED
