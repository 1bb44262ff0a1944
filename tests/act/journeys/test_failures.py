"""JRN-03, R-C-004: the failure edge of every step, from a dead address to the telephone."""

from datetime import timedelta
from typing import Any

import pytest

from tenure.act.journeys.failures import follow_failures
from tenure.act.messages.actions import dispatch
from tenure.act.messages.post import Handover
from tenure.records.contacts.models import Message
from tenure.records.customers.models import ContactPoint
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.records.success.models import ToDo
from tenure.strategy.loading import preset
from tests.act.posts import Postbag
from tests.act.scripts import script_of
from tests.builders import (
    AS_OF,
    a_contact_point,
    a_message,
    a_term,
    an_account,
    at_on,
    primary_person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_database", "strategy")]
MORNING = at_on(AS_OF, 9)


def a_failed(**changes: Any) -> Message:
    """A reminder to a household with a telephone, whose mailbox turned out to be dead."""
    term = changes.pop("term", None) or a_term(
        account=an_account(**{"phone": "13800000009", **changes.pop("person", {})}), days_left=7
    )
    address = f"{primary_person(term.account).external_id}@example.com"
    message = a_message(
        **{
            "term": term,
            "address": address,
            "send_key": f"annual_renewal:t7:{term.pk}",
            "journey": "annual_renewal",
            "step": "t7",
            "template": "ends_soon",
            "message_class": Message.Class.TRANSACTIONAL,
            "state": "failed",
            "reason": "bounced",
            "planned_at": MORNING,
            "settled_at": MORNING,
            "expires_at": MORNING + timedelta(days=3),
            **changes,
        }
    )
    message.journey_version = preset("broadband").journeys["annual_renewal"].version
    message.save(update_fields=["journey_version"])
    return message


def test_a_bounce_leads_to_a_call_once() -> None:
    message = a_failed()

    assert follow_failures(at=MORNING) == 1
    assert follow_failures(at=MORNING + timedelta(minutes=5)) == 0

    todo = ToDo.objects.get()
    assert (todo.kind, todo.term_id) == ("call", message.term_id)
    assert script_of(todo, on=AS_OF)["en"].startswith("1. Good day 张伟")


def test_a_dead_channel_leads_to_the_next_written_one() -> None:
    """A text message that nothing carries becomes an e-mail, with a key of its own."""
    message = a_failed(channel="sms", address="13800000009", reason="no_carrier")

    assert follow_failures(at=MORNING) == 1
    bag = Postbag()
    dispatch(at=MORNING, post=bag)

    second = Message.objects.get(send_key=f"{message.send_key}:1")
    assert (second.channel, second.state, second.expires_at) == (
        "email", "sent", message.expires_at,
    )  # fmt: skip
    assert bag.readers == [second.address]
    rerouted = Entry.objects.get(kind="message.rerouted").content
    assert rerouted == {"message": message.pk, "from": "sms", "to": "email"}
    assert follow_failures(at=MORNING) == 0


def test_every_channel_is_tried_once_and_then_somebody_calls() -> None:
    message = a_failed(channel="sms", address="13800000009", reason="no_carrier")
    bag = Postbag({"@": (Handover.DEAD, "550 5.1.1")})

    follow_failures(at=MORNING)
    dispatch(at=MORNING, post=bag)
    assert follow_failures(at=MORNING) == 1
    assert follow_failures(at=MORNING) == 0

    states = Message.objects.filter(term=message.term).values_list("send_key", "state")
    assert set(states) == {
        (message.send_key, "failed"),
        (f"{message.send_key}:1", "failed"),
    }
    assert ToDo.objects.filter(kind="call", term=message.term).count() == 1


@pytest.mark.parametrize("state", [TermState.RENEWED, TermState.CANCELLING])
def test_the_chain_ends_when_the_term_is_renewed_or_cancelled(state: TermState) -> None:
    message = a_failed()
    Term.objects.filter(pk=message.term_id).update(state=state, renewed_on=AS_OF)

    assert follow_failures(at=MORNING) == 0


def test_the_chain_ends_when_the_step_has_no_time_left() -> None:
    a_failed(expires_at=MORNING)

    assert follow_failures(at=MORNING) == 0


def test_nobody_calls_the_holdout_after_a_failure() -> None:
    a_failed(person={"in_holdout": True})

    assert follow_failures(at=MORNING) == 0


def test_a_missing_slot_fails_on_every_channel_and_is_not_followed() -> None:
    a_failed(state="suppressed", reason="missing_slot")

    assert follow_failures(at=MORNING) == 0


def test_another_address_of_the_same_channel_comes_before_a_call() -> None:
    message = a_failed()
    ContactPoint.objects.filter(channel="email").update(bounced_at=MORNING)
    a_contact_point(person=primary_person(message.account), address="second@example.com")

    follow_failures(at=MORNING)

    second = Message.objects.get(send_key=f"{message.send_key}:1")
    assert (second.channel, second.address) == ("email", "second@example.com")
    assert not ToDo.objects.exists()
