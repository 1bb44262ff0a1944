"""JRN-01, JRN-02, JRN-03, CHN-04, TOP-02: everybody due is in, or excluded with a reason."""

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from tenure.act.journeys.models import Enrolment
from tenure.records.contacts.models import Message
from tenure.records.journal.models import Entry
from tenure.records.stores.models import StoreContract
from tenure.records.strategies.actions import apply_strategy
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.records.success.models import ToDo
from tenure.strategy.loading import build
from tenure.strategy.sections import Strategy
from tests.act.conftest import PlanDay
from tests.act.decisions import a_decision
from tests.act.scripts import script_of
from tests.builders import (
    AS_OF,
    AT,
    a_contact_point,
    a_term,
    an_account,
    at_on,
    day,
    primary_person,
)

pytestmark = pytest.mark.django_db


def keys() -> list[str]:
    return sorted(Message.objects.values_list("send_key", flat=True))


def a_household(days_left: int, *, state: TermState = TermState.RUNNING, **person: Any) -> Term:
    return a_term(account=an_account(**person), days_left=days_left, state=state)


@pytest.mark.usefixtures("either_database")
def test_each_step_finds_its_terms_by_the_end_of_the_term(plan_day: PlanDay) -> None:
    """JRN-01: T−180, T−90, T−30, T−7 and T−3, each for as long as its window stays open."""
    on_time = {days: a_household(days) for days in (180, 90, 7)}
    late = a_household(167)
    closed = [a_household(166), a_household(181), a_household(4)]

    planned = plan_day()

    assert keys() == sorted(
        [
            f"annual_renewal:t180:{on_time[180].pk}",
            f"annual_renewal:t180:{late.pk}",
            f"annual_renewal:t90:{on_time[90].pk}",
            f"annual_renewal:t7:{on_time[7].pk}",
        ]
    )
    assert (planned.due, planned.messages, planned.excluded) == (4, 4, {})
    assert not Message.objects.filter(term__in=closed).exists()
    first = Message.objects.get(term=on_time[7])
    assert (first.state, first.template, first.channel) == ("planned", "ends_soon", "email")
    assert first.expires_at == at_on(day(3) + timedelta(days=1), 0)
    assert first.address == f"{primary_person(on_time[7].account).external_id}@example.com"


@pytest.mark.usefixtures("either_database")
def test_planning_again_plans_nothing_new(plan_day: PlanDay) -> None:
    a_household(180)

    first, second = plan_day(), plan_day(at=AT + timedelta(hours=1))

    assert (first.messages, second.messages, second.due) == (1, 0, 0)
    assert Message.objects.count() == 1
    assert Entry.objects.filter(kind="journey.planned").count() == 1


@pytest.mark.usefixtures("either_database")
def test_what_a_store_renews_is_reminded_of_by_no_journey(plan_day: PlanDay) -> None:
    """R-A-070: counted with its reason, and neither written to nor called."""
    theirs, ours = a_household(7), a_household(7)
    StoreContract.objects.create(
        subscription=theirs.subscription, store="apple", standing="active", told_at=AT
    )

    planned = plan_day()

    assert planned.excluded == {"sold_by_store": 1}
    assert list(Message.objects.values_list("term_id", flat=True)) == [ours.pk]


@pytest.mark.usefixtures("either_database")
def test_everybody_due_is_in_or_excluded_with_a_reason(plan_day: PlanDay) -> None:
    a_household(7)
    a_household(7, email=None)
    a_household(7, email=None, phone="13800000001")
    a_household(7, minor=True)
    a_household(7, state=TermState.CANCELLING)
    a_household(7, person=False)
    a_household(7, in_holdout=True)
    a_household(7, in_holdout=True, email=None, phone="13800000002")
    undecided, nothing, withheld, given = (a_household(30) for _ in range(4))
    a_decision(term=nothing, action="nothing")
    a_decision(term=withheld, outcome="withheld", reason="budget")
    decision = a_decision(term=given)

    planned = plan_day()

    assert planned.excluded == {
        "no_address": 1,
        "minor": 1,
        "cancelling": 1,
        "no_person": 1,
        "holdout": 1,
        "undecided": 1,
        "nothing": 1,
    }
    assert planned.due == planned.messages + planned.calls + planned.excluded.total() == 12
    assert (planned.messages, planned.calls) == (4, 1)
    assert not Message.objects.filter(term__in=[undecided, nothing]).exists()
    own = Message.objects.get(term=withheld)
    assert (own.template, own.message_class, own.decision_id) == (
        "renewal_options", "transactional", None,
    )  # fmt: skip
    offer = Message.objects.get(term=given)
    assert (offer.template, offer.message_class, offer.decision_id) == (
        "offer_term", "marketing", decision.pk,
    )  # fmt: skip


