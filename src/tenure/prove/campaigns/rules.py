"""What a campaign returned: incremental margin against what was spent, with honest bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tenure.prove.readouts.heterogeneity import Part
from tenure.prove.readouts.verdicts import Finding
from tenure.prove.statistics.groups import Difference, Group, difference
from tenure.prove.statistics.sequential import always_valid
from tenure.prove.telling.statements import Statement
from tenure.prove.telling.verdicts import Verdict

UNSAFE = frozenset({Verdict.TOO_EARLY, Verdict.TOO_FEW, Verdict.UNEVEN})
# Of these not even the parts are shown.
MUTE = frozenset({Verdict.TOO_EARLY, Verdict.UNEVEN})


@dataclass(frozen=True, slots=True)
class Return:
    """What a campaign brought and what it cost, minor units; bounds hold at any look.

    `margin` is what the treated renewed terms earned more than without it, before what was given
    away (`given_minor`); `spent_minor` is everything that the campaign cost for the same terms.
    """

    renewals: Difference
    margin: Difference
    spent_minor: int
    given_minor: int

    @property
    def net_minor(self) -> float:
        """What is left of the margin after what was spent."""
        return self.margin.effect - self.spent_minor

    @property
    def ratio(self) -> float | None:
        """Incremental margin for each unit of money spent; None where nothing was spent."""
        return self.margin.effect / self.spent_minor if self.spent_minor else None

    @property
    def ratio_bounds(self) -> tuple[float, float] | None:
        if not self.spent_minor:
            return None
        return self.margin.low / self.spent_minor, self.margin.high / self.spent_minor


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What may be said of a campaign (EXP-04, ROI-01): never more than the numbers carry.

    `returned` is None while the groups are too few or uneven to say anything; `parts` are empty
    while nothing is known or the groups are uneven. Only terms that ended on `matured_until` or
    before count; `assigned` are the customers of each arm, known or not.
    """

    finding: Finding
    treated: Group
    control: Group
    statement: Statement
    returned: Return | None
    parts: tuple[Part, ...]
    matured_until: date
    assigned: Mapping[str, int]


def returned(
    *,
    renewals: tuple[Group, Group],
    margins: tuple[Group, Group],
    needs: int,
    given_minor: int,
    spent: int,
) -> Return:
    """The return of a campaign over the treated terms whose outcome is known.

    Its page is looked at every day, and so are its bounds.

    Args:
        needs: the customers at which the bounds are made tightest.
        renewals: treated and control, one yes or no a term.
        margins: treated and control, the margin of the terms bought, discounts already taken off.
        given_minor: the discounts that the treated used, which the margin lacks.
        spent: contact, discounts and everything else that the campaign cost for them.
    """
    terms = renewals[0].terms
    gained = _any_day(margins, needs=needs).times(terms)
    before = Difference(
        gained.effect + given_minor,
        gained.deviation,
        gained.low + given_minor,
        gained.high + given_minor,
    )
    return Return(
        renewals=_any_day(renewals, needs=needs).times(terms),
        margin=before,
        spent_minor=spent,
        given_minor=given_minor,
    )


def _any_day(pair: tuple[Group, Group], *, needs: int) -> Difference:
    accounts = pair[0].accounts + pair[1].accounts
    return always_valid(difference(*pair), accounts=accounts, tuning=needs)
