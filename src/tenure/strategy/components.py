"""What is sold beside the plans: add-ons, metered use, seats by number, rules of a pause."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.strategy.reading import UNKNOWN, Reader, nearest


class EntitlementKind(StrEnum):
    """Whether something is the plan itself or comes on top of it."""

    CORE = "core"
    VALUE_ADDED = "value_added"


class MeterModel(StrEnum):
    """How use becomes a price."""

    TIER = "tier"  # each unit costs what its own tier says
    VOLUME = "volume"  # every unit costs what the tier reached says
    PACKAGE = "package"  # begun packages are paid whole


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One thing that a plan or an add-on gives; a quantity of None is without limit."""

    code: str
    name: Sentence
    kind: EntitlementKind
    quantity: int | None
    unit: str


@dataclass(frozen=True, slots=True)
class AddOn:
    """Something that comes on top of a plan (CAT-03); price and cost are for one month.

    No `plans`: it goes with every plan.
    """

    code: str
    name: Sentence
    monthly_price: Money
    monthly_cost: Money
    plans: frozenset[str]
    entitlements: tuple[Entitlement, ...]


@dataclass(frozen=True, slots=True)
class MeterTier:
    """Units up to and with `up_to` (None: without end), at a price for every `per` units."""

    up_to: int | None
    price: Money


@dataclass(frozen=True, slots=True)
class Meter:
    """One metered component (BIL-04). A plan's entitlement of the same id is included in it.

    `commitments` is months → what a quantity reserved for so long is reduced by (OFR-16).
    """

    code: str
    name: Sentence
    model: MeterModel
    unit: str
    per: int
    tiers: tuple[MeterTier, ...]
    commitments: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeatStep:
    """From so many seats on, every seat costs less by a share."""

    seats: int
    off: Decimal


@dataclass(frozen=True, slots=True)
class InstalmentRules:
    """In how many parts a price may be paid, from which price on, and what lateness costs (OFR-07).

    Late by more than `limited_after_days` the service is limited, by more than `none_after_days`
    nothing can be used.
    """

    parts: tuple[int, ...] = (3, 6, 12)
    least: Money | None = None
    limited_after_days: int = 7
    none_after_days: int = 30


@dataclass(frozen=True, slots=True)
class PauseRules:
    """How long a subscription may rest, in days."""

    least_days: int = 1
    most_days: int = 90
    days_per_year: int = 120


_DOWNWARDS = Sentence(
    zh="{found} 应大于前一级的 {before}", en="{found} must be more than the {before} before it"
)
_NO_END = Sentence(
    zh="只有最后一级、且必须是最后一级，没有 up_to",
    en="the last tier, and only the last one, has no up_to",
)
_NO_TIER = Sentence(zh="没有任何一级价格", en="there is no tier")


def entitlements(reader: Reader) -> tuple[Entitlement, ...]:
    """The things that a plan or an add-on gives."""
    return tuple(
        Entitlement(
            code=one.name("id"),
            name=one.sentence("name"),
            kind=one.choice("kind", EntitlementKind, default=EntitlementKind.CORE),
            quantity=one.whole_or_none("quantity"),
            unit=one.text("unit", ""),
        )
        for one in reader.each("entitlement", unique="id")
    )


def add_ons(reader: Reader, plans: Collection[str]) -> dict[str, AddOn]:
    """Read every [[add_on]] of catalog.toml."""
    return {
        (code := one.name("id")): AddOn(
            code=code,
            name=one.sentence("name"),
            monthly_price=one.money("monthly_price"),
            monthly_cost=one.money("monthly_cost"),
            plans=frozenset(one.names("plans", plans, default=())),
            entitlements=entitlements(one),
        )
        for one in reader.each("add_on", unique="id")
    }


def meters(reader: Reader) -> dict[str, Meter]:
    """Read every [[meter]] of catalog.toml."""
    return {
        (code := one.name("id")): Meter(
            code=code,
            name=one.sentence("name"),
            model=one.choice("model", MeterModel),
            unit=one.text("unit"),
            per=one.whole("per", 1, least=1),
            tiers=_tiers(one),
            commitments={
                step.whole("months", least=1, most=120): step.share("off", most=Decimal("0.9"))
                for step in one.each("commit", unique="months")
            },
        )
        for one in reader.each("meter", unique="id")
    }


def seat_steps(reader: Reader) -> tuple[SeatStep, ...]:
    """Read every [[seats]] of catalog.toml, the smallest number first."""
    steps: list[SeatStep] = []
    for one in reader.each("seats"):
        seats = one.whole("from", least=2)
        if steps and seats <= steps[-1].seats:
            one.refuse("from", _DOWNWARDS.fill(found=seats, before=steps[-1].seats))
        steps.append(SeatStep(seats, one.share("off", most=Decimal("0.9"))))
    return tuple(steps)


def pause_rules(reader: Reader) -> PauseRules:
    """Read [pause] of catalog.toml; without it the defaults hold."""
    if not reader.has("pause"):
        return PauseRules()
    one, usual = reader.below("pause"), PauseRules()
    least = one.whole("least_days", usual.least_days, least=1)
    rules = PauseRules(
        least_days=least,
        most_days=one.whole("most_days", usual.most_days, least=least, most=366),
        days_per_year=one.whole("days_per_year", usual.days_per_year, least=least, most=366),
    )
    one.done()
    return rules


def instalment_rules(reader: Reader) -> InstalmentRules:
    """Read [instalments] of catalog.toml; without it the defaults hold."""
    if not reader.has("instalments"):
        return InstalmentRules()
    one, usual = reader.below("instalments"), InstalmentRules()
    limited = one.whole("limited_after_days", usual.limited_after_days)
    rules = InstalmentRules(
        parts=one.wholes("parts", usual.parts, least=2),
        least=one.money("least") if one.has("least") else None,
        limited_after_days=limited,
        none_after_days=one.whole("none_after_days", usual.none_after_days, least=limited),
    )
    one.done()
    return rules


def check_months(reader: Reader, key: str, *, months: int, known: Collection[int]) -> None:
    """Refuse a number of months that no cycle has, with the nearest that one has."""
    if months not in known:
        near = nearest(str(months), [str(one) for one in known])
        reader.refuse(key, UNKNOWN.fill(name=months, nearest=near))


def _tiers(reader: Reader) -> tuple[MeterTier, ...]:
    tiers: list[MeterTier] = []
    for one in reader.each("tier"):
        if tiers and (before := tiers[-1].up_to) is None:
            one.refuse("up_to", _NO_END)
        up_to = one.whole_or_none("up_to", least=1)
        if tiers and up_to is not None and before is not None and up_to <= before:
            one.refuse("up_to", _DOWNWARDS.fill(found=up_to, before=before))
        tiers.append(MeterTier(up_to, one.money("price")))
    if not tiers:
        reader.refuse("tier", _NO_TIER)
    if tiers[-1].up_to is not None:
        reader.refuse("tier", _NO_END)
    return tuple(tiers)