@pytest.mark.usefixtures("either_database")
def test_a_withheld_offer_leaves_no_marketing(plan_day: PlanDay) -> None:
    term = a_household(3)
    a_decision(term=term, step="t3", outcome="withheld", reason="budget")

    assert plan_day().excluded == {"withheld": 1}
    assert not Message.objects.exists()


@pytest.mark.usefixtures("either_database")
def test_the_channel_is_the_best_that_a_person_prefers_and_can_be_reached_on(
    plan_day: PlanDay,
) -> None:
    """JRN-03, DAT-06: the person's own order, among the step's channels that have an address."""
    prefers_phone = a_household(7, phone="13800000001", preferred_channels=["phone", "email"])
    prefers_email = a_household(
        7, phone="13800000002", born_year=1940, preferred_channels=["email"]
    )
    elderly = a_household(7, phone="13800000003", born_year=1940)
    other = a_household(7, phone="13800000004")
    bounced = a_household(7, email=None, phone="13800000005")
    a_contact_point(person=primary_person(bounced.account), bounced_at=AT)

    plan_day()

    written_to = set(Message.objects.values_list("term_id", flat=True))
    called = set(ToDo.objects.filter(kind="call").values_list("term_id", flat=True))
    assert written_to == {prefers_email.pk, other.pk}
    assert called == {prefers_phone.pk, elderly.pk, bounced.pk}


def test_a_call_comes_with_a_script_in_both_languages(plan_day: PlanDay) -> None:
    """CHN-04: whoever calls knows what to say."""
    term = a_household(7, phone="13800000003", born_year=1940, name="王桂兰")

    plan_day()

    todo = ToDo.objects.get(term=term)
    assert todo.once_key == f"call:annual_renewal:t7:{term.pk}"
    assert todo.due_on == AS_OF + timedelta(days=1)
    script = script_of(todo, on=AS_OF)
    assert script["zh-Hans"].startswith("1. 您好，王桂兰，我是澜江宽带的续费专席")
    assert script["en"].startswith("1. Good day 王桂兰, this is the renewal desk of Lanjiang")
    assert "2026年6月21日" in script["zh-Hans"]
    assert Entry.objects.get(kind="todo.opened").content == {
        "kind": "call",
        "key": todo.once_key,
    }


def test_thirty_days_before_a_person_prepares_options_where_it_pays(plan_day: PlanDay) -> None:
    """JRN-02, CHN-08: a quote with options and a task for the account manager, once."""
    company = a_term(
        account=an_account(kind="business", name="远帆物流"), days_left=30, owner_name="陈立"
    )
    household = a_household(30)
    for term in (company, household):
        a_decision(term=term, outcome="withheld", reason="budget")

    first = plan_day()
    plan_day(at=AT + timedelta(hours=2))

    todo = ToDo.objects.get(kind="options")
    assert (first.todos, first.calls, first.messages) == (1, 0, 2)
    assert (todo.term_id, todo.owner_name) == (company.pk, "陈立")
    assert todo.due_on == AS_OF + timedelta(days=3)
    script = script_of(todo, on=AS_OF)
    assert "· 12 个月：¥962.28" in script["zh-Hans"]
    assert "- 24 months: ¥1,520.64" in script["en"]


