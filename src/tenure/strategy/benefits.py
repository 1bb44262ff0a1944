"""What comes with a term beside its price: years rewarded, presents, trials, and a way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.components import Entitlement, entitlements
from tenure.strategy.features import ALL
from tenure.strategy.reading import Reader, percent
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rules import ALWAYS, Rule

_MOST: Final = Decimal("0.9")


@dataclass(frozen=True, slots=True)
class Anniversary:
    """Free months on the day on which a customer has been one for `years` (OFR-10).

    A customer whose term is not running on the day gets them up to `within_days` later, once it is.
    """

    name: Sentence
    years: int
    free_months: int
    within_days: int


@dataclass(frozen=True, slots=True)
class Streak:
    """After `years` paid without a break the next year costs less (OFR-11).

    A gap after a failed payment of at most `payment_grace_days` breaks nothing, and one gap of at
    most `make_up_days` can be made up for (OFR-06).
    """

    name: Sentence
    years: int
    off: Decimal
    payment_grace_days: int
    may_sell_below_cost: bool
    make_up_days: int = 60


@dataclass(frozen=True, slots=True)
class Newcomers:
    """A reduction for each of the first renewals within the first year (OFR-04)."""

    name: Sentence
    joined_from: date
    cycles: tuple[int, ...]
    steps: tuple[Decimal, ...]


class CellKind(StrEnum):
    """What a column of somebody else's data holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class BroughtColumn:
    """One column that is taken over, and what others call it."""

    id: str
    name: Sentence
    kind: CellKind
    aliases: tuple[str, ...]
    is_required: bool


@dataclass(frozen=True, slots=True)
class BroughtData:
    """One kind of data that a customer brings from elsewhere (WIN-02)."""

    id: str
    name: Sentence
    columns: tuple[BroughtColumn, ...]


