"""The lines that no choice may cross, each with a name that a refusal can give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tenure.kernel.money import Money
from tenure.strategy.guards import GuardLine, stated
from tenure.strategy.reading import Reader

# What becomes of money that arrives for an order that is over.
LATE_PAYMENT = ("refund", "credit")


@dataclass(frozen=True, slots=True)
class Guardrails:
    """Limits on what may be given away.

    `floor_margin_share` is the least share of the price that must remain after the cost of the
    service and of the offer; `sure_to_pay_share` is how sure, by our doubt about its effect, a
    gift must be to bring more than it costs. A refund above `refund_second_person_above` needs
    two people; `late_payment` says what becomes of money that arrives for an order that is over:
    "refund" or "credit". `goodwill_per_year` is the most that a customer is given out of goodwill
    within a year, `goodwill_per_agent` the most that one person gives within 30 days, and above
    `goodwill_alone` another person agrees. `stated` are the lines with their reasons and examples,
    and those that the operator added. Shares are 0 to 1; amounts are in the business's
    currency.
    """

    floor_margin_share: Decimal
    monthly_budget: Money
    max_discount_share: Decimal
    max_discount_per_year: Money
    max_discounts_per_year: int
    cooling_off_days: int
    no_promotion_during_fault: bool
    no_promotion_after_complaint_days: int
    no_discount_above_p_renew: Decimal
    sure_to_pay_share: Decimal
    second_person_above: Money
    refund_second_person_above: Money
    late_payment: str
    goodwill_per_year: Money
    goodwill_per_agent: Money
    goodwill_alone: Money
    stated: Mapping[str, GuardLine] = field(default_factory=dict)


def read(reader: Reader) -> Guardrails:
    """Read guardrails.toml; without lines about goodwill nobody gives any."""
    nothing = Money.zero(reader.money("monthly_budget").currency)
    return Guardrails(
        floor_margin_share=reader.share("floor_margin"),
        monthly_budget=reader.money("monthly_budget"),
        max_discount_share=reader.share("max_discount"),
        max_discount_per_year=reader.money("max_discount_per_year"),
        max_discounts_per_year=reader.whole("max_discounts_per_year", most=366),
        cooling_off_days=reader.whole("cooling_off_days", most=730),
        no_promotion_during_fault=reader.flag("no_promotion_during_fault"),
        no_promotion_after_complaint_days=reader.whole(
            "no_promotion_after_complaint_days", most=365
        ),
        no_discount_above_p_renew=reader.share("no_discount_above_p_renew"),
        sure_to_pay_share=reader.share(
            "sure_to_pay", Decimal("0.8"), least=Decimal("0.5"), most=Decimal("0.999")
        ),
        second_person_above=reader.money("second_person_above"),
        refund_second_person_above=reader.money(
            "refund_second_person_above", reader.money("second_person_above")
        ),
        goodwill_per_year=reader.money("goodwill_per_year", nothing),
        goodwill_per_agent=reader.money("goodwill_per_agent", nothing),
        goodwill_alone=reader.money("goodwill_alone", nothing),
        stated=stated(reader),
        late_payment=reader.known("late_payment", LATE_PAYMENT, default="refund"),
    )
