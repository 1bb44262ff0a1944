"""By how much something may be called reduced."""

from tenure.kernel.money import Money


def percent_off(price: Money, *, before: Money) -> int:
    """Whole per cent by which a price lies below an earlier one, cut down; 0 where it does not.

    Where the law of the place says so, the earlier one is the lowest of thirty days (Dir. 98/6/EC
    art. 6a): a price that was raised first and lowered again is no reduction (R-A-055).
    """
    if price >= before or before.amount_minor <= 0:
        return 0
    return (before.amount_minor - price.amount_minor) * 100 // before.amount_minor
