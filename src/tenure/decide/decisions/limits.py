"""What limits one choosing beside each action's own capacity, as of a day and as it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tenure.decide.decisions.evaluation import Evaluated, who_column
from tenure.decide.decisions.models import Decision
from tenure.decide.decisions.points import Points
from tenure.decide.decisions.rules import Chosen, Shared
from tenure.decide.optimiser.fairness import Equals
from tenure.kernel.failures import Sentence
from tenure.records.journal.actions import Fact
from tenure.strategy.limits import Fairness, Limit
from tenure.strategy.offers import Offer
from tenure.strategy.sections import Strategy

if TYPE_CHECKING:
    from tenure.decide.offers.prices import Floats

# One day may take so many equal shares of what is left of its period: terms do not end evenly.
SHARES_A_DAY: Final = 2
CONFLICT: Final = "floor.not_kept"
BUDGET: Final = "budget"
FAIRNESS: Final = "fairness"

_NOT_KEPT = Sentence(
    zh="“{name}”当天至少要 {least} 次，最多只能做到 {reachable} 次，因为{against}；"
    "当天没有为它破例，请改低它，或放宽后者。",
    en="“{name}” asks for {least} on this day and at most {reachable} can be reached, because of "
    "{against}; nobody was chosen for its sake. Lower it, or widen what stands against it.",
)
_WANT_OF_ROWS = Sentence(
    zh="没有足够多可以这样做的客户", en="too few customers to whom nothing refuses it"
)
_TOGETHER = Sentence(zh="几项限制合在一起", en="several limits together")
_BUDGET_NAME = Sentence(zh="当天的预算", en="the budget of the day")
_OF_DAY = Sentence(zh="“{name}”的每日额度", en="the capacity per day of “{name}”")
_OF_LIMIT = Sentence(zh="“{name}”", en="“{name}”")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What is left of one limit for a day: `most` may be infinite, `least` is 0 without a floor."""

    most: float
    least: float


@dataclass(frozen=True, slots=True)
class DayLimits:
    """What limits one choosing: the day's budget in minor units, and each action's capacity.

    `shared` are the limits of limits.toml that bind on the day, by id.
    """

    budget: int
    capacity: Floats
    shared: Mapping[str, Bounds] = field(default_factory=dict)


def bounds_of(strategy: Strategy, *, as_of: date) -> dict[str, Bounds]:
    """What is left of each limit of the strategy on a day, after what was chosen before it.

    A period's limit is spread over its days, at most two days' share on one; its floor asks each
    day for an even share of what is missing.
    """
    return {one.id: _bounds(one, as_of=as_of) for one in strategy.limits.limits.values()}


