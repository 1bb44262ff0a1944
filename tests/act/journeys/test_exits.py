"""CS-06, STD-06, TCK-01: a play ends when its goal is reached; questions are answered first."""

from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tenure.act.care.questions import answer_questions
from tenure.act.care.rules import due_by, due_on
from tenure.act.journeys.actions import start_plays
from tenure.act.journeys.exits import reached
from tenure.records.contacts.models import Message
from tenure.records.journal.models import Entry
from tenure.records.service.actions import open_ticket
from tenure.records.service.rules import Request
from tenure.records.strategies.actions import apply_strategy
from tenure.records.strategies.queries import current
from tenure.records.success.models import ToDo
from tenure.strategy.journeys import ToDoKind
from tenure.strategy.loading import build
from tenure.strategy.working import Working
from tests.act.conftest import PlanDay
from tests.builders import AS_OF, AT, a_term, an_account, at_on

pytestmark = pytest.mark.django_db

GOAL = [{"feature": "days_left", "op": ">=", "value": 90}]


def with_goal(play: str) -> None:
    document: Any = deepcopy(current().document)
    for table in document["files"]["plays.toml"]["play"]:
        if table["id"] == play:
            table["goal"] = GOAL
            table["todo"] = "health"
    apply_strategy(build(document), by="test", at=AT.replace(year=2021))


@pytest.mark.usefixtures("either_database")
def test_a_play_ends_for_whom_its_goal_is_reached(plan_day: PlanDay) -> None:
    with_goal("silent_check")
    plan_day(AS_OF - timedelta(days=1), at=AT - timedelta(days=1))
    done = a_term(account=an_account(), days_left=100)
    still = a_term(account=an_account(), days_left=80)
    start_plays("silent_30", [done.pk, still.pk], on=AS_OF, at=AT)
    assert Message.objects.filter(state="planned").count() == 2

    first = plan_day()
    plan_day(at=AT + timedelta(hours=1))

    states = dict(Message.objects.filter(journey="silent_check").values_list("term_id", "state"))
    assert states == {done.pk: "expired", still.pk: "planned"}
    assert Message.objects.get(term=done, journey="silent_check").reason == "goal"
    work = dict(ToDo.objects.filter(kind="health").values_list("term_id", "state"))
    assert work == {done.pk: "dropped", still.pk: "open"}
    assert (reached("silent_check"), first.withdrawn) == (1, 1)


@pytest.mark.usefixtures("either_database", "strategy")
def test_a_question_about_renewing_is_work_for_today_with_priority() -> None:
    term = a_term(account=an_account(in_holdout=True), days_left=20)
    morning = at_on(AS_OF, 10)
    asked = Request(term.account_id, "desk", "1", "renewal", morning)
    ticket = open_ticket(asked, on=AS_OF, at=morning, by="test")
    other = open_ticket(
        Request(term.account_id, "desk", "2", "billing", morning), on=AS_OF, at=morning, by="test"
    )
    entries = list(Entry.objects.filter(kind="ticket.opened"))

    assert (answer_questions(entries, at=morning), answer_questions(entries, at=morning)) == (1, 0)

    todo = ToDo.objects.get()
    assert (ticket.priority, other.priority) == ("high", "")
    assert (todo.kind, todo.due_on, todo.term_id) == ("question", AS_OF, term.pk)
    assert todo.due_at == at_on(AS_OF, 14)
    assert todo.once_key == f"question:{ticket.pk}"


def test_work_is_due_on_working_days() -> None:
    friday = AS_OF + timedelta(days=4)
    assert friday.weekday() == 4
    assert due_on(ToDoKind.CALL, opened_on=friday) == friday + timedelta(days=3)
    assert due_on(ToDoKind.OPTIONS, opened_on=friday) == friday + timedelta(days=5)
    saturday = friday + timedelta(days=1)
    assert due_on(ToDoKind.QUESTION, opened_on=saturday) == friday + timedelta(days=3)
    assert due_on(ToDoKind.CALL, opened_on=saturday) == friday + timedelta(days=3)


@pytest.mark.parametrize(
    ("kind", "opened", "until"),
    [
        # Dragon Boat Festival: Friday, 19 June 2026 is off; the next working day is Monday.
        (ToDoKind.CALL, "2026-06-18 15:00", "2026-06-22 18:00"),
        # Sunday, 20 September is worked for Mid-Autumn, Friday the 25th is off.
        (ToDoKind.OPTIONS, "2026-09-18 10:00", "2026-09-22 18:00"),
        (ToDoKind.QUESTION, "2026-09-18 16:00", "2026-09-20 11:00"),
        (ToDoKind.QUESTION, "2026-09-30 17:00", "2026-10-08 12:00"),
        # Nobody knows the holidays of 2027 yet: Monday to Friday.
        (ToDoKind.CALL, "2027-10-01 09:00", "2027-10-04 18:00"),
    ],
)
def test_work_is_due_in_the_hours_and_by_the_calendar_of_its_owner(
    kind: ToDoKind, opened: str, until: str
) -> None:
    """R-N-016: holidays are skipped, make-up days (调休) count, in the owner's own zone."""
    working = Working(zones={"陈立": "Asia/Tokyo"})
    for owner, zone in (("李", "Asia/Shanghai"), ("陈立", "Asia/Tokyo")):
        hours = working.hours(country="CN", zone="Asia/Shanghai", owner=owner)
        at, due = (
            datetime.fromisoformat(one).replace(tzinfo=ZoneInfo(zone)) for one in (opened, until)
        )
        assert due_by(kind, opened_on=at.date(), opened_at=at, hours=hours) == due


def test_days_of_the_business_win_over_the_calendar() -> None:
    friday = date(2026, 6, 19)
    working = Working(worked_on=frozenset({friday}), closed_on=frozenset({date(2026, 6, 18)}))
    hours = working.hours(country="CN", zone="Asia/Shanghai")
    assert [hours.is_open_on(friday - timedelta(days=n)) for n in (0, 1, 2)] == [True, False, True]
