"""Revenue of several currencies in one: movements at the period's start rates, the rest is fx."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tenure.kernel.money import Exact, Money, rounded


@dataclass(frozen=True, slots=True)
class Bridge:
    """From the start to the end of a period; start + expansion − contraction + fx = end at spot.

    `nrr` is net revenue retention in constant currency, to six decimals; None from nothing.
    """

    start: Money
    expansion: Money
    contraction: Money
    fx: Money
    end_spot: Money
    nrr: Decimal | None

    @property
    def end_constant(self) -> Money:
        """The end at the rates of the start."""
        return self.start + self.expansion - self.contraction


def bridge(
    pairs: Iterable[tuple[Money, Money]],
    *,
    currency: str,
    start_rates: Mapping[str, Exact],
    end_rates: Mapping[str, Exact],
) -> Bridge:
    """Put recurring revenue of several currencies into one bridge that closes (G29, R-M-027).

    Args:
        pairs: the revenue of each customer at the start and at the end, in its own currency.
        start_rates: of `currency` for one of each other currency, at the start; `end_rates` too.
    """
    zero = Money.zero(currency)
    start = constant = spot = up = down = zero
    for before, after in pairs:
        was = before.converted(start_rates.get(before.currency, 1), currency)
        now = after.converted(start_rates.get(after.currency, 1), currency)
        start, constant = start + was, constant + now
        spot += after.converted(end_rates.get(after.currency, 1), currency)
        up, down = up + max(now - was, zero), down + max(was - now, zero)
    nrr = None
    if start > zero:
        scaled = Decimal(10**6 * constant.amount_minor) / Decimal(start.amount_minor)
        nrr = Decimal(rounded(scaled)).scaleb(-6)
    return Bridge(start, up, down, spot - constant, spot, nrr)
