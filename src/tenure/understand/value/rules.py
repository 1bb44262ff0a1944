"""Lifetime value and acquisition cost by the plain formulas, each under its own name (G10, G11)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import rounded


class NoChurn(Refusal):
    """A formula that divides by churn, without any."""

    code = "no_churn"
    said = Sentence(
        zh="流失率为 0，“毛利 ÷ 流失”没有结果；请用生存曲线或更长的期间。",
        en="With no churn, margin ÷ churn has no result; use the survival curve or a longer time.",
    )


@dataclass(frozen=True, slots=True)
class Economics:
    """A month of an average customer: revenue in minor units, gross margin, churn, all exact."""

    arpa_minor: int
    gross_margin: Fraction
    monthly_churn: Fraction

    @property
    def margin_minor(self) -> Fraction:
        """What a month leaves."""
        return self.arpa_minor * self.gross_margin

    @property
    def retention(self) -> Fraction:
        """The share that stays from month to month."""
        return 1 - self.monthly_churn


def simple_value(month: Economics) -> int:
    """Margin ÷ churn, in minor units: every month alike for ever, nothing discounted.

    Raises:
        NoChurn: nobody leaves.
    """
    if not month.monthly_churn:
        raise NoChurn
    return rounded(month.margin_minor / month.monthly_churn)


def monthly_discount(annual: Decimal) -> Decimal:
    """The monthly rate that compounds to an annual one: (1 + annual)^(1/12) − 1."""
    return (1 + annual) ** (Decimal(1) / 12) - 1


def perpetuity_value(month: Economics, *, monthly_discount: Decimal, is_prepaid: bool) -> int:
    """All months discounted, in minor units; prepaid months are paid at their start."""
    discount = Fraction(monthly_discount)
    first = 1 + discount if is_prepaid else month.retention
    return rounded(month.margin_minor * first / (1 + discount - month.retention))


def finite_value(month: Economics, *, months: int) -> int:
    """The margin of so many months, in minor units, nothing discounted."""
    assert months >= 0, "a horizon is not negative"
    return rounded(
        month.margin_minor * sum((month.retention**t for t in range(months)), Fraction())
    )


@dataclass(frozen=True, slots=True)
class Acquisition:
    """What was spent on new customers of a time, and what one of them brings a month."""

    spend_minor: int
    new_customers: int
    monthly_arpa_minor: int
    gross_margin: Fraction
    prepaid_months: int = 1  # 12 where a year is paid at once

    @property
    def cost_minor(self) -> Fraction | None:
        """Acquisition cost (CAC) of one customer; None where none was won."""
        return Fraction(self.spend_minor, self.new_customers) if self.new_customers else None


def payback_months(spent: Acquisition) -> Fraction | None:
    """Months of margin until it is paid; None where nobody was won or nothing is left."""
    margin = spent.monthly_arpa_minor * spent.gross_margin
    if spent.cost_minor is None or margin <= 0:
        return None
    return spent.cost_minor / margin


def cash_payback_month(spent: Acquisition, *, most_months: int = 600) -> int | None:
    """The first month in which cash in, less the cost of service, reaches the acquisition cost."""
    if spent.cost_minor is None:
        return None
    monthly_cost = spent.monthly_arpa_minor * (1 - spent.gross_margin)
    cash = Fraction()
    for month in range(1, most_months + 1):
        if (month - 1) % spent.prepaid_months == 0:
            cash += spent.monthly_arpa_minor * spent.prepaid_months
        cash -= monthly_cost
        if cash >= spent.cost_minor:
            return month
    return None


def value_to_cost(value_minor: int, spent: Acquisition) -> Fraction | None:
    """LTV:CAC; None where nobody was won."""
    return value_minor / spent.cost_minor if spent.cost_minor else None
