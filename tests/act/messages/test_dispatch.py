"""The sender: JRN-04, JRN-08, TOP-04, STD-04, DAT-06, CHN-03 through the real rows."""

from datetime import datetime, time, timedelta

import pytest

from tenure.act.messages import actions
from tenure.act.messages.actions import (
    claim,
    dispatch,
    free_claims,
    next_size,
    resume_sending,
    stop_sending,
)
from tenure.act.messages.envelope import identity
from tenure.act.messages.post import Handover
from tenure.act.messages.queries import radius
from tenure.act.messages.rules import Fate
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import ContactPoint
from tenure.records.journal.models import Entry
from tenure.records.subscriptions.states import TermState
from tests.act.posts import Postbag
from tests.builders import (
    AS_OF,
    a_message,
    a_node,
    a_person,
    a_term,
    an_account,
    an_incident,
    at_on,
    primary_person,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_database", "strategy")]
MORNING = at_on(AS_OF, 9)


@pytest.mark.parametrize(
    ("size", "took_s", "following"),
    [
        (1_000, 0.5, 2_000),
        (4_000, 0.5, 4_000),
        (1_000, 5, 1_000),
        (1_000, 30, 1_000),
        (1_000, 31, 500),
        (250, 600, 250),
    ],
)
def test_a_batch_is_as_large_as_what_was_judged_stays_true(
    size: int, took_s: float, following: int
) -> None:
    """Where a provider is slow the last of a batch must not be judged long before it leaves."""
    assert next_size(size, took_s=took_s) == following


def a_reminder(**changes: object) -> Message:
    """A reminder that waits at nine in the morning, to somebody who may be written to."""
    options: dict[str, object] = {
        "template": "ends_soon",
        "journey": "annual_renewal",
        "step": "t7",
        "message_class": Message.Class.TRANSACTIONAL,
        "planned_at": MORNING,
        "expires_at": MORNING + timedelta(days=3),
    }
    if "term" not in changes:
        options["term"] = a_term(days_left=7)
    return a_message(**{**options, **changes})  # type: ignore[arg-type]


def an_offer(**changes: object) -> Message:
    return a_reminder(
        **{"template": "preview", "message_class": Message.Class.MARKETING, **changes}
    )


def fate_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def test_a_reminder_goes_out_once_with_its_text_and_one_entry() -> None:
    message, bag = a_reminder(send_key="annual_renewal:t7:1"), Postbag()

    done = dispatch(at=MORNING, post=bag)
    again = dispatch(at=MORNING, post=bag)

    message.refresh_from_db()
    assert (done.sent, again.sent, len(bag.letters)) == (1, 0, 1)
    assert (message.state, message.sent_at, message.attempts) == (MessageState.SENT, MORNING, 1)
    assert message.subject == "还有 7 天：300M 宽带 将于 2026年6月21日 到期"
    assert bag.letters[0].subject == message.subject
    entries = Entry.objects.filter(kind="message.sent", term=message.term)
    assert [entry.content["step"] for entry in entries] == ["t7"]


def test_the_letter_carries_its_identity_and_marketing_its_way_out() -> None:
    """CHN-03: return path per message, a Message-ID from the send key, one-click refusal."""
    reminder, offer, bag = a_reminder(), an_offer(), Postbag()

    dispatch(at=MORNING, post=bag)

    first, second = (email.message() for email in bag.letters)
    assert first["Message-ID"] == identity(reminder.send_key, domain="lanjiang.example")
    assert bag.letters[0].from_email.startswith("b+")
    assert "renewals@lanjiang.example" in first["From"]
    assert first["List-Unsubscribe"] is None
    assert second["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert second["List-Unsubscribe"].startswith("<https://my.lanjiang.example/unsubscribe/")
    offer.refresh_from_db()
    assert second["List-Unsubscribe"].strip("<>") in offer.body


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (TermState.RENEWED, "renewed"),
        (TermState.CANCELLING, "cancelling"),
        (TermState.CANCELLED, "cancelled"),
        (TermState.LAPSED, "lapsed"),
    ],
)
def test_a_term_that_changed_since_planning_is_not_written_to(state: str, reason: str) -> None:
    """JRN-04: sent only if still unrenewed at the moment of sending."""
    message, bag = a_reminder(term=a_term(days_left=7, state=TermState(state))), Postbag()

    dispatch(at=MORNING, post=bag)

    assert fate_of(message) == ("suppressed", reason)
    assert bag.letters == []
    assert Entry.objects.get(kind="message.suppressed").content["reason"] == reason


def test_the_holdout_gets_legal_notices_only_whoever_asks() -> None:
    """TOP-04: enforced in the sender, so no producer can reach the holdout."""
    account, bag = an_account(in_holdout=True), Postbag()
    term = a_term(account=account, days_left=7)
    reminder, offer = a_reminder(term=term), an_offer(term=term)
    notice = a_reminder(
        term=term, template="deduction_notice", message_class=Message.Class.LEGAL_NOTICE
    )

    dispatch(at=MORNING, post=bag)

    assert fate_of(reminder) == ("suppressed", "holdout")
    assert fate_of(offer) == ("suppressed", "holdout")
    assert fate_of(notice) == ("suppressed", "missing_slot")  # it never paid: no way of paying


