"""What is allowed in a strategy and is still worth a second look before it is applied."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Final

from tenure.kernel.failures import Sentence
from tenure.kernel.money import rounded
from tenure.strategy.catalog import Catalog
from tenure.strategy.reading import percent
from tenure.strategy.sections import Strategy

# What a year paid in advance usually saves, against twelve single months (BIL-03).
ANNUAL_BAND: Final = (Decimal("0.15"), Decimal("0.20"))

_OUTSIDE = Sentence(
    zh="catalog.toml：套餐“{plan}”按年预付比按月省 {found}，不在 {low} 到 {high} 之内；"
    "请核对月付加价和年付折扣",
    en="catalog.toml: paying “{plan}” by the year saves {found} against the month, which is "
    "outside {low} to {high}; check the monthly premium and the yearly discount",
)

_NO_HYPOTHESIS = Sentence(
    zh="experiments.toml：对比“{name}”没有写 hypothesis；请在开始前写明预计什么会变、为什么",
    en="experiments.toml: the comparison “{name}” has no hypothesis; say before it begins what is "
    "expected to change and why",
)


def warnings(strategy: Strategy) -> tuple[Sentence, ...]:
    """Everything worth a second look, in the order of the files."""
    return (*_annual_band(strategy.catalog), *_without_hypothesis(strategy))


def annual_saving(catalog: Catalog, plan_code: str) -> Decimal | None:
    """What a year in advance saves against twelve months, to 0.1 %; None where one is not sold."""
    if not {1, 12} <= catalog.cycles.keys():
        return None
    by_month = 12 * catalog.price(plan_code, months=1).amount_minor
    by_year = catalog.reduced(plan_code, months=12).amount_minor
    if by_month == 0:
        return None
    return Decimal(rounded(1000 * (1 - Fraction(by_year, by_month)))).scaleb(-3)


def _annual_band(catalog: Catalog) -> Iterator[Sentence]:
    low, high = ANNUAL_BAND
    for plan in catalog.plans.values():
        saved = annual_saving(catalog, plan.code)
        if saved is not None and not low <= saved <= high:
            yield _OUTSIDE.fill(
                plan=plan.name, found=percent(saved), low=percent(low), high=percent(high)
            )


def _without_hypothesis(strategy: Strategy) -> Iterator[Sentence]:
    for one in strategy.experiments.randomised.values():
        if not one.hypothesis.en:
            yield _NO_HYPOTHESIS.fill(name=one.name)
