"""What is sold: plans, billing cycles, the term ladder, and what happens when a term lapses.

Two numbers pull against each other and are the operator's to settle here: the premium of paying
by the month, and the discount of paying for years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.strategy.components import (
    AddOn,
    Entitlement,
    EntitlementKind,
    InstalmentRules,
    Meter,
    PauseRules,
    SeatStep,
    add_ons,
    check_months,
    entitlements,
    instalment_rules,
    meters,
    pause_rules,
    seat_steps,
)
from tenure.strategy.features import OBSERVED
from tenure.strategy.reading import Reader, nearest
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rules import AnyOf, Rule

__all__ = ["Access", "Catalog", "Cycle", "Entitlement", "EntitlementKind", "Plan", "read"]

NEVER = AnyOf(())
# Paying by the month costs so much more where the catalogue does not say otherwise (BIL-01).
MONTHLY_PREMIUM = Decimal("0.10")
READ_ONLY_DAYS = 90


class NotSold(Refusal):
    """A plan or a cycle that the catalogue in force does not have."""

    code = "not_sold"
    said = Sentence(
        zh="目录中没有“{name}”{nearest}。",
        en="The catalogue has no “{name}”{nearest}.",
    )


class Access(StrEnum):
    """What a customer can still use."""

    FULL = "full"
    LIMITED = "limited"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class LapseStep:
    """What really happens `day` days after the end of a term that nobody renewed.

    `data_kept_days` is for how many days from then on the customer's own data can be taken out.
    """

    day: int
    access: Access
    effect: Sentence
    data_kept_days: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One plan: its base price and its cost are for one month.

    `tax_share` is the tax inside every price. `too_small` and `too_big` say by how a customer uses
    it whom the next plan up or down fits better (CAT-02); without them it fits everybody.
    """

    code: str
    name: Sentence
    tier_rank: int
    base_price: Money
    monthly_cost: Money
    speed_mbps: int | None
    entitlements: tuple[Entitlement, ...]
    lapse: tuple[LapseStep, ...]
    too_small: Rule = NEVER
    too_big: Rule = NEVER
    tax_share: Decimal = Decimal(0)

    def access_on(self, day: int) -> Access:
        """Access `day` days after an unrenewed end; full until the first step."""
        reached = [step.access for step in self.lapse if step.day <= day]
        return reached[-1] if reached else Access.FULL


@dataclass(frozen=True, slots=True)
class Cycle:
    """How often is paid; the premium is on top of the base price."""

    months: int
    name: Sentence
    premium_share: Decimal


@dataclass(frozen=True, slots=True)
class LadderPrice:
    """One rung of the term ladder for one plan."""

    months: int
    discount_share: Decimal
    list_price: Money
    price: Money
    cost: Money


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything on sale on a day.

    `read_only_days` is how long what no longer fits a smaller plan is kept, read-only (BIL-06).
    """

    product: str
    plans: Mapping[str, Plan]
    cycles: Mapping[int, Cycle]
    ladder: Mapping[int, Decimal]
    add_ons: Mapping[str, AddOn] = field(default_factory=dict)
    meters: Mapping[str, Meter] = field(default_factory=dict)
    seats: tuple[SeatStep, ...] = ()
    pause: PauseRules = field(default_factory=PauseRules)
    instalments: InstalmentRules = field(default_factory=InstalmentRules)
    read_only_days: int = READ_ONLY_DAYS

    def plan(self, code: str) -> Plan:
        """The plan of a code; refuses an unknown one with the nearest known."""
        if code not in self.plans:
            raise NotSold(name=code, nearest=nearest(code, self.plans))
        return self.plans[code]

    def price(self, plan_code: str, *, months: int) -> Money:
        """List price of a whole cycle: base price times months, plus the cycle's premium."""
        return self._in_cycle(self.plan(plan_code).base_price, months=months)

    def add_on_price(self, code: str, *, months: int) -> Money:
        """Price of an add-on for a whole cycle, with the cycle's premium (CAT-03)."""
        if code not in self.add_ons:
            raise NotSold(name=code, nearest=nearest(code, self.add_ons))
        return self._in_cycle(self.add_ons[code].monthly_price, months=months)

    def reduced(self, plan_code: str, *, months: int) -> Money:
        """What a whole cycle costs when paid in advance: the list price less the ladder's rung."""
        share = self.ladder.get(months, Decimal(0))
        return self.price(plan_code, months=months).share_of(1 - share)

    def seats_off(self, quantity: int) -> Decimal:
        """What each of so many seats is reduced by."""
        reached = [step.off for step in self.seats if step.seats <= quantity]
        return reached[-1] if reached else Decimal(0)

    def _in_cycle(self, monthly: Money, *, months: int) -> Money:
        if months not in self.cycles:
            known = nearest(str(months), [str(one) for one in self.cycles])
            raise NotSold(name=months, nearest=known)
        return (monthly * months).share_of(1 + self.cycles[months].premium_share)

    def ladder_prices(self, plan_code: str) -> tuple[LadderPrice, ...]:
        """Every rung of the term ladder for a plan, shortest first (OFR-01)."""
        plan = self.plan(plan_code)
        return tuple(
            LadderPrice(
                months=months,
                discount_share=share,
                list_price=self.price(plan_code, months=months),
                price=self.reduced(plan_code, months=months),
                cost=plan.monthly_cost * months,
            )
            for months, share in sorted(self.ladder.items())
        )


