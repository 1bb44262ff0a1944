"""L1: over ten thousand random customers no plan breaks a hard rule (§12; TOP-09, GRD-01)."""

from typing import Any

import numpy as np

from tenure.decide.decisions.rules import Actions, Draw, Options, choose
from tenure.decide.eligibility.expressions import first_refused
from tenure.decide.eligibility.rules import LINES
from tenure.strategy.cases import FIELDS
from tenure.strategy.guard_lines import lines
from tenure.strategy.loading import preset
from tenure.warehouse.engines import open_engine
from tenure.warehouse.tables.declaration import Column
from tests.decide.eligibility.cases import CLEAN

SEED = 20261128
CUSTOMERS = 10_000
NOTHING, REMINDER, COUPON, CALL, CARE = range(5)
# What each action is, as the lines see it.
SHAPES: tuple[dict[str, int], ...] = (
    {"is_nothing": 1, "is_marketing": 0, "is_discount": 0, "gives": 0},
    {"is_reminder": 1, "is_marketing": 0, "is_discount": 0, "gives": 0},
    {},
    {"is_call": 1, "is_discount": 0, "gives": 0},
    {"is_marketing": 1, "is_discount": 0, "gives": 1, "is_extension": 1},
)
ACTIONS = Actions(
    gives=np.array([False, False, True, False, True]),
    is_counted=np.array([False, False, True, True, True]),
    reminds=np.array([False, True, False, False, False]),
    capacity=np.array([np.inf, np.inf, np.inf, 120.0, np.inf]),
    contact=np.array([0.0, 5.0, 5.0, 1_200.0, 5.0]),
)
DECLARED = [
    Column(name, "float64" if name.endswith("_share") or name == "p_renew" else "int64")
    for name in FIELDS
]


def the_customers(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """What is known of each; every rule is touched by some of them."""
    few = {
        name: rng.random(CUSTOMERS) < 0.1 for name in ("held_out", "asked_to_stop", "open_fault")
    }
    most = {
        name: rng.random(CUSTOMERS) < 0.8
        for name in ("marketing_consent", "is_personalised", "has_phone", "is_sold", "is_eligible")
    }
    return {
        **{name: one.astype(np.int64) for name, one in {**few, **most}.items()},
        "p_renew": rng.beta(3, 1, CUSTOMERS),
        "days_since_complaint": rng.integers(0, 60, CUSTOMERS),
        "cap_room": rng.integers(-1, 4, CUSTOMERS),
        "discounts_in_year": rng.integers(0, 2, CUSTOMERS),
        "days_since_offer": rng.integers(0, 400, CUSTOMERS),
        "above_cost_minor": rng.integers(-5_000, 40_000, CUSTOMERS),
        "left_share": rng.uniform(0.0, 0.6, CUSTOMERS),
        "discount_share": rng.choice([0.1, 0.2, 0.3], CUSTOMERS),
        "discounts_in_year_minor": rng.integers(0, 90_000, CUSTOMERS),
        "dearer_than_now_minor": rng.integers(-2_000, 300, CUSTOMERS),
        "held_beyond_minor": rng.integers(-20_000, 500, CUSTOMERS),
    }


def refused(known: dict[str, np.ndarray]) -> np.ndarray:
    """The place of the line that refuses each action for each customer, (A, N)."""
    drawn = (*LINES, *lines(preset("broadband").guardrails))
    each = []
    for shape in SHAPES:
        columns: dict[str, Any] = {
            name: known.get(name, np.full(CUSTOMERS, -1 if clean is None else clean))
            for name, clean in CLEAN.items()
        }
        for name, value in shape.items():
            columns[name] = np.full(CUSTOMERS, value)
        empty = {name for name, clean in CLEAN.items() if clean is None and name not in known}
        nothing: list[Any] = [None] * CUSTOMERS
        every = [nothing if name in empty else columns[name].tolist() for name in FIELDS]
        rows = [list(row) for row in zip(*every, strict=True)]
        with open_engine("duckdb", threads=1) as engine:
            frame = engine.literal(rows, columns=DECLARED)
            found = first_refused(drawn, engine.collect(frame))
        each.append(found)
    return np.stack(each).astype(np.int64)


def test_no_plan_breaks_a_rule() -> None:
    rng = np.random.default_rng(SEED)
    known = the_customers(rng)
    shape = (len(SHAPES), CUSTOMERS)
    margin = rng.normal(500, 2_000, shape)
    cost = np.where(ACTIONS.is_counted[:, None], rng.gamma(2, 1_000, shape), 0.0)
    options = Options(refused(known), margin, margin - 800, margin + 1_500, cost)
    ticket, order = rng.integers(0, 2**63, (2, CUSTOMERS)).astype(np.uint64)
    draw = Draw(0.1, rng.random(CUSTOMERS) < 0.1, ticket, order)
    budget = 1_500_000.0

    found = choose(options, ACTIONS, draw=draw, budget=budget, codes=[""] * 100)

    def among(*actions: int) -> np.ndarray:
        return np.isin(found.choice, actions)

    courted, given = among(COUPON, CALL, CARE), among(COUPON, CARE)
    assert courted.sum() > 300
    assert given.sum() > 50
    forbidden = {
        "the holdout is left alone": (known["held_out"] == 1) & ~among(NOTHING),
        "whoever asked to stop is not courted": (known["asked_to_stop"] == 1) & courted,
        "no marketing without consent": (known["marketing_consent"] == 0) & courted,
        "no choice by behaviour against a wish": (known["is_personalised"] == 0) & courted,
        "no call without a number": (known["has_phone"] == 0) & among(CALL),
        "nobody is courted during a fault": (known["open_fault"] == 1) & courted,
        "nor a week after a complaint": (known["days_since_complaint"] < 7) & courted,
        "caps of contact hold": (known["cap_room"] <= 0) & courted,
        "no gift to who renews anyway": (known["p_renew"] >= 0.95) & given,
        "nothing below cost": (known["above_cost_minor"] < 0) & given,
        "the floor of the margin": (known["left_share"] < 0.2) & given,
        "no deep discount": (known["discount_share"] > 0.2) & among(COUPON),
        "one discount a year": (known["discounts_in_year"] >= 1) & among(COUPON),
        "650 a year": (known["discounts_in_year_minor"] > 65_000) & among(COUPON),
        "60 days between two gifts": (known["days_since_offer"] < 60) & given,
        "never dearer than now": (known["dearer_than_now_minor"] > 0) & among(COUPON),
        "never worse than what is held": (known["held_beyond_minor"] >= 0) & among(COUPON),
        "nothing not sold": (known["is_sold"] == 0) & among(REMINDER, COUPON, CALL, CARE) & given,
    }
    broken = {rule: int(who.sum()) for rule, who in forbidden.items() if who.any()}
    assert broken == {}, f"seed {SEED}"
    every = np.arange(CUSTOMERS)
    assert cost[found.choice, every].sum() <= budget * (1 + 1e-9)
    assert among(CALL).sum() <= 120
    assert not (found.propensity[options.refused >= 0] > 0).any()
