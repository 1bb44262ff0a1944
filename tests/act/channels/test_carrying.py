"""CHN-02, R-C-002, R-C-004: the sender over a played provider, through the real rows."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import time_machine

from tenure.act.channels.channel import Call, ChannelDown, Limits, Outcome, Parcel, Result
from tenure.act.channels.models import Carriage, ChannelEvent
from tenure.act.channels.registry import Mouth, standing_in
from tenure.act.channels.sms.templates import Approved, wanted
from tenure.act.journeys.failures import follow_failures
from tenure.act.messages.actions import dispatch, free_claims, stop_sending
from tenure.act.messages.hearing import take_call
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import Consent, ContactPoint
from tenure.records.journal.models import Entry
from tenure.strategy.loading import preset
from tenure.strategy.messages import Channel as Way
from tenure.world.gateways.faults import Fault
from tests.act.channels.benches import SmsBench, a_tower
from tests.act.conftest import PlanDay
from tests.act.journeys.test_failures import a_failed
from tests.act.posts import Postbag
from tests.builders import AS_OF, a_message, a_term, an_account, at_on, primary_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("either_database", "strategy")]
MORNING = at_on(AS_OF, 9)
NUMBER = "13800000001"


@dataclass(slots=True)
class Telegraph:
    """A channel that says what it is told to say, and may die or be away."""

    answers: list[Result] = field(default_factory=list)
    name: str = "telegraph"
    way: Way = Way.SMS
    scheme: str = ""
    limits: Limits = field(default_factory=lambda: Limits(10_000, 10_000, 10_000))
    takes_keys: bool = False
    is_away: bool = False
    dies: bool = False
    asked: list[Parcel] = field(default_factory=list)

    def deliver(self, batch: Sequence[Parcel], *, at: datetime) -> Iterator[Result]:
        for parcel in batch:
            if self.is_away:
                raise ChannelDown(channel=self.name, why="away")
            self.asked.append(parcel)
            if self.dies:
                raise KeyboardInterrupt
            fallback = Result(Outcome.ACCEPTED, "OK", f"T{parcel.message_id}", segments=1)
            yield self.answers.pop(0) if self.answers else fallback


@pytest.fixture
def telegraph() -> Iterator[Telegraph]:
    channel = Telegraph()
    with standing_in(channel):
        yield channel


def a_text(**changes: object) -> Message:
    """A reminder by SMS that waits at nine in the morning."""
    options: dict[str, object] = {
        "template": "ends_soon",
        "journey": "annual_renewal",
        "step": "t7",
        "message_class": Message.Class.TRANSACTIONAL,
        "channel": "sms",
        "address": NUMBER,
        "planned_at": MORNING,
        "expires_at": MORNING + timedelta(days=3),
    }
    if "term" not in changes:
        options["term"] = a_term(days_left=7)
    return a_message(**{**options, **changes})  # type: ignore[arg-type]


def fate_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.reason


def test_a_text_message_goes_out_once_and_is_written_down(telegraph: Telegraph) -> None:
    message = a_text()

    done = dispatch(at=MORNING)
    again = dispatch(at=MORNING)

    assert (done.sent, again.sent, len(telegraph.asked)) == (1, 0, 1)
    assert fate_of(message) == (MessageState.SENT, "")
    assert telegraph.asked[0].body == message.body
    (carriage,) = Carriage.objects.all()
    assert (carriage.provider, carriage.outcome) == ("telegraph", Carriage.Outcome.ACCEPTED)
    assert (carriage.provider_id, carriage.segments) == (f"T{message.pk}", 1)
    assert Entry.objects.filter(kind="message.sent", content__channel="sms").count() == 1


def test_what_was_not_answered_is_in_doubt_and_never_sent_again(telegraph: Telegraph) -> None:
    telegraph.answers = [Result(Outcome.IN_DOUBT, "ReadTimeout")]
    message = a_text()

    for hours in range(3):
        dispatch(at=MORNING + timedelta(hours=hours))

    assert fate_of(message) == (MessageState.SENT, "in_doubt")
    assert len(telegraph.asked) == 1


@pytest.mark.parametrize("takes_keys", [False, True])
def test_a_sender_that_dies_leaves_one_in_doubt_or_asks_again_under_its_key(
    telegraph: Telegraph, takes_keys: bool
) -> None:
    telegraph.dies, telegraph.takes_keys = True, takes_keys
    messages = [a_text(), a_text(address="13800000002")]

    with pytest.raises(KeyboardInterrupt):
        dispatch(at=MORNING)
    telegraph.dies = False
    free_claims()
    dispatch(at=MORNING + timedelta(minutes=1))

    reasons = [fate_of(one)[1] for one in messages]
    asked = [one.message_id for one in telegraph.asked]
    assert [one.state for one in messages] == [MessageState.SENT, MessageState.SENT]
    if takes_keys:
        assert (reasons, asked) == (["", ""], [messages[0].pk, messages[0].pk, messages[1].pk])
    else:
        assert (reasons, asked) == (["in_doubt", ""], [messages[0].pk, messages[1].pk])


def test_a_provider_that_is_away_harms_nothing_and_the_next_one_is_asked(
    telegraph: Telegraph,
) -> None:
    telegraph.is_away = True
    message = a_text()

    dispatch(at=MORNING)
    alone = fate_of(message), message.send_after
    second = Telegraph(name="second")
    with standing_in(second):
        dispatch(at=MORNING + timedelta(minutes=15))

    assert alone == ((MessageState.PLANNED, "channel_down"), MORNING + timedelta(minutes=15))
    assert fate_of(message) == (MessageState.SENT, "")
    assert message.attempts == 1
    assert len(second.asked) == 1


def test_five_doubts_in_a_row_open_the_breaker(telegraph: Telegraph) -> None:
    telegraph.answers = [Result(Outcome.IN_DOUBT, "ReadTimeout")] * 9
    messages = [a_text(address=f"1380000000{place}") for place in range(9)]

    done = dispatch(at=MORNING)

    assert (len(telegraph.asked), done.reasons["in_doubt"]) == (5, 5)
    assert done.reasons["channel_down"] == 4
    assert [fate_of(one)[0] for one in messages[5:]] == [MessageState.PLANNED] * 4


def test_a_limit_of_the_provider_puts_off_by_its_own_hint(telegraph: Telegraph) -> None:
    telegraph.answers = [Result(Outcome.LATER, "limit", wait=timedelta(hours=1))]
    message = a_text()

    dispatch(at=MORNING)
    waiting = fate_of(message), message.send_after
    dispatch(at=MORNING + timedelta(hours=1))

    assert waiting == ((MessageState.PLANNED, "busy"), MORNING + timedelta(hours=1))
    assert fate_of(message) == (MessageState.SENT, "")
    assert message.attempts == 2


def test_consent_and_caps_hold_for_text_messages_as_for_letters(telegraph: Telegraph) -> None:
    """R-P-024: caps count over all channels; consent is given for each."""
    term = a_term(days_left=7)
    offer: dict[str, object] = {
        "term": term,
        "template": "preview",
        "message_class": Message.Class.MARKETING,
    }
    without = a_text(**offer)
    dispatch(at=MORNING)
    Consent.objects.create(
        person=primary_person(term.account), purpose="marketing", channel="sms", given_at=MORNING
    )
    first, second = a_text(**offer), a_text(**offer)

    dispatch(at=MORNING + timedelta(minutes=1), post=Postbag())

    assert fate_of(without) == (MessageState.SUPPRESSED, "no_consent")
    assert fate_of(first) == (MessageState.SENT, "")
    assert fate_of(second) == (MessageState.SUPPRESSED, "cap_marketing_daily")


def test_the_switch_stops_text_messages_too(telegraph: Telegraph) -> None:
    a_text()
    stop_sending(at=MORNING, by="test")

    assert (dispatch(at=MORNING).held, telegraph.asked) == (1, [])


def test_a_text_that_fails_is_followed_by_a_letter(telegraph: Telegraph) -> None:
    """R-C-004: SMS fails, e-mail follows; the number that is nobody's is never used again."""
    telegraph.answers = [Result(Outcome.DEAD, "isv.MOBILE_NUMBER_ILLEGAL")]
    term = a_term(days_left=7)
    person = primary_person(term.account)
    ContactPoint.objects.create(person=person, channel="sms", address=NUMBER)
    letters_to = ContactPoint.objects.get(person=person, channel="email").address
    message, bag = a_text(term=term, send_key=f"annual_renewal:t7:{term.pk}"), Postbag()
    message.journey_version = preset("broadband").journeys["annual_renewal"].version
    message.save(update_fields=["journey_version"])

    dispatch(at=MORNING, post=bag)
    follow_failures(at=MORNING)
    dispatch(at=MORNING, post=bag)

    assert fate_of(message) == (MessageState.FAILED, "bounced")
    assert ContactPoint.objects.get(channel="sms").bounced_at == MORNING
    assert bag.readers == [letters_to]


