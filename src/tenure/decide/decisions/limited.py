"""What limited one day's choices, what each limit cost, and which floor gave way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tenure.decide.decisions.limits import BUDGET, CONFLICT, FAIRNESS, told
from tenure.decide.decisions.models import Choosing
from tenure.kernel.failures import Sentence
from tenure.records.journal.models import Entry
from tenure.strategy.sections import Strategy

_BUDGET_NAME = Sentence(zh="当天的预算", en="the budget of the day")
_CAPACITY = Sentence(zh="{name}：每日额度", en="{name}: capacity per day")
_MOST = Sentence(zh="{name}：本期间内最多", en="{name}: at most in its period")
_LEAST = Sentence(zh="{name}：本期间内至少", en="{name}: at least in its period")
_FAIR = Sentence(
    zh="公开条件相同者的价格不相差太大", en="those equal in what is published stay near in price"
)


@dataclass(frozen=True, slots=True)
class Bound:
    """One limit of a day: what was left of it, and what it cost.

    `left` is a count, minor units for the budget and None for fairness. `price` is what one more
    unit would have brought, in minor units and parts of one, or, of a floor and of fairness
    (`is_whole`), what keeping it cost altogether.
    """

    code: str
    name: Sentence
    left: float | None
    price: float
    is_money: bool
    is_whole: bool

    @property
    def is_tight(self) -> bool:
        """Whether it kept something back."""
        return self.price > 0


@dataclass(frozen=True, slots=True)
class Limited:
    """The limits of the last choosing of a day, and the sentences of floors that gave way."""

    bounds: Sequence[Bound]
    conflicts: Sequence[Sentence]
    gap: float


def choosings_on(as_of: date) -> Sequence[Choosing]:
    """Every time that everybody due was chosen for as of a day, the first one first."""
    return list(Choosing.objects.filter(as_of=as_of).order_by("at"))


def limited_by(chosen: Sequence[Choosing], *, strategy: Strategy) -> Limited | None:
    """What limited the last choosing of a day; None where nothing was chosen on it."""
    if not chosen:
        return None
    choosing = chosen[-1]
    entries = Entry.objects.filter(kind=CONFLICT, on=choosing.as_of).order_by("pk")
    return Limited(
        bounds=[
            _bound(name, left, choosing=choosing, strategy=strategy)
            for name, left in [
                (BUDGET, float(choosing.budget_minor)),
                *choosing.capacities.items(),
                (FAIRNESS, None),
            ]
            if _is_told(name, left, choosing=choosing)
        ],
        conflicts=[told(one.content, strategy=strategy) for one in entries],
        gap=choosing.gap,
    )


def _is_told(name: str, left: float | None, *, choosing: Choosing) -> bool:
    """A floor of none and a fairness that cost nothing are no limits of the day."""
    if name == FAIRNESS:
        return FAIRNESS in choosing.prices
    return not name.startswith("least:") or bool(left)


def _bound(name: str, left: float | None, *, choosing: Choosing, strategy: Strategy) -> Bound:
    return Bound(
        code=name,
        name=_called(name, strategy),
        left=left,
        price=float(choosing.prices.get(name, 0.0)),
        is_money=name == BUDGET,
        is_whole=name == FAIRNESS or name.startswith("least:"),
    )


def _called(name: str, strategy: Strategy) -> Sentence:
    if name == BUDGET:
        return _BUDGET_NAME
    if name == FAIRNESS:
        return _FAIR
    kind, _, limit = name.rpartition(":")
    if kind:
        known = strategy.limits.limits.get(limit)
        called = known.name if known else Sentence(zh=limit, en=limit)
        return (_LEAST if kind == "least" else _MOST).fill(name=called)
    offer = strategy.offers.get(name)
    return _CAPACITY.fill(name=offer.name if offer else Sentence(zh=name, en=name))
