"""What each budget would bring, as a sentence, a chart and a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from tenure.decide.decisions.worth import Worth
from tenure.kernel.currencies import EXPONENTS
from tenure.strategy.sections import Strategy
from tenure.surfaces import wording


@dataclass(frozen=True)
class WorthView:
    """The frontier of a day or a month; amounts are minor units of the business's currency."""

    worth: Worth
    strategy: Strategy

    @property
    def unit_minor(self) -> int:
        """One yuan, one dollar: what the price of the next unit is told for."""
        return int(10 ** EXPONENTS[self.strategy.business.currency])

    @property
    def next_minor(self) -> int:
        """What one unit of money more than what is allowed would bring, in minor units."""
        frontier = self.worth.frontier
        found = (one.next_unit for one in frontier.points if one.budget == frontier.allowed)
        return int(next(found, 0.0) * self.unit_minor)

    @property
    def chart(self) -> dict[str, Any] | None:
        """What the script draws: expected margin over evenly spaced budgets."""
        worth = self.worth
        if len(worth.grid) < 2:
            return None
        language, currency = wording.reader_language(), self.strategy.business.currency
        drawn = [one for one in worth.frontier.points if one.budget in worth.grid]
        labels = [
            wording.money_short(int(one.budget), currency, language=language) for one in drawn
        ]
        notes = [
            {"x": place, "text": gettext("allowed")}
            for place, one in enumerate(drawn)
            if one.budget == worth.frontier.allowed
        ]
        return {
            "x": labels,
            "unit": "",
            "notes": notes,
            "lines": [
                {
                    "name": gettext("Expected margin, %(currency)s") % {"currency": currency},
                    "data": [int(one.value) / self.unit_minor for one in drawn],
                    "c": 0,
                }
            ],
        }
