"""Decisions as screens show them: why, what next, and what the day came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor
from typing import Any

from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce

from tenure.decide.decisions.models import Decision
from tenure.decide.decisions.reasons import input_of, sentence_of_reason
from tenure.decide.decisions.sources import source_of
from tenure.decide.decisions.stakes import Stake, stake_of
from tenure.decide.decisions.sums import discount, handed_cost
from tenure.kernel.failures import Sentence
from tenure.records.strategies.queries import by_hash, current
from tenure.strategy.offers import HANDED, Offer, OfferKind
from tenure.strategy.sections import Strategy


@dataclass(frozen=True, slots=True)
class Alternative:
    """One action as it stood for one term; estimates are None where nobody could make them.

    `effect` is the change of the probability of renewing, 0 to 1; amounts are minor units.
    `term_margin_minor` is what of the margin comes in the term at stake, None where only that
    counts; `is_learned` says whether the effect was learned or is as the strategy assumes it;
    `why_not` is None for the action that was chosen.
    """

    action: str
    name: Sentence
    is_chosen: bool
    is_eligible: bool
    effect: float | None
    effect_low: float | None
    effect_high: float | None
    cost_minor: int | None
    margin_minor: int | None
    margin_low_minor: int | None
    margin_high_minor: int | None
    term_margin_minor: int | None
    is_learned: bool
    why_not: Sentence | None


@dataclass(frozen=True, slots=True)
class Why:
    """One choice with everything that led to it, in both languages.

    `decision` is None for a suggestion that nobody has decided on; `stake` is what keeping the
    customer is worth, None where the strategy counts the term alone.
    """

    action: str
    name: Sentence
    reason: Sentence
    source: Sentence
    p_without: float | None
    currency: str
    alternatives: tuple[Alternative, ...]
    inputs: tuple[tuple[Sentence, Sentence], ...]
    strategy_hash: str
    estimator_id: int | None
    decision: Decision | None = None
    stake: Stake | None = None


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is needed to tell a choice, wherever it comes from."""

    strategy: Strategy
    action: str
    reason: str
    p_without: float | None
    currency: str
    alternatives: Sequence[Mapping[str, Any]]
    inputs: Mapping[str, Any]
    estimator_id: int | None
    learning_id: int | None = None


def why(decision: Decision) -> Why:
    """Why a term got what it got, in the words of the strategy that decided it."""
    strategy = by_hash(decision.strategy_hash).at(decision.as_of)
    weighed = Weighed(
        strategy,
        decision.action,
        decision.reason,
        decision.p_without,
        decision.currency,
        decision.alternatives,
        decision.inputs,
        decision.estimator_id,
        decision.learning_id,
    )
    return tell(weighed, decision=decision)


def tell(weighed: Weighed, *, decision: Decision | None = None) -> Why:
    """A choice in sentences; alternatives by expected margin, what cannot be weighed last."""
    strategy = weighed.strategy
    alternatives = [_alternative(one, weighed) for one in weighed.alternatives]
    alternatives.sort(
        key=lambda one: (
            not one.is_chosen,
            not one.is_eligible,
            -(one.margin_minor if one.margin_minor is not None else -(10**18)),
        )
    )
    offer = strategy.offers[weighed.action]
    blocking = _blocking(weighed)
    return Why(
        action=offer.id,
        name=offer.name,
        reason=sentence_of_reason(
            weighed.reason,
            strategy=strategy,
            action=str(blocking["action"]) if blocking else "",
            value=blocking["refused_value"] if blocking else None,
        ),
        source=source_of(
            offer,
            learning_id=weighed.learning_id,
            is_learned=any(one.is_chosen and one.is_learned for one in alternatives),
        ),
        p_without=weighed.p_without,
        currency=weighed.currency,
        alternatives=tuple(alternatives),
        inputs=tuple(
            input_of(name, value, currency=weighed.currency)
            for name, value in weighed.inputs.items()
        ),
        strategy_hash=strategy.hash,
        estimator_id=weighed.estimator_id,
        decision=decision,
        stake=stake_of(
            weighed.inputs, weighed.alternatives, offer=offer, currency=weighed.currency
        ),
    )


