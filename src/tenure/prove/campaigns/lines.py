"""What one more renewal cost, line by line of a campaign's budget, where that may be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final

from tenure.prove.campaigns.rules import Evaluation
from tenure.prove.readouts.verdicts import within_rates
from tenure.prove.statistics.groups import Difference, Group
from tenure.prove.statistics.sequential import always_valid
from tenure.prove.statistics.strata import LEAST_IN_STRATUM, Stratified
from tenure.prove.telling.measures import round_half_up
from tenure.prove.telling.verdicts import Verdict
from tenure.records.campaigns.models import Campaign, CampaignLine
from tenure.records.campaigns.rules import name_in_journal
from tenure.records.rows import select_rows
from tenure.strategy.experiments import Experiments

PER_LINE: Final = Path(__file__).with_name("per_line.sql")
_NOTHING: Final = 0  # the line of those whom the lot kept out
# Fewer customers of one plan and cycle say nothing of how far such customers differ.
_LEAST_PER_STRATUM: Final = 30

type _Strata = Mapping[tuple[str, int], tuple[Group, int]]


class LineVerdict(StrEnum):
    """What may be said of one line; only the last gives a number."""

    TOO_EARLY = "too_early"
    UNEVEN = "uneven"
    TOO_FEW = "too_few"
    UNPROVEN = "unproven"  # the interval holds zero
    FEWER = "fewer"  # fewer renewed than of those left alone
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class LineReturn:
    """What one more renewal cost on a line (minor units), its bounds valid at any look.

    The three amounts are None unless the verdict is `told`; `customers` are those who got the
    offer and can be compared.
    """

    verdict: LineVerdict
    customers: int = 0
    cost_minor: int | None = None
    least_minor: int | None = None
    most_minor: int | None = None


_OF_CAMPAIGN: Final = {
    Verdict.TOO_EARLY: LineVerdict.TOO_EARLY,
    Verdict.UNEVEN: LineVerdict.UNEVEN,
    Verdict.TOO_FEW: LineVerdict.TOO_FEW,
}


def line_returns(
    campaign: Campaign,
    lines: Sequence[CampaignLine],
    *,
    said: Evaluation,
    settled: Experiments,
    as_of: date,
) -> Mapping[int, LineReturn]:
    """Line → what one more renewal cost on it, for the lines that pay an offer (CMP-05, CMP-06).

    Who got which offer was chosen and not drawn. So those who got one are compared with those
    whom the lot kept out and who have the same plan and cycle, and only while the campaign as a
    whole may be read.
    """
    offers = [one.pk for one in lines if one.offer_id]
    mute = _OF_CAMPAIGN.get(said.finding.verdict)
    if mute is not None or not offers:
        return {line: LineReturn(mute or LineVerdict.TOO_FEW) for line in offers}
    strata = _strata(campaign, said, as_of=as_of)
    left = strata.get(_NOTHING, {})
    alpha = float(1 - settled.confidence) / len(offers)
    least = settled.least_per_arm
    return {
        line: line_return(strata.get(line, {}), left, least_per_arm=least, alpha=alpha)
        for line in offers
    }


def line_return(offered: _Strata, left: _Strata, *, least_per_arm: int, alpha: float) -> LineReturn:
    """What one more renewal cost, over the plans and cycles in which both sides can be compared.

    Args:
        offered: (plan, cycle) → those who got the offer, and what it cost, minor units.
        left: (plan, cycle) → those who were kept out.
        alpha: the chance that the bounds are wrong at any look, for this line.
    """
    least = max(min(least_per_arm, _LEAST_PER_STRATUM), LEAST_IN_STRATUM)
    pairs = [
        (group, left[stratum][0], spent)
        for stratum, (group, spent) in offered.items()
        if stratum in left and min(group.accounts, left[stratum][0].accounts) >= least
    ]
    customers = sum(group.accounts for group, _, _ in pairs)
    others = sum(group.accounts for _, group, _ in pairs)
    if not pairs or min(customers, others) < least_per_arm:
        return LineReturn(LineVerdict.TOO_FEW, customers)
    spent = sum(one for _, _, one in pairs)
    more = _more([(group, other) for group, other, _ in pairs], alpha=alpha)
    if more.high < 0:
        return LineReturn(LineVerdict.FEWER, customers)
    if more.low <= 0:
        return LineReturn(LineVerdict.UNPROVEN, customers)
    amounts = (round_half_up(spent / one) for one in (more.effect, more.high, more.low))
    return LineReturn(LineVerdict.TOLD, customers, *amounts)


def _more(pairs: list[tuple[Group, Group]], *, alpha: float) -> Difference:
    """The renewals that the offered have more, with the weights of the offered in each stratum."""
    found = Stratified.of(pairs, as_treated=True)
    plain = found.difference(alpha=alpha)
    shown = always_valid(plain, accounts=found.accounts, tuning=found.accounts, alpha=alpha)
    return within_rates(shown).times(sum(group.terms for group, _ in pairs))


def _strata(campaign: Campaign, said: Evaluation, *, as_of: date) -> Mapping[int, _Strata]:
    values: dict[str, object] = {
        "campaign_id": campaign.pk,
        "key": name_in_journal(campaign.key),
        "as_of": as_of,
        "matured_until": said.matured_until,
    }
    found: dict[int, dict[tuple[str, int], tuple[Group, int]]] = {}
    for line, plan, cycle, *sums, spent in select_rows(PER_LINE, values):
        stratum = found.setdefault(int(line), {})
        stratum[plan, int(cycle)] = Group.of_sums(*sums), int(spent)
    return found
