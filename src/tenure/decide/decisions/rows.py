"""The rows of the decision log, from what was weighed and chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from tenure.decide.decisions.evaluation import (
    ALWAYS,
    EXPECTED_TERMS,
    MARGIN_PER_TERM,
    Evaluated,
    looked_at,
)
from tenure.decide.decisions.expressions import DecidingStep
from tenure.decide.decisions.facing import Desk
from tenure.decide.decisions.models import Decision
from tenure.decide.decisions.points import Points
from tenure.decide.decisions.rules import DELIBERATE, Chosen
from tenure.decide.offers.prices import Floats
from tenure.strategy.offers import Offer, OfferKind
from tenure.strategy.sections import Strategy

COLUMNS: Final = (
    "account_id", "term_id", "journey", "step", "as_of", "outcome", "action", "kind", "reason",
    "explored", "drawn_from", "propensity", "p_without", "p_with", "p_low", "p_high", "currency",
    "margin_minor", "margin_low_minor", "margin_high_minor", "cost_minor", "contact_cost_minor",
    "term_margin_minor", "list_price_minor", "price_minor", "months", "extension_days",
    "valid_until", "coupon_code", "alternatives", "inputs", "strategy_hash", "estimator_id",
    "learning_id", "decided_at",
)  # fmt: skip


# What a save was counted on, where it counts for the lifetime.
STAKE: Final = (EXPECTED_TERMS, MARGIN_PER_TERM)


@dataclass(frozen=True)
class Result:
    """One day's choices before they are written."""

    desk: Desk
    steps: Sequence[DecidingStep]
    points: Points
    evaluated: Evaluated
    chosen: Chosen
    learning_id: int | None
    code_for: Callable[[str], str]


def rows_of(result: Result) -> Iterator[tuple[Any, ...]]:
    """One row per choice, in the order of COLUMNS."""
    points, chosen, desk = result.points, result.chosen, result.desk
    offers = result.evaluated.offers
    step_at, estimate = points.listed("place"), _estimates(result)
    alternatives = alternatives_of(result.evaluated, points, chosen=chosen)
    inputs = inputs_of(points, desk.strategy)
    columns = [points.listed(name) for name in ("account_id", "term_id", "currency", "days_left")]
    estimator = points.listed("estimator_id")
    for place, (account, term, currency, days_left) in enumerate(zip(*columns, strict=True)):
        step = result.steps[step_at[place]]
        offer = offers[chosen.choice[place]]
        is_chosen = offer.kind is not OfferKind.NOTHING or chosen.reason[place] in DELIBERATE
        numbers = {name: values[place] for name, values in estimate.items()}
        yield (
            account,
            term,
            step.journey.id,
            step.step.id,
            desk.as_of,
            Decision.Outcome.CHOSEN if is_chosen else Decision.Outcome.WITHHELD,
            offer.id,
            str(offer.kind),
            chosen.reason[place],
            bool(chosen.explored[place]),
            _drawn_from(result, place),
            float(chosen.propensity[chosen.choice[place], place]),
            numbers["p_without"],
            numbers["p_with"],
            numbers["p_low"],
            numbers["p_high"],
            currency,
            numbers["margin"],
            numbers["margin_low"],
            numbers["margin_high"],
            numbers["cost"] or 0,
            offer.contact_cost.amount_minor,
            numbers["term_margin"],
            numbers["list_price"],
            numbers["price"],
            int(numbers["months"]),
            offer.extension_days,
            _valid_until(offer, as_of=desk.as_of, days_left=days_left),
            _code(offer, result, unit=f"{term}:{step.journey.id}:{step.step.id}"),
            alternatives[place],
            inputs[place],
            desk.strategy.hash,
            estimator[place],
            result.learning_id,
            desk.at,
        )


def _drawn_from(result: Result, place: int) -> str:
    """What chance drew from, with spaces between; empty where the plan chose."""
    if not result.chosen.explored[place]:
        return ""
    plausible = result.chosen.plausible[:, place]
    return " ".join(
        one.id for one, is_in in zip(result.evaluated.offers, plausible, strict=True) if is_in
    )


def _estimates(result: Result) -> dict[str, list[Any]]:
    """What is expected of the chosen action, per choice; None where nobody knows."""
    chosen, weighed = result.chosen.choice, result.evaluated.weighed
    every = np.arange(len(chosen))
    looks_far = EXPECTED_TERMS in result.points.rows.column_names

    def of(values: Floats) -> Floats:
        picked: Floats = values[chosen, every]
        return picked

    return {
        "p_without": shares(result.points.p_renew),
        "p_with": shares(of(weighed.p_with)),
        "p_low": shares(of(weighed.p_low)),
        "p_high": shares(of(weighed.p_high)),
        "margin": whole(of(weighed.margin)),
        "margin_low": whole(of(weighed.margin_low)),
        "margin_high": whole(of(weighed.margin_high)),
        "cost": whole(of(weighed.cost)),
        "term_margin": whole(
            of(weighed.margin_of_term) if looks_far else np.full(len(every), np.nan)
        ),
        "list_price": whole(of(result.evaluated.priced.price)),
        "price": whole(of(weighed.price_after)),
        "months": of(weighed.months).tolist(),
    }