_BELOW_COST = Sentence(
    zh="{months} 个月的优惠价 {price} 低于成本 {cost}；请减小折扣或提高价格",
    en="the {months}-month price of {price} is below the cost of {cost}; lower the discount "
    "or raise the price",
)
_NO_PLAN = Sentence(zh="没有任何套餐", en="there is no plan")
_BACKWARDS = Sentence(
    zh="到期后第 {day} 天的规则应排在更早的规则之后，且各不相同",
    en="the step of day {day} must come after earlier days, each day once",
)


def read(reader: Reader) -> Catalog:
    """Read catalog.toml."""
    cycles = {
        (months := one.whole("months", least=1, most=120)): Cycle(
            months=months,
            name=one.sentence("name"),
            premium_share=one.share("premium", MONTHLY_PREMIUM if months == 1 else Decimal(0)),
        )
        for one in reader.each("cycle", unique="months")
    }
    ladder: dict[int, Decimal] = {}
    for one in reader.each("ladder", unique="months"):
        months = one.whole("months", least=1, most=120)
        check_months(one, "months", months=months, known=cycles)
        ladder[months] = one.share("off", most=Decimal("0.9"))
    tax_share = reader.share("tax", Decimal(0))
    places = {
        one.text("id"): (one, _plan(one, tax_share=tax_share))
        for one in reader.each("plan", unique="id")
    }
    if not places:
        reader.refuse("plan", _NO_PLAN)
    catalog = Catalog(
        product=reader.name("product"),
        plans={code: plan for code, (_, plan) in places.items()},
        cycles=cycles,
        ladder=ladder,
        add_ons=add_ons(reader, places),
        meters=meters(reader),
        seats=seat_steps(reader),
        pause=pause_rules(reader),
        instalments=instalment_rules(reader),
        read_only_days=reader.whole("read_only_days", READ_ONLY_DAYS, least=1, most=3650),
    )
    for code, (place, _) in places.items():
        _check_cost(place, catalog.ladder_prices(code))
    return catalog


def _check_cost(place: Reader, rungs: tuple[LadderPrice, ...]) -> None:
    for rung in rungs:
        if rung.price < rung.cost:
            problem = _BELOW_COST.fill(months=rung.months, price=rung.price, cost=rung.cost)
            place.refuse("base_price", problem)


def _plan(reader: Reader, *, tax_share: Decimal) -> Plan:
    return Plan(
        code=reader.name("id"),
        name=reader.sentence("name"),
        tier_rank=reader.whole("tier_rank", 1, least=1, most=99),
        base_price=reader.money("base_price"),
        monthly_cost=reader.money("monthly_cost"),
        speed_mbps=reader.whole_or_none("speed_mbps", least=1),
        entitlements=entitlements(reader),
        lapse=_lapse(reader),
        too_small=_misfit(reader, "too_small"),
        too_big=_misfit(reader, "too_big"),
        tax_share=reader.share("tax", tax_share),
    )


def _misfit(reader: Reader, key: str) -> Rule:
    return rule_at(reader, key, features=OBSERVED) if reader.has(key) else NEVER


def _lapse(reader: Reader) -> tuple[LapseStep, ...]:
    steps: list[LapseStep] = []
    for one in reader.each("lapse"):
        day = one.whole("day", most=365)
        if steps and day <= steps[-1].day:
            one.refuse("day", _BACKWARDS.fill(day=day))
        kept = one.whole_or_none("data_kept_days", least=1)
        steps.append(LapseStep(day, one.choice("access", Access), one.sentence("effect"), kept))
    return tuple(steps)
