"""What is to be rehearsed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from tenure.kernel.clock import today
from tenure.kernel.failures import Refusal, Sentence
from tenure.world.market.business import business_named

DAYS: Final = 30
SEED: Final = 20260312
CUSTOMERS: Final = {"broadband": 20_000, "saas": 3_000, "membership": 10_000}
# A day is run in the morning after it, when messages may go out.
RUNS_AT_HOUR = 9


class BadPlan(Refusal):
    """A rehearsal that cannot be."""

    code = "bad_rehearsal"
    said = Sentence(zh="无法演练：{why}。", en="This cannot be rehearsed: {why}.")


_NOBODY = Sentence(zh="客户数至少为 50", en="it needs at least 50 customers")
_NO_DAY = Sentence(zh="天数须在 1 到 90 之间", en="it needs 1 to 90 days")
_FUTURE = Sentence(
    zh="截止日 {until} 还没有过完，最晚可以是 {latest}",
    en="{until} is not over; the latest day is {latest}",
)
_CURRENCIES = Sentence(
    zh="“{one}”以 {own} 计，“{other}”以 {others} 计，两者的毛利无法相减；请选同一币种的策略",
    en="“{one}” counts in {own} and “{other}” in {others}, so that one margin cannot be taken from "
    "the other; choose strategies of one currency",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A business, its size, its seed, and the days that are lived, the last one `until`."""

    business: str
    customers: int
    seed: int
    until: date
    days: int

    def as_json(self) -> dict[str, Any]:
        """Plain values, for a marker and for summaries."""
        return {**asdict(self), "until": self.until.isoformat()}

    @property
    def first_day(self) -> date:
        """The first day that is lived."""
        return self.until - timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked for; what is None is chosen for them."""

    business: str = "broadband"
    customers: int | None = None
    seed: int = SEED
    until: date | None = None
    days: int = DAYS

    def allows(self, plan: Plan) -> bool:
        """Whether a plan is what was asked for."""
        return (
            (self.business, self.seed, self.days) == (plan.business, plan.seed, plan.days)
            and self.customers in (None, plan.customers)
            and self.until in (None, plan.until)
        )


def planned(wish: Wish, *, zone: str, at: datetime) -> Plan:
    """The plan that fulfils a wish at an instant.

    Raises:
        NoSuchBusiness: a business that the world cannot build.
        BadPlan: nobody, no day, or a day that is not over yet.
    """
    business_named(wish.business)
    latest = today(zone, at - timedelta(hours=RUNS_AT_HOUR)) - timedelta(days=1)
    until = wish.until or latest
    customers = CUSTOMERS[wish.business] if wish.customers is None else wish.customers
    if customers < 50:
        raise BadPlan(why=_NOBODY)
    if not 1 <= wish.days <= 90:
        raise BadPlan(why=_NO_DAY)
    if until > latest:
        raise BadPlan(why=_FUTURE.fill(until=until, latest=latest))
    return Plan(wish.business, customers, wish.seed, until, wish.days)


def check_currencies(currencies: Mapping[str, str]) -> None:
    """Refuse to compare strategies whose margins are in different money.

    Args:
        currencies: what is rehearsed, by its name → the currency of its business.
    Raises:
        BadPlan.
    """
    (one, own), *others = currencies.items()
    for other, money in others:
        if money != own:
            raise BadPlan(why=_CURRENCIES.fill(one=one, own=own, other=other, others=money))