def _blocking(weighed: Weighed) -> Mapping[str, Any] | None:
    """The most valuable action that the reason of the choice itself refuses."""
    refused = [
        one
        for one in weighed.alternatives
        if one["refused_by"] == weighed.reason and not one["eligible"]
    ]
    return max(refused, key=lambda one: one["margin_minor"] or -(10**18), default=None)


_NUMBERS = (
    "effect", "effect_low", "effect_high", "cost_minor", "margin_minor", "margin_low_minor",
    "margin_high_minor",
)  # fmt: skip


def _alternative(one: Mapping[str, Any], weighed: Weighed) -> Alternative:
    strategy, is_chosen = weighed.strategy, one["action"] == weighed.action
    why_not = None
    if one["refused_by"] and not is_chosen:
        why_not = sentence_of_reason(
            one["refused_by"],
            strategy=strategy,
            action=one["action"],
            value=one["refused_value"],
        )
    numbers = {name: one[name] for name in _NUMBERS}
    return Alternative(
        action=one["action"],
        name=strategy.offers[one["action"]].name,
        is_chosen=is_chosen,
        is_eligible=one["eligible"],
        term_margin_minor=one.get("term_margin_minor"),
        is_learned=one.get("is_learned", False),
        why_not=why_not,
        **numbers,
    )


def latest_of(term_id: int, *, as_of: date) -> Decision | None:
    """The last decision about a term, on or before a day."""
    found = Decision.objects.filter(term_id=term_id, as_of__lte=as_of)
    return found.order_by("-as_of", "-pk").first()


def of_account(account_id: int, *, as_of: date, limit: int = 20) -> list[Decision]:
    """The last decisions about an account, newest first."""
    found = Decision.objects.filter(account_id=account_id, as_of__lte=as_of)
    return list(found.order_by("-as_of", "-pk")[:limit])


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choices of one day for one action: how many, and what they are expected to change.

    The ends of the interval move together, because our doubt is about the action, not about each
    customer; so they are summed. `term_margin_minor` is what of the margin comes in the terms at
    stake, None where only that was counted. `least` and `most` bound the probability with which
    chance chose it, None where chance chose nobody. `given_minor` is what discounts are expected
    to take off, `subsidy_minor` the part that goes to those who would renew anyway; where a longer
    term is offered, the expected uptake counts.
    """

    action: str
    name: Sentence
    count: int
    explored: int
    renewals: float
    renewals_low: float
    renewals_high: float
    cost_minor: int
    margin_minor: int
    margin_low_minor: int
    margin_high_minor: int
    term_margin_minor: int | None
    least: float | None
    most: float | None
    given_minor: int
    subsidy_minor: int
    reasons: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many were chosen for, or left alone, for one reason."""

    code: str
    reason: Sentence
    count: int


@dataclass(frozen=True, slots=True)
class Made:
    """One day's decisions: actions the most valuable first, reasons the most frequent first."""

    chosen: tuple[Chosen, ...]
    withheld: tuple[Counted, ...]


def made_on(as_of: date) -> Made:
    """Everything that was decided on a day, in one query."""
    return made_in(as_of, as_of)


def made_in(since: date, until: date) -> Made:
    """Everything that was decided between two days, both counted, in one query."""
    by_chance, is_cheaper = Q(explored=True), Q(price_minor__lt=F("list_price_minor"))
    is_same = Q(months=F("term__cycle_months"))
    is_handed = Q(kind__in=[str(one) for one in HANDED], p_with__gt=0)
    rows = (
        Decision.objects.filter(as_of__gte=since, as_of__lte=until)
        .order_by()
        .values("outcome", "action", "reason", "strategy_hash")
    )
    counted = list(
        rows.annotate(
            count=Count("pk"),
            chance=Count("pk", filter=by_chance),
            least=Min("propensity", filter=by_chance),
            most=Max("propensity", filter=by_chance),
            given=Sum(discount("p_with"), filter=is_cheaper & is_same),
            given_longer=Sum(discount("p_with"), filter=is_cheaper & ~is_same),
            handed=Sum(handed_cost(), filter=is_handed),
            handed_anyway=Sum(handed_cost(to_whom="p_without"), filter=is_handed),
            subsidy=Sum(discount("p_without"), filter=is_cheaper & is_same),
            subsidy_longer=Sum(discount("p_without"), filter=is_cheaper & ~is_same),
            renewals=Sum(F("p_with") - F("p_without")),
            low=Sum(F("p_low") - F("p_without")),
            high=Sum(F("p_high") - F("p_without")),
            cost=Sum("cost_minor"),
            margin=Sum("margin_minor"),
            margin_low=Sum("margin_low_minor"),
            margin_high=Sum("margin_high_minor"),
            of_term=Sum(Coalesce("term_margin_minor", "margin_minor")),
            looks_far=Count("term_margin_minor"),
        )
    )
    made = (Decision.Outcome.CHOSEN, Decision.Outcome.WAITING)
    given = [row for row in counted if row["outcome"] in made]
    left = [row for row in counted if row["outcome"] == Decision.Outcome.WITHHELD]
    chosen = [_chosen(rows, as_of=until) for rows in _grouped(given, "action")]
    withheld = [_counted(rows, as_of=until) for rows in _grouped(left, "reason")]
    return Made(
        tuple(sorted(chosen, key=lambda one: (-one.margin_minor, one.action))),
        tuple(sorted(withheld, key=lambda one: (-one.count, one.code))),
    )


