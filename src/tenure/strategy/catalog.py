"""What is sold: plans, billing cycles, the term ladder, and what happens when a term lapses.

Two numbers pull against each other and are the operator's to settle here: the premium of paying
by the month, and the discount of paying for years.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money
from tenure.strategy.features import OBSERVED
from tenure.strategy.reading import UNKNOWN, Reader, nearest
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rules import AnyOf, Rule

NEVER = AnyOf(())


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


class EntitlementKind(StrEnum):
    """Whether something is the plan itself or comes on top of it."""

    CORE = "core"
    VALUE_ADDED = "value_added"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One thing that a plan gives; a quantity of None is without limit."""

    code: str
    name: Sentence
    kind: EntitlementKind
    quantity: int | None
    unit: str


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

    `too_small` and `too_big` say by how a customer uses it whom the next plan up or down fits
    better (CAT-02); without them it fits everybody.
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
    """Everything on sale on a day."""

    product: str
    plans: Mapping[str, Plan]
    cycles: Mapping[int, Cycle]
    ladder: Mapping[int, Decimal]

    def plan(self, code: str) -> Plan:
        """The plan of a code; refuses an unknown one with the nearest known."""
        if code not in self.plans:
            raise NotSold(name=code, nearest=nearest(code, self.plans))
        return self.plans[code]

    def price(self, plan_code: str, *, months: int) -> Money:
        """List price of a whole cycle: base price times months, plus the cycle's premium."""
        if months not in self.cycles:
            known = nearest(str(months), [str(one) for one in self.cycles])
            raise NotSold(name=months, nearest=known)
        base = self.plan(plan_code).base_price * months
        return base.share_of(1 + self.cycles[months].premium_share)

    def ladder_prices(self, plan_code: str) -> tuple[LadderPrice, ...]:
        """Every rung of the term ladder for a plan, shortest first (OFR-01)."""
        plan = self.plan(plan_code)
        return tuple(
            LadderPrice(
                months=months,
                discount_share=share,
                list_price=(listed := self.price(plan_code, months=months)),
                price=listed.share_of(1 - share),
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
            premium_share=one.share("premium", Decimal(0)),
        )
        for one in reader.each("cycle", unique="months")
    }
    known_months = [str(months) for months in cycles]
    ladder: dict[int, Decimal] = {}
    for one in reader.each("ladder", unique="months"):
        months = one.whole("months", least=1, most=120)
        if months not in cycles:
            problem = UNKNOWN.fill(name=months, nearest=nearest(str(months), known_months))
            one.refuse("months", problem)
        ladder[months] = one.share("off", most=Decimal("0.9"))
    places = {one.text("id"): (one, _plan(one)) for one in reader.each("plan", unique="id")}
    if not places:
        reader.refuse("plan", _NO_PLAN)
    catalog = Catalog(
        product=reader.name("product"),
        plans={code: plan for code, (_, plan) in places.items()},
        cycles=cycles,
        ladder=ladder,
    )
    for code, (place, _) in places.items():
        _check_cost(place, catalog.ladder_prices(code))
    return catalog


def _check_cost(place: Reader, rungs: tuple[LadderPrice, ...]) -> None:
    for rung in rungs:
        if rung.price < rung.cost:
            problem = _BELOW_COST.fill(months=rung.months, price=rung.price, cost=rung.cost)
            place.refuse("base_price", problem)


def _plan(reader: Reader) -> Plan:
    return Plan(
        code=reader.name("id"),
        name=reader.sentence("name"),
        tier_rank=reader.whole("tier_rank", 1, least=1, most=99),
        base_price=reader.money("base_price"),
        monthly_cost=reader.money("monthly_cost"),
        speed_mbps=reader.whole_or_none("speed_mbps", least=1),
        entitlements=tuple(
            Entitlement(
                code=one.name("id"),
                name=one.sentence("name"),
                kind=one.choice("kind", EntitlementKind, default=EntitlementKind.CORE),
                quantity=one.whole_or_none("quantity"),
                unit=one.text("unit", ""),
            )
            for one in reader.each("entitlement", unique="id")
        ),
        lapse=_lapse(reader),
        too_small=_misfit(reader, "too_small"),
        too_big=_misfit(reader, "too_big"),
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