def test_a_letter_that_bounces_is_followed_by_a_text_once(telegraph: Telegraph) -> None:
    """R-C-004: e-mail fails, SMS follows under a key of its own."""
    message = a_failed()
    person = message.person
    ContactPoint.objects.create(person=person, channel="sms", address=NUMBER)

    followed = [follow_failures(at=MORNING), follow_failures(at=MORNING)]
    dispatch(at=MORNING)

    second = Message.objects.get(send_key=f"{message.send_key}:1")
    assert followed == [1, 0]
    assert (second.channel, second.state, second.address) == ("sms", MessageState.SENT, NUMBER)
    assert [one.address for one in telegraph.asked] == [NUMBER]


def test_a_step_is_told_by_the_channel_that_a_person_prefers_else_by_its_own_order(
    telegraph: Telegraph, plan_day: PlanDay
) -> None:
    """CHN-11: the explicit preference first, then the step's order, where something carries it."""
    prefers_email = a_term(
        account=an_account(phone=None, preferred_channels=["email"]), days_left=7
    )
    says_nothing = a_term(days_left=7)
    unreachable = a_term(days_left=7)
    for term in (prefers_email, says_nothing):
        point = {"channel": "sms", "address": NUMBER}
        ContactPoint.objects.create(person=primary_person(term.account), **point)

    plan_day()

    planned = dict(Message.objects.values_list("term_id", "channel"))
    assert planned == {prefers_email.pk: "email", says_nothing.pk: "sms", unreachable.pk: "email"}


