"""The order in which discounts meet a bill, and what each takes off which line.

Shares come first and multiply, each on what the one before left; fixed amounts follow and are
spread over their lines; free time comes last and moves no money. Within a kind the ids decide, so
the order in which discounts were found never changes a price.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from tenure.kernel.money import Money, rounded
from tenure.kernel.periods import add_months
from tenure.records.billing.pricing.basket import (
    Discount,
    DiscountKind,
    Item,
    LineKind,
    UsageItem,
)
from tenure.records.billing.pricing.bill import Taken

ORDER = (DiscountKind.PERCENT, DiscountKind.AMOUNT, DiscountKind.FREE)


@dataclass(slots=True)
class Reduced:
    """One item on its way to a line: what is left of its exact price, and who took what."""

    item: Item | UsageItem
    list_exact: Fraction
    left: Fraction
    amount_minor: int
    taken: list[Taken] = field(default_factory=list)
    free: list[Discount] = field(default_factory=list)

    @property
    def free_days(self) -> int:
        """Days on top of what is paid."""
        if not self.free or isinstance(self.item, UsageItem):
            return 0
        return (longer_end(self.item, self.free) - self.item.period.ends_on).days

    @property
    def gift_exact(self) -> Fraction:
        """What the free days would have cost, by the item's own list price a day."""
        days = self.free_days
        return self.list_exact * days / self.item.period.days if days else Fraction(0)

    def take(self, discount: Discount, amount_minor: int) -> None:
        """Take so much off, and remember for what."""
        self.amount_minor -= amount_minor
        currency = self.item.currency
        self.taken.append(Taken(discount.id, discount.said, Money(amount_minor, currency)))


def longer_end(item: Item, free: Iterable[Discount]) -> date:
    """The end of an item's period with the free months and days that follow it.

    Months are counted from the anchor, so that a term that ends on the last of a short month does
    not lose days (G17).
    """
    given = list(free)
    months, days = sum(one.months for one in given), sum(one.days for one in given)
    end, anchor = item.period.ends_on, item.anchor_on or item.period.starts_on
    so_far = (end.year - anchor.year) * 12 + end.month - anchor.month
    if add_months(anchor, so_far) != end:
        anchor, so_far = end, 0
    return add_months(anchor, so_far + months) + timedelta(days=days)


def applied(
    items: Sequence[tuple[Item | UsageItem, Fraction]], discounts: Iterable[Discount]
) -> list[Reduced]:
    """Each item and exact list price with all that is taken off; no line falls below zero."""
    rows = [Reduced(item, exact, exact, rounded(exact)) for item, exact in items]
    by_ref: dict[str, list[Reduced]] = defaultdict(list)
    for row in rows:
        by_ref[row.item.ref].append(row)
    known = {one.id: one for one in discounts}
    in_order = sorted(known.values(), key=lambda one: (ORDER.index(one.kind), one.id))
    reach = {one.id: _reach(one, rows, by_ref) for one in in_order}
    for one in _best_of_groups(in_order, reach):
        _APPLY[one.kind](one, reach[one.id])
    return rows


def _reach(
    discount: Discount, rows: Sequence[Reduced], by_ref: Mapping[str, Sequence[Reduced]]
) -> list[Reduced]:
    """The items to which a discount may apply."""
    refs = sorted(discount.refs)
    near = [row for ref in refs for row in by_ref.get(ref, ())] if refs else rows
    return [row for row in near if discount.fits(row.item)]


def _best_of_groups(
    discounts: Sequence[Discount], reach: Mapping[str, Sequence[Reduced]]
) -> list[Discount]:
    """Of each group the discount that alone is worth most; among equals the first."""
    rivals = Counter(one.group for one in discounts if one.group)
    best: dict[str, tuple[Fraction, Discount]] = {}
    for one in discounts:
        if rivals[one.group] > 1:
            worth = _worth(one, reach[one.id])
            if one.group not in best or worth > best[one.group][0]:
                best[one.group] = worth, one
    return [one for one in discounts if one.group not in best or best[one.group][1] is one]


def _worth(discount: Discount, reach: Sequence[Reduced]) -> Fraction:
    """Minor units that it alone would take off, free days at their list price."""
    alone = [Reduced(one.item, one.list_exact, one.left, one.amount_minor) for one in reach]
    _APPLY[discount.kind](discount, alone)
    off = sum(rounded(one.list_exact) - one.amount_minor for one in alone)
    return sum((one.gift_exact for one in alone), start=Fraction(off))


def _take_share(discount: Discount, reach: Sequence[Reduced]) -> None:
    for row in reach:
        row.left *= 1 - Fraction(discount.share)
        row.take(discount, row.amount_minor - rounded(row.left))


def _take_amount(discount: Discount, reach: Sequence[Reduced]) -> None:
    """Spread over the lines in proportion to what is left of each, never more than is left."""
    assert discount.amount is not None, "a reduction by an amount names it"
    left = [row.amount_minor for row in reach]
    if not any(left):
        return
    available = Money(sum(left), reach[0].item.currency)
    parts = min(discount.amount, available).allocate(left)
    for row, part in zip(reach, parts, strict=True):
        row.take(discount, part.amount_minor)


def _give_time(discount: Discount, reach: Sequence[Reduced]) -> None:
    for row in reach:
        if isinstance(row.item, Item) and row.item.kind is LineKind.RENEWAL:
            row.free.append(discount)
            row.take(discount, 0)


_APPLY = {
    DiscountKind.PERCENT: _take_share,
    DiscountKind.AMOUNT: _take_amount,
    DiscountKind.FREE: _give_time,
}