def test_marketing_needs_consent_and_a_withdrawal_stops_reminders_too() -> None:
    silent = an_account(consents=("service",))
    refused = an_account(consents=())
    person = primary_person(refused)
    consent = {"purpose": "service", "channel": "email", "given_at": MORNING - timedelta(days=9)}
    from tests.builders import a_consent

    a_consent(person=person, withdrawn_at=MORNING - timedelta(days=1), **consent)  # type: ignore[arg-type]
    offer = an_offer(term=a_term(account=silent, days_left=7))
    reminder = a_reminder(term=a_term(account=refused, days_left=7))

    dispatch(at=MORNING, post=Postbag())

    assert fate_of(offer) == ("suppressed", "no_consent")
    assert fate_of(reminder) == ("suppressed", "unsubscribed")


def test_an_open_fault_holds_an_offer_until_it_is_repaired() -> None:
    term, bag = a_term(days_left=7), Postbag()
    incident = an_incident(
        node=a_node(serves=term.subscription), started_at=MORNING - timedelta(hours=1)
    )
    offer = an_offer(term=term)

    dispatch(at=MORNING, post=bag)
    assert fate_of(offer) == ("planned", "open_fault")

    incident.ended_at = MORNING + timedelta(hours=2)
    incident.save(update_fields=["ended_at"])
    dispatch(at=MORNING + timedelta(hours=4), post=bag)
    assert fate_of(offer) == ("sent", "")


def test_two_offers_of_one_batch_count_against_each_other() -> None:
    """JRN-08: the cap holds over journeys, also inside a single batch, and says why."""
    term, bag = a_term(days_left=7), Postbag()
    first = an_offer(term=term, journey="annual_renewal")
    second = an_offer(term=term, journey="monthly_renewal")

    dispatch(at=MORNING, post=bag)

    assert fate_of(first) == ("sent", "")
    assert fate_of(second) == ("suppressed", "cap_marketing_daily")
    assert len(bag.letters) == 1


def test_a_message_waits_for_the_hours_that_its_reader_prefers() -> None:
    """DAT-06, STD-04: in the reader's own zone, and nothing is lost by waiting."""
    account = an_account(zone="America/New_York", preferred_from=time(18), preferred_until=time(20))
    message, bag = a_reminder(term=a_term(account=account, days_left=7)), Postbag()

    dispatch(at=MORNING, post=bag)  # 21:00 the evening before in New York

    assert fate_of(message) == ("planned", "quiet_hours")
    evening = datetime.fromisoformat("2026-06-15T22:00:00+00:00")
    assert message.send_after == evening
    assert dispatch(at=evening, post=bag).sent == 1


def test_one_poisoned_recipient_neither_blocks_nor_repeats_the_batch() -> None:
    account = an_account(email="not an address")
    poisoned = a_reminder(term=a_term(account=account, days_left=7), address="not an address")
    empty = a_reminder(template="renewal_receipt")
    others, bag = [a_reminder(), a_reminder()], Postbag()

    done = dispatch(at=MORNING, post=_strict(bag))

    assert fate_of(poisoned) == ("failed", "bad_address")
    assert fate_of(empty) == ("suppressed", "missing_slot")
    assert [fate_of(one) for one in others] == [("sent", "")] * 2
    assert done.fates == {Fate.SEND: 2, Fate.FAIL: 1, Fate.SUPPRESS: 1}
    assert dispatch(at=MORNING, post=bag).fates == {}


def _strict(bag: Postbag) -> Postbag:
    """A server's client that refuses what is no address, as Django's does."""
    inner = bag.hand_over

    def hand_over(email: object) -> object:
        if "not an address" in email.to[0]:  # type: ignore[attr-defined]
            raise ValueError("Invalid address")
        return inner(email)  # type: ignore[arg-type]

    bag.hand_over = hand_over  # type: ignore[method-assign,assignment]
    return bag


def test_a_dead_address_is_never_used_again() -> None:
    message = a_reminder(address="gone@example.com")
    ContactPoint.objects.filter(person=message.person).update(address="gone@example.com")
    bag = Postbag({"gone@example.com": (Handover.DEAD, "550 5.1.1")})

    dispatch(at=MORNING, post=bag)

    assert fate_of(message) == ("failed", "bounced")
    assert ContactPoint.objects.get(person=message.person).bounced_at == MORNING
    later = a_reminder(term=message.term, address="gone@example.com", step="t3")
    dispatch(at=MORNING + timedelta(days=1), post=bag)
    assert fate_of(later) == ("failed", "bounced")