# Over a real line, with reports.


@dataclass(slots=True)
class Line:
    """A played Aliyun, standing in."""

    bench: SmsBench
    mouth: Mouth

    def hear(self, body: bytes, *, at: datetime = MORNING) -> None:
        token = self.bench.tower.callback_token
        take_call("aliyun", Call(token, body), at=at)


@pytest.fixture
def line() -> Iterator[Line]:
    # A tower looks at the clock: who signs is near the time of day at which the messages wait.
    with time_machine.travel(MORNING), a_tower("aliyun") as bench:
        account = bench.channel.account
        approved = tuple(
            Approved(f"SMS_{place}", one.text, is_marketing=one.is_marketing)
            for place, one in enumerate(wanted(preset("broadband")))
        )
        object.__setattr__(account, "templates", approved)
        bench.tower.rules.templates.clear()
        bench.tower.register(approved)  # type: ignore[arg-type]
        with standing_in(bench.channel) as mouth:
            yield Line(bench, mouth)


def test_a_report_moves_the_message_on_once_and_never_back(line: Line) -> None:
    message, tower = a_text(), line.bench.tower
    dispatch(at=MORNING)
    (text,) = tower.texts
    delivered = tower.report_of(text, is_delivered=True, code="")
    failed = tower.report_of(text, is_delivered=False, code="OFF")

    line.hear(delivered)
    line.hear(delivered)
    line.hear(failed)

    assert text.own_id == str(message.pk)
    assert fate_of(message) == (MessageState.DELIVERED, "")
    assert Entry.objects.filter(kind="message.delivered").count() == 1
    outcomes = ChannelEvent.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["delivered", "old_news"]


