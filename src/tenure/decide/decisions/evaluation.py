"""Every action for every term that faces a choice: what it is worth, and what refuses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from tenure.decide.decisions.arms import other_arms
from tenure.decide.decisions.expressions import with_uses_left
from tenure.decide.decisions.points import Points, computed, in_memory
from tenure.decide.decisions.rules import Actions, Options
from tenure.decide.effects.lessons import Asked, Lesson, taught
from tenure.decide.eligibility import rules as eligibility
from tenure.decide.eligibility.expressions import first_refused
from tenure.decide.offers.prices import Floats, Ints, Priced, offers_of, ordinary
from tenure.decide.offers.rules import Believed, Doubt, Facing, Weighed, assumed, weigh
from tenure.decide.offpolicy.rules import Flags
from tenure.strategy import guard_lines as guardrails
from tenure.strategy.economics import Horizon
from tenure.strategy.offers import Offer, OfferKind
from tenure.strategy.refusing import Refusing
from tenure.strategy.rules import Rule, features_of
from tenure.strategy.sections import Strategy

if TYPE_CHECKING:
    import pyarrow as pa

# What every choice looks at, whatever the rules of the strategy name.
ALWAYS: Final = (
    "days_left", "plan_code", "cycle_months", "price_minor", "list_price_minor", "state",
    "p_lapse", "band", "reason_1", "reason_2", "reason_3", "health", "held_out",
    "marketing_consent", "is_personalised", "has_phone", "open_fault", "days_since_complaint",
    "cap_room", "discounts_in_year", "discounted_minor", "days_since_offer", "held_minor",
    "extended_days", "cost_minor_per_month", "holds_offer", "has_now", "withdrawn", "most_used",
    "most_used_share",
)  # fmt: skip

# Where a save counts for the lifetime: the terms expected of each customer (DERL), and what an
# ordinary one leaves.
EXPECTED_TERMS: Final = "expected_terms"
MARGIN_PER_TERM: Final = "margin_per_term_minor"

# The log-odds of renewing if nothing is done, as effects are learned over it.
LOG_ODDS: Final = "log_odds_without"

# What only speaks may be repeated and needs no budget; what gives or calls is counted.
SPEAKS: Final = frozenset({OfferKind.NOTHING, OfferKind.REMINDER, OfferKind.VALUE_RECAP})


@dataclass(frozen=True)
class Evaluated:
    """A actions for N terms: arrays (A, N). `refused` is a place in `lines`, or −1.

    `learned` is true where the effect was learned from matured choices, and is else as stated.
    """

    offers: tuple[Offer, ...]
    lines: tuple[Refusing, ...]
    weighed: Weighed
    priced: Priced
    refused: Ints
    learned: Flags
    cases: pa.Table

    @property
    def nothing(self) -> int:
        """The place of leaving alone among the actions."""
        return next(n for n, one in enumerate(self.offers) if one.kind is OfferKind.NOTHING)


def ordered_offers(strategy: Strategy) -> tuple[Offer, ...]:
    """The actions with leaving alone first, else in the order of the strategy."""
    return tuple(
        sorted(strategy.offers.values(), key=lambda one: one.kind is not OfferKind.NOTHING)
    )


def rule_columns(strategy: Strategy) -> dict[str, Rule]:
    """The flags of a point: who is eligible, whom each modifier is for and each limit is about."""
    columns: dict[str, Rule] = {}
    for offer in strategy.offers.values():
        columns[f"eligible__{offer.id}"] = offer.eligible
        for place, modifier in enumerate(offer.modifiers):
            columns[f"modifier__{offer.id}__{place}"] = modifier.when
    for limit in strategy.limits.limits.values():
        columns[who_column(limit.id)] = limit.who
    return columns


def who_column(limit_id: str) -> str:
    """The flag of a point that says whether a limit is about it."""
    return f"limit__{limit_id}"


def looked_at(strategy: Strategy) -> frozenset[str]:
    """The features that the rules of offers, limits and deciding steps look at."""
    rules = list(rule_columns(strategy).values())
    for journey in strategy.journeys.values():
        rules += [journey.applies, *(step.condition for step in journey.steps if step.decides)]
    fairness = strategy.limits.fairness
    published = frozenset(fairness.published if fairness is not None else ())
    return published.union(*map(features_of, rules))


def options_of(evaluated: Evaluated) -> Options:
    """What may be chosen for whom, and what it is worth."""
    worth = evaluated.weighed
    return Options(
        refused=evaluated.refused,
        margin=worth.margin,
        margin_surely=worth.margin_surely,
        margin_high=worth.margin_high,
        cost=worth.cost,
    )


def actions_of(offers: tuple[Offer, ...], *, capacity: Floats) -> Actions:
    """The actions as the choice sees them, with how often each may still be chosen."""
    return Actions(
        gives=np.array([one.gives for one in offers]),
        is_counted=np.array([one.kind not in SPEAKS for one in offers]),
        reminds=np.array([one.kind is OfferKind.REMINDER for one in offers]),
        capacity=capacity,
        contact=np.array([float(one.contact_cost.amount_minor) for one in offers]),
    )


def mark_of(offer: Offer) -> str:
    """What an offer gives and says, in one line: two offers of one mark are the same to anybody."""
    given: tuple[object, ...] = (
        offer.kind, offer.message, offer.discount_share, offer.discount_amount, offer.term_months,
        offer.extension_days,
    )  # fmt: skip
    if offer.handed is not None:
        codes = [one.code for one in offer.handed.gives]
        given = (*given, offer.handed.cost, offer.handed.when, *codes)
    return " ".join(str(one) for one in given)


def facing_of(points: Points, strategy: Strategy) -> Facing:
    """The terms as the weighing of offers sees them."""
    is_known = counts_lifetime(strategy) and EXPECTED_TERMS in points.rows.column_names
    return Facing(
        p_renew=points.p_renew,
        cycle_months=points.sold.cycle_months,
        same=ordinary(points.sold, strategy.catalog),
        expected_terms=points.floats(EXPECTED_TERMS) if is_known else None,
    )


def counts_lifetime(strategy: Strategy) -> bool:
    """Whether a save is worth more than the term at stake."""
    return strategy.economics.value_of_a_save is Horizon.LIFETIME


def features_of_points(points: Points, names: Sequence[str]) -> Floats:
    """What effects depend on, (N, P); not a number where it is not known."""
    columns = []
    for name in names:
        if name == LOG_ODDS:
            sure = np.clip(points.p_renew, 1e-6, 1 - 1e-6)
            columns.append(np.log(sure / (1 - sure)))
        elif name in points.rows.column_names:
            columns.append(points.floats(name))
        else:
            columns.append(np.full(len(points), np.nan))
    return np.stack(columns, axis=1)


def evaluate(
    points: Points, *, strategy: Strategy, past: pa.Table, lesson: Lesson | None = None
) -> Evaluated:
    """Weigh every action for every point, and name what refuses it.

    Args:
        points: with features, scores, contract, `rule_columns` and what the guardrails look at.
        strategy: as of the day.
        past: one row per earlier choice of these accounts.
        lesson: what was learned; without one, what the operator states of each action stands.
    """
    offers = ordered_offers(strategy)
    priced = offers_of(points.sold, strategy.catalog, offers=offers)
    believed, learned = _believed(points, offers, lesson=lesson)
    weighed = weigh(
        facing_of(points, strategy),
        offers,
        priced=priced,
        believed=believed,
        doubt=Doubt(
            confidence=float(strategy.experiments.confidence),
            sureness=float(strategy.guardrails.sure_to_pay_share),
        ),
    )
    lines = (*eligibility.LINES, *guardrails.lines(strategy.guardrails))
    cases = _cases(points, offers, weighed=weighed, priced=priced, strategy=strategy)
    counted = with_uses_left(in_memory(cases), past=in_memory(past)).sort("case")
    table = computed(counted)
    refused = first_refused(lines, table).reshape(len(offers), len(points))
    return Evaluated(offers, lines, weighed, priced, refused, learned, table)


def _believed(
    points: Points, offers: tuple[Offer, ...], *, lesson: Lesson | None
) -> tuple[Believed, Flags]:
    times = lift_times(points, offers)
    stated = assumed(offers, times)
    if lesson is None:
        return stated, np.zeros(times.shape, dtype=np.bool_)
    asked = Asked(
        rows=features_of_points(points, lesson.names),
        actions=tuple(one.id for one in offers),
        marks=tuple(mark_of(one) for one in offers),
        times=times,
    )
    return taught(lesson, asked, assumed=stated)


def lift_times(points: Points, offers: tuple[Offer, ...]) -> Floats:
    """What the modifiers multiply each lift by, (A, N)."""
    times = np.ones((len(offers), len(points)))
    for row, offer in enumerate(offers):
        for place, modifier in enumerate(offer.modifiers):
            holds = points.whole(f"modifier__{offer.id}__{place}") == 1
            times[row] *= np.where(holds, modifier.times, 1.0)
    return times


def _cases(
    points: Points,
    offers: tuple[Offer, ...],
    *,
    weighed: Weighed,
    priced: Priced,
    strategy: Strategy,
) -> pa.Table:
    """One row per action and term, with the columns of `strategy.cases`."""
    import pyarrow as pa

    count = len(points)
    columns: dict[str, pa.Array] = {"case": pa.array(np.arange(count * len(offers)))}
    for name, term_values in _of_term(points, strategy).items():
        kind = pa.string() if term_values.dtype == np.object_ else None
        columns[name] = pa.array(np.tile(term_values, len(offers)), kind, from_pandas=True)
    for name, action_values in (_of_action(offers) | _held(offers)).items():
        columns[name] = pa.array(np.repeat(action_values, count), from_pandas=True)
    of_case = _of_case(points, offers, weighed=weighed, priced=priced)
    of_case |= _standing(points, offers, strategy=strategy)
    for name, case_values in of_case.items():
        columns[name] = pa.array(case_values.ravel(), from_pandas=True)
    return pa.table(columns)


def _of_term(
    points: Points, strategy: Strategy
) -> dict[str, Floats | Ints | npt.NDArray[np.object_]]:
    """What is the same for every action: arrays of length N."""
    return {
        "account_id": points.whole("account_id"),
        "term_id": points.whole("term_id"),
        "held_out": points.whole("held_out"),
        "asked_to_stop": _flag(points.words("state") == "cancelling"),
        "is_own_currency": _flag(points.words("currency") == strategy.business.currency),
        "is_scored": _flag(~np.isnan(points.p_renew)),
        "p_renew": points.p_renew,
        "marketing_consent": points.whole("marketing_consent"),
        "is_personalised": points.whole("is_personalised"),
        "has_phone": points.whole("has_phone"),
        "extended_days": points.whole("extended_days"),
        "open_fault": points.whole("open_fault"),
        "days_since_complaint": points.floats("days_since_complaint"),
        "cap_room": points.floats("cap_room"),
        "discounts_in_year": points.whole("discounts_in_year"),
        "days_since_offer": points.floats("days_since_offer"),
        "holds_offer": points.whole("holds_offer"),
        "most_used": points.words("most_used"),
    }


def _of_action(offers: tuple[Offer, ...]) -> dict[str, Ints | Floats]:
    """What is the same for every term: arrays of length A."""
    kinds = np.array([str(one.kind) for one in offers], dtype=object)
    discounts = np.array([one.is_discount for one in offers])
    limited = np.array([one.kind not in SPEAKS for one in offers])
    per_term, per_year = (
        np.array([getattr(one, name) for one in offers], dtype=float)
        for name in ("uses_per_term", "uses_per_year")
    )
    return {
        "action": np.array([one.id for one in offers], dtype=object),
        "is_nothing": _flag(kinds == OfferKind.NOTHING),
        "is_reminder": _flag(kinds == OfferKind.REMINDER),
        "is_call": _flag(kinds == OfferKind.CALL),
        "is_extension": _flag(kinds == OfferKind.EXTENSION),
        "is_marketing": _flag(np.array([one.is_marketing for one in offers])),
        "is_discount": _flag(discounts),
        "uses_per_term": np.where(limited, per_term, np.nan),
        "uses_per_year": np.where(limited, per_year, np.nan),
    }


def _held(offers: tuple[Offer, ...]) -> dict[str, Ints | Floats]:
    """What an action gives, and whether that may stand beside another promise."""
    alone = [one.handed is not None and not one.handed.stacks for one in offers]
    return {
        "gives": _flag(np.array([one.gives for one in offers])),
        "is_alone": _flag(np.array(alone)),
    }


def _standing(
    points: Points, offers: tuple[Offer, ...], *, strategy: Strategy
) -> dict[str, Floats | Ints]:
    """What is not made at present, and what a customer has already, (A, N)."""
    ours = {
        code: " ".join(one.code for one in plan.entitlements)
        for code, plan in strategy.catalog.plans.items()
    }
    gone, place_gone = _distinct(points.words("withdrawn"))
    plans, place_plan = _distinct(points.words("plan_code"))
    beside, place_beside = _distinct(points.words("has_now"))
    has = np.zeros((len(offers), len(points)), dtype=np.int64)
    is_gone = np.zeros_like(has)
    for row, offer in enumerate(offers):
        is_gone[row] = np.array([offer.id in one.split() for one in gone])[place_gone]
        for code in _codes(offer):
            of_plan = np.array([code in ours.get(one, "").split() for one in plans])[place_plan]
            given = np.array([code in one.split() for one in beside])[place_beside]
            has[row] += of_plan | given
        has[row] = (has[row] == len(_codes(offer))) & bool(_codes(offer))
    other = np.stack([_is_other_module(points, one) for one in offers])
    return {
        "is_withdrawn": is_gone,
        "has_it": has,
        "is_other_module": other,
        "is_other_arm": other_arms(points, offers, strategy=strategy),
    }


def _is_other_module(points: Points, offer: Offer) -> Ints:
    """Where an offer belongs to a module that is not what the customer uses most (OFR-13)."""
    if offer.handed is None or not offer.handed.module:
        return np.zeros(len(points), dtype=np.int64)
    with np.errstate(invalid="ignore"):
        enough = points.floats("most_used_share") >= float(offer.handed.least_share)
    return _flag(~((points.words("most_used") == offer.handed.module) & enough))


def _distinct(words: npt.NDArray[np.object_]) -> tuple[list[str], Ints]:
    """The different words of a column, and where each row's stands among them."""
    known = np.array(["" if one is None else str(one) for one in words.tolist()], dtype=str)
    found, places = np.unique(known, return_inverse=True)
    return found.tolist(), places


def _codes(offer: Offer) -> tuple[str, ...]:
    return tuple(one.code for one in offer.handed.gives) if offer.handed is not None else ()


def _of_case(
    points: Points, offers: tuple[Offer, ...], *, weighed: Weighed, priced: Priced
) -> dict[str, Floats | Ints]:
    """What differs by action and term: arrays (A, N)."""
    paid_per_month = points.sold.price / points.sold.cycle_months
    known = np.where(priced.price > 0, priced.price, np.nan)
    return {
        "is_sold": _flag(~np.isnan(priced.price)),
        "is_shorter": _flag(weighed.months < points.sold.cycle_months),
        "is_eligible": np.stack([points.whole(f"eligible__{one.id}") for one in offers]),
        "above_cost_minor": weighed.price_after - priced.cost,
        "left_share": weighed.left,
        "discount_share": weighed.discount / known,
        "discounts_in_year_minor": points.whole("discounted_minor") + weighed.discount,
        "dearer_than_now_minor": weighed.price_after / weighed.months - paid_per_month,
        "held_beyond_minor": points.whole("held_minor") - weighed.discount,
    }


def _flag(values: np.ndarray) -> Ints:
    return values.astype(np.int64)
