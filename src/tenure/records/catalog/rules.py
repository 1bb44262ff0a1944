"""What a plan holds, and from which day a changed plan counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money


class NoPrice(Refusal):
    """A cycle that a plan version is not sold in."""

    code = "no_price"
    said = Sentence(
        zh="套餐 {plan} 第 {version} 版没有 {months} 个月（{currency}）的价格；"
        "可选的月数：{known}。",
        en="Plan {plan}, version {version}, has no price for {months} months in {currency}; "
        "months on sale: {known}.",
    )


class UnknownPlan(Refusal):
    """A plan code that the catalogue does not hold."""

    code = "unknown_plan"
    said = Sentence(
        zh="目录中没有套餐“{plan}”{nearest}；请先在策略或导入文件中加入它。",
        en="The catalogue has no plan “{plan}”{nearest}; "
        "add it to the strategy or the import first.",
    )


class UnknownAddOn(Refusal):
    """An add-on's code that the catalogue does not hold."""

    code = "unknown_add_on"
    said = Sentence(
        zh="目录中没有附加项“{add_on}”{nearest}；请先在策略中加入它。",
        en="The catalogue has no add-on “{add_on}”{nearest}; add it to the strategy first.",
    )


class NotOnSaleYet(Refusal):
    """A plan asked for on a day before its first version."""

    code = "not_on_sale_yet"
    said = Sentence(
        zh="套餐 {plan} 在 {on} 尚未开售；请选更晚的日期，或把它的 effective_on 提前。",
        en="Plan {plan} was not yet on sale on {on}; choose a later day, "
        "or set its effective_on earlier.",
    )


@dataclass(frozen=True, slots=True)
class Gives:
    """One entitlement; a quantity of None is without limit."""

    code: str
    name: Sentence
    kind: str = "core"
    quantity: int | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Holds:
    """What one version of a plan holds; two versions that hold the same are one."""

    cost_minor_per_month: int
    prices: Mapping[int, Money]  # cycle in months → list price of the whole cycle
    gives: Sequence[Gives] = ()
    speed_mbps: int | None = None
    lapse_policy: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfferedPlan:
    """A plan as it is to be sold from a day on, or was sold `[from_on, until_on)`."""

    code: str
    product_code: str
    name: Sentence
    holds: Holds
    from_on: date
    until_on: date | None = None
    tier_rank: int = 1

    def is_past(self, today: date) -> bool:
        """Whether it is no longer sold like this."""
        return self.until_on is not None and self.until_on <= today


@dataclass(frozen=True, slots=True)
class HoldsAddOn:
    """What one version of an add-on holds; no `plans`: it goes with every plan."""

    cost_minor_per_month: int
    prices: Mapping[int, Money]  # cycle in months → price of the whole cycle
    plans: Sequence[str] = ()
    gives: Sequence[Gives] = ()


@dataclass(frozen=True, slots=True)
class OfferedAddOn:
    """An add-on as it is to be sold from a day on, or was sold `[from_on, until_on)`."""

    code: str
    product_code: str
    name: Sentence
    holds: HoldsAddOn
    from_on: date
    until_on: date | None = None

    def is_past(self, today: date) -> bool:
        """Whether it is no longer sold like this."""
        return self.until_on is not None and self.until_on <= today


def effective_on(wanted_on: date, *, newest_on: date | None, today: date) -> date:
    """From which day a changed plan counts.

    As asked for; but a version is never put before or upon one that was sold already, so that the
    past keeps its rules: then it counts from today on.

    Args:
        wanted_on: the day that the strategy names.
        newest_on: from when the newest version counts, None where there is none.
        today: the day of applying, in the business's zone.
    """
    if newest_on is None or wanted_on > newest_on:
        return wanted_on
    return max(today, newest_on)
