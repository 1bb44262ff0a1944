"""The tax inside a price: split per line, summed by line, taken back without a rest (G20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import HALF_UP, Money, rounded


class MoreThanIsLeft(Refusal):
    """Taking back more than a document still holds."""

    code = "more_than_is_left"
    said = Sentence(
        zh="要冲回 {asked}，但只剩 {left}；请改成不超过 {left} 的金额。",
        en="{asked} was to be taken back, but only {left} is left; take back no more than {left}.",
    )


@dataclass(frozen=True, slots=True)
class Split:
    """One amount with the tax in it; `net + tax == gross`."""

    gross: Money
    share: Decimal
    net: Money
    tax: Money


def split(gross: Money, *, share: Decimal) -> Split:
    """Take the tax out of a price: net = gross × 100 / (100 + rate), rounded half up."""
    net_minor = rounded(Fraction(gross.amount_minor) / (1 + Fraction(share)), HALF_UP)
    net = Money(net_minor, gross.currency)
    return Split(gross, share, net, gross - net)


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of lines."""

    gross: Money
    net: Money
    tax: Money


def totals(lines: Sequence[Split], *, currency: str) -> Totals:
    """Sums of the lines; nothing is rounded again."""
    return Totals(
        gross=Money.total((one.gross for one in lines), currency=currency),
        net=Money.total((one.net for one in lines), currency=currency),
        tax=Money.total((one.tax for one in lines), currency=currency),
    )


def paid_lines(amounts: Sequence[Money], *, paid: Money) -> list[Money]:
    """What was paid in cash for each line: points and coupons are spread by largest remainder.

    The parts add up to `paid` (R-I-008). A line that is worth nothing gets nothing.
    """
    assert amounts, "a document has a line"
    if Money.total(amounts, currency=paid.currency) == paid:
        return list(amounts)
    weights = [max(one.amount_minor, 0) for one in amounts]
    return paid.allocate(weights if sum(weights) else [1] * len(weights))


def taken_back(blue: Split, *, before: Sequence[Split], gross: Money) -> Split:
    """One red line of `gross` (above zero) on a line of which some was taken back before.

    It is split as the line was; whatever ends the line takes the rest, so that all red lines add
    up to the blue one exactly.

    Raises:
        MoreThanIsLeft: `gross` is above what is left of the line.
    """
    zero = Money.zero(gross.currency)
    left_gross = blue.gross + sum((one.gross for one in before), start=zero)
    left_net = blue.net + sum((one.net for one in before), start=zero)
    if gross > left_gross:
        raise MoreThanIsLeft(asked=gross, left=left_gross)
    if gross == left_gross:
        return Split(-gross, blue.share, -left_net, left_net - gross)
    part = split(gross, share=blue.share)
    # A part never takes back more net or more tax than is left: cents may have piled up before.
    net = min(max(part.net, left_net - (left_gross - gross)), left_net)
    return Split(-gross, blue.share, -net, net - gross)


def spread_back(left: Sequence[Money], *, refund: Money) -> list[Money]:
    """How a refund falls on the lines, in their order, in proportion to what is left of each.

    Raises:
        MoreThanIsLeft: the refund is above everything that is left.
    """
    whole = Money.total(left, currency=refund.currency)
    if refund > whole:
        raise MoreThanIsLeft(asked=refund, left=whole)
    if refund == whole:
        return list(left)
    return refund.allocate([one.amount_minor for one in left])
