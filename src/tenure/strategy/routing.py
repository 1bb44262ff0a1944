"""Who gets a person: high risk and high value together; everybody else has the automated plays."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tenure.kernel.money import Money
from tenure.strategy.reading import Reader


@dataclass(frozen=True, slots=True)
class Alarmed:
    """Of whose alarms a person is told: whose term ends so soon, or whose year is worth so much.

    Whoever has somebody of their own is that person's, whatever the lines say.
    """

    within_days: int
    value: Money


@dataclass(frozen=True, slots=True)
class Routing:
    """The two lines that divide terms with an end near into four fields (PRD-04).

    Risk is the probability of not renewing; value is the price of a year, and both are high from
    their line on. The terms in which both are high become a call each, the dearest risk first, at
    most `calls_per_day`. Without `alarms` a person is told of every alarm.
    """

    risk: Decimal
    value: Money
    within_days: int
    calls_per_day: int
    alarms: Alarmed | None = None


def read(reader: Reader) -> Routing | None:
    """Read routing.toml; without its lines nobody is routed."""
    if not reader.has("risk"):
        return None
    return Routing(
        risk=reader.share("risk"),
        value=reader.money("value_per_year"),
        within_days=reader.whole("within_days", least=1, most=180),
        calls_per_day=reader.whole("calls_per_day", most=10_000),
        alarms=_alarms(reader),
    )


def _alarms(reader: Reader) -> Alarmed | None:
    if not reader.has("alarms"):
        return None
    lines = reader.below("alarms")
    found = Alarmed(
        within_days=lines.whole("within_days", least=1, most=730),
        value=lines.money("value_per_year"),
    )
    lines.done()
    return found
