"""Read what became of the customers of a campaign, in both arms."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db.models import F, Q, Sum

from tenure.prove.campaigns.rules import MUTE, UNSAFE, Evaluation, returned
from tenure.prove.readouts.heterogeneity import Part, Scope, every_part
from tenure.prove.readouts.queries import NO_OUTCOME, Matured, outcomes
from tenure.prove.readouts.verdicts import Design, read
from tenure.prove.statistics.sample_ratio import sample_ratio, sample_ratio_level
from tenure.records.campaigns.models import Campaign, CampaignSpend
from tenure.records.campaigns.queries import Joined
from tenure.records.campaigns.rules import name_in_journal
from tenure.records.campaigns.states import Arm
from tenure.strategy.experiments import Experiments
from tenure.strategy.sections import Strategy

BUCKETS: Final = 10_000


def evaluation(
    campaign: Campaign, people: Joined, *, strategy: Strategy, as_of: date
) -> Evaluation:
    """What a campaign changed, as known at the end of a day (CMP-06).

    Only terms count whose days of waiting and of grace are over. The planned day of the one look
    with the ordinary test is the day on which the last of them can be known.
    """
    experiments = strategy.experiments
    days = max(experiments.outcome_days, strategy.business.grace_days)
    matured = Matured(as_of, as_of - timedelta(days=days), campaign.currency)
    found = outcomes(name_in_journal(campaign.key), matured)
    treated, control = (found.get(str(arm), NO_OUTCOME) for arm in (Arm.TREATED, Arm.CONTROL))
    weights = {"treated": BUCKETS - campaign.control_share, "control": campaign.control_share}
    srm_p = sample_ratio({"treated": people.treated, "control": people.control}, weights)
    finding = read(
        treated.renewals,
        control.renewals,
        design=_design(campaign, experiments, is_open=matured.until >= campaign.ends_on),
        ratio=sample_ratio_level(srm_p),
    )
    money = None
    if finding.verdict not in UNSAFE:
        given, spent = _spent(campaign, matured)
        money = returned(
            renewals=(treated.renewals, control.renewals),
            margins=(treated.margin, control.margin),
            needs=finding.needs or finding.has,
            given_minor=given,
            spent=spent,
        )
    least_effect = float(experiments.least_effect)
    parts: tuple[Part, ...] = ()
    if finding.verdict not in MUTE:
        arms = (str(Arm.TREATED), str(Arm.CONTROL))
        parts = every_part(
            Scope(name_in_journal(campaign.key), arms, as_of, matured.until),
            least_per_arm=experiments.least_per_arm,
            alpha=1 - float(experiments.confidence),
        )
    return Evaluation(
        finding=finding,
        treated=treated.renewals,
        control=control.renewals,
        statement=finding.statement(least_effect=least_effect, srm_p=srm_p),
        returned=money,
        parts=parts,
        matured_until=matured.until,
        assigned={"treated": people.treated, "control": people.control},
    )


def _design(campaign: Campaign, experiments: Experiments, *, is_open: bool) -> Design:
    return Design(
        control_share=campaign.control_share / BUCKETS,
        least_effect=float(experiments.least_effect),
        least_per_arm=experiments.least_per_arm,
        is_open=is_open,
        alpha=1 - float(experiments.confidence),
    )


def _spent(campaign: Campaign, matured: Matured) -> tuple[int, int]:
    """What the treated terms that are known were given, and all that they and the campaign cost."""
    rows = CampaignSpend.objects.filter(line__campaign=campaign, on__lte=matured.as_of)
    known = Q(term=None) | Q(term__ends_on__lte=matured.until)
    found = rows.filter(known).aggregate(
        spent=Sum("amount_minor"),
        given=Sum(F("amount_minor") - F("contact_minor"), filter=Q(line__offer_id__gt="")),
    )
    return found["given"] or 0, found["spent"] or 0
