"""Prices by use: by tier, by volume, by package; with a statement that shows the arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from tenure.kernel.money import Money, rounded


class MeterModel(StrEnum):
    """How use becomes a price."""

    TIER = "tier"  # each unit costs what its own tier says
    VOLUME = "volume"  # every unit costs what the tier reached says
    PACKAGE = "package"  # begun packages are paid whole


@dataclass(frozen=True, slots=True)
class Tier:
    """Units up to and with `up_to` (None: without end), at `price` for every `Meter.per` units."""

    up_to: int | None
    price: Money


@dataclass(frozen=True, slots=True)
class Meter:
    """One metered component.

    `included` units cost nothing. A price is for `per` units, so that a thousandth of a minor
    unit can be said; a package holds `per` units.
    """

    code: str
    unit: str
    model: MeterModel
    tiers: tuple[Tier, ...]
    included: int = 0
    per: int = 1

    def __post_init__(self) -> None:
        ends = [one.up_to for one in self.tiers]
        bounded = [end for end in ends[:-1] if end is not None]
        assert ends[-1:] == [None], "the last tier has no end"
        assert len(bounded) == len(ends) - 1, "only the last tier has no end"
        assert bounded == sorted(set(bounded)), "tiers rise"
        assert self.per > 0, "a price is for something"
        assert self.included >= 0, "what is included is not negative"


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One line of a usage statement: so many units (or packages) at a price.

    The amounts of a statement add up to the line of the bill.
    """

    units: int
    price: Money
    per: int
    amount: Money


def cost_exact(meter: Meter, used: int) -> Fraction:
    """What this use costs, in minor units, before the one rounding."""
    return sum((part for _, _, part in _parts(meter, used)), start=Fraction(0))


def statement(meter: Meter, used: int) -> tuple[UsageRow, ...]:
    """The rows behind that price (BIL-05); the included units stand first, at nothing."""
    rows, sum_exact, sum_minor = [], Fraction(0), 0
    for units, price, part in _parts(meter, used):
        sum_exact += part
        amount_minor = rounded(sum_exact) - sum_minor
        sum_minor += amount_minor
        rows.append(UsageRow(units, price, meter.per, Money(amount_minor, price.currency)))
    return tuple(rows)


def _parts(meter: Meter, used: int) -> Iterator[tuple[int, Money, Fraction]]:
    """Units, price and exact cost, tier by tier."""
    free = min(used, meter.included)
    currency = meter.tiers[0].price.currency
    if free:
        yield free, Money.zero(currency), Fraction(0)
    billed = used - free
    if billed == 0:
        return
    if meter.model is MeterModel.TIER:
        yield from _by_tier(meter, billed)
        return
    price = _reached(meter, billed).price
    if meter.model is MeterModel.VOLUME:
        yield billed, price, Fraction(billed * price.amount_minor, meter.per)
    else:
        packages = -(-billed // meter.per)
        yield packages * meter.per, price, Fraction(packages * price.amount_minor)


def _by_tier(meter: Meter, billed: int) -> Iterator[tuple[int, Money, Fraction]]:
    below = 0
    for tier in meter.tiers:
        top = billed if tier.up_to is None else min(billed, tier.up_to)
        if top > below:
            cost = Fraction((top - below) * tier.price.amount_minor, meter.per)
            yield top - below, tier.price, cost
            below = top


def _reached(meter: Meter, billed: int) -> Tier:
    return next(one for one in meter.tiers if one.up_to is None or billed <= one.up_to)