def test_nobody_is_set_to_work_on_the_holdout(plan_day: PlanDay) -> None:
    """TOP-04: a person persuades as well as a message does."""
    account = an_account(kind="business", in_holdout=True)
    a_decision(term=a_term(account=account, days_left=30), outcome="withheld", reason="holdout")

    plan_day()

    assert not ToDo.objects.exists()


@pytest.mark.usefixtures("either_database")
def test_a_moved_end_withdraws_what_was_planned_and_plans_anew(plan_day: PlanDay) -> None:
    """JRN-01: the calendar follows the end of the term; what was sent is not sent again."""
    term = a_household(7)
    plan_day()
    waiting = Message.objects.get()
    Term.objects.filter(pk=term.pk).update(ends_on=term.ends_on + timedelta(days=7))

    moved = plan_day(AS_OF + timedelta(days=1), at=AT + timedelta(days=1))
    waiting.refresh_from_db()
    assert (moved.withdrawn, moved.messages) == (1, 0)
    assert (waiting.state, waiting.reason) == ("expired", "moved")
    assert Entry.objects.get(kind="message.expired").content["reason"] == "moved"

    again = plan_day(AS_OF + timedelta(days=7), at=AT + timedelta(days=7))
    assert again.messages == 1
    assert Message.objects.get(send_key=f"annual_renewal:t7:{term.pk}").state == "planned"


@pytest.mark.usefixtures("either_database")
def test_a_sent_step_is_not_repeated_when_the_end_moves(plan_day: PlanDay) -> None:
    term = a_household(7)
    plan_day()
    Message.objects.update(state="sent", sent_at=AT)
    Term.objects.filter(pk=term.pk).update(ends_on=term.ends_on + timedelta(days=7))

    later = plan_day(AS_OF + timedelta(days=7), at=AT + timedelta(days=7))

    assert (later.messages, later.due) == (0, 0)


def test_a_renewed_term_has_nothing_waiting(plan_day: PlanDay) -> None:
    term = a_household(7)
    plan_day()
    Term.objects.filter(pk=term.pk).update(state=TermState.RENEWED, renewed_on=AS_OF)

    later = plan_day(AS_OF + timedelta(days=1), at=AT + timedelta(days=1))

    assert later.withdrawn == 1
    assert list(Message.objects.values_list("state", "reason")) == [("expired", "renewed")]


def test_an_outage_shorter_than_the_window_loses_no_step(plan_day: PlanDay) -> None:
    """Catch-up after an outage misses no period and repeats none."""
    term = a_household(30)
    a_decision(term=term, outcome="withheld", reason="budget")

    late = plan_day(AS_OF + timedelta(days=6), at=AT + timedelta(days=6))

    assert late.messages == 1
    assert Message.objects.get().step == "t30"


def test_a_term_under_way_keeps_the_version_of_its_journey(
    plan_day: PlanDay, strategy: Strategy
) -> None:
    """Journeys have versions; a person in flight keeps theirs."""
    under_way = a_household(180)
    plan_day()
    apply_strategy(with_plan_check_at(strategy, days_before=60), by="test", at=AT)
    newcomer = a_household(180)

    plan_day(AS_OF + timedelta(days=90), at=AT + timedelta(days=90))

    kept = Enrolment.objects.get(term=under_way).version
    message = Message.objects.get(term=under_way, step="t90")
    assert message.journey_version == kept == strategy.journeys["annual_renewal"].version
    assert not Message.objects.filter(term=newcomer).exists()
    plan_day(AS_OF + timedelta(days=120), at=AT + timedelta(days=120))
    assert Message.objects.get(term=newcomer, step="t90").journey_version != kept
    assert Message.objects.filter(term=under_way).count() == 2


def with_plan_check_at(strategy: Strategy, *, days_before: int) -> Strategy:
    """The same strategy with another day for the plan check of the annual journey."""
    document: Any = deepcopy(strategy.document)
    steps = document["files"]["journeys.toml"]["journey"][0]["step"]
    next(step for step in steps if step["id"] == "t90")["days_before"] = days_before
    return build(document)
