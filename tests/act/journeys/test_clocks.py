"""JRN-10, JRN-12, JRN-13, TCK-01: journeys by the start, the term, an end, and the calendar."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest

from tenure.act.journeys.dry_run import dry_run
from tenure.act.messages.actions import dispatch
from tenure.act.messages.post import Drawer
from tenure.act.messages.rules import Fate
from tenure.kernel.festivals import festival_on
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.service.models import Ticket
from tenure.records.strategies.actions import apply_strategy
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Subscription, Term
from tenure.records.subscriptions.states import TermState
from tenure.strategy.loading import build
from tests.act.conftest import PlanDay
from tests.builders import AS_OF, AT, a_term, an_account, at_on

pytestmark = pytest.mark.django_db

STEP: Mapping[str, Any] = {
    "name": {"zh": "一步", "en": "A step"},
    "valid_days": 3,
    "message": "plan_check",
    "class": "transactional",
    "channels": ["email"],
    "on_failure": "next_step",
}


def only_journey(clock: str, *steps: Mapping[str, Any], **more: Any) -> None:
    """Put one journey in the place of all."""
    document: Any = deepcopy(current().document)
    journey = {
        "id": "some", "name": {"zh": "某", "en": "Some"}, "segment": "everyone", "clock": clock,
        "step": [written(step) for step in steps], **more,
    }  # fmt: skip
    document["files"]["journeys.toml"]["journey"] = [journey]
    document["files"]["experiments.toml"].pop("comparison", None)
    apply_strategy(build(document), by="test", at=AT.replace(year=2021))


def written(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step as a file holds it; one that tells other programs writes to nobody."""
    plain = {"message", "class", "channels"} if "webhook" in step else set()
    return {**{key: value for key, value in STEP.items() if key not in plain}, **step}


def begun(days_ago: int, **given: Any) -> Term:
    term = a_term(account=an_account(), days_left=given.pop("days_left", 200), **given)
    started = AS_OF - timedelta(days=days_ago)
    Subscription.objects.filter(pk=term.subscription_id).update(started_on=started)
    return term


def keys() -> list[str]:
    return sorted(Message.objects.values_list("send_key", flat=True))


@pytest.mark.usefixtures("either_database")
def test_onboarding_counts_from_the_start_and_ends_with_first_value(plan_day: PlanDay) -> None:
    """JRN-10: what comes after one day and a week; who reached first value hears no more."""
    goal = [{"feature": "tier_rank", "op": ">=", "value": 99}]
    only_journey("start", {"id": "d1", "days_after": 1}, {"id": "d7", "days_after": 7}, goal=goal)
    first, late, week = begun(1), begun(3), begun(7)
    for missed in (begun(0), begun(4), begun(10)):
        assert missed.pk

    planned = plan_day()

    assert keys() == sorted([f"some:d1:{first.pk}", f"some:d1:{late.pk}", f"some:d7:{week.pk}"])
    assert planned.due == planned.messages == 3


def test_whoever_reached_the_goal_hears_no_more(plan_day: PlanDay) -> None:
    goal = [{"feature": "days_left", "op": ">=", "value": 150}]
    only_journey("start", {"id": "d1", "days_after": 1}, goal=goal)
    begun(1, days_left=200)
    still = begun(1, days_left=100)

    plan_day()

    assert keys() == [f"some:d1:{still.pk}"]


@pytest.mark.usefixtures("either_database")
def test_a_festival_is_greeted_once_a_year_on_its_day(plan_day: PlanDay) -> None:
    """JRN-12: planned in the night before, for everybody, and over when the festival is."""
    only_journey("festival", {"id": "moon", "festival": "mid_autumn", "valid_days": 1})
    term = begun(500, days_left=200)
    eve = festival_on("mid_autumn", year=2026) - timedelta(days=1)
    assert dry_run_after(plan_day, eve - timedelta(days=1)) == []

    planned = plan_day(eve, at=at_on(eve + timedelta(days=1), 2))
    again = plan_day(eve, at=at_on(eve + timedelta(days=1), 3))

    assert keys() == [f"some:moon@2026:{term.pk}"]
    assert (planned.messages, again.messages) == (1, 0)
    found = Message.objects.get()
    assert found.expires_at == at_on(eve + timedelta(days=2), 0)


