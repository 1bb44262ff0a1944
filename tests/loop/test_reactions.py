"""TAG-02, HLT-01, JRN-04: what follows from the journal, once, however often it is read."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tenure.kernel.periods import day_number
from tenure.loop.reactions import react
from tenure.records.contacts.models import Message
from tenure.records.jobs.models import Fill, Follower
from tenure.records.journal.actions import Fact, append_many
from tenure.records.journal.queries import newest
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.states import TermState
from tenure.records.success.models import ToDo
from tests.act.conftest import PlanDay
from tests.act.scripts import script_of
from tests.builders import AS_OF, AT, a_message, a_term, a_todo, an_account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]
MORNING = AT + timedelta(hours=2)


def enter(kind: str, *terms: Term, on: date = AS_OF, **content: Any) -> None:
    append_many(
        [
            Fact(
                kind,
                on=on,
                account_id=term.account_id,
                term_id=term.pk,
                content=content,
                once_key=f"{kind}:{term.pk}:{on}:{content}",
            )
            for term in terms
        ],
        at=AT,
        by="loop",
    )


def filled_before(entry: str) -> None:
    """So that the day of the tests is not the first one on which this was looked at."""
    Fill.objects.create(
        entry=entry, day=day_number(AS_OF) - 1, version="1", filled_at=AT - timedelta(days=1)
    )


def a_household(days_left: int = 60, **person: Any) -> Term:
    return a_term(account=an_account(phone="13800000001", **person), days_left=days_left)


def test_a_tag_starts_its_play_once() -> None:
    """TAG-02: within the next look of the worker, and never a second time for this term."""
    filled_before("tag_masks")
    term = a_household()
    enter("tag.entered", term, tag="frequent_faults", rule_version="1")

    assert react(at=MORNING) == 1
    assert react(at=MORNING) == 0
    enter("tag.left", term, tag="frequent_faults")
    enter("tag.entered", term, on=AS_OF + timedelta(days=9), tag="frequent_faults")
    react(at=MORNING + timedelta(days=9))

    todo = ToDo.objects.get()
    assert todo.once_key == f"call:repair_care:play:{term.pk}"
    assert script_of(todo, on=AS_OF)["en"].startswith("1. Good day")


def test_a_play_that_writes_is_planned_like_any_message() -> None:
    filled_before("tag_masks")
    term = a_household()
    enter("tag.entered", term, tag="silent_30")

    react(at=MORNING)

    message = Message.objects.get()
    assert message.send_key == f"silent_check:play:{term.pk}"
    assert (message.template, message.state) == ("plan_check", "planned")
    assert message.expires_at == datetime.fromisoformat("2026-06-20T16:00:00+00:00")


def test_a_play_reaches_neither_the_holdout_nor_who_is_leaving() -> None:
    filled_before("tag_masks")
    held_out = a_household(in_holdout=True)
    leaving = a_household()
    Term.objects.filter(pk=leaving.pk).update(state=TermState.CANCELLING)
    enter("tag.entered", held_out, leaving, tag="frequent_faults")

    react(at=MORNING)

    assert not ToDo.objects.exists()


def test_a_tag_without_a_play_starts_nothing() -> None:
    filled_before("tag_masks")
    enter("tag.entered", a_household(), tag="heavy_use")

    assert react(at=MORNING) == 1
    assert not Message.objects.exists()
    assert not ToDo.objects.exists()


def test_on_the_first_day_everybody_is_found_in_tags_and_nobody_enters_one() -> None:
    enter("tag.entered", a_household(), tag="frequent_faults")

    react(at=MORNING)

    assert not ToDo.objects.exists()


def test_a_renewal_ends_what_was_planned_and_what_somebody_was_to_do(
    plan_day: PlanDay,
) -> None:
    term = a_term(days_left=7)
    plan_day()
    work = a_todo(term=term)
    Term.objects.filter(pk=term.pk).update(state=TermState.RENEWED, renewed_on=AS_OF)
    enter("term.renewed", term)

    react(at=MORNING)

    message = Message.objects.get(term=term)
    work.refresh_from_db()
    assert (message.state, message.reason) == ("expired", "renewed")
    assert (work.state, work.closed_at) == (ToDo.State.DROPPED, MORNING)


def test_what_was_sent_stays_when_a_term_is_renewed() -> None:
    term = a_term(days_left=7, state=TermState.RENEWED)
    sent = a_message(term=term, state="sent")  # type: ignore[arg-type]
    enter("term.renewed", term)

    react(at=MORNING)

    sent.refresh_from_db()
    assert sent.state == "sent"


def test_a_fall_of_health_opens_work_once_until_the_next_fall() -> None:
    """HLT-01: below the line somebody looks after the customer at once."""
    filled_before("health")
    term = a_household()
    enter("health.fell", term, score=62.5, line=70.0)

    react(at=MORNING)
    react(at=MORNING)

    todo = ToDo.objects.get()
    assert todo.kind == "health"
    assert todo.reasons[0] == {
        "zh-Hans": "健康分降到 62.5，低于介入线 70.0",
        "en": "health fell to 62.5, below the line of 70.0",
    }
    ToDo.objects.update(state=ToDo.State.DONE)
    enter("health.fell", term, on=AS_OF + timedelta(days=40), score=65.0, line=70.0)
    react(at=MORNING + timedelta(days=40))
    assert ToDo.objects.count() == 2


def test_a_risk_that_rose_warns_the_owner_with_its_reason() -> None:
    """HLT-02: high risk is told to somebody, in words."""
    filled_before("risks")
    term = a_household()
    enter("risk.rose", term, p_lapse=0.3321, band=3, reasons=[])

    react(at=MORNING)

    assert ToDo.objects.get().reasons[0] == {
        "zh-Hans": "不续费概率升到 33%（第 3 档，共 4 档）",
        "en": "the probability of not renewing rose to 33 %, band 3 of 4",
    }


def test_two_alarms_about_one_term_are_one_piece_of_work() -> None:
    filled_before("risks")
    filled_before("health")
    term = a_household()
    enter("health.fell", term, score=62.5, line=70.0)
    enter("risk.rose", term, p_lapse=0.6, band=4, reasons=[])

    react(at=MORNING)

    assert ToDo.objects.count() == 1


def test_a_play_is_for_terms_near_enough_to_their_end() -> None:
    filled_before("tag_masks")
    near, far = a_household(120), a_household(121)
    enter("tag.entered", near, far, tag="silent_30")

    react(at=MORNING)

    assert [message.term_id for message in Message.objects.all()] == [near.pk]


def test_on_the_first_scored_day_only_those_near_their_end_are_worked_on() -> None:
    near, far = a_household(20), a_household(200)
    enter("health.fell", near, far, score=50.0, line=70.0)

    react(at=MORNING)

    assert [todo.term_id for todo in ToDo.objects.all()] == [near.pk]


def test_nobody_works_on_the_health_of_the_holdout() -> None:
    filled_before("health")
    enter("health.fell", a_household(in_holdout=True), score=50.0, line=70.0)

    react(at=MORNING)

    assert not ToDo.objects.exists()


def test_the_place_reached_survives_the_process() -> None:
    filled_before("health")
    enter("health.fell", a_household(), score=50.0, line=70.0)
    react(at=MORNING)
    place = Follower.objects.get(name="reactions").place

    enter("health.fell", a_household(), score=51.0, line=70.0)
    assert react(at=MORNING) == 1

    assert Follower.objects.get(name="reactions").place != place
    assert ToDo.objects.count() == 2


def test_what_nobody_answers_is_passed_over_and_read_no_more() -> None:
    term = a_household()
    enter("contact.noted", term)

    assert react(at=AT) == 0
    assert Follower.objects.get(name="reactions").place == str(newest())


A_FAR_CHEAP_END = 200


def test_whom_no_person_is_told_of_gets_the_play_of_the_alarm() -> None:
    """HLT-01, PRD-03, PRD-04: a task where a person is worth it, else an automated play, once."""
    filled_before("health")
    filled_before("risks")
    near, far = a_household(61), a_household(62)  # a day passed since
    dear, owned = a_household(A_FAR_CHEAP_END), a_household(A_FAR_CHEAP_END)
    Term.objects.filter(pk=dear.pk).update(cycle_months=12, price_minor=150_000)
    Term.objects.filter(pk__in=(near.pk, far.pk, owned.pk)).update(
        cycle_months=12, price_minor=149_999
    )
    Subscription.objects.filter(pk=owned.subscription_id).update(owner_name="Lin")
    enter("health.fell", near, far, dear, owned, score=62.5, line=70.0)
    enter("risk.rose", near, far, p_lapse=0.6, band=4, reasons=[])

    react(at=MORNING)
    react(at=MORNING)

    told = ToDo.objects.values_list("term_id", flat=True)
    assert sorted(told) == sorted([near.pk, dear.pk, owned.pk])
    keys = Message.objects.order_by("pk").values_list("send_key", flat=True)
    assert list(keys) == [f"health_check:play:{far.pk}", f"risk_check:play:{far.pk}"]


def test_on_the_first_scored_day_an_alarm_starts_no_play() -> None:
    enter("health.fell", a_household(200), score=50.0, line=70.0)

    react(at=MORNING)

    assert not ToDo.objects.exists()
    assert not Message.objects.exists()
