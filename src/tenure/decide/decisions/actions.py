"""Decide for everybody who is due: one choice per term and step, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from tenure.decide.decisions.approvals.actions import hold_back
from tenure.decide.decisions.approvals.rules import Costly
from tenure.decide.decisions.biting import count_bites
from tenure.decide.decisions.budget import budget_of, commit, settle
from tenure.decide.decisions.capacity import capacity
from tenure.decide.decisions.comparing import enter_between, enter_comparisons
from tenure.decide.decisions.evaluation import SPEAKS, Evaluated, actions_of, options_of
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
from tenure.decide.decisions.promising import promise_chosen
from tenure.decide.decisions.rows import COLUMNS, Result, rows_of
from tenure.decide.decisions.rules import Chosen, Draw, choose
from tenure.decide.decisions.tables import Tables
from tenure.decide.offers.coupons import coupon_code
from tenure.kernel.buckets import bucket
from tenure.kernel.periods import day_number
from tenure.records.experiments.actions import assign_due
from tenure.records.journal.actions import Fact, append_many
from tenure.records.rows import insert_rows
from tenure.records.stock.actions import lock_stock
from tenure.records.strategies.queries import current
from tenure.strategy.experiments import Experiments
from tenure.strategy.offers import HANDED, OfferKind
from tenure.strategy.sections import Strategy
from tenure.warehouse.engines import open_engine
from tenure.warehouse.store import current_store

if TYPE_CHECKING:
    pass

_TICKETS = 2**40
_TERM, _KIND = COLUMNS.index("term_id"), COLUMNS.index("kind")


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
        enter_between(points, desk)
        limits = _limits(desk, evaluated)
        chosen = chosen_within(limits, steps, strategy=desk.strategy, found=found)
        result = Result(
            desk, steps, points, evaluated, chosen, learned.learning_id, code_for=coupon_for
        )
        _keep(result, limits)
        return _write(result)


def _limits(desk: Desk, evaluated: Evaluated) -> DayLimits:
    budget = budget_of(desk.as_of, desk.strategy.guardrails)
    left = lock_stock(evaluated.offers, on=desk.as_of, at=desk.at)
    return DayLimits(
        budget.today_minor,
        capacity(evaluated.offers, left, as_of=desk.as_of),
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
        prices=prices_of(limits, result.chosen, offers=offers),
        value_minor=int(np.rint(plan.value)),
        gap=plan.gap,
        learning_id=result.learning_id,
        strategy_hash=desk.strategy.hash,
        arms_wait=True,
    )
    facts = conflicts_of(
        limits, result.chosen, offers=offers, strategy=desk.strategy, as_of=desk.as_of
    )
    append_many(facts, at=desk.at, by="loop")


def _write(result: Result) -> dict[str, int]:
    as_of, at = result.desk.as_of, result.desk.at
    rows = _held_back(result, list(rows_of(result)))
    added = insert_rows(Decision, rows, columns=COLUMNS)
    assert added == len(rows), "two runs decided at once, and the lease should have kept one out"
    promise_chosen(
        [row[_TERM] for row in rows if row[_KIND] in HANDED],
        journeys=[one.journey.id for one in result.steps],
        strategy=result.desk.strategy,
        at=at,
    )
    commit(as_of=as_of)
    count_bites(result)
    append_many(_facts(rows, as_of), at=at, by="loop")
    chosen = sum(row[COLUMNS.index("outcome")] != Decision.Outcome.WITHHELD for row in rows)
    return {
        "due": len(rows),
        "chosen": chosen,
        "withheld": len(rows) - chosen,
        "explored": int(result.chosen.explored.sum()),
    }


def _held_back(result: Result, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The same rows, waiting where together they cost more than one person commits (GRD-01)."""
    costly = {
        place: one
        for place, row in enumerate(rows)
        if (one := _costly(dict(zip(COLUMNS, row, strict=True)))) is not None
    }
    journeys = {one.journey.id for one in result.steps}
    waits = hold_back(list(costly.values()), desk=result.desk, journeys=journeys)
    if not waits:
        return rows
    outcome = COLUMNS.index("outcome")
    return [
        (*row[:outcome], Decision.Outcome.WAITING, *row[outcome + 1 :]) if place in costly else row
        for place, row in enumerate(rows)
    ]


def _costly(row: dict[str, Any]) -> Costly | None:
    """What a choice takes from the budget; None where it takes nothing from it."""
    if row["outcome"] != Decision.Outcome.CHOSEN or row["kind"] in SPEAKS or not row["cost_minor"]:
        return None
    off = (row["list_price_minor"] or 0) - (row["price_minor"] or 0)
    most = row["contact_cost_minor"] + off
    return Costly(
        row["account_id"], row["term_id"], row["action"], row["cost_minor"],
        most_minor=max(most, row["cost_minor"]),
    )  # fmt: skip


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
