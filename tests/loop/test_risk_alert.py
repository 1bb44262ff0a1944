"""The owner of a term hears that its risk rose, with the reasons, within five minutes."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tenure.act.care.reasons import reasons_of
from tenure.loop.reactions import react
from tenure.loop.worker import POLL_SECONDS
from tenure.records.jobs.models import Fill
from tenure.records.journal.actions import Fact, append_many
from tenure.records.subscriptions.models import Subscription
from tenure.records.success.models import ToDo
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.tables.understanding import RISKS
from tests.builders import AS_OF, AT, a_term, an_account
from tests.understand.features.literal import TODAY
from tests.understand.warehouses import Warehouse, with_strategy


@pytest.fixture
def broadband(db: None, settings: Any, tmp_path: Path) -> Warehouse:
    settings.TENURE_HOME = tmp_path
    return with_strategy("broadband")


def test_the_owner_hears_of_a_risk_that_rose_with_its_reasons(broadband: Warehouse) -> None:
    """HLT-02, PRD-03: the worker looks every second; the to-do names owner, figure and reasons."""
    term = a_term(account=an_account(phone="13800000001"), days_left=60)
    Subscription.objects.filter(pk=term.subscription_id).update(owner_name="Lin")
    Fill.objects.create(entry="risks", day=TODAY - 1, version="1", filled_at=AT)
    broadband.put(
        RISKS,
        {"term_id": term.pk, "p_lapse": 0.41, "band": 3, "reason_1": "outages_30", "share_1": 0.12,
         "reason_2": "days_since_login", "share_2": 0.08},
    )  # fmt: skip
    fact = Fact(
        "risk.rose",
        on=AS_OF,
        account_id=term.account_id,
        term_id=term.pk,
        content={"p_lapse": 0.41, "band": 3},
        once_key=f"risk:{term.pk}",
    )
    append_many([fact], at=AT, by="loop")

    heard_at = AT + timedelta(seconds=POLL_SECONDS)
    react(at=heard_at)

    todo = ToDo.objects.get(term=term)
    assert timedelta(seconds=POLL_SECONDS) < timedelta(minutes=5)
    assert (todo.owner_name, todo.opened_at) == ("Lin", heard_at)
    assert [one["en"] for one in todo.reasons] == [
        "the probability of not renewing rose to 41 %, band 3 of 4",
        "outages in 30 days (+12.0 points)",
        "time since the last login (+8.0 points)",
    ]


def test_reasons_say_what_was_observed_where_it_is_known(broadband: Warehouse) -> None:
    """HLT-02: whoever calls reads "5 active days", not the name of a number."""
    term = a_term(account=an_account(phone="13800000001"), days_left=60)
    broadband.put(
        RISKS,
        {"term_id": term.pk, "p_lapse": 0.41, "band": 3, "reason_1": "active_days_30",
         "share_1": 0.12, "reason_2": "days_since_login", "share_2": 0.08},
    )  # fmt: skip
    broadband.put(FEATURES, {"term_id": term.pk, "active_days_30": 5}, {"term_id": term.pk + 1})

    told = reasons_of({term.pk}, on=AS_OF, currency="CNY")[term.pk]

    assert [one["en"] for one in told] == [
        "Active days of the last 30: 5 (+12.0 points)",
        "time since the last login (+8.0 points)",
    ]
    assert told[0]["zh-Hans"] == "近 30 天只有 5 天活跃（+12.0 个百分点）"