def chosen_on(as_of: date) -> list[Chosen]:
    """The choices of a day by action, the most valuable first."""
    return list(made_on(as_of).chosen)


def withheld_on(as_of: date) -> list[Counted]:
    """Those who were left alone on a day by reason, the most frequent first."""
    return list(made_on(as_of).withheld)


type _Row = Mapping[str, Any]


def _grouped(rows: Sequence[_Row], name: str) -> list[list[_Row]]:
    """The rows that share a value, in any order of the values."""
    found: dict[str, list[_Row]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return list(found.values())


def _chosen(rows: Sequence[_Row], *, as_of: date) -> Chosen:
    def total(name: str) -> Any:
        return sum(row[name] or 0 for row in rows)

    action, strategy = rows[0]["action"], by_hash(rows[0]["strategy_hash"]).at(as_of)
    offer = strategy.offers.get(action)
    uptake = float(offer.prior_uptake_share) if offer else 1.0
    bounds = [row for row in rows if row["chance"]]
    return Chosen(
        action=action,
        name=_name(action, strategy),
        count=total("count"),
        explored=total("chance"),
        renewals=float(total("renewals")),
        renewals_low=float(total("low")),
        renewals_high=float(total("high")),
        cost_minor=total("cost"),
        margin_minor=total("margin"),
        margin_low_minor=total("margin_low"),
        margin_high_minor=total("margin_high"),
        term_margin_minor=total("of_term") if total("looks_far") else None,
        least=min((row["least"] for row in bounds), default=None),
        most=max((row["most"] for row in bounds), default=None),
        given_minor=floor(total("given") + total("given_longer") * uptake + total("handed") + 0.5),
        subsidy_minor=floor(
            total("subsidy") + total("subsidy_longer") * uptake + total("handed_anyway") + 0.5
        ),
        reasons=tuple(_counted(one, as_of=as_of) for one in _grouped(rows, "reason")),
    )


def _counted(rows: Sequence[_Row], *, as_of: date) -> Counted:
    code, strategy = rows[0]["reason"], by_hash(rows[0]["strategy_hash"]).at(as_of)
    reason = sentence_of_reason(code, strategy=strategy)
    return Counted(code, reason, sum(row["count"] for row in rows))


def _name(action: str, strategy: Strategy) -> Sentence:
    offer = strategy.offers.get(action)
    return offer.name if offer else Sentence(zh=action, en=action)


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much of a daily capacity the choices of a day use."""

    action: str
    name: Sentence
    used: int
    limit: int


def capacities_on(as_of: date) -> list[Capacity]:
    """The daily capacities and what the choices of a day use of each."""
    return capacities(made_on(as_of).chosen, offers=current().at(as_of).offers)


def capacities(chosen: Iterable[Chosen], *, offers: Mapping[str, Offer]) -> list[Capacity]:
    """What these choices use of each daily capacity."""
    used = {one.action: one.count for one in chosen}
    return [
        Capacity(one.id, one.name, used.get(one.id, 0), one.capacity_per_day)
        for one in offers.values()
        if one.kind is OfferKind.CALL and one.capacity_per_day is not None
    ]
