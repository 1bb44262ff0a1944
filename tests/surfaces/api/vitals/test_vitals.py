"""Whether the server lives, is ready, and what it measures of itself (R-E-028)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from tenure.act.channels.models import Rest
from tenure.records.contacts.states import MessageState
from tenure.records.jobs.actions import say_alive
from tenure.records.journal.actions import Fact, append
from tenure.records.strategies.models import Revision
from tests.builders import AS_OF, a_message, a_todo
from tests.decide.decisions.deciding import a_customer
from tests.surfaces.api.conftest import WithKey, with_key
from tests.surfaces.days import MORNING, finish_day
from tests.understand.warehouses import Warehouse

__all__ = ["with_key"]


def figures(answer: Any) -> dict[str, float]:
    """Name with labels → value."""
    lines = answer.content.decode().splitlines()
    pairs = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


def test_a_living_server_says_so_without_asking_anything(
    db: None, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/livez")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_a_server_is_ready_when_it_can_read_and_write(broadband: Warehouse) -> None:
    answer = Client().get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": {"database": True, "home": True}}


def test_a_server_without_its_home_or_its_database_is_not_ready(
    broadband: Warehouse, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> bool:
        raise DatabaseError

    settings.TENURE_HOME = tmp_path / "gone"
    monkeypatch.setattr(Revision.objects, "exists", broken)

    answer = Client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": False, "home": False}


def test_the_server_measures_its_queues_and_its_loop(broadband: Warehouse) -> None:
    one = a_customer()
    a_message(term=one.term, send_after=MORNING - timedelta(minutes=5))
    a_message(term=one.term, send_after=MORNING + timedelta(hours=5))
    a_message(term=one.term, state=MessageState.FAILED, settled_at=MORNING - timedelta(hours=1))
    a_todo(term=one.term)
    finish_day(broadband, one)
    say_alive("worker:here#1", at=MORNING - timedelta(seconds=20))
    Rest.objects.create(provider="aliyun", failures=5, why="500", since=MORNING,
                        until=MORNING + timedelta(minutes=5))  # fmt: skip
    unread = Fact("term.renewed", on=AS_OF, account_id=one.term.account_id, term_id=one.term.pk)
    append(unread, at=MORNING - timedelta(seconds=7), by="test")

    found = figures(Client().get("/metrics"))

    assert found["tenure_workers"] == 1.0
    assert found["tenure_worker_age_seconds"] == 20.0
    assert found["tenure_reactions_lag_seconds"] >= 7.0
    assert found['tenure_provider_resting{provider="aliyun"}'] == 1.0
    assert found["tenure_webhooks_due"] == found["tenure_webhooks_lag_seconds"] == 0.0
    assert found["tenure_messages_due"] == 1.0
    assert found["tenure_messages_lag_seconds"] == 300.0
    assert found['tenure_messages_settled_day{state="failed"}'] == 1.0
    assert found["tenure_todos_open"] == 1.0
    assert found["tenure_loop_age_seconds"] == 0.0
    assert found["tenure_inbox_events"] == 0.0
    assert found["tenure_quarantined_day"] == 0.0


def test_figures_are_for_this_machine_and_for_keys_alone(
    broadband: Warehouse, with_key: WithKey
) -> None:
    away = Client(REMOTE_ADDR="10.0.0.9")
    handed_on = Client(headers={"X-Forwarded-For": "10.0.0.9"})
    key = with_key("metrics").defaults["HTTP_AUTHORIZATION"]
    other = with_key("customers").defaults["HTTP_AUTHORIZATION"]

    assert Client().get("/metrics").status_code == 200
    assert away.get("/metrics").status_code == 401
    assert handed_on.get("/metrics").status_code == 401
    assert away.get("/metrics", headers={"Authorization": key}).status_code == 200
    assert away.get("/metrics", headers={"Authorization": other}).status_code == 401
