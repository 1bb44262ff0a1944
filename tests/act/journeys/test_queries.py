"""TOP-09: what comes next for a customer, and why it would not."""

from typing import Any

import pytest

from tenure.act.journeys.queries import next_steps
from tenure.records.contacts.models import Message
from tenure.records.subscriptions.models import Term
from tenure.records.subscriptions.states import TermState
from tests.act.conftest import PlanDay
from tests.builders import AS_OF, a_term, an_account, day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("strategy")]


def a_household(days_left: int = 100, **person: Any) -> Term:
    return a_term(account=an_account(**person), days_left=days_left)


def test_the_steps_ahead_stand_in_the_order_of_time(plan_day: PlanDay) -> None:
    term = a_household(100)
    plan_day()

    steps = next_steps(term.account_id, as_of=AS_OF)

    assert [(one.step.en, one.on, one.why_not) for one in steps] == [
        ("Plan check", day(10), None),
        ("Options and a person", day(70), None),
        ("Reminder", day(93), None),
        ("Exclusive offer and preview", day(97), None),
    ]


def test_a_planned_step_shows_its_message_and_an_open_window_stays(plan_day: PlanDay) -> None:
    term = a_household(88)
    plan_day()

    first = next_steps(term.account_id, as_of=AS_OF)[0]

    assert first.message == Message.objects.get()
    assert first.on == day(-2)


def test_a_message_that_was_kept_back_says_why(plan_day: PlanDay) -> None:
    term = a_household(90)
    plan_day()
    Message.objects.update(state="suppressed", reason="no_consent")

    why_not = next_steps(term.account_id, as_of=AS_OF)[0].why_not

    assert why_not is not None
    assert why_not.en == "no consent to marketing"


@pytest.mark.parametrize(
    ("person", "why"),
    [
        ({"in_holdout": True}, "holdout: legal notices and receipts only"),
        ({"minor": True}, "a minor is not persuaded"),
        ({"email": None}, "no address"),
    ],
)
def test_what_stands_against_a_step_is_foreseen(person: dict[str, Any], why: str) -> None:
    term = a_household(100, **person)

    first = next_steps(term.account_id, as_of=AS_OF)[0]

    assert first.why_not is not None
    assert first.why_not.en == why


def test_only_marketing_misses_a_consent() -> None:
    term = a_household(100, consents=("service",))

    annual = [
        one for one in next_steps(term.account_id, as_of=AS_OF) if "Notice" not in one.step.en
    ]
    reasons = {one.step.en: one.why_not.en for one in annual if one.why_not}

    assert reasons == {
        "Exclusive offer and preview": "no consent to marketing",
        "Best action": "no consent to marketing",
    }


def test_who_is_leaving_is_not_written_to() -> None:
    term = a_household(100)
    Term.objects.update(state=TermState.CANCELLING)

    assert {one.why_not.en for one in next_steps(term.account_id, as_of=AS_OF) if one.why_not} == {
        "the customer asked to stop at the end"
    }
