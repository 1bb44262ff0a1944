"""Decide for everybody who is due: one choice per term and step, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils.crypto import salted_hmac

from tenure.decide.decisions.budget import budget_of, commit, settle
from tenure.decide.decisions.comparing import enter_comparisons
from tenure.decide.decisions.evaluation import Evaluated, actions_of, options_of
from tenure.decide.decisions.expressions import DecidingStep, deciding_steps
from tenure.decide.decisions.facing import Desk, due, weighed
from tenure.decide.decisions.learning import usable
from tenure.decide.decisions.limits import (
    DayLimits,
    bounds_of,
    conflicts_of,
    equals_of,
    prices_of,
    shared_of,
    written,
)
from tenure.decide.decisions.models import Choosing, Decision
from tenure.decide.decisions.points import Points
from tenure.decide.decisions.rows import COLUMNS, Result, rows_of
from tenure.decide.decisions.rules import Chosen, Draw, choose
from tenure.decide.decisions.tables import Tables
from tenure.decide.offers.coupons import coupon_code
from tenure.kernel.buckets import bucket
from tenure.kernel.periods import day_number
from tenure.records.experiments.actions import assign_due
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows
from tenure.records.strategies.queries import current
from tenure.strategy.experiments import Experiments
from tenure.strategy.offers import Offer, OfferKind
from tenure.strategy.sections import Strategy
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store

if TYPE_CHECKING:
    from tenure.decide.offers.prices import Floats

_TICKETS = 2**40


def decide_due(*, as_of: date, at: datetime) -> dict[str, int]:
    """Decide every step that is due and not decided yet; a second call decides nothing more.

    Returns:
        `due`: terms and steps that waited; `chosen` and `withheld`, which add up to it;
        `explored`: those of them that chance chose for.
    """
    strategy = current().at(as_of)
    assign_due(as_of=as_of, at=at)
    steps = deciding_steps(strategy.journeys)
    with open_engine(settings.TENURE_ENGINE) as engine:
        tables = Tables.of_day(day_number(as_of), store=current_store(), engine=engine)
        learned = usable(as_of=as_of)
        desk = Desk(tables, engine, strategy, as_of=as_of, at=at, lesson=learned.lesson)
        enter_comparisons(desk)
        waiting = due(desk, steps)
        found = weighed(desk, waiting) if waiting is not None else None
    with transaction.atomic():
        settle(as_of=as_of)
        if found is None:
            return {"due": 0, "chosen": 0, "withheld": 0, "explored": 0}
        points, evaluated = found
        limits = _limits(desk, evaluated)
        chosen = chosen_within(limits, steps, strategy=desk.strategy, found=found)
        result = Result(
            desk, steps, points, evaluated, chosen, learned.learning_id, code_for=coupon_for
        )
        _keep(result, limits)
        return _write(result)


def _limits(desk: Desk, evaluated: Evaluated) -> DayLimits:
    budget = budget_of(desk.as_of, desk.strategy.guardrails)
    return DayLimits(
        budget.today_minor,
        _capacity(evaluated.offers, as_of=desk.as_of),
        bounds_of(desk.strategy, as_of=desk.as_of),
    )


def _keep(result: Result, limits: DayLimits) -> None:
    """Write down what limited this choosing, what each limit cost, and which floor gave way."""
    desk, offers, plan = result.desk, result.evaluated.offers, result.chosen.plan
    Choosing.objects.create(
        as_of=desk.as_of,
        at=desk.at,
        budget_minor=limits.budget,
        capacities=written(limits, offers),
        prices=prices_of(limits, offers, result.chosen),
        value_minor=int(np.rint(plan.value)),
        gap=plan.gap,
        learning_id=result.learning_id,
        strategy_hash=desk.strategy.hash,
    )
    facts = conflicts_of(limits, offers, result.chosen, strategy=desk.strategy, as_of=desk.as_of)
    append_many(facts, at=desk.at, by="loop")


def _write(result: Result) -> dict[str, int]:
    as_of, at = result.desk.as_of, result.desk.at
    rows = list(rows_of(result))
    added = insert_rows(Decision, rows, columns=COLUMNS)
    assert added == len(rows), "two runs decided at once, and the lease should have kept one out"
    commit(as_of=as_of)
    append_many(_facts(rows, as_of), at=at, by="loop")
    chosen = sum(row[COLUMNS.index("outcome")] == Decision.Outcome.CHOSEN for row in rows)
    return {
        "due": len(rows),
        "chosen": chosen,
        "withheld": len(rows) - chosen,
        "explored": int(result.chosen.explored.sum()),
    }


def _facts(rows: list[tuple[Any, ...]], as_of: date) -> Iterator[Fact]:
    """One entry of the journal for each choice that does something."""
    for row in rows:
        one = dict(zip(COLUMNS, row, strict=True))
        if one["kind"] == OfferKind.NOTHING:
            continue
        named = (
            "journey", "step", "action", "reason", "margin_minor", "strategy_hash", "learning_id",
        )  # fmt: skip
        yield Fact(
            "decision.made",
            on=as_of,
            account_id=one["account_id"],
            term_id=one["term_id"],
            content={name: one[name] for name in named},
            once_key=f"decision:{one['term_id']}:{one['journey']}:{one['step']}",
        )


def chosen_within(
    limits: DayLimits,
    steps: tuple[DecidingStep, ...],
    *,
    strategy: Strategy,
    found: tuple[Points, Evaluated],
) -> Chosen:
    """One action for everybody who waits, within the limits; the same again whenever asked."""
    points, evaluated = found
    offers = evaluated.offers
    return choose(
        replace(
            options_of(evaluated),
            shared=shared_of(limits.shared, points, strategy=strategy, offers=offers),
            equals=equals_of(points, evaluated, fairness=strategy.limits.fairness),
        ),
        actions_of(offers, capacity=limits.capacity),
        draw=_draw(points, steps, experiments=strategy.experiments),
        budget=float(limits.budget),
        codes=[line.code for line in evaluated.lines],
    )


def _capacity(offers: tuple[Offer, ...], *, as_of: date) -> Floats:
    """How often each action may still be chosen for a day, infinite without a limit."""
    today = Decision.objects.filter(as_of=as_of, outcome=Decision.Outcome.CHOSEN)
    used = dict(today.values_list("action").annotate(Count("pk")))
    return np.array(
        [
            np.inf if one.capacity_per_day is None else one.capacity_per_day - used.get(one.id, 0)
            for one in offers
        ],
        dtype=float,
    )


def _draw(points: Points, steps: tuple[DecidingStep, ...], *, experiments: Experiments) -> Draw:
    """Chance from hashes under the strategy's salt: the same term and step, the same die."""
    units = [
        f"{term}.{steps[place].journey.id}.{steps[place].step.id}"
        for term, place in zip(points.listed("term_id"), points.listed("place"), strict=True)
    ]
    salt = experiments.exploration_salt
    tickets = [bucket(f"{salt}-die", unit, buckets=_TICKETS) for unit in units]
    ties = [bucket(f"{salt}-tie", unit, buckets=_TICKETS) for unit in units]
    return Draw(
        share=float(experiments.exploration_share),
        explores=np.array([experiments.explores(unit) for unit in units], dtype=bool),
        ticket=np.array(tickets, dtype=np.uint64),
        order=np.array(ties, dtype=np.uint64),
    )


def coupon_for(unit: str) -> str:
    """The code of a coupon, the same for the same unit, that nobody can guess."""
    return coupon_code(salted_hmac("tenure.decide.coupon", unit, algorithm="sha256").digest())
