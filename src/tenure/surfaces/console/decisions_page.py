"""The page of decisions: what was chosen and withheld, what the budget brings, what is assumed."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import exp
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy

from tenure.decide.decisions.budget import BudgetUse, budget_on
from tenure.decide.decisions.limited import Limited, limited_by
from tenure.decide.decisions.models import Choosing
from tenure.decide.decisions.queries import (
    Chosen,
    Counted,
    Made,
    made_in,
    made_on,
)
from tenure.decide.decisions.reviewing import (
    MOST_ROWS,
    Bite,
    Day,
    Row,
    bites,
    day_of,
    rows_of,
)
from tenure.decide.decisions.sources import VERDICTS, arm_of, last_learning
from tenure.decide.decisions.worth import worth_of, worth_of_month
from tenure.decide.effects.models import Learning
from tenure.kernel.failures import Sentence
from tenure.prove.readouts.models import Readout
from tenure.prove.readouts.queries import of_day as readouts_of
from tenure.strategy.offers import Offer, OfferKind
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording
from tenure.surfaces.console.experiment_page import Line, name_of
from tenure.surfaces.console.worth_view import WorthView

MONTHS: Final = 12
EXAMPLES: Final = 5
RULES: Final = {
    "service_issue": gettext_lazy("No offer during a fault or complaint, nor %(limit)s days after"),
    "contact_cap": gettext_lazy("Marketing only within the customer's cap"),
    "sure_to_renew": gettext_lazy("No gift from a renewal probability of %(limit)s on"),
    "below_cost": gettext_lazy("Never below the cost of the service"),
    "floor_margin": gettext_lazy("At least %(limit)s of the price remains"),
    "discount_too_deep": gettext_lazy("No discount above %(limit)s"),
    "dearer_than_now": gettext_lazy("An offer is never dearer than what is paid now"),
    "better_offer_held": gettext_lazy("No offer worse than the one already held"),
    "discounts_in_year": gettext_lazy("Discounts a year: at most %(limit)s"),
    "discount_amount_in_year": gettext_lazy("Discounts a year, in all: at most %(limit)s"),
    "cooling_off": gettext_lazy("Days between two offers: at least %(limit)s"),
    "not_for_them": gettext_lazy("The offer's own condition leaves these customers out"),
}
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the choice; `until` is its last day that is finished."""

    since: date
    until: date

    @property
    def code(self) -> str:
        return f"{self.since:%Y-%m}"

    @property
    def is_over(self) -> bool:
        return self.until.day == monthrange(self.until.year, self.until.month)[1]


@dataclass(frozen=True, slots=True)
class Choice:
    """One action of the day with the choices for it that are expected to bring most."""

    chosen: Chosen
    is_nothing: bool
    examples: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Guard:
    """A line as people call it, with what it refused."""

    bite: Bite
    title: str


@dataclass(frozen=True, slots=True)
class Belief:
    """What is assumed about an action, what was learned of it, and what its comparisons say.

    `learned` is None where no matured choice taught anything of it.
    """

    offer: Offer
    learned: Mapping[str, Any] | None
    lines: Sequence[Line]

    @property
    def odds(self) -> float:
        """What the prior multiplies the odds of renewing by."""
        return exp(self.offer.prior_logit_lift)

    @property
    def learned_odds(self) -> float | None:
        """What the action multiplies the odds of the average customer by, as learned."""
        return None if self.learned is None else exp(self.learned["lift"])


@dataclass(frozen=True)
class Days:
    """The single choices of a month, the oldest first, and how they came about."""

    rows: Sequence[Row]
    chosen: Sequence[Choosing]