def dry_run_after(plan_day: PlanDay, on: date) -> list[str]:
    plan_day(on, at=at_on(on + timedelta(days=1), 2))
    return keys()


@pytest.mark.usefixtures("either_database")
def test_whoever_lapsed_is_won_back_unless_they_came_back(plan_day: PlanDay) -> None:
    """Win-back after the end; marketing is allowed then, and stops when the customer is there."""
    only_journey("lapse", {"id": "w3", "days_after": 3})
    gone = begun(400, days_left=-3, state=TermState.GRACE)
    lapsed = begun(400, days_left=-4, state=TermState.LAPSED)
    begun(400, days_left=-9, state=TermState.LAPSED)
    begun(400, days_left=-3, state=TermState.RENEWED)

    planned = plan_day()

    assert keys() == sorted([f"some:w3:{gone.pk}", f"some:w3:{lapsed.pk}"])
    assert planned.messages == 2
    back = Term.objects.get(pk=lapsed.pk)
    back.pk, back.number, back.state = None, back.number + 1, TermState.RUNNING
    back.starts_on, back.ends_on = AS_OF, AS_OF + timedelta(days=365)
    back.save()
    dispatch(at=at_on(AS_OF + timedelta(days=1), 10), post=Drawer())
    states = {one.term_id: (one.state, one.reason) for one in Message.objects.all()}
    assert states[gone.pk][0] == MessageState.SENT
    assert states[lapsed.pk] == (MessageState.SUPPRESSED, "renewed")


@pytest.mark.usefixtures("either_database")
def test_a_step_follows_only_whom_the_one_before_reached(plan_day: PlanDay) -> None:
    """A branch on what happened: reached and silent goes on, read or failed does not."""
    only_journey(
        "start",
        {"id": "d1", "days_after": 1},
        {"id": "d7", "days_after": 7, "follows": "d1", "unless_reacted": True},
    )
    silent, read, failed, never = (begun(7) for _ in range(4))
    for term, state in ((silent, "sent"), (read, "read"), (failed, "failed")):
        person = term.account
        Message.objects.create(
            send_key=f"some:d1:{term.pk}", account=person, person_id=_person(term), term=term,
            journey="some", journey_version="0", step="d1", template="plan_check",
            message_class="transactional", channel="email", language="zh-Hans", state=state,
            reason="refused" if state == "failed" else "", planned_at=AT, send_after=AT,
            expires_at=AT, sent_at=AT,
        )  # fmt: skip

    planned = plan_day()

    assert [key for key in keys() if ":d7:" in key] == [f"some:d7:{silent.pk}"]
    assert planned.excluded == {"reacted": 1, "not_followed": 2}
    assert never.pk


def _person(term: Term) -> int:
    from tests.builders import primary_person

    return primary_person(term.account).pk


@pytest.mark.usefixtures("either_database")
def test_an_open_question_about_renewing_blocks_reminders(plan_day: PlanDay) -> None:
    """TCK-01: priority for the ticket, and no blind reminder until it is answered."""
    term = a_term(account=an_account(), days_left=7)
    ticket = Ticket.objects.create(
        account=term.account, source="desk", external_id="1", kind="renewal", opened_at=AT,
        recorded_at=AT,
    )  # fmt: skip
    plan_day()
    morning = at_on(AS_OF + timedelta(days=1), 10)

    held = dispatch(at=morning, post=Drawer())
    foreseen = dry_run(on=AS_OF + timedelta(days=1), at=morning)
    Ticket.objects.filter(pk=ticket.pk).update(resolved_at=morning)
    sent = dispatch(at=morning + timedelta(hours=4), post=Drawer())

    assert held.reasons == {"renewal_ticket": 1}
    assert foreseen.reasons == {"renewal_ticket": 1}
    assert sent.fates[Fate.SEND] == 1
