"""Terms whose outcome is known, in the arms of an experiment."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from tenure.records.catalog.models import PlanVersion
from tenure.records.customers.models import Account
from tenure.records.experiments.models import Assignment, Experiment
from tenure.records.rows import insert_rows
from tenure.records.subscriptions.models import Subscription, Term
from tests.builders import AT, day

ENDED_ON = day(-30)
YEAR_MINOR = 82_800


def terms_of(
    arm: str, *, count: int, renewed: int, key: str = "holdout", **given: Any
) -> list[int]:
    """So many accounts with one term that ended a month ago, the first `renewed` of them renewed.

    Returns the ids of the terms. `ends_on`, `price_minor` (of the next term), `currency` and the
    `stratum` in which they were drawn may be given.
    """
    ends_on: date = given.get("ends_on", ENDED_ON)
    price: int = given.get("price_minor", YEAR_MINOR)
    currency: str = given.get("currency", "CNY")
    first = (Term.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    ids = [first + 2 * n for n in range(count)]
    plan = PlanVersion.objects.get(plan__code="home_300").pk
    common = {"plan_version_id": plan, "cycle_months": 12, "currency": currency}
    common |= {"list_price_minor": YEAR_MINOR, "recorded_at": AT}
    ended = [
        {"id": n, "account_id": n, "subscription_id": n, "number": 1, **common}
        | {"starts_on": day(-395), "ends_on": ends_on, "price_minor": YEAR_MINOR}
        | {"state": "renewed" if place < renewed else "lapsed"}
        | {"renewed_on": ends_on if place < renewed else None}
        | {"closed_on": None if place < renewed else ends_on}
        for place, n in enumerate(ids)
    ]
    following = [
        {"id": n + 1, "account_id": n, "subscription_id": n, "number": 2, **common}
        | {"starts_on": ends_on, "ends_on": day(335), "price_minor": price}
        | {"state": "running"}
        for n in ids[:renewed]
    ]
    with transaction.atomic():
        _customers(ids, plan=plan, currency=currency)
        _insert(Term, ended)
        _insert(Term, following)
        experiment = Experiment.objects.get(key=key).pk
        drawn = {"experiment_id": experiment, "arm": arm, "assigned_on": day(-200)}
        drawn["stratum"] = given.get("stratum", "")
        _insert(Assignment, [{"account_id": n, "term_id": n, **drawn} for n in ids])
    return ids


def _customers(ids: Sequence[int], *, plan: int, currency: str) -> None:
    known = {"source": "test", "started_on": day(-800), "recorded_at": AT}
    _insert(
        Account,
        [
            {"id": n, "external_id": f"a{n}", "name": "n", "currency": currency, **known}
            | {"holdout_bucket": 5_000}
            for n in ids
        ],
    )
    _insert(
        Subscription,
        [
            {"id": n, "account_id": n, "external_id": f"s{n}", "plan_version_id": plan, **known}
            | {"cycle_months": 12, "anchor_on": day(-800), "state": "active"}
            for n in ids
        ],
    )


def _insert(model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        columns = list(rows[0])
        insert_rows(model, ([row[name] for name in columns] for row in rows), columns=columns)
