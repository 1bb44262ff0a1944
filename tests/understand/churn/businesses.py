"""A business with two and a half years behind it, in which quiet customers leave."""

from datetime import timedelta
from typing import Any

import numpy as np

from tenure.records.customers.models import Account
from tenure.records.subscriptions.models import Subscription, Term
from tenure.warehouse.snapshots import take
from tests.builders import AS_OF, AT, ZONE, a_plan_version, day
from tests.understand.features.literal import TODAY, an_event
from tests.understand.warehouses import Warehouse

CUSTOMERS = 1_000
VISITS_EVERY = 15  # days; a file a day is slow
FIRST_DAY = -900
QUIET_STAY, BUSY_STAY = 0.55, 0.95


def with_a_past(warehouse: Warehouse, *, customers: int = CUSTOMERS) -> dict[int, bool]:
    """Write records and events, copy the facts; account → whether it is quiet."""
    rng = np.random.default_rng(11)
    quiet = rng.random(customers) < 0.4
    version = a_plan_version()
    known = AT - timedelta(days=1)
    accounts = Account.objects.bulk_create(
        Account(
            source="test",
            external_id=f"past-{number}",
            name="",
            currency="CNY",
            started_on=day(FIRST_DAY),
            holdout_bucket=5_000,
            recorded_at=known,
        )
        for number in range(customers)
    )
    begins = rng.integers(FIRST_DAY, FIRST_DAY + 365, customers)
    subscriptions = Subscription.objects.bulk_create(
        Subscription(
            account=account,
            source="test",
            external_id=account.external_id,
            plan_version=version,
            cycle_months=12,
            anchor_on=day(int(first)),
            state="active",
            started_on=day(int(first)),
            recorded_at=known,
        )
        for account, first in zip(accounts, begins, strict=True)
    )
    left: dict[int, int] = {}
    terms: list[Term] = []
    for number, subscription in enumerate(subscriptions):
        stay = QUIET_STAY if quiet[number] else BUSY_STAY
        chain = _chain(subscription, int(begins[number]), stays=rng.random(4) < stay)
        left[number] = (chain[-1].closed_on or day(1)).toordinal() - AS_OF.toordinal()
        terms += chain
    Term.objects.bulk_create(terms)
    _visit(warehouse, accounts, rng=rng, quiet=quiet, left=left)
    take(as_of=AS_OF, at=AT, zone=ZONE)
    return {account.pk: bool(is_quiet) for account, is_quiet in zip(accounts, quiet, strict=True)}


def _chain(subscription: Subscription, begins: int, *, stays: np.ndarray) -> list[Term]:
    """A year after the other until one is not renewed, or is not over yet."""
    chain: list[Term] = []
    for number in range(1, 5):
        starts, ends = begins + 365 * (number - 1), begins + 365 * number
        decided = ends <= -16
        lapsed = decided and not stays[number - 1]
        chain.append(
            Term(
                account_id=subscription.account_id,
                subscription=subscription,
                plan_version_id=subscription.plan_version_id,
                number=number,
                cycle_months=12,
                starts_on=day(starts),
                ends_on=day(ends),
                price_minor=106_920,
                list_price_minor=106_920,
                currency="CNY",
                state="lapsed" if lapsed else "renewed" if decided else "running",
                renewed_on=day(ends - 5) if decided and not lapsed else None,
                closed_on=day(ends + 15) if lapsed else None,
                recorded_at=AT - timedelta(days=1),
            )
        )
        if lapsed or not decided:
            break
    return chain


def _visit(
    warehouse: Warehouse,
    accounts: list[Account],
    *,
    rng: np.random.Generator,
    quiet: np.ndarray,
    left: dict[int, int],
) -> None:
    """Quiet customers come twice in a quarter, busy ones every week."""
    by_day: dict[int, list[dict[str, Any]]] = {}
    for number, account in enumerate(accounts):
        visits = rng.poisson((left[number] - FIRST_DAY) * (0.02 if quiet[number] else 0.15))
        drawn = rng.integers(FIRST_DAY, left[number] + 1, visits)
        for visited in (drawn // VISITS_EVERY * VISITS_EVERY).tolist():
            event = an_event(-visited, "Login", account_id=account.pk, message_id=f"{number}")
            by_day.setdefault(TODAY + visited, []).append(event)
    warehouse.put_events(by_day)
