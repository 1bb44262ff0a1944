"""What is to be priced: values that hold everything the price depends on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from tenure.kernel.failures import Sentence
from tenure.kernel.money import Money
from tenure.kernel.periods import Period
from tenure.records.billing.pricing.metering import Meter, cost_exact


class LineKind(StrEnum):
    """What a line of a bill is for."""

    RENEWAL = "renewal"  # the next term, whole
    PLAN_REST = "plan_rest"  # the rest of a running term on another plan
    SEATS = "seats"  # more seats for the rest of a running term
    ADD_ON = "add_on"  # an add-on, for a whole term or for the rest of one
    CO_TERM = "co_term"  # from the end of a term to a date shared with others
    USAGE = "usage"  # what was used in a period that is over
    CREDIT = "credit"  # the unused rest of something paid, given back


SOLD = frozenset(LineKind) - {LineKind.CREDIT}


@dataclass(frozen=True, slots=True)
class Stretch:
    """How much of a whole cycle is meant: some whole ones, and `left` of `total` days.

    Days by default; the unit may be seconds as well, for left and total alike (G18).
    """

    whole: int = 1
    left: int = 0
    total: int = 1

    def __post_init__(self) -> None:
        assert self.whole >= 0, "a stretch does not run backwards"
        assert 0 <= self.left <= self.total, "what is left is part of the whole"

    @property
    def share(self) -> Fraction:
        """Cycles, exact: 1 is one whole cycle."""
        return self.whole + Fraction(self.left, self.total)


WHOLE = Stretch()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is bought, or given back.

    `unit` is the price of one for a whole cycle, tax included; for a credit it is what was paid.
    `ref` names what it is for ("term:12") and is repeated on the line. `anchor_on` is the day
    from which free months are counted.
    """

    kind: LineKind
    ref: str
    said: Sentence
    unit: Money
    period: Period
    quantity: int = 1
    stretch: Stretch = WHOLE
    tax_share: Decimal = Decimal(0)
    anchor_on: date | None = None

    def __post_init__(self) -> None:
        assert self.quantity >= 0, "a quantity is not negative"
        assert self.unit.amount_minor >= 0, "a price is not negative; a credit has its own kind"
        assert self.kind is not LineKind.USAGE, "usage is an item of its own"

    @property
    def currency(self) -> str:
        return self.unit.currency

    @property
    def exact_minor(self) -> Fraction:
        """The list price in minor units before the one rounding; below zero for a credit."""
        sign = -1 if self.kind is LineKind.CREDIT else 1
        return sign * self.unit.amount_minor * self.quantity * self.stretch.share


@dataclass(frozen=True, slots=True)
class UsageItem:
    """What was used of one metered component in a period that is over, in its units."""

    ref: str
    said: Sentence
    meter: Meter
    used: int
    period: Period
    tax_share: Decimal = Decimal(0)

    @property
    def kind(self) -> LineKind:
        return LineKind.USAGE

    @property
    def quantity(self) -> int:
        return self.used

    def __post_init__(self) -> None:
        assert self.used >= 0, "use is not negative"

    @property
    def currency(self) -> str:
        return self.meter.tiers[0].price.currency

    @property
    def exact_minor(self) -> Fraction:
        """The list price in minor units before the one rounding."""
        return cost_exact(self.meter, self.used)


class DiscountKind(StrEnum):
    """How a discount takes effect."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FREE = "free"  # months and days on top, for the same price


@dataclass(frozen=True, slots=True)
class Discount:
    """A reduction that somebody decided already; the bill only applies it.

    `kinds` and `refs` say to which lines it may apply (no refs: to every one). Of the discounts
    of one `group` only the one that is worth most is applied; an empty group stands alone. The
    same id twice is one discount.
    """

    id: str
    said: Sentence
    kind: DiscountKind
    share: Decimal = Decimal(0)
    amount: Money | None = None
    months: int = 0
    days: int = 0
    group: str = ""
    kinds: frozenset[LineKind] = SOLD
    refs: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        assert 0 <= self.share <= 1, "a share is between 0 and 1"
        assert min(self.months, self.days) >= 0, "free time is not negative"
        assert self.amount is None or self.amount.amount_minor >= 0, "a reduction is not negative"

    def fits(self, item: Item | UsageItem) -> bool:
        """Whether it may apply to the line of an item; a credit is never discounted."""
        return item.kind in self.kinds & SOLD and (not self.refs or item.ref in self.refs)


@dataclass(frozen=True, slots=True)
class Basket:
    """Everything that one bill is about. `balance` is credit that the customer has with us."""

    currency: str
    items: tuple[Item | UsageItem, ...]
    discounts: tuple[Discount, ...] = ()
    balance: Money | None = None