@dataclass(frozen=True, slots=True)
class Comeback:
    """The first months of somebody who left and comes back cost less (WIN-01).

    It is given from `after_days` to `within_days` after service really ended, and again only after
    `again_after_days`.
    """

    name: Sentence
    off: Decimal
    months: int
    after_days: int
    within_days: int
    again_after_days: int
    may_sell_below_cost: bool
    data: Mapping[str, BroughtData] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Entitlements on top for a whole term, for whom they fit (OFR-03); the first that fits."""

    id: str
    name: Sentence
    reason: Sentence
    least_months: int
    plans: frozenset[str]
    when: Rule
    monthly_cost: Money
    gives: tuple[Entitlement, ...]

    def goes_with(self, *, plan: str, cycle_months: int) -> bool:
        """Whether a term of a plan is long enough for it."""
        return cycle_months >= self.least_months and (not self.plans or plan in self.plans)


@dataclass(frozen=True, slots=True)
class Trial:
    """Entitlements for some days, for customers of smaller plans (OFR-17).

    Whoever buys one of `becomes_plans` or `becomes_add_ons` until `counts_days` after its end
    counts as won by it.
    """

    id: str
    name: Sentence
    text: Sentence
    plans: frozenset[str]
    days: int
    remind_days: int
    counts_days: int
    becomes_plans: frozenset[str]
    becomes_add_ons: frozenset[str]
    gives: tuple[Entitlement, ...]


class GiftKind(StrEnum):
    """How a present reaches a customer."""

    CODE = "code"
    POST = "post"


@dataclass(frozen=True, slots=True)
class GiftRule:
    """A present that a renewal brings (OFR-18); of those that fit the customer chooses one.

    `stock` is what there is to begin with of a thing that is posted; codes are counted themselves.
    """

    id: str
    name: Sentence
    kind: GiftKind
    least_months: int
    plans: frozenset[str]
    stock: int
    cost: Money
    choose_within_days: int

    def goes_with(self, *, plan: str, cycle_months: int) -> bool:
        """Whether a term of a plan is long enough for it."""
        return cycle_months >= self.least_months and (not self.plans or plan in self.plans)


@dataclass(frozen=True, slots=True)
class Benefits:
    """Everything that comes with a term; without benefits.toml nothing does."""

    anniversary: Anniversary | None = None
    streak: Streak | None = None
    newcomers: Newcomers | None = None
    comeback: Comeback | None = None
    bundles: Mapping[str, Bundle] = field(default_factory=dict)
    trials: Mapping[str, Trial] = field(default_factory=dict)
    gifts: Mapping[str, GiftRule] = field(default_factory=dict)


_NO_STEP = Sentence(zh="至少要有一级", en="there must be at least one step")
_RISES = Sentence(
    zh="优惠须逐级减少：{found} 大于前一级的 {before}",
    en="each step gives less: {found} is more than the {before} before it",
)
_GIVES_NOTHING = Sentence(
    zh="没有给出任何权益；请至少写一项 entitlement",
    en="it gives nothing; write at least one entitlement",
)
_COUNTS_NOTHING = Sentence(
    zh="请在 becomes_plans 或 becomes_add_ons 中写明买什么算转化",
    en="say in becomes_plans or becomes_add_ons which purchase counts as won",
)
_REMINDS_BEFORE = Sentence(
    zh="提醒应在试用的 {days} 天之内",
    en="the reminder must lie within the {days} days of the trial",
)
_TOO_EARLY = Sentence(
    zh="{within} 天早于 after_days 的 {after} 天", en="{within} days end before after_days, {after}"
)


def read(reader: Reader, currency: str) -> Benefits:
    """Read benefits.toml. Costs that are not given are zero in `currency`."""
    zero = Money.zero(currency)
    return Benefits(
        anniversary=_anniversary(reader),
        streak=_streak(reader),
        newcomers=_newcomers(reader),
        comeback=_comeback(reader),
        bundles={(b := _bundle(one, zero)).id: b for one in reader.each("bundle", unique="id")},
        trials={(t := _trial(one)).id: t for one in reader.each("trial", unique="id")},
        gifts={(g := _gift(one, zero)).id: g for one in reader.each("gift", unique="id")},
    )


def _anniversary(reader: Reader) -> Anniversary | None:
    if not reader.has("anniversary"):
        return None
    one = reader.below("anniversary")
    found = Anniversary(
        name=one.sentence("name"),
        years=one.whole("years", 1, least=1, most=50),
        free_months=one.whole("free_months", 1, least=1, most=12),
        within_days=one.whole("within_days", 30, most=365),
    )
    one.done()
    return found


def _streak(reader: Reader) -> Streak | None:
    if not reader.has("streak"):
        return None
    one = reader.below("streak")
    found = Streak(
        name=one.sentence("name"),
        years=one.whole("years", 3, least=1, most=20),
        off=one.share("off", most=_MOST),
        payment_grace_days=one.whole("payment_grace_days", 30, most=365),
        make_up_days=one.whole("make_up_days", 60, most=365),
        may_sell_below_cost=one.flag("may_sell_below_cost", False),
    )
    one.done()
    return found


def _newcomers(reader: Reader) -> Newcomers | None:
    if not reader.has("newcomers"):
        return None
    one = reader.below("newcomers")
    found = Newcomers(
        name=one.sentence("name"),
        joined_from=one.day("joined_from", date.min),
        cycles=one.wholes("cycles", least=1),
        steps=tuple(step.share("off", most=_MOST) for step in one.each("step")),
    )
    if not found.steps:
        one.refuse("step", _NO_STEP)
    for place in range(1, len(found.steps)):
        before, step = found.steps[place - 1], found.steps[place]
        if step > before:
            one.refuse(
                f"step[{place}].off", _RISES.fill(found=percent(step), before=percent(before))
            )
    one.done()
    return found


def _comeback(reader: Reader) -> Comeback | None:
    if not reader.has("comeback"):
        return None
    one = reader.below("comeback")
    after = one.whole("after_days", 30, most=3650)
    within = one.whole("within_days", 730, most=3650)
    if within < after:
        one.refuse("within_days", _TOO_EARLY.fill(within=within, after=after))
    found = Comeback(
        name=one.sentence("name"),
        off=one.share("off", most=_MOST),
        months=one.whole("months", 12, least=1, most=36),
        after_days=after,
        within_days=within,
        again_after_days=one.whole("again_after_days", 730, most=3650),
        may_sell_below_cost=one.flag("may_sell_below_cost", False),
        data={(data := _data(each)).id: data for each in one.each("data", unique="id")},
    )
    one.done()
    return found


def _data(reader: Reader) -> BroughtData:
    return BroughtData(
        id=reader.name("id"),
        name=reader.sentence("name"),
        columns=tuple(
            BroughtColumn(
                id=one.name("id"),
                name=one.sentence("name"),
                kind=one.choice("kind", CellKind, default=CellKind.TEXT),
                aliases=one.names("aliases", default=()),
                is_required=one.flag("required", False),
            )
            for one in reader.each("column", unique="id")
        ),
    )


def _bundle(reader: Reader, zero: Money) -> Bundle:
    found = Bundle(
        id=reader.name("id"),
        name=reader.sentence("name"),
        reason=reader.sentence("reason"),
        least_months=reader.whole("least_months", 12, least=1),
        plans=frozenset(reader.names("plans", default=())),
        when=rule_at(reader, "when", features=ALL) if reader.has("when") else ALWAYS,
        monthly_cost=reader.money("monthly_cost", zero),
        gives=entitlements(reader),
    )
    _check_gives(reader, found.gives)
    return found


def _trial(reader: Reader) -> Trial:
    days = reader.whole("days", least=1, most=90)
    found = Trial(
        id=reader.name("id"),
        name=reader.sentence("name"),
        text=reader.sentence("text"),
        plans=frozenset(reader.names("plans", default=())),
        days=days,
        remind_days=reader.whole("remind_days", 3, least=1),
        counts_days=reader.whole("counts_days", 30, most=365),
        becomes_plans=frozenset(reader.names("becomes_plans", default=())),
        becomes_add_ons=frozenset(reader.names("becomes_add_ons", default=())),
        gives=entitlements(reader),
    )
    _check_gives(reader, found.gives)
    if not found.becomes_plans | found.becomes_add_ons:
        reader.refuse("becomes_plans", _COUNTS_NOTHING)
    if found.remind_days >= days:
        reader.refuse("remind_days", _REMINDS_BEFORE.fill(days=days))
    return found


def _check_gives(reader: Reader, gives: tuple[Entitlement, ...]) -> None:
    if not gives:
        reader.refuse("entitlement", _GIVES_NOTHING)


def _gift(reader: Reader, zero: Money) -> GiftRule:
    return GiftRule(
        id=reader.name("id"),
        name=reader.sentence("name"),
        kind=reader.choice("kind", GiftKind),
        least_months=reader.whole("least_months", 12, least=1),
        plans=frozenset(reader.names("plans", default=())),
        stock=reader.whole("stock", 0),
        cost=reader.money("cost", zero),
        choose_within_days=reader.whole("choose_within_days", 60, least=1, most=365),
    )
