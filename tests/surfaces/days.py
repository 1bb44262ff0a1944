"""A day that the loop has finished, as the pages and the API find it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client

from tenure.kernel.periods import date_of, day_number
from tenure.records.jobs.models import Fill, Run
from tenure.records.strategies.queries import current
from tenure.surfaces.console.staff import ensure_roles
from tenure.understand.churn.models import Estimator
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.tables.understanding import HEALTH, RISKS, TAG_MASKS
from tests.builders import AS_OF, AT
from tests.decide.decisions.deciding import Customer, decide
from tests.remembered import from_here
from tests.understand.warehouses import Warehouse

MORNING = datetime(2026, 6, 16, 1, 40, tzinfo=UTC)  # 09:40 in Shanghai, the day after AS_OF
TODAY = day_number(AS_OF)
PARTS = {"usage": 20.0, "network": 31.0, "tickets": 100.0, "satisfaction": None, "payment": 100.0}
STAGES = {
    "observe": {"events": 9, "overdue": 2, "lapsed": 1, "cancelled": 0, "seconds": 0.5},
    "understand": {"risk_rose": 3, "health_fell": 4, "health_recovered": 5, "seconds": 1.0},
    "decide": {"chosen": 1, "withheld": 0, "seconds": 0.1},
    "act": {"sent": 7, "suppressed": 2, "failed": 1, "seconds": 0.1},
    "prove": {"treated": 0, "holdout": 0, "seconds": 0.1},
}


def finish_day(warehouse: Warehouse, *customers: Customer, **given: Any) -> Run:
    """Decide for these customers, score them, and close the day.

    `score` and `before` are the health today and 30 days earlier, `tags` the bits of the mask.
    """

    def finish() -> None:
        decide(warehouse, *customers)
        write_scores(warehouse, *customers, **given)
        _fill(HEALTH.name, RISKS.name, TAG_MASKS.name, FEATURES.name)
        an_estimator()
        Run.objects.create(
            as_of=AS_OF,
            strategy_hash=current().hash,
            started_at=AT,
            finished_at=MORNING,
            stages=given.get("stages", STAGES),
        )

    from_here(f"finish_day {customers} {given}", finish, home=warehouse.store.home)
    return Run.objects.latest("pk")


def write_scores(warehouse: Warehouse, *customers: Customer, **given: Any) -> None:
    """Health of today and of 30 days ago, and today's tags."""
    score, before = given.get("score", 58.0), given.get("before", 74.0)
    warehouse.put(HEALTH, *(_health(one, score, since=TODAY - 2) for one in customers))
    warehouse.put(HEALTH, *(_health(one, before) for one in customers), on=TODAY - 30)
    masks = [{**_ids(one), "mask": given.get("tags", 0b1)} for one in customers]
    warehouse.put(TAG_MASKS, *masks)
    _fill(HEALTH.name, on=TODAY - 30)


def an_estimator(pk: int = 7) -> Estimator:
    """The one that the literal risks name."""
    return Estimator.objects.create(
        pk=pk,
        kind="random_forest",
        as_of=date_of(TODAY - 5),
        trained_at=AT,
        n=5_000,
        data_hash="d",
        strategy_hash=current().hash,
        path="estimators/e.npz",
    )


def _health(one: Customer, score: float, since: int | None = None) -> Mapping[str, Any]:
    parts = json.dumps({**PARTS, "usage": score - 38.0})
    return {**_ids(one), "score": score, "parts": parts, "below_since_day": since}


def _ids(one: Customer) -> dict[str, int]:
    term = one.term
    return {
        "term_id": term.pk,
        "subscription_id": term.subscription_id,
        "account_id": term.account_id,
    }


def _fill(*entries: str, on: int = TODAY) -> None:
    for entry in entries:
        Fill.objects.create(entry=entry, day=on, version=current().hash, filled_at=AT)


def signed_in(role: str, **options: Any) -> Client:
    """A client whose user has one role."""
    ensure_roles()
    user = get_user_model()._default_manager.create_user(username=f"{role}-{Fill.objects.count()}")
    user.groups.set([Group.objects.get(name=role)])
    client = Client(**options)
    client.force_login(user)
    return client
