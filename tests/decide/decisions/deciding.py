"""A day on which choices are made: terms in the records, literal tables in the warehouse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tenure.decide.decisions.actions import decide_due
from tenure.decide.decisions.models import Decision
from tenure.kernel.periods import day_number
from tenure.records.catalog.models import PlanVersion
from tenure.records.strategies.actions import apply_strategy
from tenure.records.strategies.queries import current
from tenure.records.subscriptions.models import Term
from tenure.strategy.loading import build
from tenure.strategy.loading import preset as ready
from tenure.strategy.sections import Strategy
from tenure.understand.features.registry import FEATURES
from tenure.warehouse.snapshots import take
from tenure.warehouse.store import current_store
from tenure.warehouse.tables.understanding import HEALTH, RISKS
from tests.builders import AS_OF, AT, a_term, an_account
from tests.remembered import as_before
from tests.understand.warehouses import Warehouse, with_strategy

# 69.00 a month for a year, as the catalogue has it; service costs 33.00.
YEAR_MINOR = 82_800
# What was changed the same way before is the same strategy.
_CHANGED: dict[tuple[str, str], Strategy] = {}


@dataclass(frozen=True)
class Customer:
    """One term with the numbers that were computed for it."""

    term: Term
    p_lapse: float | None
    features: Mapping[str, Any]


def a_customer(
    *,
    p_lapse: float | None = 0.4,
    days_left: int = 30,
    account: Mapping[str, Any] | None = None,
    term: Mapping[str, Any] | None = None,
    **features: Any,
) -> Customer:
    """A household on the 300M plan for a year, 30 days before its end, with a telephone."""
    made = a_term(
        account=an_account(**{"phone": "13800006027", **(account or {})}),
        plan_version=PlanVersion.objects.get(plan__code="home_300"),
        days_left=days_left,
        **{"price_minor": YEAR_MINOR, **(term or {})},
    )
    return Customer(made, p_lapse, features)


def _features_of(one: Customer, as_of: date) -> dict[str, Any]:
    term = one.term
    known = {
        "account_id": term.account_id,
        "subscription_id": term.subscription_id,
        "term_id": term.pk,
        "plan_code": "home_300",
        "tier_rank": 2,
        "cycle_months": term.cycle_months,
        "price_minor": term.price_minor,
        "term_number": 2,
        "days_left": (term.ends_on - as_of).days,
        "auto_renew": 0,
        "is_business": 0,
        "is_elderly": 0,
        "has_phone": 1,
        "marketing_consent": 1,
        "active_days_30": 3,
        "days_since_login": 5,
        "compare_visits_30": 0,
        "complaints_180": 0,
    }
    return {**known, **one.features}


def put_tables(
    warehouse: Warehouse, customers: Sequence[Customer], *, as_of: date = AS_OF, at: datetime = AT
) -> None:
    """Copy the records and write what was computed for a day."""
    take(as_of=as_of, at=at, store=warehouse.store)
    day = day_number(as_of)
    rows = [_features_of(one, as_of) for one in customers]
    warehouse.put(FEATURES, *rows, on=day)
    scored = [
        {
            **{name: row[name] for name in ("term_id", "subscription_id", "account_id")},
            "days_left": row["days_left"],
            "p_lapse": one.p_lapse,
            "band": 3,
            "reason_1": "slow_evenings_30",
            "share_1": 0.1,
            "estimator_id": 7,
        }
        for one, row in zip(customers, rows, strict=True)
        if one.p_lapse is not None
    ]
    warehouse.put(RISKS, *scored, on=day)
    warehouse.put(HEALTH, on=day)


def decide(
    warehouse: Warehouse, *customers: Customer, as_of: date = AS_OF, at: datetime = AT
) -> dict[str, int]:
    put_tables(warehouse, customers, as_of=as_of, at=at)
    return decide_due(as_of=as_of, at=at)


def change_strategy(edits: Mapping[str, Mapping[str, Any]]) -> None:
    """Apply the current strategy with some keys of some files set to other values."""
    now = current()
    changed = _CHANGED.get(key := (now.hash, repr(edits)))
    if changed is None:
        files = {
            name: {**table, **edits.get(name, {})}  # type: ignore[dict-item]
            for name, table in now.document["files"].items()
        }
        changed = _CHANGED[key] = build({**now.document, "files": files})
    apply_strategy(changed, by="test", at=AT.replace(year=2025, month=7))


def without_chance(preset: str = "broadband") -> Warehouse:
    """A preset's strategy as applied a year before the day of the tests, which explores nothing."""

    def applied() -> None:
        with_strategy(preset)
        change_strategy({"experiments.toml": {"exploration": "0 %"}})

    as_before(f"{ready(preset).hash} without chance", applied)
    return Warehouse(current_store())


def the_decision(one: Customer) -> Decision:
    return Decision.objects.get(term=one.term)


def alternative(decision: Decision, action: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in decision.alternatives if row["action"] == action)
    return found
