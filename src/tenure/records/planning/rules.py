"""What can be entered."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tenure.kernel.failures import Refusal, Sentence
from tenure.kernel.money import Money


class NoSource(Refusal):
    """A number of which nobody says where it comes from."""

    code = "no_source"
    said = Sentence(
        zh="请写明来源：谁在哪里发布的。",
        en="Say where it comes from: who published it, and where.",
    )


class NegativeSpending(Refusal):
    """Less than nothing was spent."""

    code = "negative_spending"
    said = Sentence(zh="投入不能为负：{amount}。", en="Spending is not negative: {amount}.")


@dataclass(frozen=True, slots=True)
class Held:
    """A target or a benchmark, as somebody enters it."""

    kind: str
    metric: str
    value: Decimal
    source: str
    said_on: date
    slice_by: str = ""
    slice_value: str = ""
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What one channel took in one month."""

    channel: str
    month: date
    amount: Money
    source: str


def check_source(source: str) -> None:
    """Refuse a number without its source.

    Raises:
        NoSource: nothing is named.
    """
    if not source.strip():
        raise NoSource


def check_spending(amount: Money) -> None:
    """Refuse spending below nothing.

    Raises:
        NegativeSpending: it is.
    """
    if amount.amount_minor < 0:
        raise NegativeSpending(amount=amount)
