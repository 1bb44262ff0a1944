"""How far the engine looks when it weighs what keeping a customer is worth."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tenure.strategy.reading import Reader


class Horizon(StrEnum):
    """Until when what a saved customer brings is counted."""

    TERM = "term"  # the margin of the term at stake
    LIFETIME = "lifetime"  # that margin × the terms expected of whoever stands at this renewal


@dataclass(frozen=True, slots=True)
class Economics:
    """What counts as the value of a save (science dossier, B4).

    Over the lifetime a change of the probability is worth the margin of one term times the
    discounted expected residual lifetime (DERL) at this renewal: as the renewals of the business
    itself say, discounted by `discount_per_year` (a share), and never more than the terms of
    `most_years`. Where fewer than `least_decided` renewals of its kind were decided, the term
    alone counts.
    """

    value_of_a_save: Horizon
    discount_per_year: Decimal
    most_years: int
    least_decided: int


def read(reader: Reader) -> Economics:
    """Read economics.toml; without it the term alone counts."""
    return Economics(
        value_of_a_save=reader.choice("value_of_a_save", Horizon, default=Horizon.TERM),
        discount_per_year=reader.share("discount_per_year", Decimal("0.08"), most=Decimal("0.5")),
        most_years=reader.whole("most_years", 5, least=1, most=30),
        least_decided=reader.whole("least_decided", 200, least=30, most=1_000_000),
    )
