"""Who counts as lost, on which day and of which kind: golden examples G07, G31 and MET-01."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from tenure.understand.metrics.rules.rates import Rate

MONTHS_PER_YEAR = 12


def churn_rate(*, at_start: int, lost_of_them: int) -> Rate:
    """Lost ÷ customers at the start of the period; who joined inside it is in neither (MET-01)."""
    return Rate(lost_of_them, at_start)


class Loss(StrEnum):
    """Why a customer is gone; nobody chose a natural end, it was not renewed."""

    VOLUNTARY = "voluntary"
    INVOLUNTARY = "involuntary"
    LAPSE = "lapse"


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known of one contract's end."""

    paid_through: date
    clicked_on: date | None = None
    is_at_once: bool = False
    is_reverted: bool = False
    failed_on: date | None = None  # the last attempt to take the money
    is_manual: bool = False


@dataclass(frozen=True, slots=True)
class Churned:
    """The day on which a customer counts as lost, and how."""

    on: date
    kind: Loss


def churned(ending: Ending, *, grace_days: int) -> Churned | None:
    """When churn happens (G07); None where it was taken back or is still paid for.

    Whoever cancels while payments fail is voluntary, on the day of the click.
    """
    if ending.is_reverted:
        return None
    if ending.clicked_on is not None:
        stays = not ending.is_at_once and ending.failed_on is None
        on = max(ending.paid_through, ending.clicked_on) if stays else ending.clicked_on
        return Churned(on, Loss.VOLUNTARY)
    if ending.failed_on is not None:
        return Churned(ending.failed_on, Loss.INVOLUNTARY)
    if ending.is_manual:
        return Churned(ending.paid_through + timedelta(days=grace_days), Loss.LAPSE)
    return None


def annual_churn(monthly: Rate) -> Fraction | None:
    """A monthly rate over a year, compounded: 1 − (1 − c)^12, never twelve times."""
    share = monthly.value
    return None if share is None else 1 - (1 - share) ** MONTHS_PER_YEAR


@dataclass(frozen=True, slots=True)
class Segment:
    """A month of one segment: customers at its start, those due in it, those lost of each."""

    at_start: int
    due: int
    lost: int


def all_customer_churn(segments: Iterable[Segment]) -> Rate:
    """Lost ÷ customers at the start; hides those who could not leave yet (G31)."""
    every = list(segments)
    return Rate(sum(one.lost for one in every), sum(one.at_start for one in every))


def available_to_renew_churn(segments: Iterable[Segment]) -> Rate:
    """Lost ÷ due: of those who could leave, how many did (G31)."""
    every = list(segments)
    return Rate(sum(one.lost for one in every), sum(one.due for one in every))