def _bounds(limit: Limit, *, as_of: date) -> Bounds:
    first, last = limit.per.of(as_of)
    made = Decision.objects.filter(
        as_of__gte=first,
        as_of__lte=as_of,
        outcome__in=(Decision.Outcome.CHOSEN, Decision.Outcome.WAITING),
        action__in=limit.actions,
    )
    used, days = made.count(), (last - as_of).days + 1
    missing = max(0, limit.at_least - used)
    least = -(-missing // days)
    if limit.at_most is None:
        return Bounds(np.inf, float(least))
    left = max(0, limit.at_most - used)
    most = -(-left * min(SHARES_A_DAY, days) // days)
    return Bounds(float(most), float(min(least, most)))


def shared_of(
    bounds: Mapping[str, Bounds], points: Points, *, strategy: Strategy, offers: Sequence[Offer]
) -> tuple[Shared, ...]:
    """The limits of a day over the terms that wait."""
    found = []
    for limit in strategy.limits.limits.values():
        if limit.id not in bounds:
            continue
        left = bounds[limit.id]
        found.append(
            Shared(
                id=limit.id,
                actions=np.array([one.id in limit.actions for one in offers]),
                who=points.whole(who_column(limit.id)) == 1,
                at_most=left.most,
                at_least=left.least,
            )
        )
    return tuple(found)


def equals_of(points: Points, evaluated: Evaluated, *, fairness: Fairness | None) -> Equals | None:
    """Who is equal to whom in what is published, and how deep each offer is for them."""
    if fairness is None or not len(points):
        return None
    columns = [points.listed(name) for name in fairness.published]
    places: dict[tuple[Any, ...], int] = {}
    group = [places.setdefault(key, len(places)) for key in zip(*columns, strict=True)]
    with np.errstate(invalid="ignore", divide="ignore"):
        depth = evaluated.weighed.discount / evaluated.priced.price
    shares = np.where(np.isfinite(depth), np.maximum(depth, 0.0), 0.0)
    return Equals(np.array(group, dtype=np.int64), shares, float(fairness.apart))


def written(limits: DayLimits, offers: Sequence[Offer]) -> dict[str, float]:
    """The capacities as a choosing keeps them: by action, then `most:` and `least:` by limit."""
    scarce = np.flatnonzero(np.isfinite(limits.capacity)).tolist()
    found = {offers[one].id: float(limits.capacity[one]) for one in scarce}
    for name, bounds in limits.shared.items():
        if np.isfinite(bounds.most):
            found[f"most:{name}"] = bounds.most
        found[f"least:{name}"] = bounds.least
    return found


def read_back(budget: int, kept: Mapping[str, float], *, offers: Sequence[Offer]) -> DayLimits:
    """The limits of a past choosing, from what it kept."""
    capacity = np.array([kept.get(one.id, np.inf) for one in offers], dtype=float)
    names = [name.removeprefix("least:") for name in kept if name.startswith("least:")]
    shared = {
        name: Bounds(kept.get(f"most:{name}", np.inf), kept[f"least:{name}"]) for name in names
    }
    return DayLimits(budget, capacity, shared)


def named(limits: DayLimits, offers: Sequence[Offer]) -> list[str]:
    """What each limit of the plan is called: the budget, actions, then limits of limits.toml."""
    scarce = np.flatnonzero(np.isfinite(limits.capacity)).tolist()
    return [BUDGET, *(offers[one].id for one in scarce), *limits.shared]


def prices_of(limits: DayLimits, chosen: Chosen, *, offers: Sequence[Offer]) -> dict[str, float]:
    """What one more unit of each limit would bring, and what floors and fairness cost."""
    names, prices = named(limits, offers), chosen.plan.shadow_price.tolist()
    shared = set(limits.shared)
    found = {
        f"most:{name}" if name in shared else name: max(0.0, price)
        for name, price in zip(names, prices, strict=True)
    }
    for name, cost in zip(names, chosen.floor_cost.tolist(), strict=True):
        if name in limits.shared and limits.shared[name].least > 0:
            found[f"least:{name}"] = cost
    if chosen.fairness_cost:
        found[FAIRNESS] = chosen.fairness_cost
    return found


def conflicts_of(
    limits: DayLimits, chosen: Chosen, *, offers: Sequence[Offer], strategy: Strategy, as_of: date
) -> Iterator[Fact]:
    """One entry of the journal for each floor that could not be kept."""
    names = named(limits, offers)
    for one in chosen.conflicts:
        name = names[one.scarce]
        yield Fact(
            CONFLICT,
            on=as_of,
            content={
                "limit": name,
                "least": one.least,
                "reachable": round_down(one.reachable),
                "against": [names[place] for place in one.against],
                "is_for_want_of_rows": one.is_for_want_of_rows,
                "strategy_hash": strategy.hash,
            },
            once_key=f"{CONFLICT}:{as_of}:{name}:{strategy.hash}",
        )


def round_down(value: float) -> int:
    """A count that can be reached, whole."""
    return int(value + 1e-6)


def told(content: Mapping[str, Any], *, strategy: Strategy) -> Sentence:
    """A conflict as a sentence that names the floor and what stands against it."""
    limits, against = strategy.limits.limits, content["against"]
    name = limits[content["limit"]].name if content["limit"] in limits else content["limit"]
    if content["is_for_want_of_rows"]:
        why = _WANT_OF_ROWS
    elif not against:
        why = _TOGETHER
    else:
        parts = [_called(one, strategy) for one in against]
        why = Sentence(
            zh="、".join(one.zh for one in parts), en=" and ".join(one.en for one in parts)
        )
    return _NOT_KEPT.fill(
        name=name, least=int(content["least"]), reachable=content["reachable"], against=why
    )


def _called(name: str, strategy: Strategy) -> Sentence:
    if name == BUDGET:
        return _BUDGET_NAME
    if name in strategy.limits.limits:
        return _OF_LIMIT.fill(name=strategy.limits.limits[name].name)
    if name in strategy.offers:
        return _OF_DAY.fill(name=strategy.offers[name].name)
    return Sentence(zh=name, en=name)
