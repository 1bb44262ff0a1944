"""`make year`, small: days that break no rule, and an auditor that finds what would."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.year import audit, told, walk
from tenure.records.contacts.models import Message
from tenure.records.contacts.states import MessageState
from tenure.records.strategies.actions import apply_strategy
from tenure.strategy.loading import preset
from tests.builders import AS_OF, AT, a_message, a_term, an_account, at_on

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_business(settings: Any, tmp_path: Path) -> None:
    settings.TENURE_HOME = tmp_path
    apply_strategy(preset("broadband"), by="test", at=AT.replace(year=2020))


@pytest.mark.slow
def test_days_with_a_careless_producer_break_no_rule_and_account_for_everybody() -> None:
    """JRN-08, STD-04, TOP-04, TOP-02: caps, hours, consent and holdout; nobody is forgotten."""
    for place in range(24):
        account = an_account(
            in_holdout=place % 6 == 5,
            consents=("service", "marketing") if place % 3 else ("service",),
        )
        a_term(account=account, days_left=(3, 5, 7, 31, 91, 181)[place % 6] + place // 6)

    year = walk(AS_OF, days=6, seed=7)

    assert year.violations == {}
    assert year.due == year.made + year.excluded.total() > 10
    assert year.fates["send"] > 10
    assert list(told(year, customers=24, days=6))[-1] == "violations: none"


def sent(hour: int, *, days: int = 0, **given: Any) -> Message:
    at = at_on(AS_OF + timedelta(days=days), hour)
    known = {
        "state": MessageState.SENT, "sent_at": at, "planned_at": at,
        "expires_at": at + timedelta(days=1), "message_class": "marketing", "template": "preview",
    }  # fmt: skip
    return a_message(**{**known, **given})


def test_the_auditor_finds_what_it_looks_for() -> None:
    agreed = a_term(account=an_account(), days_left=200)
    for days in (0, 0, 1, 2, 3):
        sent(10, days=days, term=agreed)
    sent(22, days=9, term=agreed)
    sent(10, term=a_term(account=an_account(consents=("service",)), days_left=200))
    sent(10, term=a_term(account=an_account(in_holdout=True), days_left=200))
    sent(10, days=12, term=agreed, expires_at=at_on(AS_OF, 9))
    a_term(account=an_account(), days_left=110)

    found = audit(AS_OF, until=AS_OF + timedelta(days=40))

    assert found["marketing twice a day"] == 1
    assert found["marketing four times a week"] >= 2
    assert found["outside the hours"] == 1
    assert found["without consent"] == 1
    assert found["to the holdout"] == 1
    assert found["too late"] == 1
    assert found["forgotten at T-90"] == 1