def test_a_busy_server_is_asked_again_a_bounded_number_of_times() -> None:
    message = a_reminder(address="busy@example.com")
    bag = Postbag({"busy@example.com": (Handover.LATER, "451 4.7.1")})
    at, asked = MORNING, []

    for _ in range(8):
        dispatch(at=at, post=bag)
        message.refresh_from_db()
        asked.append((message.attempts, message.state))
        at = message.send_after

    assert asked[:4] == [(1, "planned"), (2, "planned"), (3, "planned"), (4, "planned")]
    assert fate_of(message) == ("failed", "busy")
    assert message.attempts == 5


def test_a_dead_server_loses_nothing_and_is_not_hammered() -> None:
    messages, bag = [a_reminder() for _ in range(3)], Postbag()
    bag.dies_after = 1

    done = dispatch(at=MORNING, post=bag)

    assert done.server_down is True
    assert [fate_of(one) for one in messages] == [
        ("sent", ""),
        ("planned", "mail_server_down"),
        ("planned", "mail_server_down"),
    ]
    bag.dies_after = None
    assert dispatch(at=MORNING + timedelta(minutes=15), post=bag).sent == 2
    assert len(bag.letters) == 3


def test_without_a_mail_server_messages_wait_with_their_text() -> None:
    message = a_reminder()

    done = dispatch(at=MORNING)

    assert done.sent == 0
    assert fate_of(message) == ("planned", "no_mail_server")
    assert "300M 宽带" in message.body


def test_a_channel_that_nothing_carries_fails_so_that_the_next_follows() -> None:
    message = a_reminder(channel="sms", address="13800000000")

    dispatch(at=MORNING, post=Postbag())

    assert fate_of(message) == ("failed", "no_carrier")


def test_the_switch_stops_everything_and_loses_nothing() -> None:
    message, bag = a_reminder(), Postbag()

    stop_sending(at=MORNING, by="user:1")
    assert dispatch(at=MORNING, post=bag).held == 1
    assert fate_of(message) == ("planned", "")
    stop_sending(at=MORNING, by="user:1")
    resume_sending(at=MORNING + timedelta(hours=1), by="user:1")

    assert dispatch(at=MORNING + timedelta(hours=1), post=bag).sent == 1
    turned = Entry.objects.filter(kind__startswith="sending.").order_by("pk")
    assert [one.kind for one in turned] == ["sending.stopped", "sending.resumed"]


def test_the_switch_stops_a_round_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The switch is looked at while letters leave: what has not left keeps its place."""
    waiting = [a_reminder(send_key=f"k{n}") for n in range(3)]

    bag = Postbag()
    bag.before_each = lambda: stop_sending(at=MORNING, by="user:1")
    monkeypatch.setattr(actions, "LOOKS_EVERY_SECONDS", 0.0)
    done = dispatch(at=MORNING, post=bag)

    assert done.sent == 1
    assert [fate_of(one) for one in waiting] == [
        ("sent", ""),
        ("planned", "stopped"),
        ("planned", "stopped"),
    ]
    monkeypatch.undo()
    resume_sending(at=MORNING, by="user:1")
    assert dispatch(at=MORNING, post=Postbag()).sent == 2


def test_how_far_the_next_round_reaches_is_known_before_anything_leaves() -> None:
    """Blast radius: messages, customers, and each step with its class."""
    term = a_term(days_left=7)
    for key, after in (("k1", 0), ("k2", 3), ("k3", 30)):
        a_reminder(term=term, send_key=key, send_after=MORNING + timedelta(hours=after))

    found = radius(until=MORNING + timedelta(hours=24))

    assert (found.messages, found.customers) == (2, 1)
    assert found.by_step == (("annual_renewal", "t7", "transactional", 2),)


def test_what_a_dead_sender_claimed_is_sent_by_its_successor() -> None:
    message, bag = a_reminder(), Postbag()
    assert claim(MORNING) == [message.pk]
    assert claim(MORNING) == []

    assert dispatch(at=MORNING, post=bag).sent == 0
    assert free_claims() == 1

    assert dispatch(at=MORNING, post=bag).sent == 1


def test_a_claim_runs_out_by_itself() -> None:
    a_reminder()
    claim(MORNING)

    assert dispatch(at=MORNING + timedelta(minutes=10), post=Postbag()).sent == 1


def test_each_letter_is_marked_before_the_next_is_handed_over() -> None:
    """A death in between leaves at most one letter of which nobody knows whether it was taken."""
    messages, bag, sent = [a_reminder() for _ in range(3)], Postbag(), []
    bag.before_each = lambda: sent.append(Message.objects.filter(state=MessageState.SENT).count())

    dispatch(at=MORNING, post=bag)

    assert sent == [0, 1, 2]
    assert len(messages) == 3


def test_a_reader_is_written_to_in_the_readers_language() -> None:
    """STD-09: one message, in the language that the person chose."""
    account = an_account(person=False)
    person = a_person(account=account, language="en", name="Ann")
    message = a_reminder(term=a_term(account=account, days_left=7), person=person, language="en")

    dispatch(at=MORNING, post=Postbag())

    message.refresh_from_db()
    assert message.subject == "7 days left: Broadband 300M ends on 21 June 2026"
    assert message.body.startswith("Dear Ann,")
