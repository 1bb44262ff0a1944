"""TOP-09, TOP-10: who would get what tomorrow, and who not, and why; and nothing is changed."""

from datetime import timedelta
from typing import Any

import pytest

from tenure.act.journeys.ahead import next_messages
from tenure.act.journeys.dry_run import TooFarAhead, dry_run
from tenure.act.journeys.models import Enrolment
from tenure.act.messages.actions import dispatch
from tenure.act.messages.post import Drawer
from tenure.kernel.clock import today
from tenure.records.contacts.models import Message
from tenure.records.journal.models import Entry
from tenure.records.service.models import Ticket
from tenure.records.subscriptions.models import Term
from tenure.records.success.models import ToDo
from tests.act.conftest import PlanDay
from tests.builders import AS_OF, AT, a_term, an_account, at_on, day

pytestmark = pytest.mark.django_db

TOMORROW = AS_OF + timedelta(days=1)


def a_household(days_left: int, **person: Any) -> Term:
    return a_term(account=an_account(**person), days_left=days_left)


def counted(**asked: Any) -> dict[tuple[str, str], tuple[int, int, dict[str, int]]]:
    run = dry_run(**asked)
    return {
        (line.step, line.channel): (line.sent, line.called, dict(line.held))
        for line in run.lines.values()
    }


@pytest.mark.usefixtures("either_database")
def test_a_dry_run_foresees_what_the_night_then_does(plan_day: PlanDay) -> None:
    """The same rules: what it said is what is planned and sent, customer by customer."""
    a_household(91)
    a_household(91, in_holdout=True)
    a_household(8, minor=True)
    a_household(8, email=None)
    a_household(8, email=None, phone="13800000001")
    a_household(4, consents=("service",))
    before = (Message.objects.count(), ToDo.objects.count(), Entry.objects.count())

    plan_day(AS_OF)  # the day that is known
    run = dry_run(on=TOMORROW + timedelta(days=1), at=AT)
    after = (Message.objects.count(), ToDo.objects.count(), Entry.objects.count())
    said = {(one.step, one.term_id): one.reason for one in run.told}

    assert after == before
    assert not Enrolment.objects.exists()
    planned = plan_day(TOMORROW, at=AT + timedelta(days=1))
    night = at_on(TOMORROW + timedelta(days=1), 10)
    dispatch(at=night, post=Drawer())
    done = {(one.step, one.term_id): one.reason for one in Message.objects.all()}
    calls = set(ToDo.objects.filter(kind="call").values_list("term_id", flat=True))
    assert {key: reason for key, reason in said.items() if key in done} == done
    assert {term for (_, term), reason in said.items() if reason == "called"} == calls
    assert run.due == planned.due == 6
    assert run.reasons == {"holdout": 1, "minor": 1, "no_address": 1, "undecided": 1}


def test_what_waits_already_counts_and_a_day_too_far_is_refused(plan_day: PlanDay) -> None:
    waiting = a_household(90)
    plan_day(AS_OF)

    run = dry_run(on=TOMORROW, at=AT)

    assert [(one.term_id, one.was_planned, one.reason) for one in run.told] == [
        (waiting.pk, True, "")
    ]
    with pytest.raises(TooFarAhead, match="31"):
        dry_run(on=AS_OF + timedelta(days=60), at=AT)
    with pytest.raises(TooFarAhead):
        dry_run(on=AS_OF - timedelta(days=1), at=AT)


def test_a_day_further_on_leaves_out_whom_an_earlier_night_finds(plan_day: PlanDay) -> None:
    a_household(92)
    on_that_day = a_household(94)
    plan_day(AS_OF)

    run = dry_run(on=AS_OF + timedelta(days=5), at=AT)

    assert [one.term_id for one in run.told] == [on_that_day.pk]


def test_an_open_fault_holds_marketing_and_says_so(plan_day: PlanDay) -> None:
    """TOP-11: nobody is sold anything while the line is down."""
    term = a_household(3)
    Ticket.objects.create(
        account=term.account, subscription=term.subscription, source="t", external_id="1",
        kind="fault", opened_at=AT, recorded_at=AT,
    )  # fmt: skip
    plan_day(AS_OF)

    ahead = next_messages(term.account_id, on=TOMORROW, at=AT)

    held = {one.step_id: one.held.en for one in ahead if one.held}
    assert held == {"t3": "marketing pauses during an open fault"}


@pytest.mark.usefixtures("either_database")
def test_time_travel_shows_the_next_messages_with_their_words(plan_day: PlanDay) -> None:
    """The next messages of one customer: date, channel, text, and what would hold each."""
    term = a_household(100, name="王桂兰", consents=("service",))
    plan_day(AS_OF)
    before = Message.objects.count()

    ahead = next_messages(term.account_id, on=AS_OF, at=AT)
    later = next_messages(term.account_id, on=AS_OF + timedelta(days=80), at=AT)

    assert Message.objects.count() == before
    shown = [
        (one.step_id, today("Asia/Shanghai", one.at), one.channel, one.held.en if one.held else "")
        for one in ahead
        if one.journey.en == "Annual renewal"
    ]
    assert shown == [
        ("t90", day(11), "email", ""),
        ("t30", day(71), "email", ""),
        ("t7", day(94), "email", ""),
        ("t3", day(98), "email", "no consent to marketing"),
    ]
    reminder = next(one for one in ahead if one.step_id == "t7")
    assert "王桂兰" in reminder.body
    assert [one.step_id for one in later if one.journey.en == "Annual renewal"] == ["t7", "t3"]
