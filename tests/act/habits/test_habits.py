"""CHN-11, JRN-09: way and hour of a person: said, else learned, else by age, else by the step."""

from datetime import date, datetime, timedelta

import pytest

from tenure.act.habits.actions import learn_habits
from tenure.act.habits.models import Habit
from tenure.act.habits.queries import why_this_way, window_of
from tenure.act.habits.rules import persona
from tenure.act.messages.actions import dispatch
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.customers.models import Person
from tenure.records.journal.models import Entry
from tenure.records.success.models import ToDo
from tenure.understand.habits.estimator import WEIGHT
from tests.act.conftest import PlanDay
from tests.act.posts import Postbag
from tests.builders import (
    AS_OF,
    AT,
    a_contact_point,
    a_message,
    a_term,
    an_account,
    at_on,
    day,
    primary_person,
)

SUNDAY = date(2026, 6, 14)
pytestmark = pytest.mark.django_db


def had(person: Person, *, channel: str, read: int, unread: int, hour: int = 20) -> None:
    """Messages of the last weeks, some of them read at an hour."""
    term = a_term(account=person.account, days_left=60)
    for number in range(read + unread):
        sent = at_on(day(-40 + number), 10)
        is_read = number < read
        a_message(
            term=term,
            person=person,
            channel=channel,
            template="ends_soon",
            state=MessageState.READ if is_read else MessageState.DELIVERED,
            planned_at=sent,
            sent_at=sent,
            settled_at=at_on(day(-40 + number), hour),
        )


def learned(person: Person) -> Habit:
    return Habit.objects.get(person=person)


@pytest.mark.usefixtures("either_database", "strategy")
def test_a_way_is_learned_from_ones_own_answers_on_sundays_alone() -> None:
    one, few = (primary_person(an_account(external_id=name)) for name in ("one", "few"))
    had(one, channel="sms", read=6, unread=2)
    had(one, channel="email", read=1, unread=7)
    had(few, channel="sms", read=1, unread=0)

    idle = learn_habits(as_of=SUNDAY + timedelta(days=1), at=AT)
    first, again = (learn_habits(as_of=SUNDAY, at=AT) for _ in range(2))

    habit = learned(one)
    assert (idle, first, again) == (0, 1, 1)
    assert (habit.channel, habit.sent, habit.answered, habit.hour) == ("sms", 8, 6, 20)
    # Of nine text messages to people alike seven were answered, drawn to those of everybody.
    alike = (7 + WEIGHT * 7 / 9) / (9 + WEIGHT)
    assert habit.alike == pytest.approx(alike)
    assert habit.share == pytest.approx((6 + WEIGHT * alike) / (8 + WEIGHT))
    assert Entry.objects.filter(kind="habits.learned").count() == 2


@pytest.mark.usefixtures("either_database", "strategy")
@pytest.mark.parametrize(
    ("preferred", "born", "habit", "channel", "why"),
    [
        ([], 1985, "", "sms", "the first usable way"),
        ([], 1985, "email", "email", "learned: answered 5 of 6"),
        (["sms"], 1985, "email", "sms", "the customer chose"),
        ([], 2004, "", "sms", "by persona"),
        ([], 2004, "email", "email", "learned: answered 5 of 6"),
    ],
)
def test_what_was_said_comes_first_then_what_was_learned_then_age(
    plan_day: PlanDay, preferred: list[str], born: int, habit: str, channel: str, why: str
) -> None:
    account = an_account(phone="13800000001")
    a_term(account=account, days_left=7)
    person = primary_person(account)
    a_contact_point(person=person, channel="sms", address="13800000001")
    Person.objects.update(preferred_channels=preferred, born_year=born)
    if habit:
        Habit.objects.create(
            person=person, channel=habit, sent=6, answered=5, share=0.7, alike=0.2,
            learned_on=SUNDAY,
        )  # fmt: skip

    from tenure.act.channels.registry import standing_in
    from tests.act.channels.benches import a_tower

    with a_tower("aliyun") as tower, standing_in(tower.channel):
        plan_day()

    message = Message.objects.get(step="t7")
    assert message.channel == channel
    assert why in why_this_way(message).say("en")


@pytest.mark.usefixtures("either_database", "strategy")
@pytest.mark.parametrize(
    ("kind", "owner", "preferred", "habit", "is_call"),
    [
        ("enterprise", "陈立", [], "", True),
        ("enterprise", "", [], "", False),  # nobody looks after it
        ("business", "陈立", [], "", False),
        ("enterprise", "陈立", ["email"], "", False),  # what was said comes first
        ("enterprise", "陈立", [], "email", False),  # and what was learned
    ],
)
def test_an_enterprise_is_spoken_to_by_its_account_manager(
    plan_day: PlanDay, kind: str, owner: str, preferred: list[str], habit: str, is_call: bool
) -> None:
    """CHN-08, CHN-11: the default by persona is work for the owner, with a script."""
    account = an_account(kind=kind, phone="13800000001", name="远帆物流")
    term = a_term(account=account, days_left=7, owner_name=owner)
    Person.objects.update(preferred_channels=preferred)
    if habit:
        Habit.objects.create(
            person=primary_person(account), channel=habit, sent=6, answered=5, share=0.7,
            alike=0.2, learned_on=SUNDAY,
        )  # fmt: skip

    plan_day()

    found = ToDo.objects.filter(term=term, kind="call", once_key__contains=":t7:")
    assert [one.owner_name for one in found] == ([owner] if is_call else [])
    assert Message.objects.filter(step="t7").exists() is not is_call


@pytest.mark.usefixtures("strategy")
def test_a_message_waits_for_the_hour_and_never_leaves_the_window() -> None:
    """Learned hours move a message within what is allowed, and say so in the outbox."""
    morning = at_on(AS_OF, 9)
    people = {}
    for name, hour in (("evening", 19), ("night", 2)):
        term = a_term(account=an_account(external_id=name), days_left=7)
        person = primary_person(term.account)
        Habit.objects.create(person=person, hour=hour, answers=5, learned_on=SUNDAY)
        people[name] = a_message(
            term=term,
            person=person,
            template="ends_soon",
            message_class=Message.Class.TRANSACTIONAL,
            planned_at=morning,
            expires_at=morning + timedelta(days=2),
        )

    dispatch(at=morning, post=Postbag())

    evening, night = (Message.objects.get(pk=one.pk) for one in people.values())
    assert (evening.state, evening.reason) == (MessageState.PLANNED, "habit")
    assert evening.send_after == at_on(AS_OF, 19)
    assert night.state == MessageState.SENT  # the two never meet: the window decides


def test_the_persona_of_an_enterprise_is_its_manager_at_any_age() -> None:
    assert persona(2004, year=2026, is_managed=True) == ("phone",)


def test_a_learned_hour_is_read_on_the_clock_of_the_reader() -> None:
    at = datetime.fromisoformat("2026-06-15T00:00:00+00:00")

    window = window_of(20, business_zone="Asia/Shanghai", zone="Europe/Berlin", at=at)

    assert (window.opens.hour, window.closes.hour) == (14, 17)


def test_age_names_the_usual_ways() -> None:
    assert persona(1950, year=2026) == ("phone",)
    assert persona(2000, year=2026) == ("push", "sms")
    assert persona(1980, year=2026) == persona(None, year=2026) == ()
