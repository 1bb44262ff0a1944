"""What the choices of a day keep to beside the budget: capacities of a period, floors, fairness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from tenure.kernel.failures import Sentence
from tenure.strategy.features import ALL
from tenure.strategy.reading import UNKNOWN, Reader, nearest
from tenure.strategy.rule_reading import rule_at
from tenure.strategy.rules import Rule


class Period(StrEnum):
    """How long a limit counts together."""

    DAY = "day"
    WEEK = "week"  # Monday to Sunday
    MONTH = "month"

    def of(self, day: date) -> tuple[date, date]:
        """The first and the last day of the period that a day lies in."""
        if self is Period.DAY:
            return day, day
        if self is Period.WEEK:
            first = day - timedelta(days=day.weekday())
            return first, first + timedelta(days=6)
        first = day.replace(day=1)
        following = (first + timedelta(days=31)).replace(day=1)
        return first, following - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """How often some actions together may, and must, be chosen for some customers in a period.

    `at_most` of None is without a limit; an `at_least` of 0 is without a floor. A floor is kept
    as far as there are customers to whom nothing refuses the action: even where it is not
    expected to pay, which is what a floor is for.
    """

    id: str
    name: Sentence
    actions: tuple[str, ...]
    per: Period
    at_most: int | None
    at_least: int
    who: Rule


@dataclass(frozen=True, slots=True)
class Fairness:
    """Customers equal in every `published` attribute are offered prices no further `apart`.

    `apart` is a share of the price. What chance chooses, to learn, is registered and excepted.
    """

    published: tuple[str, ...]
    apart: Decimal


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits by their id, in the order in which their floors are kept."""

    limits: Mapping[str, Limit]
    fairness: Fairness | None


_EMPTY = Sentence(
    zh="既没有 at_most 也没有 at_least，什么也没有限制",
    en="has neither at_most nor at_least, and so limits nothing",
)
_CONTRADICTS = Sentence(
    zh="“{name}”要求至少 {least} 次，却又最多 {most} 次；请改其中之一",
    en="“{name}” asks for {least} at least but {most} at most; change one of them",
)
_NONE = Sentence(zh="至少要写一个", en="needs one at least")


def read(reader: Reader) -> Limits:
    """Read limits.toml."""
    limits = {(limit := _limit(one)).id: limit for one in reader.each("limit", unique="id")}
    fairness = _fairness(reader.below("fairness")) if reader.has("fairness") else None
    return Limits(limits, fairness)


def _limit(reader: Reader) -> Limit:
    limit = Limit(
        id=reader.name("id"),
        name=reader.sentence("name"),
        actions=reader.names("actions"),
        per=reader.choice("per", Period),
        at_most=reader.whole_or_none("at_most"),
        at_least=reader.whole("at_least", 0),
        who=rule_at(reader, "who", features=ALL, optional=True),
    )
    if not limit.actions:
        reader.refuse("actions", _NONE)
    if limit.at_most is None and not limit.at_least:
        reader.refuse("at_most", _EMPTY)
    if limit.at_most is not None and limit.at_least > limit.at_most:
        problem = _CONTRADICTS.fill(name=limit.id, least=limit.at_least, most=limit.at_most)
        reader.refuse("at_least", problem)
    return limit


def _fairness(reader: Reader) -> Fairness:
    published = reader.names("published")
    if not published:
        reader.refuse("published", _NONE)
    for name in published:
        if name not in ALL:
            reader.refuse("published", UNKNOWN.fill(name=name, nearest=nearest(name, ALL)))
    fairness = Fairness(published, reader.share("apart"))
    reader.done()
    return fairness
