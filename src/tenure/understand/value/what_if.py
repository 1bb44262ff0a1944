"""What retention and acquisition are worth, on the operator's own figures (MET-11, BUD-01).

Nothing here is a forecast: every result is arithmetic on the numbers that stand beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import rounded


class NotAShare(Refusal):
    """A share that lies outside 0 to 1."""

    code = "not_a_share"
    said = Sentence(zh="{name} 应在 0% 与 100% 之间。", en="{name} must lie between 0 % and 100 %.")


_RETENTION = Sentence("年留存率", "yearly retention")
_MARGIN = Sentence("毛利率", "gross margin")


@dataclass(frozen=True, slots=True)
class Business:
    """A year of a business in the operator's own figures; money in minor units."""

    customers: int
    revenue_per_customer: int  # a year
    gross_margin: Fraction
    retention: Fraction  # a year
    new_customers: int  # a year
    cost_per_new: int
    fixed_cost: int = 0  # a year

    def __post_init__(self) -> None:
        for share, name in ((self.retention, _RETENTION), (self.gross_margin, _MARGIN)):
            if not 0 <= share <= 1:
                raise NotAShare(name=name)


@dataclass(frozen=True, slots=True)
class Profit:
    """Profit before and after, over the same years."""

    before: int
    after: int

    @property
    def change(self) -> Fraction | None:
        """The change over the profit before; nothing where there was none."""
        return Fraction(self.after - self.before, self.before) if self.before > 0 else None


def profit_of(business: Business, *, years: int = 1) -> int:
    """Margin less acquisition and fixed cost, added up over years; customers counted at mid-year.

    Customers of the next year are those kept and those won.
    """
    assert years >= 1, "at least one year"
    customers, total = Fraction(business.customers), Fraction()
    margin = business.revenue_per_customer * business.gross_margin
    spend = business.new_customers * business.cost_per_new + business.fixed_cost
    for _ in range(years):
        following = customers * business.retention + business.new_customers
        total += (customers + following) / 2 * margin - spend
        customers = following
    return rounded(total)


def retention_to_profit(business: Business, *, added: Fraction, years: int = 1) -> Profit:
    """What more retention would change; `added` is relative: 1/10 makes 80 % into 88 % (MET-11)."""
    better = min(Fraction(1), business.retention * (1 + added))
    return Profit(
        profit_of(business, years=years),
        profit_of(replace(business, retention=better), years=years),
    )


@dataclass(frozen=True, slots=True)
class Use:
    """One way to spend: what it brings by now, and how quickly more of it brings less.

    The value of an amount is `value × (1 − 2^(−amount ÷ half))`: `half` brings half of everything.
    """

    name: str
    value: int
    half: int

    def marginal(self, spent: int) -> float:
        """What the next unit brings, in value per unit."""
        if not self.half:
            return 0.0
        return float(self.value * 0.6931471805599453 / self.half * 2 ** (-spent / self.half))

    def brought(self, spent: int) -> float:
        """What so much brings."""
        return float(self.value * (1 - 2 ** (-spent / self.half))) if self.half else 0.0


@dataclass(frozen=True, slots=True)
class Share:
    """How much one use should get, and what its last unit brings."""

    name: str
    amount: int
    marginal: float
    brought_minor: int


def allocate(uses: Sequence[Use], *, budget: int, steps: int = 1_000) -> list[Share]:
    """Spend where the next unit brings most until nothing is left, or nothing pays (BUD-01).

    Of concave uses this greedy order is the best one, up to one step.
    """
    step = max(1, budget // steps)
    spent, left = dict.fromkeys((use.name for use in uses), 0), budget
    while left > 0 and uses:
        best = max(uses, key=lambda use: use.marginal(spent[use.name]))
        if best.marginal(spent[best.name]) <= 1:
            break
        part = min(step, left)
        spent[best.name] += part
        left -= part
    return [
        Share(
            use.name,
            spent[use.name],
            use.marginal(spent[use.name]),
            int(use.brought(spent[use.name])),
        )
        for use in uses
    ]