def test_a_report_of_a_dead_number_fails_the_message_and_buries_the_number(line: Line) -> None:
    term = a_term(days_left=7)
    ContactPoint.objects.create(person=primary_person(term.account), channel="sms", address=NUMBER)
    message, tower = a_text(term=term), line.bench.tower
    dispatch(at=MORNING)

    line.hear(tower.report_of(tower.texts[0], is_delivered=False, code="GONE"))

    assert fate_of(message) == (MessageState.FAILED, "bounced")
    assert ContactPoint.objects.get(channel="sms").bounced_at == MORNING


def test_a_report_that_is_faster_than_our_own_mark_is_kept_and_counts(line: Line) -> None:
    message, tower = a_text(), line.bench.tower
    ask = line.bench.channel.ask

    def ask_and_be_told(*given: object, **named: object) -> Result:
        said = ask(*given, **named)  # type: ignore[arg-type]
        line.hear(tower.report_of(tower.texts[-1], is_delivered=True, code=""))
        return said

    line.bench.channel.ask = ask_and_be_told  # type: ignore[method-assign]
    dispatch(at=MORNING)

    assert fate_of(message) == (MessageState.DELIVERED, "")


def test_a_doubt_is_cleared_by_its_report(line: Line) -> None:
    message, tower = a_text(), line.bench.tower
    line.bench.arm(Fault.DROP_ANSWER)
    dispatch(at=MORNING)
    doubt = fate_of(message)

    line.hear(tower.report_of(tower.texts[0], is_delivered=True, code=""))

    assert doubt == (MessageState.SENT, "in_doubt")
    assert fate_of(message) == (MessageState.DELIVERED, "")


@pytest.mark.parametrize("said", ["T", "ｔｄ", " 退订。"])
def test_a_reader_who_answers_t_is_written_to_no_more(line: Line, said: str) -> None:
    """CHN-02, R-P-020: at once, on every channel, also where consent was never asked for."""
    term = a_term(days_left=7)
    person = primary_person(term.account)
    for channel in ("sms", "phone"):
        ContactPoint.objects.create(person=person, channel=channel, address=f"+86{NUMBER}")
    reply = line.bench.tower.reply_of(f"+86{NUMBER}", said, at=MORNING)

    line.hear(reply)
    line.hear(reply)

    said_now = Consent.objects.filter(person=person, purpose="marketing").order_by("channel")
    assert [(one.channel, one.withdrawn_at) for one in said_now] == [
        ("email", MORNING),
        ("sms", MORNING),
    ]
    assert said_now.get(channel="sms").evidence.startswith("SMS: ")
    kept = ChannelEvent.objects.get(about="reply")
    assert kept.outcome == "refusal"
    assert NUMBER not in json.dumps(kept.content)


def test_another_answer_is_kept_and_takes_nothing_back(line: Line) -> None:
    term = a_term(days_left=7)
    person = primary_person(term.account)
    ContactPoint.objects.create(person=person, channel="sms", address=NUMBER)
    line.hear(line.bench.tower.reply_of(f"+86{NUMBER}", "什么时候到期？", at=MORNING))
    line.hear(line.bench.tower.reply_of("+8613911111111", "T", at=MORNING))

    assert not Consent.objects.filter(withdrawn_at__isnull=False).exists()
    assert Entry.objects.get(kind="message.answered").account_id == term.account_id
    outcomes = ChannelEvent.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["reply", "unknown_number"]