def alternatives_of(
    evaluated: Evaluated, points: Points, *, chosen: Chosen
) -> list[list[dict[str, Any]]]:
    """Every action for every choice, with what speaks for and against it."""
    lists = _weighed_actions(evaluated, points)
    if EXPECTED_TERMS in points.rows.column_names:
        _add_margins_of_term(lists, evaluated)
    propensity = chosen.propensity.T.tolist()
    held_back = chosen.held_back.T.tolist()
    for place, actions in enumerate(lists):
        for row, one in enumerate(actions):
            one["propensity"] = float(f"{propensity[place][row]:.6g}")
            one["refused_by"] = one["refused_by"] or held_back[place][row]
    return lists


def _add_margins_of_term(lists: list[list[dict[str, Any]]], evaluated: Evaluated) -> None:
    """Say beside each margin what of it comes in the term at stake."""
    margins = [whole(row) for row in evaluated.weighed.margin_of_term]
    for actions, numbers in zip(lists, zip(*margins, strict=True), strict=True):
        for one, number in zip(actions, numbers, strict=True):
            one["term_margin_minor"] = number


def _weighed_actions(evaluated: Evaluated, points: Points) -> list[list[dict[str, Any]]]:
    """Every action for every point, as it was weighed and by which line it is refused."""
    weighed, count = evaluated.weighed, len(points)
    per_action = []
    for row, offer in enumerate(evaluated.offers):
        refused, learned = evaluated.refused[row].tolist(), evaluated.learned[row].tolist()
        columns = (
            shares(weighed.p_with[row] - points.p_renew),
            shares(weighed.p_low[row] - points.p_renew),
            shares(weighed.p_high[row] - points.p_renew),
            whole(weighed.cost[row]),
            whole(weighed.margin[row]),
            whole(weighed.margin_low[row]),
            whole(weighed.margin_high[row]),
            whole(weighed.price_after[row]),
        )
        per_action.append(
            [
                {
                    "action": offer.id,
                    "eligible": place < 0,
                    "refused_by": evaluated.lines[place].code if place >= 0 else "",
                    "refused_value": _shown(evaluated, place, case=row * count + n),
                    "is_learned": is_learned,
                    **dict(zip(_ALTERNATIVE, numbers, strict=True)),
                }
                for n, (place, is_learned, *numbers) in enumerate(
                    zip(refused, learned, *columns, strict=True)
                )
            ]
        )
    return [list(one) for one in zip(*per_action, strict=True)]


_ALTERNATIVE: Final = (
    "effect",
    "effect_low",
    "effect_high",
    "cost_minor",
    "margin_minor",
    "margin_low_minor",
    "margin_high_minor",
    "price_minor",
)


def _shown(evaluated: Evaluated, place: int, *, case: int) -> Any:
    """The value of the case that the refusing line shows, None where it shows none."""
    shows = evaluated.lines[place].shows if place >= 0 else ""
    return evaluated.cases[shows][case].as_py() if shows else None


def inputs_of(points: Points, strategy: Strategy) -> list[dict[str, Any]]:
    """What each choice was made from: every feature that a rule looks at, and the contract."""
    names = (*ALWAYS, *sorted(looked_at(strategy) - frozenset(ALWAYS)))
    names += tuple(one for one in STAKE if one in points.rows.column_names and one not in names)
    columns = [points.listed(name) for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _valid_until(offer: Offer, *, as_of: date, days_left: int) -> date | None:
    """The last day of an offer: its own, and never after the term."""
    if not offer.gives:
        return None
    return as_of + timedelta(days=max(0, min(offer.valid_days, days_left - 1)))


def _code(offer: Offer, result: Result, *, unit: str) -> str | None:
    return result.code_for(unit) if offer.kind is OfferKind.COUPON else None


def whole(values: Floats) -> list[int | None]:
    """Estimates in whole minor units, None where they are not known."""
    return [None if one != one else int(one) for one in np.rint(values).tolist()]


def shares(values: Floats) -> list[float | None]:
    """Estimated shares with the digits that mean something, None where they are not known."""
    return [None if one != one else float(f"{one:.6g}") for one in values.tolist()]
