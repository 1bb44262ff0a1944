"""Lots inside a journey, and steps that tell other programs: once, recorded, counted (JRN-01)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from tenure.act.journeys.dry_run import dry_run
from tenure.act.journeys.failures import follow_failures
from tenure.act.journeys.models import Enrolment, Passage
from tenure.act.journeys.standings import standing_of
from tenure.act.webhooks.actions import enqueue
from tenure.act.webhooks.requests import Letter, headers_of
from tenure.act.webhooks.secrets import signing_secrets
from tenure.kernel import clock
from tenure.records.contacts.models import Message
from tenure.records.journal.models import Entry
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tenure.records.success.models import ToDo
from tenure.records.webhooks.actions import Answer, Wish, close_endpoint, note_answer, open_endpoint
from tenure.records.webhooks.models import WebhookDelivery, WebhookEndpoint
from tenure.records.webhooks.rules import Answered
from tenure.strategy.journeys import Journey
from tests.act.conftest import PlanDay
from tests.act.journeys.test_clocks import STEP, only_journey
from tests.builders import AS_OF, AT, a_term, an_account

pytestmark = pytest.mark.django_db

EVEN = {"warm": 1, "plain": 1}
WEBHOOK: Mapping[str, Any] = {"webhook": "cooling_down", "on_failure": "call", "days_before": 90}


def a_lot(**weights: int) -> list[dict[str, Any]]:
    ways = [{"id": one, "name": STEP["name"], "weight": n} for one, n in weights.items()]
    return [{"id": "tone", "name": STEP["name"], "branch": ways}]


def on(branch: str, days_before: int = 90) -> dict[str, Any]:
    return {"id": branch, "branch": branch, "days_before": days_before}


def some(number: int, *, days_left: int = 90) -> list[Term]:
    return [a_term(account=an_account(), days_left=days_left) for _ in range(number)]


def the_journey() -> Journey:
    return current().at(AS_OF).journeys["some"]


def ways() -> dict[int, str]:
    return dict(Passage.objects.values_list("term_id", "branch"))


@pytest.mark.usefixtures("either_database")
def test_everybody_goes_one_way_which_is_recorded_and_counted(plan_day: PlanDay) -> None:
    only_journey("end", on("warm"), on("plain"), fork=a_lot(**EVEN))
    terms = some(12)
    nobody = a_term(account=an_account(email=None), days_left=90)

    planned = plan_day()
    again = plan_day(at=AT + timedelta(hours=1))

    told = dict(Message.objects.values_list("term_id", "step"))
    assert told == ways() == {
        one.pk: the_journey().forks[0].drawn("some", one.account_id) for one in terms
    }  # fmt: skip
    assert set(told.values()) == {"warm", "plain"}
    assert planned.messages == 12
    assert planned.due == planned.messages + planned.excluded.total()
    assert planned.excluded["no_address"] == 2
    assert again.messages == again.excluded["other_branch"] == 0
    counted = standing_of(the_journey(), zone="Asia/Shanghai", on=AS_OF).passed["tone"]
    assert sum(counted.values()) == 12
    assert counted["warm"] == list(told.values()).count("warm")
    assert not Passage.objects.filter(term=nobody).exists()


@pytest.mark.usefixtures("either_database")
def test_a_way_with_nothing_on_it_is_kept_when_the_weights_change(plan_day: PlanDay) -> None:
    """Those whom nobody writes to are recorded, too, and stay where they were."""
    only_journey("end", on("warm"), fork=a_lot(**EVEN))
    some(12)
    plan_day()
    before = ways()
    silent = {term for term, branch in before.items() if branch == "plain"}
    assert silent
    assert not Message.objects.filter(term__in=silent).exists()

    only_journey("end", on("warm"), fork=a_lot(warm=1, plain=0))
    later = plan_day(AS_OF + timedelta(days=1), at=AT + timedelta(days=1))

    assert ways() == before
    assert later.messages == 0
    assert not Message.objects.filter(term__in=silent).exists()


def test_the_next_term_of_a_customer_goes_the_same_way(plan_day: PlanDay) -> None:
    only_journey("end", on("warm"), on("plain"), fork=a_lot(**EVEN))
    first = some(1)[0]
    second = a_term(account=first.account, days_left=90)

    plan_day()

    assert len(set(ways().values())) == 1
    assert set(ways()) == {first.pk, second.pk}


def test_a_dry_run_says_whom_the_lot_sends_another_way(plan_day: PlanDay) -> None:
    only_journey("end", on("warm", 89), fork=a_lot(**EVEN))
    some(12)
    plan_day()

    run = dry_run(on=AS_OF + timedelta(days=2), at=AT)

    assert run.reasons.keys() == {"other_branch"}
    assert run.sent + run.reasons["other_branch"] == 12
    assert not Passage.objects.exists()


def an_endpoint(*kinds: str) -> WebhookEndpoint:
    return open_endpoint(
        Wish("whk_crm", "https://crm.example.com/in", kinds), on=AS_OF, at=AT, by="test"
    )


@pytest.fixture
def told(plan_day: PlanDay) -> PlanDay:
    only_journey("end", {"id": "crm", **WEBHOOK})
    return plan_day


@pytest.mark.usefixtures("either_database")
def test_a_step_tells_other_programs_once_and_signed(told: PlanDay) -> None:
    endpoint = an_endpoint("journey.*")
    term = some(1)[0]
    held = a_term(account=an_account(in_holdout=True), days_left=90)
    leaving = a_term(account=an_account(), days_left=90, state=TermState.CANCELLING)

    planned = told()
    again = told(at=AT + timedelta(hours=1))

    assert (planned.webhooks, again.webhooks) == (1, 0)
    assert planned.excluded == {"holdout": 1, "cancelling": 1}
    assert Enrolment.objects.get().term_id == term.pk
    entries = list(Entry.objects.filter(kind="journey.told"))
    assert (enqueue(entries, at=AT), enqueue(entries, at=AT)) == (1, 0)
    delivery = WebhookDelivery.objects.get()
    now = clock.now()
    secrets = signing_secrets(endpoint, at=now)
    letter = Letter(endpoint.url, delivery.message_id, delivery.body, secrets)
    body = Webhook(secrets[0]).verify(delivery.body, dict(headers_of(letter, at=now)))
    assert body["type"] == "journey.step"
    assert body["data"]["term"] == f"trm_{term.pk}"
    assert body["data"]["details"]["name"] == "cooling_down"
    assert not Message.objects.exists()
    assert not Entry.objects.filter(kind="journey.told", term__in=[held, leaving]).exists()


@pytest.mark.usefixtures("either_database")
def test_where_every_program_gives_up_a_person_calls_once(told: PlanDay) -> None:
    endpoint = an_endpoint()
    term = some(1)[0]
    told()
    enqueue(list(Entry.objects.filter(kind="journey.told")), at=AT)
    delivery = WebhookDelivery.objects.get()
    note_answer(delivery.pk, Answer(Answered(500), at=AT), on=AS_OF, by="test")
    assert follow_failures(at=AT + timedelta(hours=1)) == 0
    step = standing_of(the_journey(), zone="Asia/Shanghai", on=AS_OF).steps["crm"]
    assert (step.waiting, step.sent, step.failed) == (1, 0, 0)

    close_endpoint(endpoint.public_id, on=AS_OF, at=AT + timedelta(hours=2), by="test")

    assert [follow_failures(at=AT + timedelta(hours=3)) for _ in range(2)] == [1, 0]
    assert ToDo.objects.get().once_key == f"call:some:crm:{term.pk}"
    step = standing_of(the_journey(), zone="Asia/Shanghai", on=AS_OF).steps["crm"]
    assert (step.waiting, step.sent, step.failed, step.calls) == (0, 0, 1, 1)


@pytest.mark.usefixtures("either_database")
def test_where_no_program_listens_the_failure_edge_follows_at_once(told: PlanDay) -> None:
    an_endpoint("payment.*")
    term = some(1)[0]

    planned = told()

    assert (planned.webhooks, planned.calls) == (0, 1)
    assert ToDo.objects.get().term_id == term.pk
    run = dry_run(on=AS_OF + timedelta(days=1), at=AT)
    assert run.told == []