@dataclass(frozen=True)
class DecisionsPage:
    """What the templates ask for; `day` is None where the choices are too many to read."""

    as_of: date
    month: Month
    strategy: Strategy
    made: Made
    of_month: Made
    budget: BudgetUse
    day: Day | None
    readouts: Sequence[Readout]
    learning: Learning | None
    limited: Limited | None
    of_days: Days | None = None

    @property
    def verdict(self) -> Sentence | None:
        """What the last learning allows to be used."""
        return None if self.learning is None else VERDICTS[self.learning.verdict]

    @property
    def changed(self) -> list[tuple[str, date]]:
        """The actions that no longer do what they did, by name, with the week since when."""
        found = self.learning.metrics.get("changed", []) if self.learning else []
        return [
            (
                self.strategy.offers[one["action"]].name.say(wording.reader_language())
                if one["action"] in self.strategy.offers
                else one["action"],
                date.fromisoformat(one["since"]),
            )
            for one in found
        ]

    @property
    def is_empty(self) -> bool:
        parts = (self.made, self.of_month)
        return not any(one.chosen or one.withheld for one in parts)

    @property
    def months(self) -> list[Month]:
        """The last months that can be chosen, the newest first."""
        found, on = [], self.as_of
        for _ in range(MONTHS):
            found.append(Month(on.replace(day=1), on))
            on = on.replace(day=1) - timedelta(days=1)
        return found

    @cached_property
    def choices(self) -> list[Choice]:
        """Each action of the day with examples."""
        rows = sorted(
            self.day.rows if self.day else (),
            key=lambda row: (-(row["margin_minor"] or 0), row["pk"]),
        )
        return [
            Choice(
                one,
                one.action in self._nothing,
                [row for row in rows if row["action"] == one.action and _is_chosen(row)][:EXAMPLES],
            )
            for one in self.made.chosen
        ]

    @property
    def _nothing(self) -> set[str]:
        offers = self.strategy.offers.values()
        return {one.id for one in offers if one.kind is OfferKind.NOTHING}

    @property
    def left_alone(self) -> int:
        """Everybody of the day whom nobody spoke to, by choice or because of a line."""
        alone = [one.count for one in self.made.chosen if one.action in self._nothing]
        return sum(alone) + sum(one.count for one in self.made.withheld)

    @cached_property
    def guards(self) -> list[Guard]:
        """Every guardrail, and whatever else refused something."""
        if not self.day:
            return []
        # A line that the business wrote itself is called by what it says.
        own = {key: one.said for key, one in self.day.strategy.guardrails.stated.items()}
        return [
            Guard(
                one,
                title_of(one.code, limit=one.limit, example=one.example or own.get(one.code)),
            )
            for one in bites(self.day)
        ]

    @property
    def alone(self) -> list[tuple[str, Counted]]:
        """Those who were left alone by reason; a rule that was named above keeps its name."""
        titles = {one.bite.code: one.title for one in self.guards}
        language = wording.reader_language()
        return [
            (titles.get(one.code) or one.reason.say(language), one) for one in self.made.withheld
        ]

    @cached_property
    def worth(self) -> WorthView | None:
        """What each budget of the day would bring."""
        found = worth_of(self.day) if self.day else None
        return None if found is None else WorthView(found, self.strategy)

    @cached_property
    def month_worth(self) -> WorthView | None:
        """What each budget of the month would bring, over everybody chosen for in it."""
        if self.of_days is None:
            return None
        found = worth_of_month(
            self.of_days.rows,
            self.of_days.chosen,
            strategy=self.strategy,
            budget_minor=self.budget.budget.planned_minor,
        )
        return None if found is None else WorthView(found, self.strategy)

    @property
    def totals(self) -> tuple[int, int]:
        """What the month's discounts are expected to give, and of that to who renews anyway."""
        chosen = self.of_month.chosen
        return sum(one.given_minor for one in chosen), sum(one.subsidy_minor for one in chosen)

    @property
    def subsidies(self) -> list[Chosen]:
        """The month's actions that take something off."""
        return [one for one in self.of_month.chosen if one.given_minor]

    @property
    def measured(self) -> Readout | None:
        """The readout of the whole programme, where discounts were really used."""
        found = (one for one in self.readouts if one.experiment_key == "holdout")
        return next((one for one in found if one.offer_cost_minor), None)

    @property
    def budget_share(self) -> float:
        budget = self.budget.budget
        return budget.used_minor / budget.planned_minor * 100 if budget.planned_minor else 0.0

    @cached_property
    def beliefs(self) -> list[Belief]:
        """Each action that does something, with what chance found out about it."""
        tried = [one for one in self.readouts if one.experiment_key == "exploration"]
        return [
            Belief(
                offer,
                arm_of(self.learning, offer.id),
                [
                    Line(one, name_of(one, strategy=self.strategy))
                    for one in tried
                    if one.subject.rpartition(".")[2] == offer.id
                ],
            )
            for offer in self.strategy.offers.values()
            if offer.kind is not OfferKind.NOTHING
        ]


def page_of(as_of: date, *, strategy: Strategy, month: str) -> DecisionsPage:
    """The page of the last finished day and of a month, written 2026-06; else the day's own."""
    asked, rules = _month(month, as_of=as_of), strategy.at(as_of)
    of_month = made_in(asked.since, asked.until)
    is_short = _count(of_month) <= MOST_ROWS
    days = Q(as_of=as_of)
    if is_short:
        days |= Q(as_of__gte=asked.since, as_of__lte=asked.until)
    rows = rows_of(days)
    chosen = list(Choosing.objects.filter(days).order_by("as_of", "at"))
    today = [one for one in chosen if one.as_of == as_of]
    of_day = [row for row in rows if row["as_of"] == as_of]
    return DecisionsPage(
        as_of=as_of,
        month=asked,
        strategy=rules,
        made=made_on(as_of),
        of_month=of_month,
        budget=budget_on(asked.until, guardrails=strategy.at(asked.until).guardrails),
        day=day_of(as_of, chosen=today, strategy=rules, rows=of_day),
        readouts=readouts_of(as_of),
        learning=last_learning(),
        limited=limited_by(today, strategy=rules),
        of_days=Days(
            [row for row in rows if asked.since <= row["as_of"] <= asked.until],
            [one for one in chosen if asked.since <= one.as_of <= asked.until],
        )
        if is_short
        else None,
    )


def _count(made: Made) -> int:
    return sum(one.count for one in made.chosen) + sum(one.count for one in made.withheld)


def _month(code: str, *, as_of: date) -> Month:
    """The month that was asked for, where it has begun; else the month of the day."""
    since = date.fromisoformat(f"{code}-01") if _MONTH.fullmatch(code) else as_of
    if since >= as_of.replace(day=1) or since.year < 1970:
        return Month(as_of.replace(day=1), as_of)
    return Month(since, since.replace(day=monthrange(since.year, since.month)[1]))


def _is_chosen(row: Mapping[str, Any]) -> bool:
    return bool(row["outcome"] == "chosen")


def title_of(code: str, *, limit: Sentence | None, example: Sentence | None = None) -> str:
    """A line as people call it, with where it stands."""
    language = wording.reader_language()
    if code not in RULES:
        return "" if example is None else example.say(language)
    stands = "" if limit is None else limit.say(language)
    return str(RULES[code]) % {"limit": stands} if stands else str(RULES[code])
